//! Session cookies: NextAuth's own are read, and nothing that was changed is.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meridian_kernel::{Instant, UserId, WireId};
use meridian_token::{MAX_COOKIE_LENGTH, Session, SessionKeys};

/// Made by `encode` of `next-auth/jwt` 4.24.15 with this secret.
const SECRET: &str = "a-session-secret-for-tests-of-meridian";
const NEXT_AUTH_COOKIE: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..XFwJRddKftDpVcim.JUS3sX9Gu2-Jnek_9qbFks09VtVSUe7BkyF-lTwVUy-UDlwhgNH67fZfQF1uwqD4Vr5cf-Q6MDs6INo6Ktg-6TZbCO_f237Se5J5-7WySGSzlFnAGOkzFnhfbeCOkmyd3iZbIeO8D5AH2lByVT0m9HqBwgdERnc7FHQm89w4-kyNsXVZITmddhZvkQqGbgJg9jZESWyLyn8pd1xgY3JC9Jp2-A.hIfmXOWAEPbDicne2ABVMg";

fn now() -> Instant {
    Instant::parse("2026-12-01T12:00:00Z").unwrap()
}

fn keys() -> SessionKeys {
    SessionKeys::new(SECRET, "").unwrap()
}

fn session() -> Session {
    Session {
        user: UserId::from_wire(30_064_771_073).unwrap(),
        email: "ada@example.org".to_owned(),
        name: "Ada Lovelace".to_owned(),
        id: Some("5d3e".to_owned()),
        issued_at: now(),
        expires_at: now().plus_minutes(60),
    }
}

#[test]
fn a_cookie_that_next_auth_made_is_read() {
    let read = keys().open(NEXT_AUTH_COOKIE, now()).unwrap();
    assert_eq!(read.user, session().user);
    assert_eq!((read.email.as_str(), read.name.as_str()), ("ada@example.org", "Ada Lovelace"));
    assert_eq!(read.id, None);
    assert_eq!(read.issued_at.to_iso(), "2026-11-30T20:34:25.000Z");
}

#[test]
fn a_cookie_of_ours_is_read_and_shows_nothing() {
    let cookie = keys().seal(&session());
    assert!(cookie.starts_with("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.."), "{cookie}");
    assert_eq!(keys().open(&cookie, now()), Some(session()));
    assert_ne!(cookie, keys().seal(&session()));
    assert_eq!(format!("{:?} {:?}", keys(), session()), "SessionKeys(…) Session(…)");
}

#[test]
fn a_cookie_works_from_its_beginning_to_its_end() {
    let cookie = keys().seal(&session());
    assert!(keys().open(&cookie, now().plus_minutes(59)).is_some());
    assert!(keys().open(&cookie, now().plus_minutes(60)).is_none());
    assert!(keys().open(&cookie, now().plus_minutes(-5)).is_none());
}

#[test]
fn another_secret_opens_nothing() {
    let cookie = keys().seal(&session());
    for (secret, encryption) in [("another secret", ""), ("", "an encryption key of length")] {
        let other = SessionKeys::new(secret, encryption).unwrap();
        assert_eq!(other.open(&cookie, now()), None);
    }
    assert!(SessionKeys::new("", "").is_err());
}

#[test]
fn without_a_secret_of_its_own_the_encryption_keys_count_and_can_be_rotated() {
    let (old, new) = ("an old key of some length", "a new key of some length!");
    let before = SessionKeys::new("", old).unwrap().seal(&session());
    let rotated = SessionKeys::new("", &format!("{new},{old}")).unwrap();
    assert_eq!(rotated.open(&before, now()), Some(session()));
    let after = rotated.seal(&session());
    assert_eq!(SessionKeys::new("", old).unwrap().open(&after, now()), None);
}

#[test]
fn a_cookie_changed_anywhere_is_refused() {
    for cookie in [NEXT_AUTH_COOKIE.to_owned(), keys().seal(&session())] {
        for at in 0..cookie.len() {
            let mut bytes = cookie.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'Q' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(keys().open(&changed, now()), None, "changed at {at}");
            assert_eq!(keys().open(&cookie[..at], now()), None, "cut at {at}");
        }
        assert_eq!(keys().open(&format!("{cookie}.x"), now()), None);
    }
}

#[test]
fn no_other_algorithm_is_believed() {
    let sealed = keys().seal(&session());
    let (_, rest) = sealed.split_once('.').unwrap();
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"none","enc":"A256GCM"}"#,
        r#"{"alg":"dir","enc":"A128GCM"}"#,
        r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#,
        r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#,
        "{}",
        "",
    ] {
        let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
        assert_eq!(keys().open(&forged, now()), None, "{header}");
    }
    for text in ["", ".", "....", ".....", "a.b.c.d.e", &"x".repeat(MAX_COOKIE_LENGTH + 1)] {
        assert_eq!(keys().open(text, now()), None);
    }
}

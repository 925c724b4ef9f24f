//! Every way a token is accepted or refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use meridian_kernel::{Instant, OrganizationNumber, TeamId, UserId, WireId};
use meridian_token::{
    Expect, Grant, Holder, Kind, LEEWAY_MILLIS, MAX_LENGTH, Token, TokenError, Tokens,
};
use meridian_vault::derived_keys;
use serde_json::{Value, json};
use sha2::Sha256;

const OLD: &str = "an old key of some length";
const NEW: &str = "a new key of some length!";
const ALL: Expect<'static> = Expect::any_of(&Kind::ALL);

fn now() -> Instant {
    Instant::parse("2026-03-08T12:00:00.250Z").unwrap()
}

fn organization() -> OrganizationNumber {
    OrganizationNumber::new(7).unwrap()
}

fn tokens() -> Tokens {
    Tokens::new(NEW).unwrap()
}

fn user() -> UserId {
    UserId::new(organization(), 42)
}

fn grants() -> Vec<Grant> {
    let client_id = "client".to_owned();
    let third_party = |holder| Grant::ThirdPartyAccess {
        client_id: client_id.clone(),
        holder,
        scopes: vec!["BOOKING_READ".to_owned(), "PROFILE_READ".to_owned()],
    };
    vec![
        Grant::ManagedAccess { client_id: client_id.clone(), owner: user() },
        Grant::ManagedRefresh { client_id: client_id.clone(), owner: user() },
        third_party(Holder::User(user())),
        third_party(Holder::Team(TeamId::new(organization(), 3))),
        Grant::EmailVerification { user: user(), email: "ada@example.org".to_owned() },
    ]
}

fn token(grant: Grant) -> Token {
    Token::new("id", grant, now(), 60)
}

fn access() -> Token {
    token(Grant::ManagedAccess { client_id: "client".to_owned(), owner: user() })
}

/// The claims of a text, unverified.
fn claims_of(text: &str) -> Value {
    let payload = text.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// A text with that header and those claims, signed by our own key: what is refused
/// is refused for what it says.
fn signed(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let key = derived_keys(NEW, "meridian token v1: HS256").unwrap()[0];
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(&message);
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn hs256() -> Value {
    json!({"alg": "HS256", "typ": "JWT"})
}

/// Our own token with claims changed, signed as ours.
fn with(changes: Value) -> String {
    let mut claims = claims_of(&tokens().sign(&access()));
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    signed(&hs256(), &claims)
}

fn refused(text: &str) -> bool {
    tokens().verify(text, ALL, now()) == Err(TokenError::Invalid)
}

#[test]
fn every_kind_is_read_as_it_was_written() {
    for grant in grants() {
        let token = token(grant);
        let text = tokens().sign(&token);
        assert_eq!(tokens().verify(&text, ALL, now()), Ok(token.clone()));
        assert_eq!(token.organization(), organization());
        assert!(text.len() < MAX_LENGTH);
    }
    // What the tests below change is accepted as it stands.
    assert_eq!(tokens().verify(&with(json!({})), ALL, now()), Ok(access()));
}

#[test]
fn managed_users_tokens_have_the_claims_that_clients_read() {
    let claims = claims_of(&tokens().sign(&access()));
    assert_eq!(claims["type"], "access_token");
    assert_eq!((&claims["clientId"], &claims["ownerId"]), (&json!("client"), &json!(user())));
    assert_eq!(claims["iat"], json!(now().millis() / 1_000));
    assert_eq!(claims["expiresAt"], json!(access().expires_at.millis()));
    assert_eq!(claims["exp"], json!(access().expires_at.millis() / 1_000));
    let refresh = Grant::ManagedRefresh { client_id: "client".to_owned(), owner: user() };
    assert_eq!(claims_of(&tokens().sign(&token(refresh)))["type"], "refresh_token");
}

#[test]
fn a_token_of_one_kind_is_none_of_another() {
    for grant in grants() {
        let kind = grant.kind();
        let text = tokens().sign(&token(grant));
        for expected in Kind::ALL {
            let outcome = tokens().verify(&text, Expect::any_of(&[expected]), now());
            assert_eq!(outcome.is_ok(), expected == kind, "{kind:?} as {expected:?}");
        }
        assert_eq!(tokens().verify(&text, Expect::any_of(&[]), now()), Err(TokenError::Invalid));
    }
}

#[test]
fn no_algorithm_is_none() {
    let claims = claims_of(&tokens().sign(&access()));
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({"alg": algorithm, "typ": "JWT"});
        let text = signed(&header, &claims);
        assert!(refused(&text), "{algorithm}");
        // The same without a signature, as those who try it send it.
        let message = text.rsplit_once('.').unwrap().0;
        assert!(refused(&format!("{message}.")) && refused(message), "{algorithm}");
    }
}

#[test]
fn no_other_algorithm_is_accepted() {
    let claims = claims_of(&tokens().sign(&access()));
    let others = [
        "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "PS256", "PS384", "PS512",
        "EdDSA", "hs256", "HS257",
    ];
    for algorithm in others {
        assert!(refused(&signed(&json!({"alg": algorithm}), &claims)), "{algorithm}");
    }
    // The bare one is ours: `typ` says nothing that counts.
    assert!(tokens().verify(&signed(&json!({"alg": "HS256"}), &claims), ALL, now()).is_ok());
}

#[test]
fn a_key_in_the_header_is_not_used() {
    let claims = claims_of(&tokens().sign(&access()));
    let attacker = "an attacker's key of some length";
    let header = json!({"alg": "HS256", "kid": "../../dev/null",
        "jwk": {"kty": "oct", "k": URL_SAFE_NO_PAD.encode(attacker)}});
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(&header), encode(&claims));
    for key in [attacker.as_bytes(), b""] {
        let mac = Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(&message);
        let text = format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()));
        assert!(refused(&text));
    }
}

#[test]
fn a_wrong_audience_is_refused() {
    for audience in [json!("else"), json!(""), json!(7), json!(null), json!(["else"]), json!([])] {
        assert!(refused(&with(json!({ "aud": audience }))), "{audience}");
    }
}

#[test]
fn a_wrong_issuer_is_refused() {
    for issuer in [json!("else"), json!(""), json!(7), json!(null), json!(["else"])] {
        assert!(refused(&with(json!({ "iss": issuer }))), "{issuer}");
    }
    let text = tokens().sign_as("https://example.org", &access());
    assert!(refused(&text));
    let expect = Expect { kinds: &Kind::ALL, issuer: "https://example.org" };
    assert_eq!(tokens().verify(&text, expect, now()), Ok(access()));
}

#[test]
fn an_expired_token_says_so_and_of_which_kind() {
    for grant in grants() {
        let kind = grant.kind();
        let token = token(grant);
        let text = tokens().sign(&token);
        let at = |time| tokens().verify(&text, ALL, time);
        assert!(at(token.expires_at.plus_millis(-1)).is_ok());
        assert_eq!(at(token.expires_at), Err(TokenError::Expired(kind)));
        assert_eq!(at(token.expires_at.plus_minutes(100_000)), Err(TokenError::Expired(kind)));
    }
    assert!(refused(&with(json!({ "exp": null }))));
    assert!(refused(&with(json!({ "exp": "tomorrow" }))));
}

#[test]
fn whoever_expects_another_kind_does_not_hear_that_a_token_is_expired() {
    let text = tokens().sign(&access());
    let expect = Expect::any_of(&[Kind::ManagedRefresh]);
    let outcome = tokens().verify(&text, expect, now().plus_minutes(61));
    assert_eq!(outcome, Err(TokenError::Invalid));
}

#[test]
fn a_token_from_the_future_is_refused_beyond_what_clocks_differ() {
    let seconds = |millis: i64| (now().millis() + millis) / 1_000;
    let near = seconds(LEEWAY_MILLIS - 1_000);
    let far = seconds(LEEWAY_MILLIS + 1_000);
    for claim in ["iat", "nbf"] {
        assert!(tokens().verify(&with(json!({ claim: near })), ALL, now()).is_ok(), "{claim}");
        assert!(refused(&with(json!({ claim: far }))), "{claim}");
        assert!(refused(&with(json!({ claim: i64::MAX }))), "{claim}");
        assert!(refused(&with(json!({ claim: "now" }))), "{claim}");
    }
}

#[test]
fn a_token_changed_anywhere_is_refused() {
    let text = tokens().sign(&access());
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(refused(&changed), "changed at {at}");
        assert!(refused(&text[..at]), "cut at {at}");
    }
    assert!(refused(&format!("{text}A")));
    assert!(refused(&format!("{text}.{text}")));
}

#[test]
fn claims_that_contradict_each_other_are_refused() {
    let other = UserId::new(OrganizationNumber::new(8).unwrap(), 42);
    for changes in [
        json!({"org": 8}),
        json!({"org": -1}),
        json!({ "ownerId": other }),
        json!({"ownerId": 0}),
        json!({ "ownerId": null }),
        json!({ "clientId": null }),
        json!({"type": "refresh_token"}),
        json!({ "type": null }),
        json!({ "jti": null }),
        json!({"aud": "third-party"}),
        json!({"aud": ["managed-user", "managed-user-refresh"]}),
    ] {
        assert!(refused(&with(changes.clone())), "{changes}");
    }
    let both = json!({"aud": "third-party", "type": null, "userId": user(), "scope": [],
        "teamId": TeamId::new(organization(), 3)});
    assert!(refused(&with(both)));
}

#[test]
fn what_is_no_token_is_refused() {
    let long = format!("{}.e30.x", "a".repeat(MAX_LENGTH));
    let nested = "[".repeat(2_000);
    let deep = format!("{}.{}.x", URL_SAFE_NO_PAD.encode(&nested), URL_SAFE_NO_PAD.encode(&nested));
    for text in ["", ".", "..", "...", "a.b.c", "eyJhbGciOiJIUzI1NiJ9.e30.x", "é.é.é", &long, &deep]
    {
        assert!(refused(text), "{text}");
    }
}

#[test]
fn a_token_that_is_too_long_is_not_even_read() {
    let scopes = vec!["S".repeat(MAX_LENGTH)];
    let holder = Holder::User(user());
    let client_id = "client".to_owned();
    let text = tokens().sign(&token(Grant::ThirdPartyAccess { client_id, holder, scopes }));
    assert!(text.len() > MAX_LENGTH && refused(&text));
}

#[test]
fn after_a_rotation_the_first_key_signs_and_all_verify() {
    let before = Tokens::new(OLD).unwrap().sign(&access());
    let rotated = Tokens::new(&format!("{NEW}, {OLD}")).unwrap();
    let after = rotated.sign(&access());
    for text in [&before, &after] {
        assert_eq!(rotated.verify(text, ALL, now()), Ok(access()));
    }
    assert_eq!(tokens().verify(&after, ALL, now()), Ok(access()));
    assert!(refused(&before), "the old key is gone");
}

#[test]
fn no_key_and_short_keys_make_no_tokens() {
    assert!(Tokens::new("").is_err());
    assert!(Tokens::new("short").is_err());
    assert_eq!(format!("{:?}", tokens()), "Tokens(…)");
}

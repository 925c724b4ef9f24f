//! The tokens of managed users: they follow from one another and end together.

use meridian_kernel::{Instant, UserId, WireId};
use meridian_tests::{ManagedUser, Options, PlatformClient, Server, in_both_modes, race};
use meridian_token::{Grant, ISSUER, Token, Tokens};
use serde_json::{Value, json};

const INVALID: &str = "ApiAuthStrategy - access token - Invalid Access Token.";

/// The claims of a token, unverified.
fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A client of the same user with the access token of a pair.
fn with_pair(user: &ManagedUser, pair: &Value) -> ManagedUser {
    let (access, refresh) = (text(&pair["accessToken"]), text(&pair["refreshToken"]));
    ManagedUser { client: user.client.bearer(&access), access, refresh, ..user.clone() }
}

#[test]
fn tokens_say_who_they_are_for_and_when_they_end() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let user = client.user("mia@example.com");
        for (token, kind, minutes, end) in [
            (&user.access, "access_token", 60, "accessTokenExpiresAt"),
            (&user.refresh, "refresh_token", 365 * 24 * 60, "refreshTokenExpiresAt"),
        ] {
            let claims = claims(token);
            assert_eq!(claims["type"], kind);
            assert_eq!(claims["clientId"], client.id);
            assert_eq!(claims["ownerId"], user.id);
            assert_eq!(claims["expiresAt"], user.data[end]);
            let life =
                claims["expiresAt"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() * 1000;
            assert_eq!(life, minutes * 60_000);
        }
        // Neither is good for the other's use.
        assert_eq!(user.client.bearer(&user.refresh).get("/v2/me").error(401), INVALID);
        client.refresh(&user.access).error(401);
    });
}

#[test]
fn a_refresh_puts_a_new_pair_in_the_place_of_the_old_one() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let first = client.user("mia@example.com");
        first.client.get("/v2/me").data(200);
        let pair = client.refresh(&first.refresh).data(200);
        let second = with_pair(&first, &pair);
        assert_eq!(first.client.get("/v2/me").error(401), INVALID);
        second.client.get("/v2/me").data(200);
        assert_eq!(claims(&second.access)["expiresAt"], pair["accessTokenExpiresAt"]);
        let third = with_pair(&first, &client.refresh(&second.refresh).data(200));
        third.client.get("/v2/me").data(200);
        for token in ["", "x", "a.b.c"] {
            let answer = client.refresh(token);
            assert!([400, 401].contains(&answer.status), "{}", answer.text);
        }
        assert_eq!(client.refresh("x").error(401), "Invalid refresh token");
        let path = format!("/v2/oauth/{}/refresh", client.id);
        assert!(client.client.post(&path, &json!({})).error(400).starts_with("refreshToken"));
        let body = json!({ "refreshToken": third.refresh });
        organization.client.post(&path, &body).error(401);
        organization.public.post(&path, &body).error(401);
        // The id in the path will do where no header names one.
        let secret_only = organization.public.with("x-cal-secret-key", &client.secret);
        secret_only.post(&path, &body).data(200);
    });
}

#[test]
fn a_refresh_token_used_twice_ends_all_that_followed_from_it() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let first = client.user("mia@example.com");
        let second = with_pair(&first, &client.refresh(&first.refresh).data(200));
        let third = with_pair(&first, &client.refresh(&second.refresh).data(200));
        third.client.get("/v2/me").data(200);
        assert_eq!(client.refresh(&first.refresh).error(401), "Invalid refresh token");
        assert_eq!(third.client.get("/v2/me").error(401), INVALID);
        client.refresh(&third.refresh).error(401);
        // The client begins anew; what was before does not end that.
        let path = format!("{}/{}/force-refresh", client.users(), first.id);
        let fresh = with_pair(&first, &client.client.post(&path, &json!({})).data(200));
        fresh.client.get("/v2/me").data(200);
        client.refresh(&first.refresh).error(401);
        client.refresh(&third.refresh).error(401);
        fresh.client.get("/v2/me").data(200);
        client.refresh(&fresh.refresh).data(200);
    });
}

#[test]
fn a_forced_refresh_ends_every_token_of_before() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let (first, other) = (client.user("mia@example.com"), client.user("max@example.com"));
        first.client.get("/v2/me").data(200);
        let path = format!("{}/{}/force-refresh", client.users(), first.id);
        let second = with_pair(&first, &client.client.post(&path, &json!({})).data(200));
        assert_eq!(first.client.get("/v2/me").error(401), INVALID);
        client.refresh(&first.refresh).error(401);
        second.client.get("/v2/me").data(200);
        other.client.get("/v2/me").data(200);
        organization.client.post(&path, &json!({})).error(401);
    });
}

/// All of them show the same token, so one is first and the others have used it again.
#[test]
fn of_many_refreshes_at_once_one_succeeds_and_the_family_ends() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let users: Vec<ManagedUser> =
            (0..3).map(|round| client.user(&format!("racer-{round}@example.com"))).collect();
        let rounds = race(users.len(), 20, |round, _| client.refresh(&users[round].refresh));
        for (user, answers) in users.iter().zip(rounds) {
            let (won, lost): (Vec<_>, Vec<_>) =
                answers.into_iter().partition(|answer| answer.status == 200);
            assert_eq!(won.len(), 1, "{} succeeded", won.len());
            for answer in lost {
                assert_eq!(answer.error(401), "Invalid refresh token");
            }
            let winner = with_pair(user, &won[0].data(200));
            assert_eq!(winner.client.get("/v2/me").error(401), INVALID);
            client.refresh(&winner.refresh).error(401);
        }
    });
}

#[test]
fn a_refresh_that_is_sent_again_with_its_key_is_answered_the_same() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let user = client.user("mia@example.com");
        let named = PlatformClient {
            client: client.client.with("idempotency-key", "refresh"),
            ..client.clone()
        };
        let first = named.refresh(&user.refresh);
        let again = named.refresh(&user.refresh);
        assert_eq!((first.status, &first.text), (again.status, &again.text));
        with_pair(&user, &first.data(200)).client.get("/v2/me").data(200);
    });
}

#[test]
fn what_is_no_token_is_refused_and_never_a_fault() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let user = organization.platform_client(&json!({})).user("mia@example.com");
        let (message, _) = user.access.rsplit_once('.').unwrap();
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        let payload = user.access.split('.').nth(1).unwrap();
        for token in [
            format!("{message}.AAAA"),
            format!("{none}.{payload}."),
            format!("{none}.{payload}"),
            format!("{}A", user.access),
            "a.b.c".to_owned(),
            ".".repeat(100),
            "x".repeat(20_000),
        ] {
            assert_eq!(user.client.bearer(&token).get("/v2/me").error(401), INVALID, "{token}");
        }
    });
}

/// The right key alone makes no right token: each of these is signed with it.
#[test]
fn tokens_of_another_time_or_use_are_refused_whoever_signed_them() {
    const KEY: &str = "an encryption key of some length";
    let server = Server::with(Options::default().variable("encryption_key", KEY));
    let client = server.platform_organization().platform_client(&json!({}));
    let user = client.user("mia@example.com");
    let tokens = Tokens::new(KEY).unwrap();
    let id = text(&claims(&user.access)["jti"]);
    let owner = UserId::from_wire(user.id).unwrap();
    let access = || Grant::ManagedAccess { client_id: client.id.clone(), owner };
    let now = Instant::now();
    let made = |grant, from: i64| Token::new(id.clone(), grant, now.plus_minutes(from), 60);
    let ask = |token: &str| user.client.bearer(token).get("/v2/me");
    ask(&tokens.sign(&made(access(), 0))).data(200);

    let expired = ask(&tokens.sign(&made(access(), -61)));
    assert_eq!(expired.error(498), "ACCESS_TOKEN_IS_EXPIRED");
    assert_eq!(expired.json()["error"]["code"], "ACCESS_TOKEN_IS_EXPIRED");

    let refresh = Grant::ManagedRefresh { client_id: client.id.clone(), owner };
    let verification = Grant::EmailVerification { user: owner, email: user.email.clone() };
    let elsewhere = Grant::ManagedAccess {
        client_id: client.id.clone(),
        owner: UserId::from_wire(user.id + (1 << 32)).unwrap(),
    };
    for refused in [
        tokens.sign(&made(access(), 5)),
        tokens.sign_as("somebody else", &made(access(), 0)),
        tokens.sign(&made(refresh, 0)),
        tokens.sign(&made(verification, 0)),
        tokens.sign(&made(elsewhere, 0)),
        tokens.sign(&Token { id: "another.1".to_owned(), ..made(access(), 0) }),
        tokens.sign(&Token { id: id.replace(".1", ".2"), ..made(access(), 0) }),
        Tokens::new("another key of some length").unwrap().sign_as(ISSUER, &made(access(), 0)),
    ] {
        assert_eq!(ask(&refused).error(401), INVALID);
    }
    ask(&user.access).data(200);
}

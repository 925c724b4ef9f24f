//! Who may call which route.

use meridian_gateway::Refusal;

use crate::world::{Answer, World, ask};

fn as_caller(world: &World, uri: &str, token: &str) -> Answer {
    world.send(ask("GET", uri).version("2024-08-13").bearer(token))
}

#[test]
fn a_user_route_needs_a_credential_that_is_good() {
    let world = World::new();
    let none = world.get("/v2/me");
    assert_eq!(none.status(), 401);
    assert!(none.message().starts_with("ApiAuthStrategy - No authentication method provided."));
    assert_eq!(none.header("www-authenticate"), Some("Bearer"));
    assert_eq!(none.json()["error"]["code"], "UnauthorizedException");

    let wrong = as_caller(&world, "/v2/me", "mallory");
    assert_eq!(
        (wrong.status(), wrong.message().as_str()),
        (401, "api key - Your api key is not valid")
    );
    assert_eq!(as_caller(&world, "/v2/me", "ada").data()["caller"], "ada");
}

#[test]
fn an_optional_credential_is_checked_where_it_comes() {
    let world = World::new();
    let anonymous = world.send(ask("GET", "/v2/bookings/uid").version("2024-08-13"));
    assert!(anonymous.data()["caller"].is_null());
    assert_eq!(as_caller(&world, "/v2/bookings/uid", "ada").data()["caller"], "ada");
    assert_eq!(as_caller(&world, "/v2/bookings/uid", "mallory").status(), 401);
}

#[test]
fn a_client_id_alone_is_a_booking_page_and_no_credential() {
    let world = World::new();
    let page = |uri| ask("GET", uri).version("2024-08-13").header("x-cal-client-id", "client");
    assert!(world.send(page("/v2/bookings/uid")).data()["caller"].is_null());
    assert_eq!(world.send(page("/v2/me")).status(), 401);
    let half = ask("GET", "/v2/bookings/uid").version("2024-08-13").header("x-cal-secret-key", "s");
    assert_eq!(world.send(half).status(), 401);
}

#[test]
fn a_public_route_does_not_look_at_credentials() {
    let world = World::new();
    assert!(as_caller(&world, "/v2/slots", "mallory").data()["caller"].is_null());
}

#[test]
fn a_credential_that_comes_twice_is_refused() {
    for name in ["authorization", "x-cal-client-id", "x-cal-secret-key"] {
        let asked = ask("GET", "/v2/me").header(name, "Bearer ada").header(name, "Bearer eve");
        let answer = World::new().send(asked);
        assert_eq!(answer.status(), 400);
        assert!(answer.message().contains(name), "{}", answer.message());
    }
}

#[test]
fn platform_routes_open_only_to_the_platform_secret() {
    let world = World::new();
    let sweep = |token: &str| world.send(ask("POST", "/internal/sweep").bearer(token)).status();
    assert_eq!(sweep("operator"), 200);
    assert_eq!(sweep("operato"), 401);
    assert_eq!(sweep("ada"), 401);
    assert_eq!(world.send(ask("POST", "/internal/sweep")).status(), 401);

    let without = World::new().with_variable("platform_secret", "");
    assert_eq!(without.send(ask("POST", "/internal/sweep").bearer("")).status(), 401);
    assert_eq!(without.send(ask("POST", "/internal/sweep")).status(), 401);
}

#[test]
fn refusals_have_their_own_status() {
    let world = World::new();
    for (refusal, status) in [
        (Refusal::Expired("expired".into()), 498),
        (Refusal::Forbidden("no".into()), 403),
        (Refusal::Suspended, 403),
        (Refusal::UnknownOrganization, 404),
        (Refusal::Unavailable("down".into()), 503),
    ] {
        world.refusal.replace(Some(refusal));
        assert_eq!(as_caller(&world, "/v2/me", "ada").status(), status);
    }
}

#[test]
fn a_third_party_token_reaches_what_its_scopes_cover() {
    let world = World::new();
    for (scopes, uri, status) in [
        (&[][..], "/v2/me", 200),
        (&["READ_BOOKING", "READ_PROFILE"], "/v2/me", 200),
        (&["PROFILE_READ"], "/v2/me", 200),
        (&["BOOKING_READ"], "/v2/me", 403),
        (&["BOOKING_READ"], "/v2/undeclared", 403),
        (&["ORG_PROFILE_READ"], "/v2/teams/1", 200),
        (&["ORG_PROFILE_READ"], "/v2/me", 403),
        // No scope is needed where no credential is.
        (&["PROFILE_READ"], "/v2/bookings/uid", 200),
    ] {
        world.scopes.replace(scopes.iter().map(|scope| (*scope).to_owned()).collect());
        assert_eq!(as_caller(&world, uri, "token").status(), status, "{scopes:?} {uri}");
    }
}

#[test]
fn a_missing_scope_is_named() {
    let world = World::new();
    world.scopes.replace(vec!["BOOKING_READ".to_owned()]);
    assert_eq!(
        as_caller(&world, "/v2/me", "token").message(),
        "insufficient_scope: token does not have the required scopes. \
         Required: PROFILE_READ. Token has: BOOKING_READ"
    );
    assert_eq!(
        as_caller(&world, "/v2/undeclared", "token").message(),
        "insufficient_scope: this endpoint is not available for third-party OAuth tokens"
    );
    // Only third-party tokens have scopes.
    assert_eq!(as_caller(&world, "/v2/undeclared", "ada").status(), 200);
}

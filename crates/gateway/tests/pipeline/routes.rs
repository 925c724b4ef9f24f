//! Paths, methods and versions.

use bytes::Bytes;
use meridian_gateway::Body;
use serde_json::json;

use crate::world::{World, ask};

#[test]
fn a_route_gets_its_parameters_query_and_body() {
    let world = World::new();
    let asked = ask("GET", "/v2/bookings/a%20b?take=5").version("2024-08-13");
    let data = world.send(asked).data();
    assert_eq!(data["path"], "/v2/bookings/a%20b");
    assert_eq!(data["parameters"], json!([["bookingUid", "a b"]]));
    assert_eq!(data["query"], json!([["take", "5"]]));

    let body = Body::Whole(Bytes::from_static(b"{}"));
    let asked = ask("POST", "/v2/bookings").version("2024-08-13").body(body);
    assert_eq!(world.send(asked).data()["body"], "{}");
}

#[test]
fn the_old_prefix_reaches_the_same_route() {
    let answer = World::new().get("/api/v2/slots");
    assert_eq!(answer.data()["path"], "/v2/slots");
}

#[test]
fn an_unknown_path_is_404_in_the_envelope() {
    let answer = World::new().get("/v2/nowhere?x=1");
    assert_eq!(answer.status(), 404);
    let json = answer.json();
    assert_eq!(json["status"], "error");
    assert_eq!(json["path"], "/v2/nowhere?x=1");
    assert_eq!(json["timestamp"], "2026-11-25T12:00:00.000Z");
    assert_eq!(json["error"]["code"], "NotFoundException");
    assert_eq!(json["error"]["message"], "Cannot GET /v2/nowhere");
    assert_eq!(json["message"], "Cannot GET /v2/nowhere");
    let details = json!({
        "message": "Cannot GET /v2/nowhere", "error": "Not Found", "statusCode": 404
    });
    assert_eq!(json["error"]["details"], details);
}

#[test]
fn a_wrong_method_is_405_and_says_which_are_right() {
    let answer = World::new().send(ask("POST", "/v2/undeclared"));
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(answer.json()["error"]["code"], "MethodNotAllowedException");
}

#[test]
fn methods_that_are_documented_but_not_built_count_as_allowed() {
    let answer = World::new().send(ask("PUT", "/v2/me"));
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS, PATCH"));
}

#[test]
fn a_documented_operation_that_is_not_built_is_501_and_named() {
    for asked in [
        ask("GET", "/v2/organizations/7/attributes"),
        ask("GET", "/api/v2/organizations/7/attributes/"),
    ] {
        let answer = World::new().send(asked);
        assert_eq!(answer.status(), 501);
        assert_eq!(answer.json()["error"]["code"], "NotImplementedException");
        let name = "OrganizationsAttributesController_getOrganizationAttributes";
        assert!(answer.message().contains(name), "{}", answer.message());
    }
    // The path has a route, but not with this method.
    assert_eq!(World::new().send(ask("PATCH", "/v2/me")).status(), 501);
}

#[test]
fn head_is_get_without_a_body() {
    let answer = World::new().send(ask("HEAD", "/v2/slots"));
    assert_eq!(answer.status(), 200);
    assert!(answer.0.body().is_empty());
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    let missing = World::new().send(ask("HEAD", "/v2/nowhere"));
    assert_eq!((missing.status(), missing.0.body().len()), (404, 0));
}

#[test]
fn a_resource_serves_its_versions_and_the_answer_says_which() {
    let world = World::new();
    for (asked, served, data) in [
        (None, "2024-04-15", "oldest"),
        (Some("2024-04-15"), "2024-04-15", "oldest"),
        (Some("2099-01-01"), "2024-04-15", "oldest"),
        (Some("\"2024-06-14\""), "2024-04-15", "oldest"),
        (Some("2024-06-14"), "2024-06-14", "newest"),
        (Some("2026-02-25"), "2026-02-25", "newest"),
    ] {
        let request = ask("GET", "/v2/event-types");
        let request = match asked {
            Some(version) => request.version(version),
            None => request,
        };
        let answer = world.send(request);
        assert_eq!(answer.data(), data, "{asked:?}");
        assert_eq!(answer.header("cal-api-version-used"), Some(served), "{asked:?}");
    }
}

#[test]
fn a_known_version_that_a_resource_never_had_is_404_and_names_the_others() {
    for version in ["2024-06-11", "2024-09-04"] {
        let answer = World::new().send(ask("GET", "/v2/bookings/uid").version(version));
        assert_eq!(answer.status(), 404, "{version}");
        assert_eq!(answer.message(), "Cannot GET /v2/bookings/uid");
        let versions = &answer.json()["error"]["details"]["versions"];
        assert_eq!(*versions, json!(["2024-08-13", "2026-02-25"]));
    }
}

#[test]
fn a_version_neutral_route_serves_every_version() {
    for version in ["2024-04-15", "2024-09-04", "nonsense"] {
        assert_eq!(World::new().send(ask("GET", "/v2/slots").version(version)).status(), 200);
    }
}

//! What every answer carries, and how errors look.

use meridian_gateway::{ApiError, Body};

use crate::world::{World, ask};

#[test]
fn every_answer_has_a_request_id_of_the_servers_own() {
    let world = World::new();
    let ask = || ask("GET", "/v2/slots").header("x-request-id", "mine");
    let (first, second) = (world.send(ask()), world.send(ask()));
    let id = first.header("x-request-id").unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(id.as_bytes()[14], b'4');
    assert_ne!(Some(id), second.header("x-request-id"));
    assert!(world.get("/v2/nowhere").header("x-request-id").is_some());
}

#[test]
fn browsers_may_call_from_anywhere() {
    for uri in ["/v2/slots", "/v2/nowhere", "/v2/me"] {
        let answer = World::new().get(uri);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{uri}");
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("X-Request-Id") && exposed.contains("Retry-After"), "{exposed}");
    }
}

#[test]
fn a_preflight_is_answered_without_a_route() {
    for uri in ["/v2/me", "/v2/nowhere"] {
        let answer = World::new().send(ask("OPTIONS", uri));
        assert_eq!(answer.status(), 204);
        assert!(answer.0.body().is_empty());
        assert_eq!(answer.header("access-control-max-age"), Some("86400"));
        let methods = answer.header("access-control-allow-methods").unwrap();
        assert_eq!(methods, "GET,PATCH,DELETE,HEAD,POST,PUT,OPTIONS");
        let headers = answer.header("access-control-allow-headers").unwrap();
        for name in ["x-cal-client-id", "Authorization", "Idempotency-Key", "cal-api-version"] {
            assert!(headers.contains(name), "{headers}");
        }
    }
}

#[test]
fn security_headers_are_on_every_answer() {
    for uri in ["/v2/slots", "/v2/nowhere"] {
        let answer = World::new().get(uri);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "SAMEORIGIN"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ("x-xss-protection", "0"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{uri}");
        }
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
    }
}

#[test]
fn a_failure_inside_is_logged_with_its_cause_and_told_without() {
    let world = World::new();
    let answer = world.send(ask("GET", "/v2/broken?token=hunter2").bearer("ada"));
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.json()["error"]["code"], "INTERNAL_SERVER_ERROR");
    assert!(!answer.json().to_string().contains("disk"));

    let lines = world.lines.borrow();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["cause"], "the disk is full");
    assert_eq!(line["requestId"], answer.header("x-request-id").unwrap());
    assert_eq!(line["path"], "/v2/broken");
    assert!(!line.to_string().contains("hunter2") && !line.to_string().contains("ada"));
}

#[test]
fn what_is_the_clients_mistake_is_not_logged() {
    let world = World::new();
    world.get("/v2/nowhere");
    world.get("/v2/me");
    assert!(world.lines.borrow().is_empty());
}

#[test]
fn problem_details_are_sent_to_whoever_asks_for_them() {
    let accept = "application/json;q=0.5, application/problem+json";
    let answer = World::new().send(ask("GET", "/v2/nowhere").header("accept", accept));
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let json = answer.json();
    assert_eq!(json["title"], "Not Found");
    assert_eq!(json["status"], 404);
    assert_eq!(json["detail"], "Cannot GET /v2/nowhere");
    assert_eq!(json["instance"], "/v2/nowhere");
    assert_eq!(json["code"], "NotFoundException");
}

#[test]
fn a_body_that_is_too_long_or_broken_off_is_refused() {
    let world = World::new();
    let post = |body| ask("POST", "/v2/bookings").version("2024-08-13").body(body);
    let answer = world.send(post(Body::TooLarge));
    assert_eq!(answer.status(), 413);
    assert_eq!(answer.json()["error"]["code"], "PayloadTooLargeException");
    assert_eq!(world.send(post(Body::Broken)).status(), 400);
}

#[test]
fn an_answer_without_a_body_has_no_content_type() {
    let answer = World::new().send(ask("DELETE", "/v2/slots"));
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.header("content-type"), None);
}

#[test]
fn the_hosts_own_errors_look_like_all_others() {
    let world = World::new();
    let response = meridian_gateway::error_response(
        &ApiError::unavailable("The server is busy. Please try again later.", 1),
        &http::Method::GET,
        "/v2/me?x=1",
        &http::HeaderMap::new(),
        world.now.get(),
    );
    let answer = crate::world::Answer(response);
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.json()["path"], "/v2/me?x=1");
    assert!(answer.header("x-request-id").is_some());
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

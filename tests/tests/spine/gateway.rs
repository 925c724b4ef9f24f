//! What every request passes, whatever component answers.

use std::io::{Read, Write};

use meridian_tests::{Options, Server, in_both_modes};
use serde_json::json;

/// One path per component, each answering somebody without credentials somehow.
const PATHS: [&str; 6] =
    ["/v2/me", "/v2/event-types", "/v2/slots", "/v2/bookings", "/v2/webhooks", "/v2/nothing-here"];

#[test]
fn every_answer_of_every_component_carries_the_gateways_headers() {
    in_both_modes(|server| {
        let mut ids = std::collections::HashSet::new();
        for path in PATHS {
            for path in [path.to_owned(), format!("/api{path}")] {
                let answer = server.client().with("x-request-id", "mine").get(&path);
                let id = answer.header("x-request-id").to_owned();
                assert!(id.len() == 36 && ids.insert(id), "{path}");
                assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
                assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
                assert!(!answer.header("strict-transport-security").is_empty(), "{path}");
                assert!(!answer.header("cal-api-version-used").is_empty(), "{path}");
                assert!(answer.header("content-type").starts_with("application/json"), "{path}");
            }
        }
    });
}

#[test]
fn preflights_are_answered_for_browsers() {
    in_both_modes(|server| {
        for path in PATHS {
            let answer = server
                .client()
                .with("origin", "https://app.example.com")
                .with("access-control-request-method", "POST")
                .with("access-control-request-headers", "idempotency-key, cal-api-version")
                .send("OPTIONS", path, None);
            assert!(matches!(answer.status, 200 | 204), "{path}: {}", answer.status);
            let allowed = answer.header("access-control-allow-headers").to_lowercase();
            for name in ["authorization", "cal-api-version", "x-cal-client-id", "idempotency-key"] {
                assert!(allowed.contains(name), "{path}: {allowed}");
            }
            assert_eq!(answer.header("access-control-max-age"), "86400", "{path}");
        }
    });
}

#[test]
fn versions_fall_back_silently_and_are_told() {
    in_both_modes(|server| {
        let organization = server.organization();
        let used = |version: &str| {
            let answer = organization.client.version(version).get("/v2/event-types");
            (answer.status, answer.header("cal-api-version-used").to_owned())
        };
        assert_eq!(used("2024-06-14"), (200, "2024-06-14".to_owned()));
        assert_eq!(used("\"2024-06-14\""), (200, "2024-04-15".to_owned()));
    });
}

#[test]
fn unknown_paths_methods_and_unbuilt_operations_are_told_apart() {
    in_both_modes(|server| {
        let organization = server.organization();
        assert_eq!(organization.client.get("/v2/nothing").error(404), "Cannot GET /v2/nothing");
        let wrong = organization.client.send("PUT", "/v2/me", Some("{}".to_owned()));
        wrong.error(405);
        assert!(wrong.header("allow").contains("GET"), "{}", wrong.header("allow"));
        let unbuilt = organization.client.get("/v2/conferencing");
        assert!(unbuilt.error(501).contains("GET /v2/conferencing"), "{}", unbuilt.text);
    });
}

#[test]
fn problem_details_are_given_to_who_asks_for_them() {
    in_both_modes(|server| {
        let answer = server.client().with("accept", "application/problem+json").get("/v2/me");
        assert_eq!(answer.status, 401);
        assert!(answer.header("content-type").starts_with("application/problem+json"));
        let body = answer.json();
        assert_eq!(body["status"], 401);
        assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
    });
}

#[test]
fn a_body_beyond_the_limit_is_refused_in_the_envelope() {
    in_both_modes(|server| {
        let organization = server.organization();
        let body = json!({"title": "x".repeat(1_100_000)});
        let answer = organization.event_types().post("/v2/event-types", &body);
        answer.error(413);
    });
}

#[test]
fn headers_beyond_the_limit_are_refused_in_the_envelope() {
    in_both_modes(|server| {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        let padding = "x".repeat(40_000);
        write!(stream, "GET /v2/me HTTP/1.1\r\nhost: localhost\r\nx-padding: {padding}\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
        let mut buffer = [0; 8192];
        let read = stream.read(&mut buffer).unwrap();
        answer.push_str(&String::from_utf8_lossy(&buffer[..read]));
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
        assert!(answer.contains("\"status\":\"error\""), "{answer}");
    });
}

#[test]
fn whoever_asks_too_often_is_told_when_to_come_back() {
    let server = Server::with(Options::default().variable("rate_limit_api_key", "5"));
    let organization = server.organization();
    for left in (0..5).rev() {
        let answer = organization.client.get("/v2/me");
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("x-ratelimit-limit-default"), "5");
        assert_eq!(answer.header("x-ratelimit-remaining-default"), left.to_string());
    }
    // The limit is of the key, whatever component it asks.
    let refused = organization.event_types().get("/v2/event-types");
    assert_eq!(refused.error(429), "Too many requests. Please try again later.");
    assert_eq!(refused.json()["error"]["code"], "ThrottlerException");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Others are not concerned.
    server.organization().client.get("/v2/me").data(200);
}

//! Third-party applications of another organisation.

use meridian_tests::Organization;
use serde_json::json;

use super::Attempt;

/// Asked by session only, and so walked where sessions are: see `oauth2::consents`.
pub const BY_SESSION: (&str, &str) = ("POST", "/v2/auth/oauth2/clients/:clientId/authorize");

const ROUTES: &[(&str, &str)] = &[
    ("GET", "/v2/auth/oauth2/clients/:clientId"),
    ("PATCH", "/v2/auth/oauth2/clients/:clientId"),
    ("DELETE", "/v2/auth/oauth2/clients/:clientId"),
    ("POST", "/v2/auth/oauth2/clients/:clientId/rotate-secret"),
    ("DELETE", "/v2/auth/oauth2/consents/:clientId"),
];

/// Attempts at an application, and at what users allow it.
pub fn attempts(of: &Organization) -> Vec<Attempt> {
    let body = json!({"name": "secret", "redirect_uris": ["https://secret.example/cb"],
                      "scopes": ["BOOKING_READ"]});
    let made = of.client.post("/v2/auth/oauth2/clients", &body).data(201);
    let id = made["client_id"].as_str().unwrap();
    let attempt = |(method, pattern): &(&'static str, &'static str)| Attempt {
        method,
        pattern,
        path: pattern.replace(":clientId", id),
        version: "2024-08-13",
        body: (*method == "PATCH").then(|| json!({"name": "mine"})),
    };
    ROUTES.iter().map(attempt).collect()
}

//! Another organisation's mailboxes.

use meridian_tests::Organization;
use serde_json::json;

use super::Attempt;

/// Mailboxes of a user and of a team. None is verified here, and none can be: what counts
/// is that nobody reaches the team.
pub fn attempts(of: &Organization) -> Vec<Attempt> {
    let team = of.team("secret-mailboxes", &[]);
    let path = |pattern: &str| {
        pattern
            .replace(":orgId", &of.id.to_string())
            .replace(":teamId", &team.to_string())
            .replace(":id", &(of.id + 1).to_string())
    };
    let body = json!({"email": "mine@example.com", "code": "ABC234"});
    ROUTES
        .iter()
        .map(|(method, pattern)| Attempt {
            method,
            pattern,
            path: path(pattern),
            version: "2024-08-13",
            body: (*method == "POST").then(|| body.clone()),
        })
        .collect()
}

const ROUTES: &[(&str, &str)] = &[
    ("GET", "/v2/verified-resources/emails/:id"),
    ("POST", "/v2/teams/:teamId/verified-resources/emails/verification-code/request"),
    ("POST", "/v2/teams/:teamId/verified-resources/emails/verification-code/verify"),
    ("GET", "/v2/teams/:teamId/verified-resources/emails"),
    ("GET", "/v2/teams/:teamId/verified-resources/emails/:id"),
    (
        "POST",
        "/v2/organizations/:orgId/teams/:teamId/verified-resources/emails/verification-code/request",
    ),
    (
        "POST",
        "/v2/organizations/:orgId/teams/:teamId/verified-resources/emails/verification-code/verify",
    ),
    ("GET", "/v2/organizations/:orgId/teams/:teamId/verified-resources/emails"),
    ("GET", "/v2/organizations/:orgId/teams/:teamId/verified-resources/emails/:id"),
];

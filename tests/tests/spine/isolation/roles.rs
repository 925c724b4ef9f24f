//! Another organisation's roles.

use meridian_tests::Organization;
use serde_json::json;

use super::Attempt;

/// Roles of the organisation's and of a team's own making.
pub fn attempts(of: &Organization) -> Vec<Attempt> {
    let team = of.team("secret-roles", &[]);
    let body = json!({"name": "mine", "permissions": ["role.read"]});
    let mut attempts = Vec::new();
    for place in ["/v2/organizations/:orgId", "/v2/organizations/:orgId/teams/:teamId"] {
        let here =
            place.replace(":orgId", &of.id.to_string()).replace(":teamId", &team.to_string());
        let role = of.client.post(&format!("{here}/roles"), &json!({"name": "secret"})).data(201);
        for (method, pattern) in ROUTES.iter().filter(|route| {
            route.1.strip_prefix(place).is_some_and(|rest| rest.starts_with("/roles"))
        }) {
            let path = pattern
                .replace(place, &here)
                .replace(":roleId", role["id"].as_str().unwrap())
                .replace(":permission", "role.read");
            let with_query = *method == "DELETE" && path.ends_with("/permissions");
            attempts.push(Attempt {
                method,
                pattern,
                path: if with_query { format!("{path}?permissions=role.read") } else { path },
                version: "2024-08-13",
                body: ["POST", "PUT", "PATCH"].contains(method).then(|| body.clone()),
            });
        }
    }
    attempts
}

const ROUTES: &[(&str, &str)] = &[
    ("GET", "/v2/organizations/:orgId/roles"),
    ("POST", "/v2/organizations/:orgId/roles"),
    ("GET", "/v2/organizations/:orgId/roles/:roleId"),
    ("PATCH", "/v2/organizations/:orgId/roles/:roleId"),
    ("DELETE", "/v2/organizations/:orgId/roles/:roleId"),
    ("GET", "/v2/organizations/:orgId/roles/:roleId/permissions"),
    ("POST", "/v2/organizations/:orgId/roles/:roleId/permissions"),
    ("PUT", "/v2/organizations/:orgId/roles/:roleId/permissions"),
    ("DELETE", "/v2/organizations/:orgId/roles/:roleId/permissions"),
    ("DELETE", "/v2/organizations/:orgId/roles/:roleId/permissions/:permission"),
    ("GET", "/v2/organizations/:orgId/teams/:teamId/roles"),
    ("POST", "/v2/organizations/:orgId/teams/:teamId/roles"),
    ("GET", "/v2/organizations/:orgId/teams/:teamId/roles/:roleId"),
    ("PATCH", "/v2/organizations/:orgId/teams/:teamId/roles/:roleId"),
    ("DELETE", "/v2/organizations/:orgId/teams/:teamId/roles/:roleId"),
    ("GET", "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions"),
    ("POST", "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions"),
    ("PUT", "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions"),
    ("DELETE", "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions"),
    ("DELETE", "/v2/organizations/:orgId/teams/:teamId/roles/:roleId/permissions/:permission"),
];

//! Another organisation's webhooks, and what they were told.

use meridian_tests::Organization;
use serde_json::json;

use super::Attempt;

/// Webhooks of an event type, of a team's, and of the organisation.
pub fn attempts(of: &Organization) -> Vec<Attempt> {
    let hook = json!({"subscriberUrl": "https://secret.example.com/h", "active": true,
                      "triggers": ["BOOKING_CREATED"]});
    let event_type = of.event_type("secret-hooks", 30);
    let team = of.team("secret-listeners", &[]);
    let body = json!({"title": "secret", "slug": "secret-team-hooks", "lengthInMinutes": 30,
                      "schedulingType": "collective"});
    let of_team = of.client.post(&format!("/v2/teams/{team}/event-types"), &body).data(201);
    let mut attempts = Vec::new();
    for (pattern, event_type) in [
        ("/v2/event-types/:eventTypeId/webhooks", event_type.to_string()),
        ("/v2/teams/:teamId/event-types/:eventTypeId/webhooks", of_team["id"].to_string()),
        ("/v2/organizations/:orgId/webhooks", String::new()),
    ] {
        let list = pattern
            .replace(":orgId", &of.id.to_string())
            .replace(":teamId", &team.to_string())
            .replace(":eventTypeId", &event_type);
        let made = of.client.post(&list, &hook).data(201);
        let one = format!("{list}/{}", made["id"].as_str().unwrap());
        let sent = of.client.post(&format!("{one}/test"), &json!({})).data(201)["id"].to_string();
        for route in ROUTES.iter().filter(|route| route.1.starts_with(pattern)) {
            let (method, pattern) = *route;
            let path = match pattern.split_once(":webhookId") {
                Some((_, rest)) => format!("{one}{}", rest.replace(":deliveryId", &sent)),
                None => list.clone(),
            };
            let body = match method {
                "POST" if pattern.ends_with("/replay") => {
                    Some(json!({"since": "2020-01-01T00:00:00.000Z"}))
                }
                "POST" => Some(hook.clone()),
                "PATCH" => Some(json!({"active": false})),
                _ => None,
            };
            attempts.push(Attempt { method, pattern, path, version: "2024-08-13", body });
        }
    }
    attempts
}

const ROUTES: &[(&str, &str)] = &[
    ("POST", "/v2/event-types/:eventTypeId/webhooks"),
    ("GET", "/v2/event-types/:eventTypeId/webhooks"),
    ("DELETE", "/v2/event-types/:eventTypeId/webhooks"),
    ("GET", "/v2/event-types/:eventTypeId/webhooks/:webhookId"),
    ("PATCH", "/v2/event-types/:eventTypeId/webhooks/:webhookId"),
    ("DELETE", "/v2/event-types/:eventTypeId/webhooks/:webhookId"),
    ("GET", "/v2/event-types/:eventTypeId/webhooks/:webhookId/deliveries"),
    ("POST", "/v2/event-types/:eventTypeId/webhooks/:webhookId/deliveries/replay"),
    ("POST", "/v2/event-types/:eventTypeId/webhooks/:webhookId/deliveries/:deliveryId/redeliver"),
    ("POST", "/v2/event-types/:eventTypeId/webhooks/:webhookId/test"),
    ("POST", "/v2/teams/:teamId/event-types/:eventTypeId/webhooks"),
    ("GET", "/v2/teams/:teamId/event-types/:eventTypeId/webhooks"),
    ("DELETE", "/v2/teams/:teamId/event-types/:eventTypeId/webhooks"),
    ("GET", "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId"),
    ("PATCH", "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId"),
    ("DELETE", "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId"),
    ("GET", "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId/deliveries"),
    ("POST", "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId/deliveries/replay"),
    (
        "POST",
        "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId/deliveries/:deliveryId/redeliver",
    ),
    ("POST", "/v2/teams/:teamId/event-types/:eventTypeId/webhooks/:webhookId/test"),
    ("POST", "/v2/organizations/:orgId/webhooks"),
    ("GET", "/v2/organizations/:orgId/webhooks"),
    ("GET", "/v2/organizations/:orgId/webhooks/:webhookId"),
    ("PATCH", "/v2/organizations/:orgId/webhooks/:webhookId"),
    ("DELETE", "/v2/organizations/:orgId/webhooks/:webhookId"),
    ("GET", "/v2/organizations/:orgId/webhooks/:webhookId/deliveries"),
    ("POST", "/v2/organizations/:orgId/webhooks/:webhookId/deliveries/replay"),
    ("POST", "/v2/organizations/:orgId/webhooks/:webhookId/deliveries/:deliveryId/redeliver"),
    ("POST", "/v2/organizations/:orgId/webhooks/:webhookId/test"),
];

/// What a webhook was told, and telling it again.
pub fn attempts_at_deliveries(of: &Organization) -> Vec<Attempt> {
    let webhooks = of.client.get("/v2/webhooks").data(200);
    let webhook = webhooks[0]["id"].as_str().unwrap();
    let sent = of.client.post(&format!("/v2/webhooks/{webhook}/test"), &json!({})).data(201);
    let since = json!({"since": "2020-01-01T00:00:00.000Z"});
    [
        ("GET", "/v2/webhooks/:webhookId/deliveries", None),
        ("POST", "/v2/webhooks/:webhookId/deliveries/replay", Some(since)),
        ("POST", "/v2/webhooks/:webhookId/deliveries/:deliveryId/redeliver", None),
        ("POST", "/v2/webhooks/:webhookId/test", None),
    ]
    .map(|(method, pattern, body)| Attempt {
        method,
        pattern,
        path: pattern
            .replace(":webhookId", webhook)
            .replace(":deliveryId", &sent["id"].to_string()),
        version: "2024-04-15",
        body,
    })
    .into()
}

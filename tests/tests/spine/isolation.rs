//! Tenants never see each other: every route, with another organisation's ids.

use meridian_tests::{Client, Organization, in_both_modes};
use serde_json::json;

/// What a stranger asks for: a route of the tables, and the path made of it.
struct Attempt {
    method: &'static str,
    pattern: &'static str,
    path: String,
    version: &'static str,
    body: Option<serde_json::Value>,
}

/// Whoever has the uid of a booking may read and cancel it: the uid is the right.
const CAPABILITIES: [(&str, &str); 2] =
    [("GET", "/v2/bookings/:bookingUid"), ("POST", "/v2/bookings/:bookingUid/cancel")];

/// Routes that answer people without credentials.
const PUBLIC: [(&str, &str); 4] = [
    ("POST", "/v2/bookings"),
    ("GET", "/v2/event-types"),
    ("GET", "/v2/slots"),
    ("GET", "/v2/bookings/:bookingUid"),
];

fn attempts(of: &Organization) -> Vec<Attempt> {
    let event_type = of.event_type("secret", 30).to_string();
    let schedule = of.schedules().get("/v2/schedules/default").data(200)["id"].to_string();
    let hook = json!({"subscriberUrl": "https://example.com/h", "active": true, "triggers": ["BOOKING_CREATED"]});
    let webhook =
        of.client.post("/v2/webhooks", &hook).data(201)["id"].as_str().unwrap().to_owned();
    let key = of.client.get("/v2/api-keys").data(200)[0]["id"].to_string();
    let change = Some(json!({"name": "mine", "title": "mine", "active": false}));
    let mut attempts = Vec::new();
    let mut thing = |pattern: &'static str, id: &str, version, methods: &[&'static str]| {
        for method in methods {
            let parameter = pattern.find(':').unwrap();
            attempts.push(Attempt {
                method,
                pattern,
                path: format!("{}{id}", &pattern[..parameter]),
                version,
                body: if *method == "PATCH" { change.clone() } else { None },
            });
        }
    };
    let all = ["GET", "PATCH", "DELETE"];
    thing("/v2/event-types/:eventTypeId", &event_type, "2024-06-14", &all);
    thing("/v2/schedules/:scheduleId", &schedule, "2024-06-11", &all);
    thing("/v2/webhooks/:webhookId", &webhook, "2024-04-15", &all);
    thing("/v2/api-keys/:keyId", &key, "2024-04-15", &["DELETE"]);
    attempts
}

/// Every row of every component's route table: method and path.
fn routes() -> Vec<(String, String)> {
    let components = concat!(env!("CARGO_MANIFEST_DIR"), "/../components");
    let mut routes = Vec::new();
    for component in std::fs::read_dir(components).unwrap().flatten() {
        let table =
            std::fs::read_to_string(component.path().join("src/routes.rs")).unwrap_or_default();
        for row in table.split("route!(").skip(1) {
            let (method, rest) = row.trim_start().split_once(char::is_whitespace).unwrap();
            let path = rest.split('"').nth(1).unwrap();
            routes.push((method.to_owned(), path.to_owned()));
        }
    }
    assert!(routes.len() >= 38, "{} routes", routes.len());
    routes
}

/// A version the path answers to.
fn version_of(path: &str) -> &'static str {
    match path.split('/').nth(2) {
        Some("bookings") => "2024-08-13",
        Some("event-types") => "2024-06-14",
        Some("schedules") => "2024-06-11",
        _ => "2024-09-04",
    }
}

#[test]
fn every_route_that_names_a_thing_is_walked_as_a_stranger() {
    in_both_modes(|server| {
        let attempts = attempts(&server.organization());
        for (method, pattern) in routes() {
            if !pattern.starts_with("/v2/") || !pattern.contains(':') {
                continue;
            }
            let walked = attempts
                .iter()
                .any(|attempt| attempt.method == method && attempt.pattern == pattern);
            let capability = CAPABILITIES.contains(&(method.as_str(), pattern.as_str()));
            assert!(
                walked || capability,
                "{method} {pattern} is not tried with another organisation's id"
            );
        }
    });
}

#[test]
fn nobody_gets_past_a_route_that_needs_somebody() {
    in_both_modes(|server| {
        let organization = server.organization();
        for (method, pattern) in routes() {
            let path = pattern.replace(":slug", &organization.slug).replace(':', "x");
            let body = (method != "GET").then(|| "{}".to_owned());
            let ask = |client: &Client| {
                client.version(version_of(&path)).send(&method, &path, body.clone())
            };
            let platform = pattern.starts_with("/platform") || pattern.starts_with("/internal");
            let nobody = ask(&organization.public);
            if platform {
                assert_eq!(nobody.status, 401, "{method} {pattern}: {}", nobody.text);
                let member = ask(&organization.client);
                assert_eq!(member.status, 401, "{method} {pattern}: {}", member.text);
            } else if pattern.starts_with("/v2/") {
                let public = PUBLIC.contains(&(method.as_str(), pattern.as_str()))
                    || CAPABILITIES.contains(&(method.as_str(), pattern.as_str()));
                assert_eq!(nobody.status == 401, !public, "{method} {pattern}: {}", nobody.text);
            }
        }
        organization.client.get("/v2/me").data(200);
    });
}

fn make(client: &Client, attempt: &Attempt) -> meridian_tests::Answer {
    let body = attempt.body.as_ref().map(ToString::to_string);
    client.version(attempt.version).send(attempt.method, &attempt.path, body)
}

#[test]
fn another_organisations_things_are_not_found_on_any_route() {
    in_both_modes(|server| {
        let (ours, theirs) = (server.organization(), server.organization());
        for attempt in attempts(&theirs) {
            let answer = make(&ours.client, &attempt);
            assert_eq!(answer.status, 404, "{} {}: {}", attempt.method, attempt.path, answer.text);
            assert!(!answer.text.contains("secret"), "{}", answer.text);
        }
        // They are all still there.
        let event_types = theirs.event_types().get("/v2/event-types").data(200);
        assert_eq!(event_types[0]["title"], "secret");
        assert_eq!(theirs.client.get("/v2/webhooks").data(200).as_array().unwrap().len(), 1);
    });
}

#[test]
fn what_belongs_to_us_is_made_only_of_our_own_parts() {
    in_both_modes(|server| {
        let (ours, theirs) = (server.organization(), server.organization());
        let schedule = theirs.schedules().get("/v2/schedules/default").data(200)["id"].clone();
        let body =
            json!({"title": "t", "slug": "t", "lengthInMinutes": 30, "scheduleId": schedule});
        let message = ours.event_types().post("/v2/event-types", &body).error(404);
        assert_eq!(
            message,
            format!("User with ID={} does not own schedule with ID={schedule}", ours.owner_id)
        );
        ours.client.patch("/v2/me", &json!({"defaultScheduleId": schedule})).error(404);
    });
}

#[test]
fn lists_show_only_what_is_ours() {
    in_both_modes(|server| {
        let (ours, theirs) = (server.organization(), server.organization());
        let event_type = theirs.event_type("theirs", 30);
        let booking = theirs.book(event_type, "2050-09-05T07:00:00.000Z");
        for (client, path) in [
            (ours.event_types(), "/v2/event-types".to_owned()),
            (ours.own_bookings(), "/v2/bookings".to_owned()),
            (
                ours.own_bookings(),
                format!("/v2/bookings?bookingUid={}", booking["uid"].as_str().unwrap()),
            ),
            (ours.own_bookings(), format!("/v2/bookings?eventTypeId={event_type}")),
            (ours.client.clone(), "/v2/webhooks".to_owned()),
        ] {
            let answer = client.get(&path);
            assert_eq!(answer.data(200), json!([]), "{path}");
        }
        let schedules = ours.schedules().get("/v2/schedules").data(200);
        assert_eq!(schedules.as_array().unwrap().len(), 1);
        assert_eq!(schedules[0]["ownerId"], ours.owner_id);
        // The uid is the right to read and to cancel, whoever has it; not to act as
        // the host, who would have to give a reason.
        let uid = booking["uid"].as_str().unwrap();
        let read = ours.own_bookings().get(&format!("/v2/bookings/{uid}")).data(200);
        assert_eq!(read["hosts"][0]["id"], theirs.owner_id);
        let path = format!("/v2/bookings/{uid}/cancel");
        let cancelled = ours.own_bookings().post(&path, &json!({})).data(200);
        assert_eq!(cancelled["status"], "cancelled");
    });
}

//! Tenants never see each other: every route, with another organisation's ids.

use meridian_tests::{Client, Organization, in_both_modes};
use serde_json::json;

/// What a stranger asks for, and what they must be told.
struct Attempt {
    method: &'static str,
    path: String,
    version: &'static str,
    body: Option<serde_json::Value>,
    status: u16,
}

fn attempts(of: &Organization) -> Vec<Attempt> {
    let event_type = of.event_type("secret", 30);
    let schedule = of.schedules().get("/v2/schedules/default").data(200)["id"].as_i64().unwrap();
    let hook = json!({"subscriberUrl": "https://example.com/h", "active": true, "triggers": ["BOOKING_CREATED"]});
    let webhook =
        of.client.post("/v2/webhooks", &hook).data(201)["id"].as_str().unwrap().to_owned();
    let keys = of.client.get("/v2/api-keys").data(200);
    let key = keys[0]["id"].clone();
    let attempt =
        |method, path: String, version, body| Attempt { method, path, version, body, status: 404 };
    let change = Some(json!({"name": "mine", "title": "mine", "active": false}));
    vec![
        attempt("GET", format!("/v2/event-types/{event_type}"), "2024-06-14", None),
        attempt("PATCH", format!("/v2/event-types/{event_type}"), "2024-06-14", change.clone()),
        attempt("DELETE", format!("/v2/event-types/{event_type}"), "2024-06-14", None),
        attempt("GET", format!("/v2/schedules/{schedule}"), "2024-06-11", None),
        attempt("PATCH", format!("/v2/schedules/{schedule}"), "2024-06-11", change.clone()),
        attempt("DELETE", format!("/v2/schedules/{schedule}"), "2024-06-11", None),
        attempt("GET", format!("/v2/webhooks/{webhook}"), "2024-04-15", None),
        attempt("PATCH", format!("/v2/webhooks/{webhook}"), "2024-04-15", change),
        attempt("DELETE", format!("/v2/webhooks/{webhook}"), "2024-04-15", None),
        attempt("DELETE", format!("/v2/api-keys/{key}"), "2024-04-15", None),
    ]
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
            assert_eq!(
                answer.status, attempt.status,
                "{} {}: {}",
                attempt.method, attempt.path, answer.text
            );
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
        // The uid is a capability: whoever has it may read the booking, no more.
        let uid = booking["uid"].as_str().unwrap();
        let host_only = ours.own_bookings().post(&format!("/v2/bookings/{uid}/cancel"), &json!({}));
        assert_ne!(host_only.status, 500, "{}", host_only.text);
    });
}

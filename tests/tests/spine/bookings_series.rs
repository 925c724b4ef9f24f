//! Recurring event types: a series is booked whole or not at all.

use std::time::Duration;

use meridian_tests::{Client, Organization, Receiver, in_both_modes};
use serde_json::{Value, json};

/// Before and after Rome leaves daylight saving time on 2050-10-30: ten o'clock there.
const FIRST: &str = "2050-10-17T08:00:00.000Z";

fn weekly(organization: &Organization, occurrences: u32, more: &Value) -> i64 {
    let mut fields = json!({
        "recurrence": {"interval": 1, "occurrences": occurrences, "frequency": "weekly"},
    });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    organization.event_type_with("weekly", 30, &fields)
}

/// A booker in Rome.
fn body(organization: &Organization, event_type: i64, more: &Value) -> Value {
    let mut body = organization.booking(event_type, FIRST);
    body["attendee"]["timeZone"] = json!("Europe/Rome");
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn texts<'a>(bookings: &'a Value, field: &str) -> Vec<&'a str> {
    bookings.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap()).collect()
}

fn total(client: &Client) -> Value {
    client.get("/v2/bookings").json()["pagination"]["totalItems"].clone()
}

#[test]
fn a_series_keeps_the_clock_of_its_booker_and_shares_an_uid() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = weekly(&organization, 3, &json!({}));
        let bookings = organization.bookings();
        let series =
            bookings.post("/v2/bookings", &body(&organization, event_type, &json!({}))).data(201);
        assert_eq!(
            texts(&series, "start"),
            [FIRST, "2050-10-24T08:00:00.000Z", "2050-10-31T09:00:00.000Z"]
        );
        let uids = texts(&series, "uid");
        let shared = texts(&series, "recurringBookingUid");
        assert!(uids[0] != uids[1] && shared.iter().all(|uid| *uid == shared[0]), "{series}");
        let read = bookings.get(&format!("/v2/bookings/{}", shared[0])).data(200);
        assert_eq!(read, series);
        let one = bookings.get(&format!("/v2/bookings/{}", uids[1])).data(200);
        assert_eq!(one, series[1]);
        assert_eq!(total(&organization.own_bookings()), 3);
    });
}

#[test]
fn a_shorter_series_may_be_asked_for_and_a_longer_one_not() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = weekly(&organization, 3, &json!({}));
        let book = |count: Value| {
            let body = body(&organization, event_type, &json!({"recurrenceCount": count}));
            organization.bookings().post("/v2/bookings", &body)
        };
        let refused = book(json!(4)).error(400);
        let expected = "Provided recurrence count is higher than the event type's recurring event \
                        count.";
        assert!(refused.starts_with(expected), "{refused}");
        assert!(book(json!(0)).error(400).starts_with("recurrenceCount"));
        assert_eq!(book(json!(1)).data(201).as_array().unwrap().len(), 1);
        let single = organization.event_type("single", 30);
        let wrong = body(&organization, single, &json!({"recurrenceCount": 2}));
        let refused = organization.bookings().post("/v2/bookings", &wrong).error(400);
        assert!(refused.contains("'recurrenceCount'"), "{refused}");
    });
}

#[test]
fn one_taken_time_refuses_the_whole_series() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = weekly(&organization, 3, &json!({}));
        let single = organization.event_type("single", 30);
        organization.book(single, "2050-10-31T09:15:00.000Z");
        let refused = organization
            .bookings()
            .post("/v2/bookings", &body(&organization, event_type, &json!({})))
            .error(400);
        assert!(refused.starts_with("User either already has booking"), "{refused}");
        assert_eq!(total(&organization.own_bookings()), 1);
    });
}

#[test]
fn a_series_and_a_single_booking_at_once_never_meet() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = weekly(&organization, 3, &json!({}));
        let single = organization.event_type("single", 30);
        for try_ in 0..10 {
            let day = 3 + try_;
            let start = |day: u32| format!("2051-01-{day:02}T09:00:00.000Z");
            let mut series = organization.booking(event_type, &start(day));
            series["attendee"]["timeZone"] = json!("UTC");
            let other = organization.booking(single, &start(day + 14));
            let weekend = day % 7 == 0 || day % 7 == 1;
            let statuses: Vec<u16> = std::thread::scope(|scope| {
                let threads: Vec<_> = [&series, &other]
                    .map(|body| {
                        let client = organization.bookings();
                        scope.spawn(move || client.post("/v2/bookings", body).status)
                    })
                    .into_iter()
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let won = statuses.iter().filter(|status| **status == 201).count();
            assert_eq!(won, usize::from(!weekend), "{statuses:?} on {}", start(day));
        }
    });
}

#[test]
fn every_booking_of_a_series_is_told_of() {
    in_both_modes(|server| {
        let receiver = Receiver::start();
        let organization = server.organization();
        let hook = json!({
            "subscriberUrl": receiver.url("/hook"), "active": true, "triggers": ["BOOKING_CREATED"],
        });
        organization.client.post("/v2/webhooks", &hook).data(201);
        let event_type = weekly(&organization, 3, &json!({}));
        let series = organization
            .bookings()
            .post("/v2/bookings", &body(&organization, event_type, &json!({})))
            .data(201);
        let told = receiver.wait_for("/hook", 3, Duration::from_secs(30));
        let mut uids: Vec<String> = told
            .iter()
            .map(|delivery| delivery.json()["payload"]["uid"].as_str().unwrap().to_owned())
            .collect();
        uids.sort_unstable();
        let mut expected = texts(&series, "uid");
        expected.sort_unstable();
        assert_eq!(uids, expected);
    });
}

#[test]
fn an_old_client_names_every_time_of_a_series() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = weekly(&organization, 3, &json!({}));
        let old = |start: &str| {
            json!({
                "eventTypeId": event_type, "start": start, "timeZone": "Europe/Rome",
                "language": "en", "metadata": {},
                "responses": {"name": "Grace", "email": "grace@example.org"},
            })
        };
        let client = organization.public.version("2024-06-14");
        let starts = [FIRST, "2050-10-24T09:30:00.000Z"];
        let bodies = Value::from(starts.map(old).to_vec());
        let made = client.post("/v2/bookings/recurring", &bodies).data(201);
        assert_eq!(texts(&made, "startTime"), starts);
        assert_eq!(texts(&made, "status"), ["ACCEPTED", "ACCEPTED"]);
        let shared = texts(&made, "recurringEventId");
        assert_eq!(shared[0], shared[1]);
        for wrong in [json!([]), json!({})] {
            client.post("/v2/bookings/recurring", &wrong).error(400);
        }
    });
}

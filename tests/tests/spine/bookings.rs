//! Bookings: conflicts, refusals, lists and ends.

use meridian_tests::{Organization, in_both_modes};
use serde_json::{Value, json};

const TAKEN: &str = "User either already has booking at this time or is not available";

/// Sends the bodies at once, each from a thread of its own; the statuses and texts.
fn race(organization: &Organization, bodies: &[Value]) -> Vec<(u16, String)> {
    let barrier = std::sync::Barrier::new(bodies.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = bodies
            .iter()
            .map(|body| {
                let (client, barrier) = (organization.bookings(), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    let answer = client.post("/v2/bookings", body);
                    (answer.status, answer.text)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_fifty_parallel_creates_for_one_slot_one_wins() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("race", 30);
        let body = organization.booking(event_type, "2050-09-05T07:00:00.000Z");
        let answers = race(&organization, &vec![body; 50]);
        let won = answers.iter().filter(|(status, _)| *status == 201).count();
        assert_eq!(won, 1, "{answers:?}");
        for (status, text) in answers.iter().filter(|(status, _)| *status != 201) {
            assert_eq!(*status, 400, "{text}");
            assert!(text.contains(TAKEN), "{text}");
        }
        let listed = organization.own_bookings().get("/v2/bookings");
        assert_eq!(listed.json()["pagination"]["totalItems"], 1);
    });
}

#[test]
fn of_parallel_creates_that_overlap_across_event_types_no_two_do() {
    in_both_modes(|server| {
        let organization = server.organization();
        let buffered = json!({"beforeEventBuffer": 15, "afterEventBuffer": 15, "slotInterval": 5});
        let types = [
            organization.event_type_with("short", 15, &json!({"slotInterval": 5})),
            organization.event_type_with("buffered", 30, &buffered),
        ];
        // Every five minutes of two hours, alternating between the two types.
        let bodies: Vec<Value> = (0..24)
            .map(|step| {
                let (hour, minute) = (8 + step * 5 / 60, step * 5 % 60);
                let start = format!("2050-09-06T{hour:02}:{minute:02}:00.000Z");
                organization.booking(types[step % 2], &start)
            })
            .collect();
        let answers = race(&organization, &bodies);
        let mut taken: Vec<(i64, i64)> = Vec::new();
        for (status, text) in &answers {
            if *status != 201 {
                assert_eq!(*status, 400, "{text}");
                continue;
            }
            let booking: Value = serde_json::from_str(text).unwrap();
            let minute = |name: &str| {
                let text = booking["data"][name].as_str().unwrap();
                meridian_kernel::Instant::parse(text).unwrap().millis() / 60_000
            };
            let buffer = if booking["data"]["eventTypeId"] == types[1] { 15 } else { 0 };
            taken.push((minute("start") - buffer, minute("end") + buffer));
        }
        taken.sort_unstable();
        assert!(taken.len() > 1, "{answers:?}");
        for pair in taken.windows(2) {
            assert!(pair[0].1 <= pair[1].0, "{taken:?}");
        }
    });
}

#[test]
fn a_start_that_is_not_offered_is_refused_with_the_reason() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type =
            organization.event_type_with("notice", 60, &json!({"minimumBookingNotice": 120}));
        let book = |start: &str| {
            organization.bookings().post("/v2/bookings", &organization.booking(event_type, start))
        };
        // Rome sleeps at 02:00 UTC, and has its weekend on 2050-09-10.
        assert_eq!(book("2050-09-05T02:00:00.000Z").error(400), TAKEN);
        assert_eq!(book("2050-09-10T09:00:00.000Z").error(400), TAKEN);
        assert_eq!(
            book("2020-09-07T09:00:00.000Z").error(400),
            "Attempting to book a meeting in the past."
        );
        let soon = meridian_kernel::Instant::now().plus_minutes(30);
        let refused = book(&soon.to_iso()).error(400);
        assert!(
            refused.starts_with("The event type can't be booked at the \"start\" time"),
            "{refused}"
        );
    });
}

#[test]
fn buffers_of_both_bookings_keep_their_distance() {
    in_both_modes(|server| {
        let organization = server.organization();
        let plain = organization.event_type_with("plain", 30, &json!({"slotInterval": 15}));
        let buffered = organization.event_type_with(
            "buffered",
            30,
            &json!({"beforeEventBuffer": 15, "afterEventBuffer": 15, "slotInterval": 15}),
        );
        organization.book(buffered, "2050-09-05T09:00:00.000Z");
        let starts = organization.starts(plain, "2050-09-05T08:00:00Z", "2050-09-05T11:00:00Z");
        let hours: Vec<&str> = starts.iter().map(|start| &start[11..16]).collect();
        assert_eq!(hours, ["08:00", "08:15", "09:45", "10:00", "10:15", "10:30"]);
        let starts = organization.starts(buffered, "2050-09-05T08:00:00Z", "2050-09-05T11:00:00Z");
        let hours: Vec<&str> = starts.iter().map(|start| &start[11..16]).collect();
        assert_eq!(hours, ["08:00", "10:00", "10:15", "10:30"]);
    });
}

#[test]
fn every_slot_offered_can_be_booked() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type_with(
            "dense",
            45,
            &json!({"slotInterval": 20, "beforeEventBuffer": 10, "afterEventBuffer": 5}),
        );
        loop {
            let starts = organization.starts(event_type, "2050-09-05", "2050-09-06");
            let Some(start) = starts.get(starts.len() / 2) else { break };
            organization.book(event_type, start);
        }
        let total = organization.own_bookings().get("/v2/bookings").json();
        assert!(total["pagination"]["totalItems"].as_u64().unwrap() >= 8, "{total}");
    });
}

#[test]
fn a_booking_is_cancelled_once() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("once", 30);
        let booking = organization.book(event_type, "2050-09-05T07:00:00.000Z");
        let uid = booking["uid"].as_str().unwrap();
        let path = format!("/v2/bookings/{uid}/cancel");
        let host = organization.own_bookings().post(&path, &json!({}));
        assert_eq!(host.error(400), "Cancellation reason is required when you are the host");

        let answers: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..20)
                .map(|_| {
                    let client = organization.bookings();
                    let path = &path;
                    scope.spawn(move || {
                        client.post(path, &json!({"cancellationReason": "x"})).status
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|status| matches!(status, 200 | 400)), "{answers:?}");
        let again = organization.bookings().post(&path, &json!({"cancellationReason": "x"}));
        assert_eq!(
            again.error(400),
            format!(
                "Can't cancel booking with uid={uid} because it has been cancelled already. \
                 Please provide uid of a booking that is not cancelled."
            )
        );
        let missing = organization.bookings().get("/v2/bookings/mg3EVprisqeBSLKZey4rKf");
        assert_eq!(missing.status, 404, "{}", missing.text);
    });
}

#[test]
fn a_list_is_filtered_sorted_and_paged() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("list", 60);
        let hours = [7, 8, 9, 10, 11];
        for hour in hours {
            organization.book(event_type, &format!("2050-09-05T{hour:02}:00:00.000Z"));
        }
        let list = |query: &str| organization.own_bookings().get(&format!("/v2/bookings?{query}"));
        let starts = |query: &str| -> Vec<String> {
            let data = list(query).data(200);
            let rows = data.as_array().unwrap().iter();
            rows.map(|row| row["start"].as_str().unwrap()[11..13].to_owned()).collect()
        };
        assert_eq!(starts("sortStart=desc&take=2"), ["11", "10"]);
        assert_eq!(starts("sortStart=asc&take=2&skip=4"), ["11"]);
        assert_eq!(starts("sortStart=asc&afterStart=2050-09-05T10:00:00Z"), ["10", "11"]);
        assert_eq!(starts("attendeeEmail=nobody@example.org"), Vec::<String>::new());
        assert_eq!(starts("status=past,cancelled"), Vec::<String>::new());
        let page = list("sortStart=asc&take=2&skip=2").json();
        assert_eq!(
            page["pagination"],
            json!({
                "totalItems": 5, "remainingItems": 1, "returnedItems": 2, "itemsPerPage": 2,
                "currentPage": 2, "totalPages": 3, "hasNextPage": true, "hasPreviousPage": true,
            })
        );
        let refused = list("status=sometimes").error(400);
        assert!(refused.starts_with("status"), "{refused}");
    });
}

#[test]
fn wrong_bodies_are_refused_field_by_field() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("strict", 60);
        let client = organization.bookings();
        let refused = client.post("/v2/bookings", &json!({"attendee": {"timeZone": "Mars"}}));
        let message = refused.error(400);
        for part in ["start ", "attendee.name ", "attendee.timeZone "] {
            assert!(message.contains(part), "{message}");
        }
        let mut long = organization.booking(event_type, "2050-09-05T07:00:00.000Z");
        long["lengthInMinutes"] = json!(15);
        let message = client.post("/v2/bookings", &long).error(400);
        assert!(message.starts_with("Can't specify 'lengthInMinutes'"), "{message}");
        let unknown = client.post(
            "/v2/bookings",
            &organization.booking(event_type + 1_000, "2050-09-05T07:00:00.000Z"),
        );
        let message = unknown.error(404);
        assert_eq!(message, format!("Event type with id {} not found.", event_type + 1_000));
        for text in ["{", "[]", "null", "\"x\"", "{\"start\": 1e999}"] {
            let answer = client.send("POST", "/v2/bookings", Some(text.to_owned()));
            assert_eq!(answer.status, 400, "{text}: {}", answer.text);
        }
    });
}

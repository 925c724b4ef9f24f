//! Slots held while somebody is booking them, through the whole stack.

use meridian_tests::{Client, Organization, in_both_modes};
use serde_json::{Value, json};

/// 09:00 in Rome.
const NINE: &str = "2050-09-05T07:00:00.000Z";
const TEN: &str = "2050-09-05T08:00:00.000Z";

const RESERVED: &str =
    "This time slot is already reserved by another user. Please choose a different time.";
const BOOKED: &str = "Can't reserve a slot if the event is already booked.";

fn wish(event_type: i64, start: &str) -> Value {
    json!({"eventTypeId": event_type, "slotStart": start})
}

fn reserve(client: &Client, event_type: i64, start: &str) -> Value {
    client.post("/v2/slots/reservations", &wish(event_type, start)).data(201)
}

fn uid(reservation: &Value) -> &str {
    reservation["reservationUid"].as_str().unwrap()
}

/// The starts of the day of these tests.
fn starts(organization: &Organization, event_type: i64) -> Vec<String> {
    organization.starts(event_type, "2050-09-05", "2050-09-05")
}

/// How many milliseconds from now an instant is that the API shows.
fn from_now(instant: &Value) -> i64 {
    let instant = meridian_kernel::Instant::parse(instant.as_str().unwrap()).unwrap();
    instant.millis() - meridian_kernel::Instant::now().millis()
}

#[test]
fn a_slot_is_held_read_moved_and_given_back() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("hour", 60);
        let slots = organization.slots();
        let all = starts(&organization, event_type);
        let held = reserve(&slots, event_type, NINE);
        assert_eq!(held["eventTypeId"], event_type);
        assert_eq!((&held["slotStart"], &held["slotEnd"]), (&json!(NINE), &json!(TEN)));
        assert_eq!((&held["slotDuration"], &held["reservationDuration"]), (&json!(60), &json!(5)));
        let left = from_now(&held["reservationUntil"]);
        assert!((270_000..=300_000).contains(&left), "{left}");
        assert_eq!(starts(&organization, event_type), all[1..]);

        let path = format!("/v2/slots/reservations/{}", uid(&held));
        assert_eq!(slots.get(&path).data(200), held);
        let moved = slots.patch(&path, &wish(event_type, TEN)).data(200);
        assert_eq!(
            (&moved["reservationUid"], &moved["slotStart"]),
            (&held["reservationUid"], &json!(TEN))
        );
        assert_eq!(slots.get(&path).data(200), moved);
        let others: Vec<String> = all.iter().filter(|start| *start != TEN).cloned().collect();
        assert_eq!(starts(&organization, event_type), others);

        for _ in 0..2 {
            let answer = slots.delete(&path);
            assert_eq!((answer.status, answer.json()), (200, json!({"status": "success"})));
        }
        assert_eq!(slots.get(&path).data(200), Value::Null);
        assert_eq!(starts(&organization, event_type), all);
        let gone = slots.patch(&path, &wish(event_type, TEN)).error(404);
        assert_eq!(gone, format!("Slot with uid={} not found", uid(&held)));
        assert_eq!(slots.get("/v2/slots/reservations/no-uid").data(200), Value::Null);
        assert_eq!(slots.delete("/v2/slots/reservations/no-uid").status, 200);
    });
}

#[test]
fn what_overlaps_a_reservation_or_a_booking_is_refused() {
    in_both_modes(|server| {
        let organization = server.organization();
        let lengths = json!({"lengthInMinutesOptions": [15, 30, 60, 180], "slotInterval": 15});
        let event_type = organization.event_type_with("lengths", 60, &lengths);
        let other = organization.event_type("other", 30);
        let slots = organization.slots();
        let ask = |event_type: i64, start: &str, minutes: Option<u32>| {
            let mut body = wish(event_type, start);
            if let Some(minutes) = minutes {
                body["slotDuration"] = minutes.into();
            }
            slots.post("/v2/slots/reservations", &body)
        };
        reserve(&slots, event_type, TEN);
        for (minutes, start) in [(None, TEN), (Some(180), "2050-09-05T07:45:00Z")] {
            assert_eq!(ask(event_type, start, minutes).error(422), RESERVED);
        }
        // Another event type of the same host too.
        assert_eq!(ask(other, "2050-09-05T08:30:00Z", None).error(422), RESERVED);
        ask(event_type, "2050-09-05T07:45:00Z", Some(15)).data(201);
        let booked = "2050-09-05T12:00:00.000Z";
        organization.book(event_type, booked);
        for start in [booked, "2050-09-05T11:30:00Z"] {
            assert_eq!(ask(event_type, start, None).error(422), BOOKED);
        }
        assert_eq!(
            ask(event_type, NINE, Some(45)).error(400),
            "Provided 'slotDuration' is not one of the possible lengths for the event type. The \
             possible lengths are: 15, 30, 60, 180"
        );
        assert_eq!(
            ask(other, NINE, Some(30)).error(400),
            "You passed 'slotDuration' but this event type is not a variable length event type."
        );
    });
}

#[test]
fn a_cancelled_booking_is_in_nobodys_way_and_an_unconfirmed_one_is() {
    in_both_modes(|server| {
        let organization = server.organization();
        let plain = organization.event_type("plain", 60);
        let booking = organization.book(plain, NINE);
        let path = format!("/v2/bookings/{}/cancel", booking["uid"].as_str().unwrap());
        organization.bookings().post(&path, &json!({})).data(200);
        let held = reserve(&organization.slots(), plain, NINE);
        let path = format!("/v2/slots/reservations/{}", uid(&held));
        organization.slots().delete(&path);
        let policy = json!({"confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": false}});
        let confirmed = organization.event_type_with("confirmed", 60, &policy);
        assert_eq!(organization.book(confirmed, NINE)["status"], "pending");
        let refused = organization.slots().post("/v2/slots/reservations", &wish(confirmed, NINE));
        assert_eq!(refused.error(422), BOOKED);
        reserve(&organization.slots(), confirmed, TEN);
    });
}

#[test]
fn only_what_could_be_booked_is_held() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("hours", 60);
        let slots = organization.slots();
        for (start, why) in [
            ("2050-09-05T03:00:00Z", "working hours"),
            ("2050-09-05T14:30:00Z", "working hours"),
            ("2050-09-04T09:00:00Z", "working hours"),
            ("2020-09-04T09:00:00Z", "in the past"),
        ] {
            let refused = slots.post("/v2/slots/reservations", &wish(event_type, start)).error(422);
            assert!(refused.contains(why), "{start}: {refused}");
        }
        let held = reserve(&slots, event_type, NINE);
        let path = format!("/v2/slots/reservations/{}", uid(&held));
        slots.patch(&path, &wish(event_type, "2050-09-05T03:00:00Z")).error(422);
        assert_eq!(slots.get(&path).data(200)["slotStart"], NINE);
        // Off the grid but inside the hours: may be booked, so may be held.
        reserve(&slots, event_type, "2050-09-05T08:10:00Z");
    });
}

#[test]
fn bodies_that_say_too_little_or_nonsense_are_refused() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("wrong", 60);
        let slots = organization.slots();
        let ask = |body: Value| slots.post("/v2/slots/reservations", &body);
        let message = ask(json!({})).error(400);
        assert!(message.contains("eventTypeId") && message.contains("slotStart"), "{message}");
        assert_eq!(ask(wish(event_type, "soon")).error(400), "Invalid start date");
        let unknown = event_type + 1_000;
        assert_eq!(
            ask(wish(unknown, NINE)).error(404),
            format!("Event Type with ID={unknown} not found")
        );
        assert!(
            ask(json!({"eventTypeId": 9_000_000_000_000_000_i64, "slotStart": NINE})).status == 404
        );
        for (field, value) in [
            ("slotDuration", json!(-5)),
            ("reservationDuration", json!(99_999)),
            ("slotDuration", json!("x")),
        ] {
            let mut body = wish(event_type, NINE);
            body[field] = value;
            let message = organization.client.version("2024-09-04");
            let message = message.post("/v2/slots/reservations", &body).error(400);
            assert!(message.starts_with(field), "{message}");
        }
    });
}

#[test]
fn how_long_it_is_held_is_for_those_to_say_who_belong_to_it() {
    in_both_modes(|server| {
        let (organization, other) = (server.organization(), server.organization());
        let event_type = organization.event_type("long", 60);
        let body = json!({"eventTypeId": event_type, "slotStart": NINE, "reservationDuration": 60});
        let ask =
            |client: &Client| client.version("2024-09-04").post("/v2/slots/reservations", &body);
        assert_eq!(
            ask(&organization.public).error(401),
            "reservationDuration can only be used for authenticated requests - use access token, \
             api key or OAuth credentials"
        );
        ask(&other.client).error(403);
        let held = ask(&organization.client).data(201);
        assert_eq!(held["reservationDuration"], 60);
        let left = from_now(&held["reservationUntil"]);
        assert!((3_570_000..=3_600_000).contains(&left), "{left}");
        let path = format!("/v2/slots/reservations/{}", uid(&held));
        organization.slots().patch(&path, &body).error(401);
        // Changed by whoever has the uid, it ends sooner.
        let changed = organization.slots().patch(&path, &wish(event_type, NINE)).data(200);
        assert_eq!(changed["reservationDuration"], 5);
        assert!(from_now(&changed["reservationUntil"]) <= 300_000);
    });
}

#[test]
fn a_reservation_is_the_uids_and_stays_in_its_organisation() {
    in_both_modes(|server| {
        let (ours, theirs) = (server.organization(), server.organization());
        let event_type = theirs.event_type("theirs", 60);
        let held = reserve(&ours.slots(), event_type, NINE);
        let path = format!("/v2/slots/reservations/{}", uid(&held));
        // Whoever has the uid, from wherever, signed in or not.
        assert_eq!(ours.client.version("2024-09-04").get(&path).data(200), held);
        let own = ours.event_type("ours", 60);
        assert_eq!(
            ours.slots().patch(&path, &wish(own, NINE)).error(404),
            format!("Event Type with ID={own} not found")
        );
        assert_eq!(theirs.slots().get(&path).data(200), held);
        assert_eq!(starts(&ours, own).len(), 8);
    });
}

#[test]
fn seats_are_held_until_none_is_left() {
    in_both_modes(|server| {
        let organization = server.organization();
        let seats = json!({"seats": {"seatsPerTimeSlot": 2, "showAttendeeInfo": true, "showAvailabilityCount": true}});
        let event_type = organization.event_type_with("shared", 60, &seats);
        let slots = organization.slots();
        let first = reserve(&slots, event_type, NINE);
        reserve(&slots, event_type, NINE);
        let full = slots.post("/v2/slots/reservations", &wish(event_type, NINE)).error(422);
        assert!(full.ends_with("has no more seats left."), "{full}");
        let path = format!("/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-09-05");
        let day = slots.get(&path).data(200)["2050-09-05"].clone();
        assert_eq!(
            day[0],
            json!({"start": NINE, "seatsBooked": 2, "seatsRemaining": 0, "seatsTotal": 2})
        );
        assert_eq!(
            day[1],
            json!({"start": TEN, "seatsBooked": 0, "seatsRemaining": 2, "seatsTotal": 2})
        );
        // Others keep out of the whole slot.
        let plain = organization.event_type("plain", 30);
        assert_eq!(
            slots.post("/v2/slots/reservations", &wish(plain, "2050-09-05T07:30:00Z")).error(422),
            RESERVED
        );
        slots.delete(&format!("/v2/slots/reservations/{}", uid(&first)));
        reserve(&slots, event_type, NINE);
    });
}

#[test]
fn of_many_at_once_exactly_one_holds_the_slot() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("raced", 60);
        for round in 0..5 {
            let day = 5 + round;
            let statuses: Vec<u16> = std::thread::scope(|threads| {
                let tries: Vec<_> = (0..16)
                    .map(|index| {
                        let slots = organization.slots();
                        // Identical, or merely overlapping.
                        let minute = (index % 3) * 10;
                        let start = format!("2050-09-{day:02}T09:{minute:02}:00Z");
                        threads.spawn(move || {
                            slots.post("/v2/slots/reservations", &wish(event_type, &start)).status
                        })
                    })
                    .collect();
                tries.into_iter().map(|one| one.join().unwrap()).collect()
            });
            let held = statuses.iter().filter(|status| **status == 201).count();
            assert_eq!(held, 1, "{statuses:?}");
            assert!(statuses.iter().all(|status| [201, 422].contains(status)), "{statuses:?}");
        }
    });
}

/// 2024-04-15 and what clients of the time in between send.
const OLD_VERSIONS: [&str; 4] = ["2024-04-15", "2024-06-11", "2024-06-14", "2024-08-13"];

#[test]
fn old_clients_hold_slots_by_a_cookie() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("old", 60);
        let body = |start: &str, end: &str| json!({"eventTypeId": event_type, "slotUtcStartDate": start, "slotUtcEndDate": end});
        for version in OLD_VERSIONS {
            let old = organization.public.version(version);
            let answer = old.post("/v2/slots/reserve", &body(NINE, TEN));
            let uid = answer.data(201).as_str().unwrap().to_owned();
            let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
            assert_eq!(cookie, format!("uid={uid}"));
            assert_eq!(old.post("/v2/slots/reserve", &body(NINE, TEN)).error(422), RESERVED);
            // The same browser picks another slot: the first one is free again.
            let browser = old.with("cookie", &format!("theme=dark; {cookie}"));
            let eleven = "2050-09-05T09:00:00.000Z";
            let moved = browser.post("/v2/slots/reserve", &body(TEN, eleven)).data(201);
            assert_eq!(moved, uid.as_str());
            let left = starts(&organization, event_type);
            assert_eq!((left[0].as_str(), left.len()), (NINE, 7));
            // The cookie wins over the query.
            let answer = browser.delete("/v2/slots/selected-slot?uid=other");
            assert_eq!((answer.status, answer.json()), (200, json!({"status": "success"})));
            assert_eq!(starts(&organization, event_type).len(), 8);
            let uid = old.post("/v2/slots/reserve", &body(NINE, TEN)).data(201);
            old.delete(&format!("/v2/slots/selected-slot?uid={}", uid.as_str().unwrap()));
            assert_eq!(starts(&organization, event_type).len(), 8);
        }
        let old = organization.public.version("2024-04-15");
        let refused = old.post("/v2/slots/reserve", &body(NINE, "2050-09-05T07:45:00Z"));
        assert!(refused.error(400).contains("not a variable length"), "{}", refused.text);
        assert_eq!(old.post("/v2/slots/reserve", &body("x", TEN)).error(400), "Invalid start date");
        // Each version has its own routes.
        organization.slots().post("/v2/slots/reserve", &body(NINE, TEN)).error(404);
        old.post("/v2/slots/reservations", &wish(event_type, NINE)).error(404);
    });
}

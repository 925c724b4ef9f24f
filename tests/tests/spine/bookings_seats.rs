//! Seated event types: many share a time, and none sits where another does.

use meridian_tests::{Organization, in_both_modes};
use serde_json::{Value, json};

const NINE: &str = "2050-09-05T07:00:00.000Z";

fn seated(organization: &Organization, seats: u32, more: &Value) -> i64 {
    let mut fields = json!({
        "seats": {"seatsPerTimeSlot": seats, "showAttendeeInfo": false,
                  "showAvailabilityCount": true},
    });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    organization.event_type_with("table", 60, &fields)
}

fn seat(organization: &Organization, event_type: i64, start: &str, email: &str) -> Value {
    let mut body = organization.booking(event_type, start);
    body["attendee"]["email"] = json!(email);
    body
}

#[test]
fn seats_share_a_booking_until_it_is_full() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = seated(&organization, 2, &json!({}));
        let sit = |email: &str| {
            let body = seat(&organization, event_type, NINE, email);
            organization.bookings().post("/v2/bookings", &body)
        };
        let first = sit("a@example.org").data(201);
        assert!(first["seatUid"].is_string(), "{first}");
        assert_eq!(first["attendees"], json!([]), "others' names are not for everybody");
        assert_eq!(sit("A@example.org").status, 409);
        let second = sit("b@example.org").data(201);
        assert_eq!(second["uid"], first["uid"]);
        assert_ne!(second["seatUid"], first["seatUid"]);
        let full = sit("c@example.org");
        assert_eq!(full.error(409), "No more seats left at this seated booking.");

        let path = format!("/v2/bookings/{}", first["uid"].as_str().unwrap());
        let owner = organization.own_bookings().get(&path).data(200);
        let seats: Vec<&Value> =
            owner["attendees"].as_array().unwrap().iter().map(|one| &one["seatUid"]).collect();
        assert_eq!(seats, [&first["seatUid"], &second["seatUid"]]);
        assert_eq!(owner["attendees"][0]["bookingFieldsResponses"]["email"], "a@example.org");
        let by_seat = format!("/v2/bookings/by-seat/{}", second["seatUid"].as_str().unwrap());
        assert_eq!(organization.bookings().get(&by_seat).data(200)["uid"], first["uid"]);
    });
}

#[test]
fn a_full_time_is_shown_without_seats_and_keeps_other_starts_out() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = seated(&organization, 1, &json!({"slotInterval": 30}));
        let other = organization.event_type("other", 30);
        let body = seat(&organization, event_type, NINE, "a@example.org");
        organization.bookings().post("/v2/bookings", &body).data(201);
        let path = format!("/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-09-05");
        let slots = organization.slots().get(&path).data(200)["2050-09-05"].clone();
        let first = &slots[0];
        assert_eq!((&first["start"], &first["seatsRemaining"]), (&json!(NINE), &json!(0)));
        assert_eq!(slots[1]["start"], "2050-09-05T08:00:00.000Z");
        let half_past = "2050-09-05T07:30:00.000Z";
        for body in [
            seat(&organization, event_type, half_past, "b@example.org"),
            organization.booking(other, half_past),
        ] {
            organization.bookings().post("/v2/bookings", &body).error(400);
        }
    });
}

#[test]
fn of_many_who_want_the_last_seats_as_many_get_one_as_there_are() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = seated(&organization, 3, &json!({}));
        let bodies: Vec<Value> = (0..12)
            .map(|index| seat(&organization, event_type, NINE, &format!("{index}@example.org")))
            .collect();
        let answers: Vec<(u16, String)> = std::thread::scope(|scope| {
            let threads: Vec<_> = bodies
                .iter()
                .map(|body| {
                    let client = organization.bookings();
                    scope.spawn(move || {
                        let answer = client.post("/v2/bookings", body);
                        (answer.status, answer.text)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let count = |wanted| answers.iter().filter(|(status, _)| *status == wanted).count();
        assert_eq!((count(201), count(409)), (3, 9), "{answers:?}");
        let list = organization.own_bookings().get("/v2/bookings").json();
        assert_eq!(list["pagination"]["totalItems"], 1);
        assert_eq!(list["data"][0]["attendees"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn guests_sit_too() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = seated(&organization, 3, &json!({}));
        let with = |email: &str, guests: &[&str]| {
            let mut body = seat(&organization, event_type, NINE, email);
            body["guests"] = json!(guests);
            organization.bookings().post("/v2/bookings", &body)
        };
        with("a@example.org", &["b@example.org", "c@example.org", "d@example.org"]).error(400);
        with("a@example.org", &["b@example.org"]).data(201);
        with("c@example.org", &["d@example.org"]).error(409);
        with("e@example.org", &["b@example.org"]).error(409);
        with("c@example.org", &[]).data(201);
    });
}

#[test]
fn a_recurring_seat_is_one_of_each_time() {
    in_both_modes(|server| {
        let organization = server.organization();
        let recurrence = json!({
            "recurrence": {"interval": 1, "occurrences": 2, "frequency": "weekly"},
        });
        let event_type = seated(&organization, 2, &recurrence);
        let sit = |email: &str| {
            let body = seat(&organization, event_type, NINE, email);
            organization.bookings().post("/v2/bookings", &body)
        };
        let first = sit("a@example.org").data(201);
        let second = sit("b@example.org").data(201);
        for index in 0..2 {
            assert_eq!(first[index]["uid"], second[index]["uid"]);
            assert_ne!(first[index]["seatUid"], second[index]["seatUid"]);
        }
        assert_ne!(first[0]["uid"], first[1]["uid"]);
        assert_eq!(first[0]["recurringBookingUid"], first[1]["recurringBookingUid"]);
        sit("c@example.org").error(409);
    });
}

#[test]
fn a_held_seat_is_its_holders() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = seated(&organization, 1, &json!({}));
        let wish = json!({"eventTypeId": event_type, "slotStart": NINE});
        let held = organization.slots().post("/v2/slots/reservations", &wish).data(201);
        let mut body = seat(&organization, event_type, NINE, "a@example.org");
        let other = organization.bookings().post("/v2/bookings", &body);
        assert!(matches!(other.status, 400 | 409), "{}", other.text);
        body["reservationUid"] = held["reservationUid"].clone();
        organization.bookings().post("/v2/bookings", &body).data(201);
    });
}

//! What becomes of a booking: confirmed, declined, moved, cancelled in part, handed
//! over, missed.

use meridian_tests::{Answer, Organization, Server, in_both_modes};
use serde_json::{Value, json};

const ALWAYS: &str =
    r#"{"confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": false}}"#;

fn uid(booking: &Value) -> String {
    booking["uid"].as_str().expect("uid").to_owned()
}

fn waiting_type(organization: &Organization, slug: &str) -> i64 {
    organization.event_type_with(slug, 30, &serde_json::from_str(ALWAYS).unwrap())
}

fn act(organization: &Organization, uid: &str, action: &str, body: &Value) -> Answer {
    organization.own_bookings().post(&format!("/v2/bookings/{uid}/{action}"), body)
}

fn reschedule(organization: &Organization, uid: &str, start: &str) -> Answer {
    let body = json!({"start": start, "reschedulingReason": "a clash"});
    organization.bookings().post(&format!("/v2/bookings/{uid}/reschedule"), &body)
}

fn read(organization: &Organization, uid: &str) -> Value {
    organization.bookings().get(&format!("/v2/bookings/{uid}")).data(200)
}

#[test]
fn of_waiting_bookings_that_overlap_one_is_confirmed_and_the_others_can_be_declined() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = waiting_type(&organization, "asked");
        let waiting: Vec<String> = (0..8)
            .map(|minute| {
                let start = format!("2050-09-05T07:{minute:02}:00.000Z");
                let booking = organization.book(event_type, &start);
                assert_eq!(booking["status"], "pending");
                uid(&booking)
            })
            .collect();
        let stranger = organization.public.version("2024-08-13");
        stranger.post(&format!("/v2/bookings/{}/confirm", waiting[0]), &json!({})).error(401);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let confirm = |uid: &String| {
                let (organization, uid) = (organization.clone(), uid.clone());
                scope.spawn(move || act(&organization, &uid, "confirm", &json!({})).status)
            };
            let threads: Vec<_> = waiting.iter().map(confirm).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 400].contains(status)), "{statuses:?}");
        for (uid, status) in waiting.iter().zip(statuses) {
            if status == 200 {
                assert_eq!(read(&organization, uid)["status"], "accepted");
                let again = act(&organization, uid, "confirm", &json!({})).error(400);
                assert_eq!(again, "Booking already confirmed");
            } else {
                let declined = act(&organization, uid, "decline", &json!({"reason": "full"}));
                assert_eq!(declined.data(200)["status"], "rejected");
                act(&organization, uid, "confirm", &json!({})).error(400);
            }
        }
    });
}

#[test]
fn a_booking_moves_from_slot_to_slot_and_each_old_one_names_the_next() {
    in_both_modes(|server| {
        let organization = server.organization();
        let options = json!({"lengthInMinutesOptions": [30, 60]});
        let event_type = organization.event_type_with("moving", 30, &options);
        let mut body = organization.booking(event_type, "2050-09-05T07:00:00.000Z");
        body["lengthInMinutes"] = json!(60);
        let first = organization.bookings().post("/v2/bookings", &body).data(201);
        // Half an hour later, into its own time: it is not in its own way.
        let second = reschedule(&organization, &uid(&first), "2050-09-05T07:30:00Z").data(201);
        assert_eq!(second["rescheduledFromUid"], first["uid"]);
        assert_eq!(second["reschedulingReason"], "a clash");
        assert_eq!(second["duration"], 60, "the length stays");
        assert_eq!(second["icsUid"], first["icsUid"], "it is the same entry of calendars");
        let third = reschedule(&organization, &uid(&second), "2050-09-06T07:00:00Z").data(201);
        let old = read(&organization, &uid(&first));
        assert_eq!(
            (&old["status"], &old["rescheduledToUid"]),
            (&json!("cancelled"), &second["uid"])
        );
        let refused = reschedule(&organization, &uid(&first), "2050-09-07T07:00:00Z").error(400);
        assert!(refused.contains(&uid(&second)), "{refused}");
        // Its old time is free again, its new one is not.
        organization.book(event_type, "2050-09-05T07:30:00.000Z");
        let taken = organization.booking(event_type, "2050-09-06T07:30:00.000Z");
        organization.bookings().post("/v2/bookings", &taken).error(400);
        let refused = reschedule(&organization, &uid(&third), "2050-09-05T07:00:00Z").error(400);
        assert!(refused.contains("already has booking"), "{refused}");
        assert_eq!(read(&organization, &uid(&third))["status"], "accepted");
        reschedule(&organization, "nothing", "2050-09-05T07:00:00Z").error(404);
    });
}

#[test]
fn of_many_moves_into_one_slot_one_arrives() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("crowd", 30);
        let starts = organization.starts(event_type, "2050-09-05", "2050-09-05");
        let uids: Vec<String> =
            starts.iter().map(|start| uid(&organization.book(event_type, start))).collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let send = |uid: &String| {
                let (organization, uid) = (organization.clone(), uid.clone());
                scope.spawn(move || reschedule(&organization, &uid, "2050-09-06T09:00:00Z").status)
            };
            let threads: Vec<_> = uids.iter().map(send).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        let kept = uids.iter().filter(|uid| read(&organization, uid)["status"] == "accepted");
        assert_eq!(kept.count(), uids.len() - 1);
    });
}

#[test]
fn a_moved_booking_waits_again_unless_its_host_moves_it() {
    let server = Server::start();
    let organization = server.organization();
    let event_type = waiting_type(&organization, "again");
    let booking = organization.book(event_type, "2050-09-05T07:00:00.000Z");
    let confirmed = act(&organization, &uid(&booking), "confirm", &json!({})).data(200);
    assert_eq!(confirmed["status"], "accepted");
    let moved = reschedule(&organization, &uid(&booking), "2050-09-06T07:00:00Z").data(201);
    assert_eq!(moved["status"], "pending");
    let body = json!({"start": "2050-09-07T07:00:00Z", "rescheduledBy": organization.email});
    let path = format!("/v2/bookings/{}/reschedule", uid(&moved));
    let by_host = organization.bookings().post(&path, &body).data(201);
    assert_eq!(by_host["status"], "accepted");
    assert_eq!(by_host["rescheduledByEmail"], organization.email);
}

#[test]
fn an_event_type_says_whether_its_bookings_may_move() {
    let server = Server::start();
    let organization = server.organization();
    let fixed = organization.event_type_with(
        "fixed",
        30,
        &json!({"disableRescheduling": {"disabled": true}}),
    );
    let booking = organization.book(fixed, "2050-09-05T07:00:00.000Z");
    reschedule(&organization, &uid(&booking), "2050-09-06T07:00:00Z").error(400);
    let cancelled = organization.event_type("cancelled", 30);
    let booking = organization.book(cancelled, "2050-09-05T08:00:00.000Z");
    act(&organization, &uid(&booking), "cancel", &json!({"cancellationReason": "x"})).data(200);
    let refused = reschedule(&organization, &uid(&booking), "2050-09-06T07:00:00Z").error(400);
    assert!(refused.contains("has been cancelled"), "{refused}");
    let patch = json!({"allowReschedulingCancelledBookings": true});
    organization.event_types().patch(&format!("/v2/event-types/{cancelled}"), &patch).data(200);
    reschedule(&organization, &uid(&booking), "2050-09-06T07:00:00Z").data(201);
}

/// Three weekly bookings.
fn series(organization: &Organization, slug: &str, start: &str) -> Vec<Value> {
    let weekly = json!({"recurrence": {"interval": 1, "occurrences": 3, "frequency": "weekly"}});
    let event_type = organization.event_type_with(slug, 30, &weekly);
    let made = organization.book(event_type, start);
    let made = made.as_array().expect("a list").clone();
    assert_eq!(made.len(), 3);
    made
}

#[test]
fn a_series_is_cancelled_one_by_one_from_one_on_or_as_a_whole() {
    let server = Server::start();
    let organization = server.organization();
    let reason = json!({"cancellationReason": "ill"});
    let subsequent = json!({"cancellationReason": "ill", "cancelSubsequentBookings": true});
    let first = series(&organization, "first", "2050-09-05T07:00:00.000Z");
    act(&organization, &uid(&first[0]), "cancel", &reason).data(200);
    let rest = act(&organization, &uid(&first[1]), "cancel", &subsequent).data(200);
    assert_eq!(rest.as_array().unwrap().len(), 2);
    let second = series(&organization, "second", "2050-09-06T07:00:00.000Z");
    let recurring = second[0]["recurringBookingUid"].as_str().unwrap();
    let refused = act(&organization, recurring, "cancel", &subsequent).error(400);
    assert!(refused.contains("individual bookings"), "{refused}");
    let all = act(&organization, recurring, "cancel", &reason).data(200);
    assert_eq!(all.as_array().unwrap().len(), 3);
    act(&organization, recurring, "cancel", &reason).error(400);
    let single = organization.event_type("single", 30);
    let single = organization.book(single, "2050-09-07T07:00:00.000Z");
    let refused = act(&organization, &uid(&single), "cancel", &subsequent).error(400);
    assert!(refused.contains("not part of a recurring booking"), "{refused}");
}

fn seat(organization: &Organization, event_type: i64, start: &str, email: &str) -> Answer {
    let mut body = organization.booking(event_type, start);
    body["attendee"]["email"] = json!(email);
    organization.bookings().post("/v2/bookings", &body)
}

#[test]
fn a_seat_is_moved_or_given_back_and_leaves_the_others_where_they_are() {
    let server = Server::start();
    let organization = server.organization();
    let seats = json!({"seats": {
        "seatsPerTimeSlot": 2, "showAttendeeInfo": true, "showAvailabilityCount": true}});
    let event_type = organization.event_type_with("table", 30, &seats);
    let at = "2050-09-05T07:00:00.000Z";
    let ada = seat(&organization, event_type, at, "ada@example.org").data(201);
    let bob = seat(&organization, event_type, at, "bob@example.org").data(201);
    assert_eq!(ada["uid"], bob["uid"], "one booking for the slot");
    assert!(seat(&organization, event_type, at, "eve@example.org").error(409).contains("seats"));
    let table = uid(&ada);
    let move_seat = |seat_uid: &Value| {
        let body = json!({"start": "2050-09-05T09:00:00Z", "seatUid": seat_uid});
        organization.bookings().post(&format!("/v2/bookings/{table}/reschedule"), &body)
    };
    assert!(move_seat(&json!("nobody")).error(404).contains("does not exist"));
    reschedule(&organization, &table, "2050-09-05T09:00:00Z").error(400);
    let moved = move_seat(&ada["seatUid"]).data(201);
    assert_ne!(moved["uid"], ada["uid"]);
    assert_eq!(moved["attendees"].as_array().unwrap().len(), 1);
    assert_eq!(read(&organization, &table)["attendees"].as_array().unwrap().len(), 1);
    // The freed seat can be had again.
    let eve = seat(&organization, event_type, at, "eve@example.org").data(201);
    let leave = |seat_uid: &Value| {
        let body = json!({"seatUid": seat_uid});
        organization.bookings().post(&format!("/v2/bookings/{table}/cancel"), &body)
    };
    assert_eq!(leave(&bob["seatUid"]).data(200)["status"], "accepted");
    assert!(leave(&bob["seatUid"]).error(400).contains("does not exist"));
    assert!(leave(&moved["seatUid"]).error(400).contains("does not belong"));
    assert_eq!(leave(&eve["seatUid"]).data(200)["status"], "cancelled", "nobody is left");
}

#[test]
fn who_was_absent_is_noted_by_hosts_after_the_start() {
    let server = Server::start();
    let organization = server.organization();
    let event_type = organization.event_type("missed", 30);
    let booking = organization.book(event_type, "2050-09-05T07:00:00.000Z");
    let body = json!({"attendees": [{"email": "ada@example.org", "absent": true}]});
    let early = act(&organization, &uid(&booking), "mark-absent", &body).error(400);
    assert!(early.contains("after their scheduled start time"), "{early}");
    let nobody = act(&organization, &uid(&booking), "mark-absent", &json!({})).error(400);
    assert!(nobody.contains("host"), "{nobody}");
    organization
        .public
        .version("2024-08-13")
        .post(&format!("/v2/bookings/{}/mark-absent", uid(&booking)), &body)
        .error(401);
    let other = server.organization();
    act(&other, &uid(&booking), "mark-absent", &body).error(404);
}

#[test]
fn bookings_of_one_host_are_not_handed_over() {
    let server = Server::start();
    let organization = server.organization();
    let event_type = organization.event_type("mine", 30);
    let booking = organization.book(event_type, "2050-09-05T07:00:00.000Z");
    let refused = act(&organization, &uid(&booking), "reassign", &json!({})).error(400);
    assert!(refused.contains("round robin"), "{refused}");
}

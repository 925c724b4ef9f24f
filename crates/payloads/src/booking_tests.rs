use meridian_domain::booking::Event;
use meridian_kernel::{OrganizationNumber, TeamId, WireId};
use meridian_store::bookings::{BookableTeam, Host, Organizer};

use super::*;
use crate::sample::{bookable, booking as sample};

fn read(event: BookingEvent) -> (&'static str, Value) {
    assert_eq!(event.booking_uid, "uid");
    (event.trigger, serde_json::from_str(&event.payload).unwrap())
}

#[test]
fn subscribers_hear_who_meets_when_and_where() {
    let booking = sample();
    let settings = EventTypeSettings::default();
    let made = made(Event::Created, &booking, None, &bookable(&booking), &settings);
    let (trigger, payload) = read(made);
    assert_eq!(trigger, "BOOKING_CREATED");
    for (path, expected) in [
        ("/type", json!("intro")),
        ("/title", json!("Intro between Ada and Grace")),
        ("/startTime", json!("2050-09-05T09:00:00.000Z")),
        ("/endTime", json!("2050-09-05T10:00:00.000Z")),
        ("/organizer/username", json!("ada")),
        ("/organizer/timeFormat", json!("HH:mm")),
        ("/organizer/utcOffset", json!(60)),
        ("/attendees/0/email", json!("grace@x.org")),
        ("/attendees/0/utcOffset", json!(120)),
        ("/attendees/1/email", json!("bob@x.org")),
        (
            "/responses/email",
            json!({"label": "Email address", "value": "grace@x.org", "isHidden": false}),
        ),
        ("/responses/topic/value", json!("bees")),
        ("/status", json!("ACCEPTED")),
        ("/length", json!(60)),
        ("/metadata/videoCallUrl", json!("https://meet.x.org")),
        ("/metadata/userId", json!("100")),
        ("/eventTitle", json!("Intro")),
    ] {
        assert_eq!(payload.pointer(path), Some(&expected), "{path}");
    }
}

#[test]
fn a_pending_booking_is_a_request() {
    let booking = Booking { status: "pending".to_owned(), ..sample() };
    let settings = EventTypeSettings::default();
    let made = made(Event::Requested, &booking, None, &bookable(&booking), &settings);
    let (trigger, payload) = read(made);
    assert_eq!((trigger, &payload["status"]), ("BOOKING_REQUESTED", &json!("PENDING")));
}

#[test]
fn a_teams_booking_names_its_other_hosts_and_a_seat_its_uid() {
    let mut booking = sample();
    let bob = Organizer { name: "Bob".to_owned(), ..booking.organizer.clone() };
    booking.co_hosts = vec![Host { user: bob, is_fixed: false }];
    let team = BookableTeam {
        id: TeamId::new(OrganizationNumber::NONE, 4),
        name: "Sales".to_owned(),
        booking_limits: None,
    };
    let bookable = Bookable { team: Some(team), ..bookable(&booking) };
    let settings = EventTypeSettings::default();
    let (_, payload) = read(made(Event::Created, &booking, Some("seat"), &bookable, &settings));
    assert_eq!(payload["team"]["id"], 4);
    assert_eq!(payload["team"]["members"][0]["name"], "Bob");
    assert_eq!(payload["attendeeSeatId"], "seat");
}

#[test]
fn a_cancellation_says_why_and_by_whom_even_where_the_event_type_is_gone() {
    let booking = Booking {
        status: "cancelled".to_owned(),
        cancellation_reason: Some("ill".to_owned()),
        cancelled_by_email: Some("ada@x.org".to_owned()),
        ..sample()
    };
    let (trigger, payload) = read(cancelled(&booking, None, None, &EventTypeSettings::default()));
    assert_eq!(trigger, "BOOKING_CANCELLED");
    assert_eq!(payload["cancellationReason"], "ill");
    assert_eq!(payload["cancelledBy"], "ada@x.org");
    assert_eq!(payload["status"], "CANCELLED");
}

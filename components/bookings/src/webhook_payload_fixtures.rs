//! What subscribers get, frozen: one file per trigger in `fixtures`. Who changes a
//! payload on purpose writes them anew with `MERIDIAN_WRITE_FIXTURES=1` and reads the
//! difference: fields may come, none may change or go.

use std::path::Path;

use meridian_domain::booking::Event;
use meridian_domain::event_type::EventTypeSettings;
use meridian_kernel::{OrganizationNumber, TeamId, UserId, WireId};
use meridian_store::bookings::{BookableTeam, Host, Organizer};
use serde_json::{Value, json};

use super::*;
use crate::booking_output::tests::sample;

/// A booking of a team, by two hosts, of an event type with a form of its own.
fn booking(status: &str) -> Booking {
    let mut booking = Booking { status: status.to_owned(), ..sample() };
    let organization = OrganizationNumber::new(7).unwrap();
    booking.co_hosts = vec![Host {
        user: Organizer {
            id: UserId::new(organization, 2),
            name: "Bob".to_owned(),
            email: "bob@x.org".to_owned(),
            username: "bob".to_owned(),
            time_zone: "Asia/Kolkata".to_owned(),
            locale: "hi".to_owned(),
            time_format: 12,
        },
        is_fixed: true,
    }];
    if let Some(booker) = booking.attendees.first_mut() {
        booker.phone_number = Some("+390612345678".to_owned());
    }
    booking
}

fn bookable(booking: &Booking) -> Bookable {
    let organization = OrganizationNumber::new(7).unwrap();
    let team = BookableTeam {
        id: TeamId::new(organization, 4),
        name: "Sales".to_owned(),
        booking_limits: None,
    };
    Bookable { team: Some(team), ..super::tests::bookable(booking) }
}

fn settings() -> EventTypeSettings {
    let settings = json!({
        "description": "A first talk.", "hideCalendarNotes": true,
        "bookingFields": [{"type": "text", "slug": "topic", "label": "Topic", "required": false}],
        "seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": true,
                  "showAvailabilityCount": true},
    });
    EventTypeSettings::from_stored(&settings.to_string()).unwrap()
}

/// Of each trigger that bookings have, the fullest payload.
fn all() -> Vec<BookingEvent> {
    let settings = settings();
    let made = |event, status, seat| {
        let booking = booking(status);
        made(event, &booking, seat, &bookable(&booking), &settings)
    };
    let mut old = booking("cancelled");
    old.uid = "old".to_owned();
    old.start = old.start.plus_minutes(-24 * 60);
    old.end = old.end.plus_minutes(-24 * 60);
    let moved_booking = Booking {
        rescheduled_by_email: Some("grace@x.org".to_owned()),
        rescheduling_reason: Some("late".to_owned()),
        ..booking("accepted")
    };
    let refused = Booking { rejection_reason: Some("no time".to_owned()), ..booking("rejected") };
    let gone = Booking {
        cancellation_reason: Some("ill".to_owned()),
        cancelled_by_email: Some("ada@x.org".to_owned()),
        ..booking("cancelled")
    };
    let absentees = [("grace@x.org".to_owned(), true), ("bob@x.org".to_owned(), false)];
    vec![
        made(Event::Created, "accepted", Some("seat")),
        made(Event::Requested, "pending", None),
        made(Event::InstantMeeting, "accepted", None),
        moved(
            Event::Rescheduled,
            &moved_booking,
            &old,
            Some("seat"),
            &bookable(&moved_booking),
            &settings,
        ),
        changed(Event::Rejected, &refused, Some(&bookable(&refused)), &settings),
        cancelled(&gone, Some("seat"), Some(&bookable(&gone)), &settings),
        absent(&Booking { absent_host: true, ..booking("accepted") }, &absentees),
    ]
}

#[test]
fn every_trigger_of_a_booking_has_the_payload_subscribers_know() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let events = all();
    for event in &events {
        let payload: Value = serde_json::from_str(&event.payload).unwrap();
        let file = folder.join(format!("{}.json", event.trigger));
        if std::env::var_os("MERIDIAN_WRITE_FIXTURES").is_some() {
            let text = serde_json::to_string_pretty(&payload).unwrap() + "\n";
            std::fs::write(&file, text).unwrap();
        }
        let frozen = std::fs::read_to_string(&file).unwrap();
        let frozen: Value = serde_json::from_str(&frozen).unwrap();
        let names = |value: &Value| {
            value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>())
        };
        assert_eq!(names(&payload), names(&frozen), "{}", event.trigger);
        assert_eq!(payload, frozen, "{}", event.trigger);
    }
    let files = std::fs::read_dir(folder).unwrap().count();
    assert_eq!(files, events.len(), "one fixture per trigger");
}

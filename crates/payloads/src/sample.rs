//! The booking that the fixtures are of.

use meridian_domain::event_type::EventTypeSettings;
use meridian_kernel::{
    AttendeeId, BookingId, EventTypeId, Instant, OrganizationNumber, TeamId, UserId, WireId,
};
use meridian_store::bookings::{Attendee, Bookable, BookableTeam, Booking, Host, Organizer};
use serde_json::json;

use crate::example;

pub fn organization() -> OrganizationNumber {
    OrganizationNumber::new(7).unwrap()
}

/// A booking of one host, with a guest.
pub fn booking() -> Booking {
    let organization = organization();
    let start = Instant::parse("2050-09-05T09:00:00Z").unwrap();
    let like = example::booking_of(organization, start);
    let somebody = |name: &str, email: &str, is_guest| Attendee {
        id: AttendeeId::new(organization, 4),
        name: name.to_owned(),
        email: email.to_owned(),
        time_zone: "Europe/Rome".to_owned(),
        language: "it".to_owned(),
        is_guest,
        ..like.attendees[0].clone()
    };
    let responses = json!({
        "name": "Grace", "email": "grace@x.org", "guests": ["bob@x.org"], "topic": "bees",
        "location": {"value": "link", "optionValue": "https://meet.x.org"},
    });
    Booking {
        id: BookingId::new(organization, 3),
        uid: "uid".to_owned(),
        event_type_id: EventTypeId::new(organization, 5),
        event_type_slug: Some("intro".to_owned()),
        organizer: Organizer {
            id: UserId::new(organization, 1),
            name: "Ada".to_owned(),
            email: "ada@x.org".to_owned(),
            username: "ada".to_owned(),
            time_zone: "Europe/London".to_owned(),
            locale: "en".to_owned(),
            time_format: 24,
        },
        title: "Intro between Ada and Grace".to_owned(),
        description: "notes".to_owned(),
        start,
        end: start.plus_minutes(60),
        location: Some("https://meet.x.org".to_owned()),
        metadata: json!({"userId": "100"}).as_object().unwrap().clone().into(),
        responses: responses.as_object().unwrap().clone().into(),
        ical_uid: "uid@meridian.invalid".to_owned(),
        attendees: vec![somebody("Grace", "grace@x.org", false), somebody("", "bob@x.org", true)],
        ..like
    }
}

/// The event type of [`booking`].
pub fn bookable(booking: &Booking) -> Bookable {
    Bookable { title: "Intro".to_owned(), length_minutes: 60, ..example::bookable(booking) }
}

/// A booking of a team, by two hosts, of an event type with a form of its own.
pub fn team_booking(status: &str) -> Booking {
    let team_id = Some(TeamId::new(organization(), 4));
    let mut booking = Booking { status: status.to_owned(), team_id, ..booking() };
    booking.co_hosts = vec![Host {
        user: Organizer {
            id: UserId::new(organization(), 2),
            name: "Bob".to_owned(),
            email: "bob@x.org".to_owned(),
            username: "bob".to_owned(),
            time_zone: "Asia/Kolkata".to_owned(),
            locale: "hi".to_owned(),
            time_format: 12,
        },
        is_fixed: true,
    }];
    booking.attendees[0].phone_number = Some("+390612345678".to_owned());
    booking
}

/// The event type of [`team_booking`].
pub fn team_bookable(booking: &Booking) -> Bookable {
    let team = BookableTeam {
        id: TeamId::new(organization(), 4),
        name: "Sales".to_owned(),
        booking_limits: None,
    };
    Bookable { team: Some(team), ..bookable(booking) }
}

/// Its settings.
pub fn settings() -> EventTypeSettings {
    let settings = json!({
        "description": "A first talk.", "hideCalendarNotes": true,
        "bookingFields": [{"type": "text", "slug": "topic", "label": "Topic", "required": false}],
        "seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": true,
                  "showAvailabilityCount": true},
    });
    EventTypeSettings::from_stored(&settings.to_string()).unwrap()
}

/// A booking as the clock of meetings reads it.
pub fn met_booking() -> Booking {
    let like = booking();
    let user = |row: i64, name: &str| Organizer {
        id: UserId::new(organization(), row),
        name: name.to_owned(),
        email: format!("{name}@x.org"),
        username: name.to_owned(),
        ..like.organizer.clone()
    };
    let booker = Attendee {
        time_zone: "Asia/Kolkata".to_owned(),
        language: "hi".to_owned(),
        phone_number: Some("+390612345678".to_owned()),
        absent: true,
        ..like.attendees[0].clone()
    };
    let responses = json!({"name": "Grace", "email": "grace@x.org"});
    Booking {
        organizer: user(1, "ada"),
        co_hosts: vec![Host { user: user(2, "bob"), is_fixed: true }],
        responses: responses.as_object().unwrap().clone().into(),
        ical_sequence: 1,
        recurring_uid: Some("series".to_owned()),
        rescheduled_from_uid: Some("old".to_owned()),
        attendees: vec![booker],
        created_at: like.start,
        updated_at: like.start,
        ..like
    }
}

//! What subscribers get of meetings, frozen as `fixtures/MEETING.json`: the same when they
//! begin and when they end. Who changes it on purpose writes it anew with
//! `MERIDIAN_WRITE_FIXTURES=1` and reads the difference: fields may come, none may change
//! or go.

use std::path::Path;

use meridian_kernel::{AttendeeId, BookingId, EventTypeId, OrganizationNumber, WireId};
use meridian_store::bookings::Host;

use super::*;

fn user(row: i64, name: &str) -> Organizer {
    let organization = OrganizationNumber::new(7).unwrap();
    Organizer {
        id: UserId::new(organization, row),
        name: name.to_owned(),
        email: format!("{name}@x.org"),
        username: name.to_owned(),
        time_zone: "Europe/London".to_owned(),
        locale: "en".to_owned(),
        time_format: 24,
    }
}

fn booking() -> Booking {
    let organization = OrganizationNumber::new(7).unwrap();
    let start = Instant::parse("2050-09-05T09:00:00Z").unwrap();
    let object = |value: Value| value.as_object().unwrap().clone();
    Booking {
        id: BookingId::new(organization, 3),
        uid: "uid".to_owned(),
        event_type_id: EventTypeId::new(organization, 5),
        event_type_slug: Some("intro".to_owned()),
        organizer: user(1, "ada"),
        co_hosts: vec![Host { user: user(2, "bob"), is_fixed: true }],
        team_id: None,
        title: "Intro between Ada and Grace".to_owned(),
        description: "notes".to_owned(),
        status: "accepted".to_owned(),
        start,
        end: start.plus_minutes(60),
        location: Some("https://meet.x.org".to_owned()),
        metadata: object(json!({"userId": "100"})).into(),
        responses: object(json!({"name": "Grace", "email": "grace@x.org"})).into(),
        ical_uid: "uid@meridian.invalid".to_owned(),
        ical_sequence: 1,
        absent_host: false,
        rating: None,
        recurring_uid: Some("series".to_owned()),
        seats_per_slot: None,
        cancellation_reason: None,
        cancelled_by_email: None,
        rescheduled_from_uid: Some("old".to_owned()),
        rescheduled_to_uid: None,
        rescheduling_reason: None,
        rescheduled_by_email: None,
        rejection_reason: None,
        reassign_reason: None,
        extras: serde_json::Map::new().into(),
        created_at: start,
        updated_at: start,
        attendees: vec![Attendee {
            id: AttendeeId::new(organization, 4),
            name: "Grace".to_owned(),
            email: "grace@x.org".to_owned(),
            time_zone: "Asia/Kolkata".to_owned(),
            language: "hi".to_owned(),
            phone_number: Some("+390612345678".to_owned()),
            is_guest: false,
            absent: true,
            seat_uid: None,
            responses: None,
            metadata: None,
        }],
    }
}

#[test]
fn a_meeting_has_the_payload_subscribers_know() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/MEETING.json");
    let payload = payload(&booking());
    if std::env::var_os("MERIDIAN_WRITE_FIXTURES").is_some() {
        let text = serde_json::to_string_pretty(&payload).unwrap() + "\n";
        std::fs::write(&file, text).unwrap();
    }
    let frozen: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(payload, frozen);
}

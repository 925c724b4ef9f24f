//! Calls that somebody did not come to.

use meridian_domain::webhook::{Absentee, CallMissed, Participant};
use meridian_kernel::Instant;
use meridian_kernel::limits::NO_SHOW_WAIT;
use meridian_store::bookings::Booking;
use meridian_store::deliveries::BookingEvent;
use serde_json::{Map, Value, json};

use crate::booking;
use crate::people::stored_attendee;

/// How a time is written in a sentence: `2050-09-05 09:05:00 +00:00`.
const READABLE: &str = "%Y-%m-%d %H:%M:%S %:z";

/// A host, or the guests, did not come to a booking's call, where `joined` did.
/// `rescheduled_by` is who moved the booking there, if it was moved.
pub fn call_missed(
    event: &CallMissed,
    booking: &Booking,
    joined: &[Participant],
    rescheduled_by: Option<&str>,
) -> BookingEvent {
    let attendees = booking.attendees.iter().map(|one| stored_attendee(one, booking.start));
    let participants = joined.iter().map(participant);
    let mut fields = Map::new();
    for (name, value) in [
        ("title", json!(booking.title)),
        ("bookingUid", json!(booking.uid)),
        ("startTime", json!(booking.start)),
        ("endTime", json!(booking.end)),
        ("attendees", Value::from(attendees.collect::<Vec<_>>())),
        ("participants", Value::from(participants.collect::<Vec<_>>())),
        ("rescheduledBy", json!(rescheduled_by)),
        (
            "eventType",
            json!({
                "id": booking.event_type_id,
                "slug": booking.event_type_slug,
                "teamId": booking.team_id,
            }),
        ),
        ("webhook", json!({ "time": NO_SHOW_WAIT, "timeUnit": "MINUTE" })),
    ] {
        fields.insert(name.to_owned(), value);
    }
    let who = match &event.by {
        Absentee::Guests => "Guest".to_owned(),
        Absentee::Host(id) => {
            let host = booking.hosts().find(|host| host.id == *id);
            let email = host.map(|host| host.email.as_str()).unwrap_or_default();
            fields.insert("hostEmail".to_owned(), json!(email));
            format!("Host with email {email}")
        }
    };
    let message = format!(
        "{who} didn't join the call or didn't join before {}",
        event.deadline.to_utc().format(READABLE)
    );
    fields.insert("message".to_owned(), json!(message));
    booking::event(event.trigger(), booking, fields)
}

/// In the words of the provider that upstream has, which subscribers know.
fn participant(participant: &Participant) -> Value {
    json!({
        "user_id": participant.user.map(|user| user.to_string()),
        "user_name": participant.name,
        "email": participant.email,
        "join_time": seconds(participant.joined_at),
        "duration": participant.stayed,
    })
}

/// Since 1970.
const fn seconds(instant: Instant) -> i64 {
    instant.millis().div_euclid(1000)
}

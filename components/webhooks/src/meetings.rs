//! Meetings that begin and end, as webhooks are told of them.

use meridian_edge::WitDatabase;
use meridian_kernel::{Instant, UserId, Zone};
use meridian_store::bookings::{Attendee, Booking, Organizer, meetings};
use meridian_store::{Scope, StoreError};
use serde_json::{Value, json};

/// How many are turned into events at a time.
const AT_A_TIME: u32 = 100;

/// Turns what began or ended since it was last told into events, until none is left or
/// until `stop_at`. Another worker that does the same is as good.
pub(crate) async fn tell(
    scope: &Scope<'_, WitDatabase>,
    now: Instant,
    stop_at: Instant,
) -> Result<(), StoreError> {
    while Instant::now() < stop_at {
        let Some(due) = meetings::due(scope, now, AT_A_TIME).await? else { break };
        let payload = |booking: &Booking| payload(booking).to_string();
        if !meetings::tell(scope, &due, payload, now).await? {
            break;
        }
    }
    Ok(())
}

/// The booking as it is stored, with its people (contract: webhooks, "historically the
/// raw booking row").
fn payload(booking: &Booking) -> Value {
    let hosts: Vec<UserId> = booking.hosts().map(|host| host.id).collect();
    let attendees = booking.attendees.iter().map(|one| attendee(one, booking.start));
    json!({
        "id": booking.id,
        "bookingId": booking.id,
        "uid": booking.uid,
        "type": booking.event_type_slug,
        "eventTypeId": booking.event_type_id,
        "userId": booking.organizer.id,
        "hosts": hosts,
        "title": booking.title,
        "description": booking.description,
        "startTime": booking.start,
        "endTime": booking.end,
        "length": booking.end.minutes_since(booking.start),
        "location": booking.location,
        "status": booking.status.to_ascii_uppercase(),
        "metadata": booking.metadata,
        "responses": booking.responses,
        "recurringEventId": booking.recurring_uid,
        "iCalUID": booking.ical_uid,
        "iCalSequence": booking.ical_sequence,
        "rescheduledFromUid": booking.rescheduled_from_uid,
        "organizer": organizer(&booking.organizer, booking.start),
        "attendees": attendees.collect::<Vec<_>>(),
        "createdAt": booking.created_at,
        "updatedAt": booking.updated_at,
    })
}

fn organizer(organizer: &Organizer, at: Instant) -> Value {
    json!({
        "id": organizer.id,
        "name": organizer.name,
        "email": organizer.email,
        "username": organizer.username,
        "timeZone": organizer.time_zone,
        "language": { "locale": organizer.locale },
        "timeFormat": if organizer.time_format == 24 { "HH:mm" } else { "h:mma" },
        "utcOffset": utc_offset(&organizer.time_zone, at),
    })
}

fn attendee(attendee: &Attendee, at: Instant) -> Value {
    json!({
        "id": attendee.id,
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.time_zone,
        "language": { "locale": attendee.language },
        "phoneNumber": attendee.phone_number,
        "utcOffset": utc_offset(&attendee.time_zone, at),
        "noShow": attendee.absent,
    })
}

/// In minutes; `null` where the zone is unknown.
fn utc_offset(zone: &str, at: Instant) -> Option<i64> {
    Zone::parse(zone).ok().map(|zone| zone.offset_minutes(at))
}

#[cfg(test)]
#[path = "meetings_tests.rs"]
mod tests;

//! Meetings that begin and end.

use meridian_kernel::UserId;
use meridian_store::bookings::Booking;
use serde_json::{Value, json};

use crate::people::{organizer, stored_attendee};

/// The booking as it is stored, with its people (contract: webhooks, "historically the
/// raw booking row"), but for what the outbox puts in.
pub fn meeting(booking: &Booking) -> Value {
    let hosts: Vec<UserId> = booking.hosts().map(|host| host.id).collect();
    let attendees = booking.attendees.iter().map(|one| stored_attendee(one, booking.start));
    json!({
        "id": booking.id,
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

//! Bookings that went to the wrong host.

use meridian_domain::webhook::WrongAssignmentReport;
use meridian_store::bookings::{Bookable, Booking};
use meridian_store::deliveries::BookingEvent;
use serde_json::{Map, json};

use crate::booking;

/// Somebody says that a booking went to the wrong host. `bookable` is its event type,
/// where there still is one.
pub fn wrong_assignment(
    report: &WrongAssignmentReport,
    booking: &Booking,
    bookable: Option<&Bookable>,
) -> BookingEvent {
    let event_type = bookable.map(|bookable| {
        json!({
            "id": bookable.id,
            "title": bookable.title,
            "slug": bookable.slug,
            "teamId": booking.team_id,
        })
    });
    let shown_booking = json!({
        "uid": booking.uid,
        "id": booking.id,
        "title": booking.title,
        "startTime": booking.start,
        "endTime": booking.end,
        "status": booking.status.to_ascii_uppercase(),
        "eventType": event_type,
    });
    let guest = booking.attendees.first().map(|booker| booker.email.as_str());
    let by = &report.reported_by;
    let shown_report = json!({
        "reportedBy": { "id": by.id, "email": by.email, "name": by.name },
        "routingReason": report.routing_reason,
        "guest": guest.unwrap_or_default(),
        "host": { "email": booking.organizer.email, "name": booking.organizer.name },
        "correctAssignee": report.correct_assignee,
        "additionalNotes": report.additional_notes,
    });
    let fields = [("booking", shown_booking), ("report", shown_report)];
    let fields: Map<_, _> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    booking::event(WrongAssignmentReport::TRIGGER, booking, fields)
}

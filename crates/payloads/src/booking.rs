//! What webhooks are told of a booking (contract: webhooks, "Payload core fields").

use meridian_domain::booking::Event;
use meridian_domain::event_type::EventTypeSettings;
use meridian_store::bookings::{Bookable, Booking};
use meridian_store::deliveries::BookingEvent;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::fields::Fields;

/// A booking was made, or a seat of it taken: the seat is the booker's.
pub fn made(
    event: Event,
    booking: &Booking,
    seat_uid: Option<&str>,
    bookable: &Bookable,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let fields = Fields::of(booking, Some(bookable), settings);
    self::event(event.trigger(), booking, with_seat(fields, seat_uid))
}

/// An event of a booking, with these fields.
pub(crate) fn event(
    trigger: &'static str,
    booking: &Booking,
    fields: impl Serialize,
) -> BookingEvent {
    // Only maps with keys that are no texts fail.
    let payload = serde_json::to_string(&fields).unwrap_or_default();
    BookingEvent { trigger, booking_uid: booking.uid.clone(), payload }
}

fn with_seat<'a>(fields: Fields<'a>, seat_uid: Option<&str>) -> Fields<'a> {
    match seat_uid {
        Some(seat) => fields.with("attendeeSeatId", seat),
        None => fields,
    }
}

/// A booking, or a seat of it, was moved from where `old` is.
pub fn moved(
    event: Event,
    booking: &Booking,
    old: &Booking,
    seat_uid: Option<&str>,
    bookable: &Bookable,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let fields = Fields::of(booking, Some(bookable), settings)
        .with("rescheduleId", json!(old.id))
        .with("rescheduleUid", old.uid.as_str())
        .with("rescheduleStartTime", json!(old.start))
        .with("rescheduleEndTime", json!(old.end))
        .with("rescheduledBy", booking.rescheduled_by_email.as_deref())
        .with("rescheduleReason", booking.rescheduling_reason.as_deref());
    self::event(event.trigger(), booking, with_seat(fields, seat_uid))
}

/// A booking was confirmed or refused by its host.
pub fn changed(
    event: Event,
    booking: &Booking,
    bookable: Option<&Bookable>,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let mut fields = Fields::of(booking, bookable, settings);
    if let Some(reason) = booking.rejection_reason.as_deref() {
        fields = fields.with("rejectionReason", reason);
    }
    self::event(event.trigger(), booking, fields)
}

/// A booking was called off, or one seat of it.
pub fn cancelled(
    booking: &Booking,
    seat_uid: Option<&str>,
    bookable: Option<&Bookable>,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let fields = Fields::of(booking, bookable, settings)
        .with("cancellationReason", booking.cancellation_reason.as_deref())
        .with("cancelledBy", booking.cancelled_by_email.as_deref());
    event(Event::Cancelled.trigger(), booking, with_seat(fields, seat_uid))
}

/// Somebody did not come, or did after all. Its payload has a form of its own.
pub fn absent(booking: &Booking, attendees: &[(String, bool)]) -> BookingEvent {
    let said = attendees.iter().map(|(email, absent)| json!({ "email": email, "noShow": absent }));
    let fields = [
        ("message", json!("No-show was updated")),
        ("bookingUid", json!(booking.uid)),
        ("hostNoShow", json!(booking.absent_host)),
        ("attendees", Value::from(said.collect::<Vec<_>>())),
    ];
    let fields: Map<_, _> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    event(Event::NoShowUpdated.trigger(), booking, fields)
}

/// What every event of a booking says of it, to be changed.
pub(crate) fn fields(
    booking: &Booking,
    bookable: Option<&Bookable>,
    settings: &EventTypeSettings,
) -> Map<String, Value> {
    Fields::of(booking, bookable, settings).into_map()
}

#[cfg(test)]
#[path = "booking_tests.rs"]
mod tests;

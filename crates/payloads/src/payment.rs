//! Payments for bookings.

use meridian_domain::event_type::EventTypeSettings;
use meridian_domain::webhook::{Payment, PaymentEvent};
use meridian_store::bookings::{Bookable, Booking};
use meridian_store::deliveries::BookingEvent;
use serde_json::{Map, Value, json};

use crate::booking;

/// What subscribers tell bookings paid here from others by, as upstream writes it.
const IDENTIFIER: &str = "cal.com";

/// Somebody is to pay for a booking, or did.
pub fn payment(
    event: &PaymentEvent,
    booking: &Booking,
    bookable: Option<&Bookable>,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let payment = event.payment();
    let mut fields = booking::fields(booking, bookable, settings);
    fields.insert("price".to_owned(), json!(payment.amount));
    fields.insert("currency".to_owned(), json!(payment.currency));
    fields.insert("paymentId".to_owned(), json!(payment.id));
    if matches!(event, PaymentEvent::Paid(_))
        && let Some(Value::Object(metadata)) = fields.get_mut("metadata")
    {
        metadata.append(&mut receipt(payment, booking, bookable));
    }
    booking::event(event.trigger(), booking, fields)
}

/// What the metadata of a paid booking says of the payment.
fn receipt(
    payment: &Payment,
    booking: &Booking,
    bookable: Option<&Bookable>,
) -> Map<String, Value> {
    let booker = booking.attendees.first().map(|booker| booker.email.as_str());
    [
        ("identifier", json!(IDENTIFIER)),
        ("bookingId", json!(booking.id)),
        ("eventTypeId", json!(booking.event_type_id)),
        ("bookerEmail", json!(booker)),
        ("eventTitle", json!(bookable.map(|bookable| bookable.title.as_str()))),
        ("externalId", json!(payment.external_id)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

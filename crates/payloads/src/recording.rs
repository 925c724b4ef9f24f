//! Recordings of calls.

use meridian_domain::event_type::EventTypeSettings;
use meridian_domain::webhook::RecordingEvent;
use meridian_store::bookings::{Bookable, Booking};
use meridian_store::deliveries::BookingEvent;
use serde_json::json;

use crate::booking;

/// A recording of a booking's call, or its transcript, can be fetched.
pub fn recording(
    event: &RecordingEvent,
    booking: &Booking,
    bookable: Option<&Bookable>,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let (name, value) = match event {
        RecordingEvent::Ready { download_link } => ("downloadLink", json!(download_link)),
        RecordingEvent::Transcribed { transcription, recording } => {
            let files = transcription
                .iter()
                .map(|file| json!({ "format": file.format, "link": file.link }));
            let files: Vec<_> = files.collect();
            ("downloadLinks", json!({ "transcription": files, "recording": recording }))
        }
    };
    let mut fields = booking::fields(booking, bookable, settings);
    fields.insert(name.to_owned(), value);
    booking::event(event.trigger(), booking, fields)
}

//! Hosts and attendees, as payloads have them.

use meridian_kernel::{Instant, UserId, Zone};
use meridian_store::bookings::{Attendee, Organizer};
use serde::Serialize;
use serde_json::{Value, json};

/// A host.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person<'a> {
    id: UserId,
    name: &'a str,
    email: &'a str,
    username: &'a str,
    time_zone: &'a str,
    language: Language<'a>,
    time_format: &'static str,
    utc_offset: Option<i64>,
}

/// What somebody speaks.
#[derive(Serialize)]
pub(crate) struct Language<'a> {
    pub(crate) locale: &'a str,
}

/// A host at the start of a booking.
pub(crate) fn organizer(organizer: &Organizer, at: Instant) -> Person<'_> {
    Person {
        id: organizer.id,
        name: &organizer.name,
        email: &organizer.email,
        username: &organizer.username,
        time_zone: &organizer.time_zone,
        language: Language { locale: &organizer.locale },
        time_format: if organizer.time_format == 24 { "HH:mm" } else { "h:mma" },
        utc_offset: utc_offset(&organizer.time_zone, at),
    }
}

/// An attendee of a booking as it is stored.
pub(crate) fn stored_attendee(attendee: &Attendee, at: Instant) -> Value {
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

/// In minutes, at the start of the booking; `null` where the zone is unknown.
pub(crate) fn utc_offset(zone: &str, at: Instant) -> Option<i64> {
    Zone::parse(zone).ok().map(|zone| zone.offset_minutes(at))
}

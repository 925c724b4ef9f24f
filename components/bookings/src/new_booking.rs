//! A booking as it will be stored.

use meridian_domain::booking::Decision;
use meridian_kernel::{BookingId, Instant, ShortUid, WireId};
use meridian_store::bookings::{Attendee, Booking};

use crate::booking_input::BookingInput;
use crate::event_type::Target;

/// The domain of calendar ids: they must be unique in the world, and resolve nowhere.
const ICAL_DOMAIN: &str = "meridian.invalid";

/// Puts together what was asked for and what was decided. The integer id is only
/// known to the database; row 0 stands for it until then.
pub fn compose(
    input: &BookingInput,
    target: &Target,
    decision: &Decision,
    now: Instant,
) -> Booking {
    let organization = target.scope.organization();
    let uid = ShortUid::generate(organization);
    Booking {
        id: BookingId::new(organization, 0),
        uid: uid.to_string(),
        event_type_id: target.bookable.id,
        event_type_slug: Some(target.bookable.slug.clone()),
        organizer: target.bookable.organizer.clone(),
        title: decision.title.clone(),
        description: decision.notes.clone(),
        status: decision.status.as_str().to_owned(),
        start: decision.time.start,
        end: decision.time.end,
        location: Some(decision.place.text.clone()).filter(|place| !place.is_empty()),
        metadata: input.metadata.clone(),
        responses: decision.responses.clone(),
        ical_uid: format!("{uid}@{ICAL_DOMAIN}"),
        ical_sequence: 0,
        absent_host: false,
        rating: None,
        cancellation_reason: None,
        cancelled_by_email: None,
        created_at: now,
        updated_at: now,
        attendees: attendees(input, decision),
    }
}

/// The booker, then the guests, who share the booker's clock and language until
/// somebody says otherwise.
fn attendees(input: &BookingInput, decision: &Decision) -> Vec<Attendee> {
    let booker = &input.attendee;
    let somebody = |name: &str, email: &str, phone: Option<&String>, is_guest| Attendee {
        name: name.to_owned(),
        email: email.to_owned(),
        time_zone: booker.time_zone.name().to_owned(),
        language: booker.language.clone(),
        phone_number: phone.cloned(),
        is_guest,
        absent: false,
    };
    let email = booker.email.as_deref().unwrap_or_default();
    let first = somebody(&booker.name, email, booker.phone_number.as_ref(), false);
    let guests = decision.guests.iter().map(|guest| somebody("", guest, None, true));
    std::iter::once(first).chain(guests).collect()
}

//! `POST /v2/bookings/:bookingUid/guests`

use meridian_gateway::validate::{self, Fields, Violation, email, one_of, text, zone};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::bookings::{self, Attendee, Booking};
use serde_json::Value;

use crate::attendees::{add, check_may_add, load_within, newcomers, nobody};
use crate::booking_input::{LANGUAGES, phone_number};
use crate::errors::booking_not_found;
use crate::managed::shown;

/// How many guests one call may bring.
const MOST_AT_ONCE: usize = 10;

/// How long a name may be.
const LONGEST_NAME: usize = 255;

/// Adds guests who do not attend yet; the booking with them.
pub async fn add_guests(request: Request) -> Result<Reply, ApiError> {
    let wanted = GuestInput::read(&validate::json_body(&request)?)?;
    let managed = load_within(&request).await?;
    check_may_add(request.principal()?, &managed.booking)?;
    let mut guests: Vec<Attendee> =
        wanted.into_iter().map(|guest| guest.attending(&managed.booking)).collect();
    managed.keep_addresses(&request, &mut guests).await?;
    add(&request, &managed, &newcomers(&managed.booking, guests)).await?;
    let uid = &managed.booking.uid;
    let booking = bookings::find_primary(&managed.scope, uid).await?;
    let booking = booking.ok_or_else(|| booking_not_found(uid))?;
    Reply::ok(&shown(&booking, &managed.settings, request.principal.as_ref()))
}

struct GuestInput {
    email: String,
    name: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    phone_number: Option<String>,
}

impl GuestInput {
    fn read(body: &Value) -> Result<Vec<Self>, ApiError> {
        let mut fields = Fields::of(body);
        let guests = fields.objects("guests", MOST_AT_ONCE, |guest| Self {
            email: guest.required("email", email()),
            name: guest.optional("name", text(0, LONGEST_NAME)),
            time_zone: guest.optional("timeZone", zone()).map(|zone| zone.name().to_owned()),
            language: guest.optional("language", one_of(LANGUAGES)).map(str::to_owned),
            phone_number: guest.optional("phoneNumber", phone_number()),
        });
        if !fields.has("guests") || guests.as_ref().is_some_and(Vec::is_empty) {
            let text = format!("must contain 1 to {MOST_AT_ONCE} guests");
            fields.refuse("guests", &Violation::new("arrayMinSize", text));
        }
        fields.finish().map(|()| guests.unwrap_or_default())
    }

    /// What a guest does not say is as with the booker.
    fn attending(self, booking: &Booking) -> Attendee {
        let booker = booking.attendees.first();
        let zone = || booker.map_or(&booking.organizer.time_zone, |one| &one.time_zone).clone();
        let language = || booker.map_or(&booking.organizer.locale, |one| &one.language).clone();
        Attendee {
            name: self.name.unwrap_or_default(),
            email: self.email,
            time_zone: self.time_zone.unwrap_or_else(zone),
            language: self.language.unwrap_or_else(language),
            phone_number: self.phone_number,
            is_guest: true,
            ..nobody()
        }
    }
}

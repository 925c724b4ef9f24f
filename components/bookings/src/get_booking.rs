//! One booking, or a whole series, for whoever knows its uid.

use meridian_domain::event_type::EventTypeSettings;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::UuidUid;
use meridian_store::bookings::{self, Booking, Selector};

use crate::admission::{OpenScope, instead_of_not_found, scope_in};
use crate::booking_output::BookingOutput;
use crate::errors::booking_not_found;
use crate::event_type::settings_of;
use crate::managed::{Managed, shown};

/// `GET /v2/bookings/:bookingUid`: a booking, or all bookings of a series.
pub async fn get_booking(request: Request) -> Result<Reply, ApiError> {
    let uid = request.parameter("bookingUid");
    let Some(series) = UuidUid::parse(uid) else {
        let managed = Managed::load(&request, uid).await?;
        return Reply::ok(&shown(&managed.booking, &managed.settings, request.principal.as_ref()));
    };
    let scope = scope_of(&request, &series, uid).await?;
    let all = bookings::find_series(&scope, series.as_str()).await?;
    let settings = settings_of_series(&scope, &all, uid).await?;
    let one = |booking| shown(booking, &settings, request.principal.as_ref());
    Reply::ok(&all.iter().map(one).collect::<Vec<BookingOutput<'_>>>())
}

/// `GET /v2/bookings/by-seat/:seatUid`: the booking of a seat.
pub async fn get_booking_by_seat(request: Request) -> Result<Reply, ApiError> {
    let seat = request.parameter("seatUid");
    let managed = load_by_seat(&request, seat).await?;
    Reply::ok(&shown(&managed.booking, &managed.settings, request.principal.as_ref()))
}

/// The booking of a seat; 404 where there is no such seat.
pub async fn load_by_seat(request: &Request, seat: &str) -> Result<Managed, ApiError> {
    let unknown = || {
        ApiError::not_found(format!("Booking with seatUid={seat} was not found in the database"))
    };
    let parsed = UuidUid::parse(seat).ok_or_else(unknown)?;
    let scope = scope_in(request, parsed.organization()).await;
    let scope = scope.map_err(|error| instead_of_not_found(error, unknown))?;
    let uid = bookings::find_uid_of_seat(&scope, parsed.as_str()).await?;
    let uid = uid.ok_or_else(unknown)?;
    let managed = Managed::load(request, &uid).await;
    managed.map_err(|error| instead_of_not_found(error, unknown))
}

async fn scope_of(request: &Request, series: &UuidUid, uid: &str) -> Result<OpenScope, ApiError> {
    let scope = scope_in(request, series.organization()).await;
    scope.map_err(|error| instead_of_not_found(error, || booking_not_found(uid)))
}

/// What the event type of a series says, where it still exists; 404 for a series
/// without bookings.
async fn settings_of_series(
    scope: &OpenScope,
    all: &[Booking],
    uid: &str,
) -> Result<EventTypeSettings, ApiError> {
    let first = all.first().ok_or_else(|| booking_not_found(uid))?;
    let bookable = bookings::find_bookable(scope, Selector::Id(first.event_type_id)).await?;
    Ok(bookable.as_ref().map(settings_of).transpose()?.unwrap_or_default())
}

//! Version 2024-04-15, which clients built on older libraries speak: other bodies,
//! other answers, the same bookings.

mod input;
mod output;
mod reading;

use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_kernel::UuidUid;
use meridian_kernel::limits::MAX_EVENT_LENGTH_MINUTES;
use meridian_store::bookings;
use serde_json::Value;

use crate::admission::{instead_of_not_found, scope_in};
use crate::create_booking::book_target;
use crate::errors::seat_not_found;
use crate::event_type;
use crate::making::{Booked, BookedTime};
use crate::moving::MovedBooking;
use crate::reschedule_booking::{MoveInput, carry_out};
use input::LegacyInput;
use output::{InstantOutput, LegacyOutput};

pub use reading::{get_booking, get_booking_to_move, list_bookings};

/// `POST /v2/bookings`
pub async fn create_booking(request: Request) -> Result<Reply, ApiError> {
    let input = LegacyInput::read(&validate::json_body(&request)?)?;
    let time = match &input.moves {
        Some(uid) => moved(&request, uid, &input).await?,
        None => book(&request, input).await?.times.into_iter().next().ok_or_else(nothing)?,
    };
    Reply::created(&LegacyOutput::of(&time))
}

/// Whoever moves a booking books it again, and names the one it was, or the seat.
async fn moved(request: &Request, uid: &str, input: &LegacyInput) -> Result<BookedTime, ApiError> {
    let LegacyInput { booking, moved_by, .. } = input;
    let seat = match UuidUid::parse(uid) {
        Some(seat) => find_seat(request, &seat).await?,
        None => None,
    };
    let (uid, seat_uid) = match &seat {
        Some(booking_uid) => (booking_uid.as_str(), Some(uid.to_owned())),
        None => (uid, None),
    };
    let reason = booking.responses.get("rescheduleReason").and_then(Value::as_str);
    let wish = MoveInput {
        start: booking.start,
        by_email: moved_by.clone(),
        reason: reason.filter(|reason| !reason.trim().is_empty()).map(str::to_owned),
        seat_uid,
        reservation: None,
        conflicts: false,
        bounds: false,
    };
    let (_, MovedBooking { booking, seat_uid }) = carry_out(request, uid, &wish).await?;
    Ok(BookedTime { booking, seat_uid })
}

/// The booking that seat is of.
async fn find_seat(request: &Request, seat: &UuidUid) -> Result<Option<String>, ApiError> {
    let scope = scope_in(request, seat.organization()).await;
    let scope =
        scope.map_err(|error| instead_of_not_found(error, || seat_not_found(seat.as_str())))?;
    let uid = bookings::find_uid_of_seat(&scope, seat.as_str()).await?;
    uid.map(Some).ok_or_else(|| seat_not_found(seat.as_str()))
}

/// `POST /v2/bookings/recurring`: a list with a body for each time.
pub async fn create_recurring_booking(request: Request) -> Result<Reply, ApiError> {
    let body = validate::json_body(&request)?;
    let bodies = body.as_array().filter(|bodies| !bodies.is_empty()).ok_or_else(|| {
        let rule = "must be an array of bookings, one for each time of the series";
        ApiError::invalid_field("body", Value::Null, rule)
    })?;
    let booked = book(&request, LegacyInput::read_series(bodies)?).await?;
    Reply::created(&booked.times.iter().map(LegacyOutput::of).collect::<Vec<_>>())
}

/// `POST /v2/bookings/instant`
pub async fn create_instant_booking(request: Request) -> Result<Reply, ApiError> {
    let mut input = LegacyInput::read(&validate::json_body(&request)?)?;
    input.booking.instant = true;
    let booked = book(&request, input).await?;
    let time = booked.times.first().ok_or_else(nothing)?;
    Reply::created(&InstantOutput::of(&time.booking))
}

/// These bodies say when a booking ends, which is a length only where it is another
/// one than that of the event type.
async fn book(request: &Request, input: LegacyInput) -> Result<Booked, ApiError> {
    let LegacyInput { mut booking, end, .. } = input;
    let target = event_type::find(request, &booking.selector).await?;
    if let Some(end) = end {
        let minutes = end.minutes_since(booking.start);
        let length = u32::try_from(minutes).ok();
        let length = length.filter(|length| (1..=MAX_EVENT_LENGTH_MINUTES).contains(length));
        let rule = "must be after start, and at most a week";
        let length = length.ok_or_else(|| ApiError::invalid_field("end", end.to_iso(), rule))?;
        booking.length_minutes = Some(length).filter(|own| *own != target.bookable.length_minutes);
    }
    book_target(request, &booking, target).await
}

fn nothing() -> ApiError {
    ApiError::internal("nothing was booked")
}

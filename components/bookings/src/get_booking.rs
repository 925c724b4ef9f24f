//! `GET /v2/bookings/:bookingUid`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::bookings;

use crate::admission::scope_of_booking;
use crate::booking_output::BookingOutput;
use crate::errors::booking_not_found;

/// One booking, for whoever knows its uid.
pub async fn get_booking(request: Request) -> Result<Reply, ApiError> {
    let uid = request.parameter("bookingUid");
    let scope = scope_of_booking(&request, uid).await?;
    let booking = bookings::find(&scope, uid).await?.ok_or_else(|| booking_not_found(uid))?;
    Reply::ok(&BookingOutput::of(&booking))
}

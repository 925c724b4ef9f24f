//! `PATCH /v2/slots/reservations/{uid}`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::WireId;
use meridian_store::reservations;

use super::claim::{check_caller, claim};
use super::input::ReserveInput;
use super::open;
use super::output::ReservationOutput;
use super::refusal::{event_type_not_found, reservation_not_found};

/// Holds another slot, or the same one for longer, counted from now.
pub async fn update_reservation(request: Request) -> Result<Reply, ApiError> {
    let uid = request.parameter("uid");
    let input = ReserveInput::read(&request)?;
    let caller = request.principal.as_ref();
    check_caller(&input, caller)?;
    let scope = open(uid).await?.ok_or_else(|| reservation_not_found(uid))?;
    let existing = reservations::find(&scope, uid, request.now).await?;
    let existing = existing.ok_or_else(|| reservation_not_found(uid))?;
    if input.event_type_id.organization() != scope.organization() {
        return Err(event_type_not_found(input.event_type_id));
    }
    let held = claim(&scope, &input, caller, Some(&existing.uid), request.now).await?;
    Reply::ok(&ReservationOutput::from(held))
}

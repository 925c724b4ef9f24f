//! `POST /v2/slots/reservations`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::WireId;

use super::claim::{check_caller, claim};
use super::input::ReserveInput;
use super::output::ReservationOutput;
use super::refusal::event_type_not_found;
use crate::slots::find::instead_of_not_found;

/// Holds a slot for a while: nobody else can book it meanwhile.
pub async fn reserve_slot(request: Request) -> Result<Reply, ApiError> {
    let input = ReserveInput::read(&request)?;
    let caller = request.principal.as_ref();
    check_caller(&input, caller)?;
    let scope = meridian_edge::scope_of(input.event_type_id.organization()).await;
    let unknown = || event_type_not_found(input.event_type_id);
    let scope = scope.map_err(|error| instead_of_not_found(error, unknown))?;
    let held = claim(&scope, &input, caller, None, request.now).await?;
    Reply::created(&ReservationOutput::from(held))
}

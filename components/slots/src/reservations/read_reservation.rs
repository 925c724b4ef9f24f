//! `GET /v2/slots/reservations/{uid}`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::reservations;

use super::open;
use super::output::ReservationOutput;

/// A reservation that still holds; `null` where there is none.
pub async fn get_reservation(request: Request) -> Result<Reply, ApiError> {
    let uid = request.parameter("uid");
    let found = match open(uid).await? {
        Some(scope) => reservations::find(&scope, uid, request.now).await?,
        None => None,
    };
    Reply::ok(&found.map(ReservationOutput::from))
}

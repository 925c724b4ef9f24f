//! `DELETE /v2/slots/reservations/{uid}`

use http::StatusCode;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::reservations;
use serde_json::json;

use super::open;

/// Gives a slot back. One that is not held is as free as can be: 200 as well.
pub async fn release_slot(request: Request) -> Result<Reply, ApiError> {
    release(request.parameter("uid")).await
}

/// The same for a uid from wherever.
pub async fn release(uid: &str) -> Result<Reply, ApiError> {
    if let Some(scope) = open(uid).await? {
        reservations::delete(&scope, uid).await?;
    }
    Reply::json(StatusCode::OK, &json!({ "status": "success" }))
}

//! `DELETE /v2/schedules/{scheduleId}`

use http::StatusCode;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::schedules::{self, Deletion};
use serde_json::json;

use super::require;

/// Deletes a schedule of the caller's, unless it is the default or the only one.
pub async fn delete_schedule(request: Request) -> Result<Reply, ApiError> {
    let owner = request.principal()?.user_id;
    let id = request.id("scheduleId")?;
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::delete(&scope, owner, id).await?;
    match require(found, id, owner)? {
        Deletion::Done => Reply::json(StatusCode::OK, &json!({ "status": "success" })),
        Deletion::Needed => Err(ApiError::bad_request(format!(
            "Schedule with ID={id} is your default or only schedule and cannot be deleted. Make \
             another schedule the default first."
        ))),
    }
}

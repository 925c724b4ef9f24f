//! `DELETE /v2/schedules/{scheduleId}`, `DELETE …/users/{userId}/schedules/{scheduleId}`

use http::StatusCode;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::schedules::{self, Deletion};
use serde_json::json;

use super::require;
use crate::owner::owner;

/// Deletes a schedule, unless it is its owner's default or only one. Event types
/// that used it use the default from then on.
pub async fn delete_schedule(request: Request) -> Result<Reply, ApiError> {
    let owner = owner(&request)?;
    let id = request.id("scheduleId")?;
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::delete(&scope, owner, id).await?;
    match require(found, id, owner)? {
        Deletion::Done => Reply::json(StatusCode::OK, &json!({ "status": "success" })),
        Deletion::Needed => Err(ApiError::bad_request(format!(
            "Schedule with ID={id} is the default or only schedule of user with ID={owner} and \
             cannot be deleted. Make another schedule the default first."
        ))),
    }
}

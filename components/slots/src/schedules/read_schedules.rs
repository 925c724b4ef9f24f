//! `GET /v2/schedules`, `…/default`, `…/{scheduleId}`, and the same of a member:
//! `GET …/users/{userId}/schedules`, `…/{scheduleId}`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::schedules;

use super::{Shape, present_as, require};
use crate::owner::{no_user, owner};

/// All schedules of a user.
pub async fn list_schedules<S: Shape>(request: Request) -> Result<Reply, ApiError> {
    let owner = owner(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::list(&scope, owner).await?.ok_or_else(|| no_user(owner))?;
    Reply::ok(&found.into_iter().map(present_as::<S>).collect::<Result<Vec<_>, _>>()?)
}

/// The caller's default schedule; `null` where they have none.
pub async fn get_default_schedule<S: Shape>(request: Request) -> Result<Reply, ApiError> {
    let owner = owner(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::find_default(&scope, owner).await?;
    Reply::ok(&found.map(present_as::<S>).transpose()?)
}

/// One schedule of a user.
pub async fn get_schedule<S: Shape>(request: Request) -> Result<Reply, ApiError> {
    let owner = owner(&request)?;
    let id = request.id("scheduleId")?;
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::find(&scope, owner, id).await?;
    Reply::ok(&present_as::<S>(require(found, id, owner)?)?)
}

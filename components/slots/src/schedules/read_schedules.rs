//! `GET /v2/schedules`, `…/default`, `…/{scheduleId}`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::schedules;

use super::{present, require};

/// All schedules of the caller.
pub async fn list_schedules(request: Request) -> Result<Reply, ApiError> {
    let owner = request.principal()?.user_id;
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::list(&scope, owner).await?;
    Reply::ok(&found.into_iter().map(present).collect::<Result<Vec<_>, _>>()?)
}

/// The caller's default schedule; `null` where they have none.
pub async fn get_default_schedule(request: Request) -> Result<Reply, ApiError> {
    let owner = request.principal()?.user_id;
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::find_default(&scope, owner).await?;
    Reply::ok(&found.map(present).transpose()?)
}

/// One schedule of the caller.
pub async fn get_schedule(request: Request) -> Result<Reply, ApiError> {
    let owner = request.principal()?.user_id;
    let id = request.id("scheduleId")?;
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::find(&scope, owner, id).await?;
    Reply::ok(&present(require(found, id, owner)?)?)
}

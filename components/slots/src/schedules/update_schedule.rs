//! `PATCH /v2/schedules/{scheduleId}`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::schedules;

use super::{input, present, require, to_store};

/// Changes a schedule of the caller's. Arrays replace what is stored. A default
/// stays the default until another one becomes it.
pub async fn update_schedule(request: Request) -> Result<Reply, ApiError> {
    let owner = request.principal()?.user_id;
    let id = request.id("scheduleId")?;
    let input = input::schedule_change(&request)?;
    let change = schedules::ScheduleChange {
        name: input.name,
        time_zone: input.time_zone,
        availability: input.availability.as_ref().map(to_store).transpose()?,
        overrides: input.overrides.as_ref().map(to_store).transpose()?,
        make_default: input.is_default.unwrap_or(false),
    };
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::update(&scope, owner, id, change, request.now).await?;
    Reply::ok(&present(require(found, id, owner)?)?)
}

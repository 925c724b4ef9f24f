//! `PATCH /v2/schedules/{scheduleId}`, `PATCH …/users/{userId}/schedules/{scheduleId}`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::schedules;

use super::shape::ChangedOutput;
use super::{Shape, present, require, to_store};
use crate::owner::owner;

/// Changes a schedule. Arrays replace what is stored. A default stays the default
/// until another one becomes it.
pub async fn update_schedule<S: Shape>(request: Request) -> Result<Reply, ApiError> {
    let owner = owner(&request)?;
    let id = request.id("scheduleId")?;
    let input = S::read_change(&json_body(&request)?)?;
    let change = schedules::ScheduleChange {
        name: input.name,
        time_zone: input.time_zone,
        availability: input.availability.as_ref().map(to_store).transpose()?,
        overrides: input.overrides.as_ref().map(to_store).transpose()?,
        make_default: input.is_default.unwrap_or(false),
    };
    let scope = meridian_edge::scope(&request).await?;
    let found = schedules::update(&scope, owner, id, change, request.now).await?;
    let schedules::Updated { schedule, previous_default } = require(found, id, owner)?;
    let changed = ChangedOutput { schedule: present(schedule)?, previous_default };
    Reply::ok(&S::Changed::from(changed))
}

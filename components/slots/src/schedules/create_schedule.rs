//! `POST /v2/schedules`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_scheduling::Schedule;
use meridian_store::schedules;

use super::{input, present, to_store};

/// Makes a schedule of the caller's. The first one becomes the default.
pub async fn create_schedule(request: Request) -> Result<Reply, ApiError> {
    let owner = request.principal()?.user_id;
    let input = input::new_schedule(&request)?;
    let availability = input.availability.unwrap_or_else(Schedule::office_hours);
    let new = schedules::NewSchedule {
        name: input.name,
        time_zone: input.time_zone,
        availability: to_store(&availability)?,
        overrides: to_store(&input.overrides.unwrap_or_default())?,
        make_default: input.is_default,
    };
    let scope = meridian_edge::scope(&request).await?;
    let schedule = schedules::create(&scope, owner, new, request.now).await?;
    Reply::created(&present(schedule)?)
}

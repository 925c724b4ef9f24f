//! `POST /v2/schedules`, `POST …/users/{userId}/schedules`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_scheduling::Schedule;
use meridian_store::schedules::{self, Created, MAX_PER_USER};

use super::{Shape, present_as, to_store};
use crate::owner::{no_user, owner};

/// Makes a schedule. A user's first one becomes their default.
pub async fn create_schedule<S: Shape>(request: Request) -> Result<Reply, ApiError> {
    let owner = owner(&request)?;
    let input = S::read_new(&json_body(&request)?)?;
    let availability = input.availability.unwrap_or_else(Schedule::office_hours);
    let new = schedules::NewSchedule {
        name: input.name,
        time_zone: input.time_zone,
        availability: to_store(&availability)?,
        overrides: to_store(&input.overrides.unwrap_or_default())?,
        make_default: input.is_default,
    };
    let scope = meridian_edge::scope(&request).await?;
    match schedules::create(&scope, owner, new, request.now).await? {
        Created::Made(schedule) => Reply::created(&present_as::<S>(schedule)?),
        Created::NoOwner => Err(no_user(owner)),
        Created::TooMany => Err(ApiError::bad_request(format!(
            "User with ID={owner} has {MAX_PER_USER} schedules, which is the most there can be. \
             Delete one first."
        ))),
    }
}

//! Schedules of 2024-06-11.

pub mod create_schedule;
pub mod delete_schedule;
mod input;
pub mod read_schedules;
pub mod update_schedule;

use meridian_gateway::ApiError;
use meridian_kernel::{ScheduleId, UserId};
use meridian_scheduling::{Override, WeeklyRule};
use meridian_store::schedules::{Owned, Schedule};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A schedule as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScheduleOutput {
    id: ScheduleId,
    owner_id: UserId,
    name: String,
    time_zone: &'static str,
    availability: Vec<WeeklyRule>,
    is_default: bool,
    overrides: Vec<Override>,
}

fn present(schedule: Schedule) -> Result<ScheduleOutput, ApiError> {
    Ok(ScheduleOutput {
        availability: stored(&schedule.availability)?,
        overrides: stored(&schedule.overrides)?,
        id: schedule.id,
        owner_id: schedule.owner_id,
        name: schedule.name,
        time_zone: schedule.time_zone.name(),
        is_default: schedule.is_default,
    })
}

/// Reads what this component stored as JSON.
pub(crate) fn stored<T: DeserializeOwned>(json: &str) -> Result<T, ApiError> {
    serde_json::from_str(json).map_err(ApiError::internal)
}

fn to_store<T: Serialize>(value: &T) -> Result<String, ApiError> {
    serde_json::to_string(value).map_err(ApiError::internal)
}

/// What is the caller's own; 403 for what is another's of their organisation, 404
/// for all else.
fn require<T>(found: Owned<T>, id: ScheduleId, caller: UserId) -> Result<T, ApiError> {
    match found {
        Owned::Yes(value) => Ok(value),
        Owned::Foreign => Err(ApiError::forbidden(format!(
            "User with ID={caller} does not own schedule with ID={id}"
        ))),
        Owned::Missing => {
            Err(ApiError::not_found(format!("Schedule with ID={id} does not exist.")))
        }
    }
}

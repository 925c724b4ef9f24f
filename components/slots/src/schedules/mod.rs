//! Schedules: the caller's own, those of members, and lists of a team or of the
//! organisation. Handlers know the newest form, 2024-06-11; a [`Shape`] is how a
//! version writes and shows it.

pub mod create_schedule;
pub mod delete_schedule;
mod input;
pub mod list_member_schedules;
pub mod read_schedules;
mod shape;
pub mod update_schedule;
mod v2024_04_15;

use meridian_gateway::ApiError;
use meridian_kernel::{ScheduleId, UserId};
use meridian_scheduling::{Override, WeeklyRule};
use meridian_store::schedules::{Owned, Schedule};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::owner::no_user;
use shape::Shape;

pub use shape::V20240611;
pub use v2024_04_15::V20240415;

/// A schedule as the API shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleOutput {
    id: ScheduleId,
    owner_id: UserId,
    name: String,
    time_zone: &'static str,
    availability: Vec<WeeklyRule>,
    is_default: bool,
    overrides: Vec<Override>,
    /// Whether its owner has no other one: shown by the oldest version only.
    #[serde(skip)]
    is_only: bool,
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
        is_only: schedule.is_only,
    })
}

fn present_as<S: Shape>(schedule: Schedule) -> Result<S::Shown, ApiError> {
    present(schedule).map(Into::into)
}

/// Reads what this component stored as JSON.
pub(crate) fn stored<T: DeserializeOwned>(json: &str) -> Result<T, ApiError> {
    serde_json::from_str(json).map_err(ApiError::internal)
}

fn to_store<T: Serialize>(value: &T) -> Result<String, ApiError> {
    serde_json::to_string(value).map_err(ApiError::internal)
}

/// What is the owner's own; 403 for what is another's of their organisation, 404
/// for all else.
fn require<T>(found: Owned<T>, id: ScheduleId, owner: UserId) -> Result<T, ApiError> {
    match found {
        Owned::Yes(value) => Ok(value),
        Owned::Foreign => Err(ApiError::forbidden(format!(
            "User with ID={owner} does not own schedule with ID={id}"
        ))),
        Owned::Missing => {
            Err(ApiError::not_found(format!("Schedule with ID={id} does not exist.")))
        }
        Owned::NoOwner => Err(no_user(owner)),
    }
}

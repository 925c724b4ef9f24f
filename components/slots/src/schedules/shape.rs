//! How a version of the API writes and shows schedules.

use meridian_gateway::ApiError;
use meridian_kernel::ScheduleId;
use serde::Serialize;
use serde_json::Value;

use super::ScheduleOutput;
use super::input::{self, NewSchedule, ScheduleChange};

/// A version: bodies to the newest form, and the newest form to what is shown.
pub trait Shape {
    /// A schedule.
    type Shown: Serialize + From<ScheduleOutput>;
    /// The answer to a change.
    type Changed: Serialize + From<ChangedOutput>;

    /// The body of a new schedule.
    fn read_new(body: &Value) -> Result<NewSchedule, ApiError>;
    /// The body of a change.
    fn read_change(body: &Value) -> Result<ScheduleChange, ApiError>;
}

/// A changed schedule, and what its owner's default was before.
#[derive(Clone, Debug)]
pub struct ChangedOutput {
    pub schedule: ScheduleOutput,
    pub previous_default: Option<ScheduleId>,
}

/// 2024-06-11 and later.
pub struct V20240611;

impl Shape for V20240611 {
    type Shown = ScheduleOutput;
    type Changed = ScheduleOutput;

    fn read_new(body: &Value) -> Result<NewSchedule, ApiError> {
        input::parse_new(body)
    }

    fn read_change(body: &Value) -> Result<ScheduleChange, ApiError> {
        input::parse_change(body)
    }
}

impl From<ChangedOutput> for ScheduleOutput {
    fn from(changed: ChangedOutput) -> Self {
        changed.schedule
    }
}

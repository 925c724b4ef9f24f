//! Schedules of 2024-04-15, served where the version header is missing or unknown.
//!
//! Days are numbers, 0 for Sunday. A time of day is an instant whose UTC clock shows
//! it: what its date is does not matter in weekly hours, and is the date meant in an
//! override. A schedule is shown four times over:
//!
//! ```text
//! {id, userId, name, timeZone, isDefault, isLastSchedule, isManaged, readOnly,
//!  schedule: [{id, userId, scheduleId, eventTypeId, days, startTime, endTime, date}],
//!  workingHours: [{days, startTime, endTime, userId}],    minutes since midnight
//!  availability: [[{start, end}], …],                     seven lists, Sunday first
//!  dateOverrides: [{ranges: [{start, end}]}]}             one entry per date
//! ```
//!
//! `schedule` has the weekly rules and then the overrides, whose `date` is set; its
//! ids count from 1. A change is answered with `{schedule: {id, userId, name,
//! timeZone, availability}, isDefault, timeZone, prevDefaultId, currentDefaultId}`,
//! where `availability` is the list that is `schedule` above.

mod input;
mod output;

use meridian_gateway::ApiError;
use meridian_scheduling::Day;
use serde_json::Value;

use super::Shape;
use super::input::{NewSchedule, ScheduleChange};

/// 2024-04-15.
pub struct V20240415;

impl Shape for V20240415 {
    type Shown = output::Shown;
    type Changed = output::Changed;

    fn read_new(body: &Value) -> Result<NewSchedule, ApiError> {
        input::parse_new(body)
    }

    fn read_change(body: &Value) -> Result<ScheduleChange, ApiError> {
        input::parse_change(body)
    }
}

/// The days as this version counts them.
const FROM_SUNDAY: [Day; 7] = [
    Day::Sunday,
    Day::Monday,
    Day::Tuesday,
    Day::Wednesday,
    Day::Thursday,
    Day::Friday,
    Day::Saturday,
];

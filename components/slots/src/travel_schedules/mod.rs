//! Travel schedules: spans of days on which the caller's default schedule hangs on
//! another zone's clock. No other API has these routes.

pub mod create_travel_schedule;
pub mod delete_travel_schedule;
pub mod read_travel_schedules;

use chrono::NaiveDate;
use meridian_gateway::ApiError;
use meridian_kernel::{TravelScheduleId, UserId};
use meridian_store::travel_schedules::TravelSchedule;
use serde::Serialize;

/// A travel schedule as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TravelScheduleOutput {
    id: TravelScheduleId,
    user_id: UserId,
    time_zone: &'static str,
    start_date: String,
    /// `null`: until further notice.
    end_date: Option<String>,
}

impl From<TravelSchedule> for TravelScheduleOutput {
    fn from(travel: TravelSchedule) -> Self {
        Self {
            id: travel.id,
            user_id: travel.user_id,
            time_zone: travel.time_zone.name(),
            start_date: travel.start.to_string(),
            end_date: travel.end.as_ref().map(NaiveDate::to_string),
        }
    }
}

fn not_found(id: TravelScheduleId) -> ApiError {
    ApiError::not_found(format!("Travel schedule with ID={id} does not exist."))
}

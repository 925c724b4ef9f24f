//! `POST /v2/me/travel-schedules`

use chrono::NaiveDate;
use meridian_gateway::validate::{Fields, json_body, zone};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Zone;
use meridian_store::travel_schedules::{self, NewTravelSchedule};
use serde_json::Value;

use super::TravelScheduleOutput;
use crate::dates::date;

/// Makes a travel schedule of the caller's, unless it overlaps another.
pub async fn create_travel_schedule(request: Request) -> Result<Reply, ApiError> {
    let user = request.principal()?.user_id;
    let new = parse(&json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let made = travel_schedules::create(&scope, user, new, request.now).await?;
    let made = made.ok_or_else(|| {
        ApiError::conflict("Some of these days are in another travel schedule already.")
    })?;
    Reply::created(&TravelScheduleOutput::from(made))
}

/// `{timeZone, startDate, endDate?}`; both days are spent there.
fn parse(body: &Value) -> Result<NewTravelSchedule, ApiError> {
    let mut fields = Fields::of(body);
    let time_zone = fields.required_some("timeZone", zone()).unwrap_or(Zone::UTC);
    let start: NaiveDate = fields.required("startDate", date());
    let end = fields.optional("endDate", date());
    fields.finish()?;
    if let Some(end) = end.filter(|end| *end < start) {
        return Err(ApiError::invalid_field(
            "endDate",
            end.to_string(),
            "must not be before startDate",
        ));
    }
    Ok(NewTravelSchedule { time_zone, start, end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_span_needs_a_zone_and_a_first_day_and_may_have_a_last_one() {
        let open = parse(&json!({"timeZone": "asia/tokyo", "startDate": "2050-01-02"})).unwrap();
        assert_eq!((open.time_zone.name(), open.end), ("Asia/Tokyo", None));
        let day = json!({"timeZone": "UTC", "startDate": "2050-01-02", "endDate": "2050-01-02"});
        assert_eq!(parse(&day).unwrap().end, Some(open.start));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refusal = |body| parse(&body).err().unwrap().message;
        let message = refusal(json!({"timeZone": "Mars", "endDate": "2050-1-2"}));
        for field in ["timeZone must", "startDate must", "endDate must"] {
            assert!(message.contains(field), "{field}: {message}");
        }
        let backwards =
            json!({"timeZone": "UTC", "startDate": "2050-01-02", "endDate": "2050-01-01"});
        assert_eq!(refusal(backwards), "endDate must not be before startDate");
    }
}

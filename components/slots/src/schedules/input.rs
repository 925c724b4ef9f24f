//! Bodies of schedules, 2024-06-11.

use meridian_gateway::ApiError;
use meridian_gateway::validate::{Fields, Violation, array, boolean, one_of, text, zone};
use meridian_kernel::Zone;
use meridian_scheduling::{CivilMinute, CivilMinuteError, Day, Override, WeeklyRule};
use serde_json::Value;

use crate::dates::date;

/// How long a name may be, in characters.
pub const MAX_NAME: usize = 255;

/// How many weekly rules a schedule may have.
pub const MAX_RULES: usize = 200;

/// How many overrides a schedule may have: two a day for two years, and more.
pub const MAX_OVERRIDES: usize = 2_000;

/// A new schedule.
pub struct NewSchedule {
    pub name: String,
    pub time_zone: Zone,
    pub is_default: bool,
    pub availability: Option<Vec<WeeklyRule>>,
    pub overrides: Option<Vec<Override>>,
}

/// What changes; `None`: nothing was said of it.
pub struct ScheduleChange {
    pub name: Option<String>,
    pub time_zone: Option<Zone>,
    pub is_default: Option<bool>,
    pub availability: Option<Vec<WeeklyRule>>,
    pub overrides: Option<Vec<Override>>,
}

pub fn parse_new(body: &Value) -> Result<NewSchedule, ApiError> {
    let mut fields = Fields::of(body);
    let new = NewSchedule {
        name: fields.required("name", text(1, MAX_NAME)),
        time_zone: fields.required_some("timeZone", zone()).unwrap_or(Zone::UTC),
        is_default: fields.required("isDefault", boolean()),
        availability: availability(&mut fields),
        overrides: overrides(&mut fields),
    };
    fields.finish()?;
    Ok(new)
}

pub fn parse_change(body: &Value) -> Result<ScheduleChange, ApiError> {
    let mut fields = Fields::of(body);
    let change = ScheduleChange {
        name: fields.optional("name", text(1, MAX_NAME)),
        time_zone: fields.optional("timeZone", zone()),
        is_default: fields.optional("isDefault", boolean()),
        availability: availability(&mut fields),
        overrides: overrides(&mut fields),
    };
    fields.finish()?;
    Ok(change)
}

fn availability(fields: &mut Fields<'_>) -> Option<Vec<WeeklyRule>> {
    fields.objects("availability", MAX_RULES, |fields| WeeklyRule {
        days: fields.required("days", days()),
        start: fields.required("startTime", time()),
        end: fields.required("endTime", time()),
    })
}

fn overrides(fields: &mut Fields<'_>) -> Option<Vec<Override>> {
    fields.objects("overrides", MAX_OVERRIDES, |fields| Override {
        date: fields.required("date", date()),
        start: fields.required("startTime", time()),
        end: fields.required("endTime", time()),
    })
}

/// Days by their names, each once, in the order given.
fn days() -> impl Fn(&Value) -> Result<Vec<Day>, Violation> {
    let names = array(Day::NAMES.len(), one_of(&Day::NAMES));
    move |value| {
        let mut days = Vec::new();
        for day in names(value)?.into_iter().filter_map(Day::parse) {
            if !days.contains(&day) {
                days.push(day);
            }
        }
        Ok(days)
    }
}

fn time() -> impl Fn(&Value) -> Result<CivilMinute, Violation> {
    |value| {
        let time = value.as_str().and_then(|text| text.parse().ok());
        time.ok_or_else(|| Violation::new("matches", CivilMinuteError.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_new_schedule_needs_its_name_zone_and_whether_it_is_the_default() {
        let error = parse_new(&json!({})).err().unwrap();
        assert_eq!(
            error.message,
            "name must be a string, timeZone must be a valid IANA time zone, such as Europe/Rome, \
             isDefault must be a boolean value"
        );
        let new =
            parse_new(&json!({"name": "Hours", "timeZone": "europe/rome", "isDefault": true}));
        let new = new.unwrap();
        assert_eq!(new.time_zone.name(), "Europe/Rome");
        assert!(new.availability.is_none() && new.overrides.is_none());
    }

    #[test]
    fn wrong_days_times_and_dates_are_named_by_their_path() {
        let error = parse_change(&json!({
            "availability": [{"days": ["Monday", "Funday"], "startTime": "9:00", "endTime": "17:00"}],
            "overrides": [{"date": "20.05.2024", "startTime": "00:00", "endTime": "24:00"}],
        }));
        assert_eq!(
            error.err().unwrap().message,
            "availability.0.days each value must be one of the following values: Monday, Tuesday, \
             Wednesday, Thursday, Friday, Saturday, Sunday, \
             availability.0.startTime must be a valid time in format HH:MM e.g. 08:00, \
             overrides.0.date must be a valid ISO 8601 date string, such as 2024-05-20, \
             overrides.0.endTime must be a valid time in format HH:MM e.g. 08:00"
        );
    }

    #[test]
    fn an_empty_array_empties_and_silence_changes_nothing() {
        let change = parse_change(&json!({"availability": [], "name": "Other"})).unwrap();
        assert_eq!(change.availability, Some(Vec::new()));
        assert_eq!(change.overrides, None);
        assert_eq!(change.is_default, None);
    }

    #[test]
    fn days_are_kept_in_order_and_once() {
        let body = json!({"availability": [
            {"days": ["Sunday", "Monday", "Sunday"], "startTime": "09:00", "endTime": "17:00"}
        ]});
        let change = parse_change(&body).unwrap();
        assert_eq!(change.availability.unwrap()[0].days, [Day::Sunday, Day::Monday]);
    }
}

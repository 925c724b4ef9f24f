//! Bodies of 2024-04-15, read into the newest form.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use meridian_gateway::ApiError;
use meridian_gateway::validate::{Fields, Violation, array, boolean, count, instant, text, zone};
use meridian_kernel::Zone;
use meridian_scheduling::{CivilMinute, Day, Override, WeeklyRule};
use serde_json::Value;

use super::FROM_SUNDAY;
use crate::schedules::input::{MAX_NAME, MAX_OVERRIDES, MAX_RULES, NewSchedule, ScheduleChange};

/// `{name, timeZone, isDefault, availabilities?: [{days, startTime, endTime}]}`. No
/// hours at all are the usual ones.
pub fn parse_new(body: &Value) -> Result<NewSchedule, ApiError> {
    let mut fields = Fields::of(body);
    let new = NewSchedule {
        name: fields.required("name", text(1, MAX_NAME)),
        time_zone: fields.required_some("timeZone", zone()).unwrap_or(Zone::UTC),
        is_default: fields.required("isDefault", boolean()),
        availability: availabilities(&mut fields).filter(|rules| !rules.is_empty()),
        overrides: None,
    };
    fields.finish()?;
    Ok(new)
}

/// `{name?, timeZone?, isDefault?, schedule?: [[{start, end}], …],
/// dateOverrides?: [{start, end}]}`. `schedule` is seven lists, Sunday first; what a
/// new schedule takes as `availabilities` is taken here too.
pub fn parse_change(body: &Value) -> Result<ScheduleChange, ApiError> {
    let mut fields = Fields::of(body);
    let rules = availabilities(&mut fields);
    let change = ScheduleChange {
        name: fields.optional("name", text(1, MAX_NAME)),
        time_zone: fields.optional("timeZone", zone()),
        is_default: fields.optional("isDefault", boolean()),
        availability: fields.optional("schedule", week()).or(rules),
        overrides: fields.objects("dateOverrides", MAX_OVERRIDES, read_override),
    };
    fields.finish()?;
    Ok(change)
}

fn availabilities(fields: &mut Fields<'_>) -> Option<Vec<WeeklyRule>> {
    fields.objects("availabilities", MAX_RULES, |fields| WeeklyRule {
        days: fields.required("days", days()),
        start: minute(fields.required("startTime", clock())),
        end: minute(fields.required("endTime", clock())),
    })
}

fn read_override(fields: &mut Fields<'_>) -> Override {
    let start: NaiveDateTime = fields.required("start", utc_clock());
    let end = fields.required("end", utc_clock());
    Override { date: start.date(), start: minute(start), end: minute(end) }
}

/// Days by their numbers, each once, in the order given.
fn days() -> impl Fn(&Value) -> Result<Vec<Day>, Violation> {
    let numbers = array(FROM_SUNDAY.len(), count(0, 6));
    move |value| {
        let mut days = Vec::new();
        for number in numbers(value)? {
            let day = FROM_SUNDAY.get(number as usize).copied();
            days.extend(day.filter(|day| !days.contains(day)));
        }
        Ok(days)
    }
}

/// What the UTC clock shows at an instant.
fn utc_clock() -> impl Fn(&Value) -> Result<NaiveDateTime, Violation> {
    let instant = instant();
    move |value| instant(value).map(|instant| Zone::UTC.civil(instant))
}

/// The same; or a bare time of day, which is on no date in particular.
fn clock() -> impl Fn(&Value) -> Result<NaiveDateTime, Violation> {
    let utc_clock = utc_clock();
    move |value| {
        let text = value.as_str().unwrap_or_default();
        let bare = ["%H:%M", "%H:%M:%S"].map(|form| NaiveTime::parse_from_str(text, form).ok());
        match bare.into_iter().flatten().next() {
            Some(time) => Ok(NaiveDate::default().and_time(time)),
            None => utc_clock(value),
        }
    }
}

fn minute(civil: NaiveDateTime) -> CivilMinute {
    let part = |number: u32| u16::try_from(number).unwrap_or_default();
    CivilMinute::new(part(civil.hour()), part(civil.minute())).unwrap_or_default()
}

/// Seven lists of hours, Sunday first. Equal hours of several days become one rule.
fn week() -> impl Fn(&Value) -> Result<Vec<WeeklyRule>, Violation> {
    |value| {
        let text = "must be seven arrays, Sunday first, of objects with start and end, each a \
                    valid ISO 8601 date string, such as 2050-09-05T07:00:00.000Z";
        let wrong = || Violation::new("isWeek", text);
        let lists = value.as_array().filter(|lists| lists.len() == FROM_SUNDAY.len());
        let mut rules: Vec<WeeklyRule> = Vec::new();
        for (list, day) in lists.ok_or_else(wrong)?.iter().zip(FROM_SUNDAY) {
            for range in list.as_array().ok_or_else(wrong)? {
                let at = |name| range.get(name).map(clock()).and_then(Result::ok).map(minute);
                let (Some(start), Some(end)) = (at("start"), at("end")) else {
                    return Err(wrong());
                };
                match rules.iter_mut().find(|rule| (rule.start, rule.end) == (start, end)) {
                    Some(rule) if rule.days.contains(&day) => {}
                    Some(rule) => rule.days.push(day),
                    None => rules.push(WeeklyRule { days: vec![day], start, end }),
                }
            }
        }
        if rules.len() > MAX_RULES {
            let text = format!("must have no more than {MAX_RULES} different hours");
            return Err(Violation::new("arrayMaxSize", text));
        }
        Ok(rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(days: &[Day], start: &str, end: &str) -> WeeklyRule {
        let time = |text: &str| text.parse().unwrap();
        WeeklyRule { days: days.to_vec(), start: time(start), end: time(end) }
    }

    #[test]
    fn days_are_numbers_from_sunday_and_the_utc_clock_is_the_time() {
        let new = parse_new(&json!({
            "name": "Hours", "timeZone": "Europe/Rome", "isDefault": false,
            "availabilities": [
                {"days": [0, 6, 0], "startTime": "2025-04-12T13:17:56.324Z", "endTime": "1970-01-01T17:30:00.000Z"},
                {"days": [1], "startTime": "09:00:00", "endTime": "12:15"},
            ],
        }));
        assert_eq!(
            new.unwrap().availability.unwrap(),
            [
                rule(&[Day::Sunday, Day::Saturday], "13:17", "17:30"),
                rule(&[Day::Monday], "09:00", "12:15"),
            ]
        );
    }

    #[test]
    fn a_new_schedule_without_hours_gets_the_usual_ones() {
        let body = json!({"name": "n", "timeZone": "UTC", "isDefault": true, "availabilities": []});
        assert_eq!(parse_new(&body).unwrap().availability, None);
    }

    #[test]
    fn a_week_is_seven_lists_and_equal_hours_are_one_rule() {
        let hours =
            json!([{"start": "2022-01-01T09:00:00.000Z", "end": "2022-01-01T17:00:00.000Z"}]);
        let body = json!({"schedule": [[], hours, hours, [], [], [], [
            {"start": "2022-01-01T10:00:00.000Z", "end": "2022-01-01T11:00:00.000Z"},
        ]]});
        let change = parse_change(&body).unwrap();
        assert_eq!(
            change.availability.unwrap(),
            [
                rule(&[Day::Monday, Day::Tuesday], "09:00", "17:00"),
                rule(&[Day::Saturday], "10:00", "11:00"),
            ]
        );
        assert_eq!(change.overrides, None);
        let empty = json!({"schedule": [[], [], [], [], [], [], []], "dateOverrides": []});
        let change = parse_change(&empty).unwrap();
        assert_eq!((change.availability, change.overrides), (Some(vec![]), Some(vec![])));
    }

    #[test]
    fn overrides_are_on_the_utc_date_of_their_start() {
        let body = json!({"dateOverrides": [
            {"start": "2024-05-20T18:00:00.000Z", "end": "2024-05-20T21:00:00.000Z"},
        ]});
        let change = parse_change(&body).unwrap();
        let shown = serde_json::to_value(change.overrides.unwrap()).unwrap();
        assert_eq!(
            shown,
            json!([{"date": "2024-05-20", "startTime": "18:00", "endTime": "21:00"}])
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let body = json!({
            "availabilities": [{"days": ["Monday", 7], "startTime": "soon", "endTime": "25:00"}],
            "schedule": [[], []], "dateOverrides": [{"start": 5}],
        });
        let message = parse_change(&body).err().unwrap().message;
        for field in [
            "availabilities.0.days each value must be an integer number",
            "availabilities.0.startTime must be a valid ISO 8601",
            "availabilities.0.endTime must",
            "schedule must be seven arrays",
            "dateOverrides.0.start must",
            "dateOverrides.0.end must",
        ] {
            assert!(message.contains(field), "{field}: {message}");
        }
    }
}

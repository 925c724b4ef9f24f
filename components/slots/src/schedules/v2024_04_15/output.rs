//! A schedule as 2024-04-15 shows it: conversions from the newest form.

use chrono::NaiveDate;
use meridian_kernel::{ScheduleId, UserId};
use meridian_scheduling::{CivilMinute, Override, WeeklyRule};
use serde::Serialize;

use super::FROM_SUNDAY;
use crate::schedules::ScheduleOutput;
use crate::schedules::shape::ChangedOutput;

/// A schedule.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    id: ScheduleId,
    user_id: UserId,
    name: String,
    time_zone: &'static str,
    is_default: bool,
    is_last_schedule: bool,
    /// Whether it is managed for somebody else: users see only their own here.
    is_managed: bool,
    read_only: bool,
    schedule: Vec<Hours>,
    working_hours: Vec<WorkingHours>,
    availability: [Vec<Range>; 7],
    date_overrides: Vec<Ranges>,
}

/// The answer to a change.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    schedule: ChangedSchedule,
    is_default: bool,
    time_zone: &'static str,
    prev_default_id: Option<ScheduleId>,
    current_default_id: Option<ScheduleId>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangedSchedule {
    id: ScheduleId,
    user_id: UserId,
    name: String,
    time_zone: &'static str,
    availability: Vec<Hours>,
}

/// A weekly rule, or an override where it has a date.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Hours {
    id: usize,
    user_id: UserId,
    schedule_id: ScheduleId,
    event_type_id: Option<i64>,
    days: Vec<usize>,
    start_time: String,
    end_time: String,
    date: Option<String>,
}

/// A weekly rule in minutes since midnight.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkingHours {
    days: Vec<usize>,
    start_time: i64,
    end_time: i64,
    user_id: UserId,
}

#[derive(Debug, Serialize)]
struct Range {
    start: String,
    end: String,
}

/// The overrides of one date.
#[derive(Debug, Serialize)]
struct Ranges {
    ranges: Vec<Range>,
}

impl From<ScheduleOutput> for Shown {
    fn from(newest: ScheduleOutput) -> Self {
        Self {
            schedule: hours(&newest),
            working_hours: newest
                .availability
                .iter()
                .map(|rule| working_hours(rule, newest.owner_id))
                .collect(),
            availability: week(&newest.availability),
            date_overrides: by_date(&newest.overrides),
            id: newest.id,
            user_id: newest.owner_id,
            name: newest.name,
            time_zone: newest.time_zone,
            is_default: newest.is_default,
            is_last_schedule: newest.is_only,
            is_managed: false,
            read_only: false,
        }
    }
}

impl From<ChangedOutput> for Changed {
    fn from(changed: ChangedOutput) -> Self {
        let ChangedOutput { schedule, previous_default } = changed;
        Self {
            is_default: schedule.is_default,
            time_zone: schedule.time_zone,
            prev_default_id: previous_default,
            current_default_id: if schedule.is_default {
                Some(schedule.id)
            } else {
                previous_default
            },
            schedule: ChangedSchedule {
                availability: hours(&schedule),
                id: schedule.id,
                user_id: schedule.owner_id,
                name: schedule.name,
                time_zone: schedule.time_zone,
            },
        }
    }
}

/// The weekly rules and then the overrides, numbered.
fn hours(newest: &ScheduleOutput) -> Vec<Hours> {
    let row = |days, start, end, date: Option<NaiveDate>| Hours {
        id: 0,
        user_id: newest.owner_id,
        schedule_id: newest.id,
        event_type_id: None,
        days,
        start_time: at(NaiveDate::default(), start),
        end_time: at(NaiveDate::default(), end),
        date: date.map(|date| at(date, CivilMinute::default())),
    };
    let weekly =
        newest.availability.iter().map(|rule| row(numbers(rule), rule.start, rule.end, None));
    let dated = newest
        .overrides
        .iter()
        .map(|other| row(Vec::new(), other.start, other.end, Some(other.date)));
    weekly.chain(dated).zip(1..).map(|(row, id)| Hours { id, ..row }).collect()
}

fn working_hours(rule: &WeeklyRule, user_id: UserId) -> WorkingHours {
    let (start_time, end_time) = (rule.start.minutes(), rule.end.minutes());
    WorkingHours { days: numbers(rule), start_time, end_time, user_id }
}

/// The hours of each day, Sunday first, earliest first.
fn week(rules: &[WeeklyRule]) -> [Vec<Range>; 7] {
    FROM_SUNDAY.map(|day| {
        let mut of_day: Vec<&WeeklyRule> =
            rules.iter().filter(|rule| rule.days.contains(&day)).collect();
        of_day.sort_by_key(|rule| rule.start);
        let range = |rule: &WeeklyRule| range(NaiveDate::default(), rule.start, rule.end);
        of_day.into_iter().map(range).collect()
    })
}

/// The overrides, those of one date together, earliest date first.
fn by_date(overrides: &[Override]) -> Vec<Ranges> {
    let mut sorted: Vec<&Override> = overrides.iter().collect();
    sorted.sort_by_key(|other| (other.date, other.start));
    let of_date = |one: &[&Override]| Ranges {
        ranges: one.iter().map(|other| range(other.date, other.start, other.end)).collect(),
    };
    sorted.chunk_by(|one, other| one.date == other.date).map(of_date).collect()
}

fn range(date: NaiveDate, start: CivilMinute, end: CivilMinute) -> Range {
    Range { start: at(date, start), end: at(date, end) }
}

fn numbers(rule: &WeeklyRule) -> Vec<usize> {
    let number = |day| FROM_SUNDAY.iter().position(|known| known == day);
    rule.days.iter().filter_map(number).collect()
}

/// The instant whose UTC clock shows that time.
fn at(date: NaiveDate, time: CivilMinute) -> String {
    format!("{date}T{time}:00.000Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::{OrganizationNumber, WireId};
    use serde_json::{Value, json};

    fn newest() -> ScheduleOutput {
        let read = |json: Value| serde_json::from_value(json).unwrap();
        ScheduleOutput {
            id: ScheduleId::new(OrganizationNumber::NONE, 5),
            owner_id: UserId::new(OrganizationNumber::NONE, 2),
            name: "Hours".to_owned(),
            time_zone: "Europe/Rome",
            availability: read(json!([
                {"days": ["Monday", "Sunday"], "startTime": "09:00", "endTime": "17:30"}
            ])),
            is_default: true,
            overrides: serde_json::from_value(json!([
                {"date": "2024-05-21", "startTime": "12:00", "endTime": "13:00"},
                {"date": "2024-05-20", "startTime": "18:00", "endTime": "21:00"},
                {"date": "2024-05-20", "startTime": "08:00", "endTime": "09:00"},
            ]))
            .unwrap(),
            is_only: true,
        }
    }

    #[test]
    fn a_schedule_is_shown_in_all_its_old_forms() {
        let shown = serde_json::to_value(Shown::from(newest())).unwrap();
        for (name, value) in [
            ("id", json!(5)),
            ("userId", json!(2)),
            ("name", json!("Hours")),
            ("timeZone", json!("Europe/Rome")),
            ("isDefault", json!(true)),
            ("isLastSchedule", json!(true)),
            ("isManaged", json!(false)),
            ("readOnly", json!(false)),
            (
                "workingHours",
                json!([{"days": [1, 0], "startTime": 540, "endTime": 1050, "userId": 2}]),
            ),
        ] {
            assert_eq!(shown[name], value, "{name}");
        }
        let hours =
            json!([{"start": "1970-01-01T09:00:00.000Z", "end": "1970-01-01T17:30:00.000Z"}]);
        assert_eq!(shown["availability"], json!([hours, hours, [], [], [], [], []]));
        assert_eq!(
            shown["schedule"][0],
            json!({
                "id": 1, "userId": 2, "scheduleId": 5, "eventTypeId": null, "days": [1, 0],
                "startTime": "1970-01-01T09:00:00.000Z", "endTime": "1970-01-01T17:30:00.000Z",
                "date": null,
            })
        );
        assert_eq!(shown["schedule"][1]["date"], "2024-05-21T00:00:00.000Z");
        assert_eq!(shown["schedule"][3]["id"], 4);
        assert_eq!(
            shown["dateOverrides"],
            json!([
                {"ranges": [
                    {"start": "2024-05-20T08:00:00.000Z", "end": "2024-05-20T09:00:00.000Z"},
                    {"start": "2024-05-20T18:00:00.000Z", "end": "2024-05-20T21:00:00.000Z"},
                ]},
                {"ranges": [
                    {"start": "2024-05-21T12:00:00.000Z", "end": "2024-05-21T13:00:00.000Z"},
                ]},
            ])
        );
    }

    #[test]
    fn a_change_says_what_the_default_was_and_is() {
        let previous_default = Some(ScheduleId::new(OrganizationNumber::NONE, 4));
        let shown = |is_default| {
            let schedule = ScheduleOutput { is_default, ..newest() };
            let changed = ChangedOutput { schedule, previous_default };
            serde_json::to_value(Changed::from(changed)).unwrap()
        };
        assert_eq!(shown(true)["prevDefaultId"], 4);
        assert_eq!(shown(true)["currentDefaultId"], 5);
        assert_eq!(shown(false)["currentDefaultId"], 4);
        assert_eq!(shown(true)["schedule"]["userId"], 2);
        assert_eq!(shown(true)["schedule"]["availability"].as_array().unwrap().len(), 4);
    }
}

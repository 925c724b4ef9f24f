//! Bodies and queries of out-of-office entries.

use meridian_gateway::ApiError;
use meridian_gateway::validate::{Fields, Violation, instant, integer, one_of, text};
use meridian_kernel::{Instant, UserId, WireId};
use meridian_store::out_of_office::{Order, OutOfOfficeChange, Page};
use serde_json::Value;

use super::{backwards, event};
use crate::page;

/// How long notes may be, in characters.
const MAX_NOTES: usize = 2_000;

/// A day in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A new entry.
pub struct NewEntry {
    pub start: Instant,
    pub end: Instant,
    pub notes: Option<String>,
    pub to_user: Option<UserId>,
    pub reason: &'static str,
}

pub fn parse_new(body: &Value, user: UserId) -> Result<NewEntry, ApiError> {
    let mut fields = Fields::of(body);
    let start = fields.required_some("start", instant());
    let end = fields.required_some("end", instant());
    let new = NewEntry {
        start: first_of_day(start.unwrap_or(Instant::EARLIEST)),
        end: last_of_day(end.unwrap_or(Instant::LATEST)),
        notes: fields.optional("notes", text(0, MAX_NOTES)),
        to_user: fields.optional("toUserId", other_user(user)),
        reason: fields.optional("reason", one_of(&event::REASONS)).unwrap_or(event::UNSPECIFIED),
    };
    fields.finish()?;
    in_order(start, end)?;
    Ok(new)
}

pub fn parse_change(body: &Value, user: UserId) -> Result<OutOfOfficeChange, ApiError> {
    let mut fields = Fields::of(body);
    let start = fields.optional("start", instant());
    let end = fields.optional("end", instant());
    let change = OutOfOfficeChange {
        start: start.map(first_of_day),
        end: end.map(last_of_day),
        notes: fields.patch("notes", text(0, MAX_NOTES)),
        to_user_id: fields.patch("toUserId", other_user(user)),
        reason: fields.optional("reason", one_of(&event::REASONS)).map(str::to_owned),
    };
    fields.finish()?;
    in_order(start, end)?;
    Ok(change)
}

/// The query of a list.
pub fn parse_page(fields: &mut Fields<'_>) -> Page {
    let page::Page { skip, take } = page::Page::read(fields);
    let mut order = |name| {
        let word = fields.optional(name, one_of(&["asc", "desc"]))?;
        Some(if word == "asc" { Order::Ascending } else { Order::Descending })
    };
    Page { by_start: order("sortStart"), by_end: order("sortEnd"), skip, take }
}

/// As they were sent: on one day, an end before the start is a mistake all the same.
fn in_order(start: Option<Instant>, end: Option<Instant>) -> Result<(), ApiError> {
    match (start, end) {
        (Some(start), Some(end)) if start > end => Err(backwards()),
        _ => Ok(()),
    }
}

/// 00:00:00.000Z of the UTC date.
fn first_of_day(instant: Instant) -> Instant {
    Instant::from_millis(instant.millis().div_euclid(DAY) * DAY)
}

/// 23:59:59.999Z of the UTC date.
fn last_of_day(instant: Instant) -> Instant {
    first_of_day(instant).plus_millis(DAY - 1)
}

fn other_user(user: UserId) -> impl Fn(&Value) -> Result<UserId, Violation> {
    let integer = integer(1, i64::MAX);
    move |value| {
        let other = UserId::from_wire(integer(value)?);
        let other = other.map_err(|error| Violation::new("isId", error.to_string()))?;
        if other == user {
            return Err(Violation::new("isOther", "must be the ID of somebody else"));
        }
        Ok(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::{OrganizationNumber, Patch};
    use serde_json::json;

    fn user() -> UserId {
        UserId::new(OrganizationNumber::NONE, 7)
    }

    fn refusal(body: Value) -> String {
        parse_new(&body, user()).err().unwrap().message
    }

    #[test]
    fn an_entry_covers_whole_utc_days() {
        let body = json!({"start": "2050-05-01T23:30:00-02:00", "end": "2050-05-10T00:00:00Z"});
        let new = parse_new(&body, user()).unwrap();
        assert_eq!(new.start.to_iso(), "2050-05-02T00:00:00.000Z");
        assert_eq!(new.end.to_iso(), "2050-05-10T23:59:59.999Z");
        assert_eq!((new.notes, new.to_user, new.reason), (None, None, "unspecified"));
        let change = parse_change(&json!({"end": "2050-05-10"}), user()).unwrap();
        assert_eq!(change.start, None);
        assert_eq!(change.end.unwrap().to_iso(), "2050-05-10T23:59:59.999Z");
        assert_eq!((change.notes, change.to_user_id), (Patch::Absent, Patch::Absent));
    }

    #[test]
    fn the_bounds_of_time_are_no_trap() {
        let body = json!({"start": "0001-01-01", "end": "9999-12-31T23:59:59.999Z"});
        let new = parse_new(&body, user()).unwrap();
        assert_eq!(new.start, Instant::EARLIEST);
        assert_eq!(new.end, Instant::LATEST);
    }

    #[test]
    fn an_end_before_the_start_is_refused_on_one_day_too() {
        let days = |start: &str, end: &str| json!({"start": start, "end": end});
        for (start, end) in
            [("2050-05-02", "2050-05-01"), ("2050-05-01T10:00:00Z", "2050-05-01T09:00:00Z")]
        {
            assert_eq!(refusal(days(start, end)), "start must not be after end");
            assert!(parse_change(&days(start, end), user()).is_err());
        }
        assert!(parse_new(&days("2050-05-01", "2050-05-01"), user()).is_ok());
    }

    #[test]
    fn every_mistake_is_named() {
        let message = refusal(json!({
            "start": "soon", "toUserId": 7, "reason": "bored", "notes": "x".repeat(2_001),
        }));
        for field in
            ["start must be", "end must be", "toUserId must be", "reason must", "notes must"]
        {
            assert!(message.contains(field), "{field}: {message}");
        }
    }
}

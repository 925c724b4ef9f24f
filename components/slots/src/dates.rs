//! Civil dates in bodies.

use chrono::NaiveDate;
use meridian_gateway::validate::Violation;
use meridian_scheduling::parse_date;
use serde_json::Value;

/// A date, `YYYY-MM-DD`.
pub fn date() -> impl Fn(&Value) -> Result<NaiveDate, Violation> {
    |value| {
        let date = value.as_str().and_then(parse_date);
        let text = "must be a valid ISO 8601 date string, such as 2024-05-20";
        date.ok_or_else(|| Violation::new("isISO8601", text))
    }
}

//! How far ahead bookings may be made.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The days on which bookings may start. Days are civil days of the host's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum BookingWindow {
    /// The next `value` working days, Monday to Friday.
    BusinessDays {
        /// How many.
        value: u32,
        /// Whether only days that still have a slot count, so that so many are
        /// always offered.
        #[serde(default)]
        rolling: bool,
    },
    /// The next `value` days.
    CalendarDays {
        /// How many.
        value: u32,
        /// Whether only days that still have a slot count.
        #[serde(default)]
        rolling: bool,
    },
    /// From a day to a day.
    Range {
        /// Both days included.
        value: DateRange,
    },
}

/// Two days, both included: `["2030-09-05","2030-09-09"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateRange {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

/// How a day is written.
const FORM: &str = "%Y-%m-%d";

impl DateRange {
    /// Reads both days. A time behind a day, as some clients send, is dropped.
    /// `None` where one is no day or they are in the wrong order.
    pub fn parse(first: &str, last: &str) -> Option<Self> {
        let day = |text: &str| {
            let date = text.split_once('T').map_or(text, |(date, _)| date);
            NaiveDate::parse_from_str(date, FORM).ok()
        };
        let range = Self { first: day(first)?, last: day(last)? };
        (range.first <= range.last).then_some(range)
    }
}

impl Serialize for DateRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let days = [self.first, self.last].map(|day| day.format(FORM).to_string());
        days.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DateRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [first, last] = <[String; 2]>::deserialize(deserializer)?;
        Self::parse(&first, &last).ok_or_else(|| serde::de::Error::custom("no range of days"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_keeps_the_form_of_the_api() {
        for json in [
            r#"{"type":"businessDays","value":5,"rolling":true}"#,
            r#"{"type":"calendarDays","value":30,"rolling":false}"#,
            r#"{"type":"range","value":["2030-09-05","2030-09-09"]}"#,
        ] {
            let window: BookingWindow = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&window).unwrap(), json);
        }
    }

    #[test]
    fn a_range_has_two_days_in_order() {
        assert!(DateRange::parse("2030-09-05T10:00:00Z", "2030-09-05").is_some());
        assert_eq!(DateRange::parse("2030-09-06", "2030-09-05"), None);
        assert_eq!(DateRange::parse("2030-02-30", "2030-09-05"), None);
    }
}

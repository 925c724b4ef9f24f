//! What a schedule says, in civil times. The JSON of these types is the JSON of
//! the API (contract: schedules, "Shape") and of the stored row.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use meridian_kernel::Zone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day of the week, by its full English name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    /// All of them, from Monday on.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The names, from Monday on.
    pub const NAMES: [&str; 7] =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// From the full English name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().zip(Self::NAMES).find(|(_, known)| *known == name).map(|(day, _)| day)
    }

    /// Monday is 0.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// A time on the wall clock to the minute, `00:00` to `23:59`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilMinute(u16);

/// Why a text is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CivilMinuteError;

impl fmt::Display for CivilMinuteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a valid time in format HH:MM e.g. 08:00")
    }
}

impl std::error::Error for CivilMinuteError {}

impl CivilMinute {
    /// The last minute of a day. As an end it means midnight: people cannot write 24:00.
    pub(crate) const LAST: Self = Self(23 * 60 + 59);

    /// From an hour below 24 and a minute below 60.
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self(hour * 60 + minute)) } else { None }
    }

    /// Minutes since the day began.
    pub const fn minutes(self) -> i64 {
        self.0 as i64
    }
}

impl FromStr for CivilMinute {
    type Err = CivilMinuteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let [h, hh, b':', m, mm] = text.as_bytes() else { return Err(CivilMinuteError) };
        let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
        let number = |tens, ones| Some(digit(tens)? * 10 + digit(ones)?);
        let parse = || Self::new(number(*h, *hh)?, number(*m, *mm)?);
        parse().ok_or(CivilMinuteError)
    }
}

impl fmt::Display for CivilMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for CivilMinute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CivilMinute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The same hours on certain days of every week. An end before the start is on
/// the next day; an end equal to the start means no hours at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyRule {
    /// In the order given.
    pub days: Vec<Day>,
    /// When the hours begin.
    #[serde(rename = "startTime")]
    pub start: CivilMinute,
    /// When they end; 23:59 means midnight.
    #[serde(rename = "endTime")]
    pub end: CivilMinute,
}

/// Other hours on one date: they replace that date's weekly hours. Several on one
/// date add up; an end equal to the start closes the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// In the schedule's zone.
    #[serde(with = "date")]
    pub date: NaiveDate,
    /// When the hours begin.
    #[serde(rename = "startTime")]
    pub start: CivilMinute,
    /// When they end; 23:59 means midnight.
    #[serde(rename = "endTime")]
    pub end: CivilMinute,
}

/// When somebody works, in their own zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Where its wall clock hangs.
    pub zone: Zone,
    /// In any order; they may overlap.
    pub rules: Vec<WeeklyRule>,
    /// In any order.
    pub overrides: Vec<Override>,
}

impl Schedule {
    /// The weekly hours of a schedule whose maker named none: Monday to Friday,
    /// 09:00 to 17:00.
    pub fn office_hours() -> Vec<WeeklyRule> {
        let days = vec![Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday];
        vec![WeeklyRule { days, start: CivilMinute(9 * 60), end: CivilMinute(17 * 60) }]
    }
}

/// Reads `YYYY-MM-DD` and nothing else.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    // `chrono` alone would also take 2024-5-2, signs and blanks.
    let digit_or_dash = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let plain = text.len() == 10 && text.bytes().enumerate().all(digit_or_dash);
    if plain { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

mod date {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        super::parse_date(&text).ok_or_else(|| serde::de::Error::custom("must be YYYY-MM-DD"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_two_digits_each() {
        assert_eq!("09:05".parse(), Ok(CivilMinute(545)));
        assert_eq!(CivilMinute(545).to_string(), "09:05");
        for text in ["", "9:05", "09:5", "24:00", "12:60", "09-05", "ab:cd", "09:05:00", "+9:05"] {
            assert_eq!(text.parse::<CivilMinute>(), Err(CivilMinuteError), "{text}");
        }
    }

    #[test]
    fn dates_are_four_two_and_two_digits() {
        assert_eq!(parse_date("2024-02-29"), NaiveDate::from_ymd_opt(2024, 2, 29));
        for text in [
            "2023-02-29",
            "2024-2-29",
            "24-02-29",
            "2024-02-29T00:00:00Z",
            "+12024-1-1",
            " 024-01-01",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn rules_are_stored_as_the_api_shows_them() {
        let text = r#"[{"days":["Sunday","Monday"],"startTime":"09:00","endTime":"17:30"}]"#;
        let rules: Vec<WeeklyRule> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&rules).unwrap(), text);
        let text = r#"[{"date":"2024-05-20","startTime":"18:00","endTime":"21:00"}]"#;
        let overrides: Vec<Override> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&overrides).unwrap(), text);
    }
}

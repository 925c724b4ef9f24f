//! A point in time, in milliseconds since 1970-01-01T00:00:00Z.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Zone;

/// A point in time. Civil times (a wall clock somewhere) are `chrono`'s naive
/// types and meet instants only through a [`Zone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(i64);

/// Why a text is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstantError;

impl fmt::Display for InstantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a valid ISO 8601 date string, such as 2050-09-05T07:00:00.000Z")
    }
}

impl std::error::Error for InstantError {}

/// One minute in milliseconds.
const MINUTE: i64 = 60_000;

impl Instant {
    /// 0001-01-01T00:00:00Z: nothing earlier is accepted from clients.
    pub const EARLIEST: Self = Self(-62_135_596_800_000);
    /// 9999-12-31T23:59:59.999Z: nothing later is accepted from clients.
    pub const LATEST: Self = Self(253_402_300_799_999);

    /// From milliseconds since 1970, held within [`Self::EARLIEST`] and [`Self::LATEST`].
    pub const fn from_millis(millis: i64) -> Self {
        if millis < Self::EARLIEST.0 {
            Self::EARLIEST
        } else if millis > Self::LATEST.0 {
            Self::LATEST
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The clock of the machine. Only the edge of a request calls this; everything
    /// below is given `now`.
    pub fn now() -> Self {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::from_millis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }

    /// Later by so many minutes (earlier where negative), held within the bounds.
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self::from_millis(self.0.saturating_add(minutes.saturating_mul(MINUTE)))
    }

    /// Later by so many milliseconds (earlier where negative), held within the bounds.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// Whole minutes from `earlier` to here, rounded down.
    pub const fn minutes_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(MINUTE)
    }

    /// As `chrono` has it.
    pub fn to_utc(self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0).single().unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// From `chrono`.
    pub fn from_utc(time: DateTime<Utc>) -> Self {
        Self::from_millis(time.timestamp_millis())
    }

    /// `2050-09-05T07:00:00.000Z`, the form of every instant the API answers with.
    pub fn to_iso(self) -> String {
        String::from_utf8_lossy(&self.iso()).into_owned()
    }

    /// The same, without reading a format over and over: answers are full of them.
    pub fn iso(self) -> [u8; 24] {
        // Of a time with an offset every part would be computed from the start.
        let time = self.to_utc().naive_utc();
        let millis = u32::try_from(self.0.rem_euclid(1_000)).unwrap_or(0);
        let year = u32::try_from(time.year()).unwrap_or(0);
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (place, digits, mut number) in [
            (0, 4, year),
            (5, 2, time.month()),
            (8, 2, time.day()),
            (11, 2, time.hour()),
            (14, 2, time.minute()),
            (17, 2, time.second()),
            (20, 3, millis),
        ] {
            for digit in text.iter_mut().skip(place).take(digits).rev() {
                *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
                number /= 10;
            }
        }
        text
    }

    /// `2050-09-05T09:00:00.000+02:00` in the zone given; `…Z` where the zone is UTC.
    pub fn to_iso_in(self, zone: Zone) -> String {
        if zone.is_utc() {
            return self.to_iso();
        }
        self.to_utc().with_timezone(&zone.tz()).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }

    /// Reads what clients send: a date (midnight UTC), or a date and time with
    /// `Z` or an offset; without either, UTC is meant.
    pub fn parse(text: &str) -> Result<Self, InstantError> {
        let instant = Self::parse_any(text).ok_or(InstantError)?;
        // `from_millis` would clamp silently: what lies outside is the client's mistake.
        if !(Self::EARLIEST.0..=Self::LATEST.0).contains(&instant) {
            return Err(InstantError);
        }
        Ok(Self(instant))
    }

    fn parse_any(text: &str) -> Option<i64> {
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Some(time.timestamp_millis());
        }
        if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis());
        }
        for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f"] {
            if let Ok(time) = NaiveDateTime::parse_from_str(text, form) {
                return Some(time.and_utc().timestamp_millis());
            }
        }
        // `2050-09-05T07:00Z`: no seconds, which RFC 3339 demands and clients leave out.
        let bare = text.strip_suffix(['Z', 'z'])?;
        let time = NaiveDateTime::parse_from_str(bare, "%Y-%m-%dT%H:%M").ok()?;
        Some(time.and_utc().timestamp_millis())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.iso()).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.iso();
        let text = std::str::from_utf8(&text).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(text)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_in_every_form_clients_send() {
        let expected = "2050-09-05T07:00:00.000Z";
        for text in [
            "2050-09-05T07:00:00.000Z",
            "2050-09-05T07:00:00Z",
            "2050-09-05T07:00Z",
            "2050-09-05T07:00:00",
            "2050-09-05T09:00:00+02:00",
        ] {
            assert_eq!(Instant::parse(text).unwrap().to_iso(), expected, "{text}");
        }
        assert_eq!(Instant::parse("2050-09-05").unwrap().to_iso(), "2050-09-05T00:00:00.000Z");
    }

    #[test]
    fn instants_are_written_as_calendars_count() {
        let form = "%Y-%m-%dT%H:%M:%S%.3fZ";
        let bounds = [Instant::EARLIEST, Instant::LATEST, Instant(0), Instant(-1)];
        // Steps that meet every day of the year, hour, second and millisecond.
        let many = (0..19_000).map(|step| Instant(step * 15_778_462_999 - 60_000_000_000_000));
        for instant in bounds.into_iter().chain(many) {
            let expected = instant.to_utc().format(form).to_string();
            assert_eq!(instant.to_iso(), expected);
            assert_eq!(instant.to_string(), expected);
        }
    }

    #[test]
    fn absurd_texts_are_no_instants() {
        for text in
            ["", "tomorrow", "2050-13-01", "+262142-01-01T00:00:00Z", "2050-09-05T25:00:00Z"]
        {
            assert!(Instant::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn other_zones_show_their_offset() {
        let instant = Instant::parse("2050-09-05T07:00:00Z").unwrap();
        let rome = Zone::parse("Europe/Rome").unwrap();
        assert_eq!(instant.to_iso_in(rome), "2050-09-05T09:00:00.000+02:00");
        assert_eq!(instant.to_iso_in(Zone::UTC), "2050-09-05T07:00:00.000Z");
    }
}

//! IANA time zones, and where civil times meet instants.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::Instant;

/// An IANA time zone. Case is forgiven and normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// Why a text is no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneError;

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a valid IANA time zone, such as Europe/Rome")
    }
}

impl std::error::Error for ZoneError {}

/// The longest gap any zone has had: a whole day, when Samoa crossed the date line.
const LONGEST_GAP_MINUTES: i64 = 24 * 60;

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The version of the tz database built in, such as `2026b`.
    pub const DATABASE_VERSION: &str = chrono_tz::IANA_TZDB_VERSION;

    /// Reads an IANA name in any case.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        Tz::from_str(name)
            .or_else(|_| Tz::from_str_insensitive(name))
            .map(Self)
            .map_err(|_| ZoneError)
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Every zone of the database, older names included.
    pub fn all() -> impl Iterator<Item = Self> {
        chrono_tz::TZ_VARIANTS.iter().copied().map(Self)
    }

    /// For `chrono`.
    pub fn tz(self) -> Tz {
        self.0
    }

    /// Whether instants in this zone are written with `Z`.
    pub fn is_utc(self) -> bool {
        matches!(self.0, Tz::UTC | Tz::Etc__UTC)
    }

    /// What the wall clock shows at an instant.
    pub fn civil(self, instant: Instant) -> NaiveDateTime {
        instant.to_utc().with_timezone(&self.0).naive_local()
    }

    /// The civil date at an instant.
    pub fn date(self, instant: Instant) -> NaiveDate {
        self.civil(instant).date()
    }

    /// The offset from UTC in minutes at an instant, east positive.
    pub fn offset_minutes(self, instant: Instant) -> i64 {
        let local = self.civil(instant).and_utc();
        (local - instant.to_utc()).num_minutes()
    }

    /// The instant of a civil time. Fold (shown twice): the first. Gap (never
    /// shown): the instant at which the gap ends.
    pub fn instant(self, civil: NaiveDateTime) -> Instant {
        match self.0.from_local_datetime(&civil) {
            LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => utc(time),
            LocalResult::None => self.end_of_gap(civil),
        }
    }

    /// The first instant of a civil day.
    pub fn start_of_day(self, date: NaiveDate) -> Instant {
        self.instant(date.and_time(NaiveTime::MIN))
    }

    /// Looks for the transition inside the gap, by halving: before it the clock
    /// shows an earlier time than the one sought, after it a later one.
    fn end_of_gap(self, civil: NaiveDateTime) -> Instant {
        let around = Instant::from_utc(civil.and_utc());
        // Offsets lie within a day of UTC, so the transition lies within two.
        let mut before = around.plus_minutes(-2 * LONGEST_GAP_MINUTES);
        let mut after = around.plus_minutes(2 * LONGEST_GAP_MINUTES);
        while after.millis() - before.millis() > 1 {
            let middle = Instant::from_millis(before.millis().midpoint(after.millis()));
            if self.civil(middle) < civil {
                before = middle;
            } else {
                after = middle;
            }
        }
        after
    }
}

fn utc(time: DateTime<Tz>) -> Instant {
    Instant::from_utc(time.with_timezone(&Utc))
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn civil(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    #[test]
    fn a_gap_is_the_instant_after_it_and_a_fold_the_first() {
        let new_york = Zone::parse("America/New_York").unwrap();
        // Clocks go from 02:00 to 03:00 on 2026-03-08.
        assert_eq!(
            new_york.instant(civil("2026-03-08T02:30")).to_iso(),
            "2026-03-08T07:00:00.000Z"
        );
        // 01:30 is shown twice on 2026-11-01.
        assert_eq!(
            new_york.instant(civil("2026-11-01T01:30")).to_iso(),
            "2026-11-01T05:30:00.000Z"
        );
    }

    #[test]
    fn a_day_that_never_was_ends_at_the_next_one() {
        let apia = Zone::parse("Pacific/Apia").unwrap();
        assert_eq!(apia.instant(civil("2011-12-30T12:00")).to_iso(), "2011-12-30T10:00:00.000Z");
    }

    #[test]
    fn names_are_read_in_any_case() {
        assert_eq!(Zone::parse("europe/rome").unwrap().name(), "Europe/Rome");
        assert!(Zone::parse("Mars/Olympus").is_err());
        assert!(Zone::UTC.is_utc());
    }
}

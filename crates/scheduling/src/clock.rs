//! The wall clock of one zone over one range.

use chrono::{DateTime, NaiveDate};
use meridian_kernel::{Instant, Zone};

use crate::{DAY, Interval};

/// How far beyond its range a clock knows its zone. Offsets lie within a day of
/// UTC, and the longest gap any zone has had was a whole day.
const MARGIN_DAYS: i64 = 3;

/// A zone's offsets over a range, looked up once: inside the range, civil times
/// and instants convert by plain arithmetic.
///
/// Civil times are milliseconds since 1970-01-01T00:00 on the wall, and civil days
/// are days since 1970-01-01.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalClock {
    /// The offset before the first transition, in milliseconds, east positive.
    first_offset: i64,
    /// When the offset changes and what it is from then on, in order.
    transitions: Vec<(i64, i64)>,
}

impl LocalClock {
    /// A zone's clock, right within the range and three days around it.
    pub fn covering(zone: Zone, range: Interval) -> Self {
        let offset_at = |millis: i64| civil_millis(zone, Instant::from_millis(millis)) - millis;
        let mut at = range.start.plus_minutes(-MARGIN_DAYS * 24 * 60).millis();
        let end = range.end.plus_minutes(MARGIN_DAYS * 24 * 60).millis();
        let mut clock = Self::fixed(offset_at(at));
        if zone.is_utc() {
            return clock;
        }
        let mut offset = clock.first_offset;
        while at < end {
            // No zone changes its clock twice within a day.
            let next = (at + DAY).min(end);
            let next_offset = offset_at(next);
            if next_offset != offset {
                clock
                    .transitions
                    .push((first_with(at, next, |t| offset_at(t) != offset), next_offset));
                offset = next_offset;
            }
            at = next;
        }
        clock
    }

    /// A clock that is always so many milliseconds ahead of UTC.
    pub const fn fixed(offset_millis: i64) -> Self {
        Self { first_offset: offset_millis, transitions: Vec::new() }
    }

    /// How far this clock is ahead of UTC, in milliseconds.
    pub fn offset(&self, instant: Instant) -> i64 {
        let known = self.transitions.iter().rev().find(|(at, _)| *at <= instant.millis());
        known.map_or(self.first_offset, |(_, offset)| *offset)
    }

    /// The civil time shown.
    pub fn civil(&self, instant: Instant) -> i64 {
        instant.millis() + self.offset(instant)
    }

    /// The civil day shown.
    pub fn day(&self, instant: Instant) -> i64 {
        self.civil(instant).div_euclid(DAY)
    }

    /// The instant of a civil time. Shown twice: the first. Never shown: the
    /// instant at which the gap ends.
    pub fn instant(&self, civil: i64) -> Instant {
        let mut offset = self.first_offset;
        let mut since = i64::MIN;
        for (at, next_offset) in &self.transitions {
            if civil < at + offset {
                break;
            }
            (since, offset) = (*at, *next_offset);
        }
        Instant::from_millis((civil - offset).max(since))
    }

    /// The first instant of a civil day.
    pub fn start_of_day(&self, day: i64) -> Instant {
        self.instant(day.saturating_mul(DAY))
    }
}

/// The days since 1970-01-01 of a date.
pub(crate) fn day_number(date: NaiveDate) -> i64 {
    date.signed_duration_since(DateTime::UNIX_EPOCH.date_naive()).num_days()
}

fn civil_millis(zone: Zone, instant: Instant) -> i64 {
    zone.civil(instant).and_utc().timestamp_millis()
}

/// The first number after `before` with a property that `after` has, by halving.
fn first_with(mut before: i64, mut after: i64, has: impl Fn(i64) -> bool) -> i64 {
    while after - before > 1 {
        let middle = before.midpoint(after);
        if has(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MINUTE;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn clock(zone: &str, start: &str, end: &str) -> LocalClock {
        LocalClock::covering(Zone::parse(zone).unwrap(), Interval::new(at(start), at(end)))
    }

    #[test]
    fn a_clock_shows_what_its_zone_does() {
        for name in [
            "America/New_York",
            "Europe/London",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
            "Asia/Kathmandu",
            "America/Havana",
            "Pacific/Apia",
            "UTC",
            "Antarctica/Troll",
        ] {
            let zone = Zone::parse(name).unwrap();
            let clock = clock(name, "2011-06-01", "2012-06-01");
            let mut instant = at("2011-06-01");
            while instant < at("2012-06-01") {
                assert_eq!(clock.civil(instant), civil_millis(zone, instant), "{name} {instant}");
                let civil = zone.civil(instant);
                assert_eq!(
                    clock.instant(clock.civil(instant)),
                    zone.instant(civil),
                    "{name} {civil}"
                );
                let wall = instant.to_utc().naive_utc();
                assert_eq!(clock.instant(instant.millis()), zone.instant(wall), "{name} {wall}");
                instant = instant.plus_minutes(17);
            }
        }
    }

    #[test]
    fn a_transition_is_found_to_the_millisecond() {
        let clock = clock("Europe/Rome", "2026-03-28", "2026-03-30");
        let spring = at("2026-03-29T01:00:00Z");
        assert_eq!(clock.offset(spring), 120 * MINUTE);
        assert_eq!(clock.offset(spring.plus_millis(-1)), 60 * MINUTE);
    }
}

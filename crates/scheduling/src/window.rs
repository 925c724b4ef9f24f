//! How far ahead bookings are taken.

use chrono::NaiveDate;
use meridian_kernel::{Instant, Zone};

use crate::clock::day_number;
use crate::{Interval, LocalClock, MINUTE};

/// How far ahead the days of a rolling window are looked for, in days.
pub const MAX_ROLLING_SEARCH_DAYS: i64 = 366;

/// The dates on which bookings are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BookingWindow {
    /// Any.
    #[default]
    Unlimited,
    /// Today and so many days after it.
    Ahead(Span),
    /// Until so many days that can be booked have been counted.
    Rolling(Span),
    /// From one date to another, both included, on the host's wall.
    Dates {
        /// The first.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
}

/// A number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// How many.
    pub days: u32,
    /// Whether Saturdays and Sundays do not count.
    pub business: bool,
}

/// Saturday and Sunday, where 1970-01-01, day 0, was a Thursday.
const fn is_weekend(day: i64) -> bool {
    matches!((day + 3).rem_euclid(7), 5 | 6)
}

impl Span {
    const fn counts(self, day: i64) -> bool {
        !(self.business && is_weekend(day))
    }

    /// The last day of the window that begins with `today`.
    fn last_day(self, today: i64) -> i64 {
        if !self.business {
            return today + i64::from(self.days);
        }
        // Five of seven days count: whole weeks at once, then day by day.
        let mut day = today + i64::from(self.days / 5) * 7;
        let mut left = self.days % 5;
        if left == 0 && self.days > 0 && is_weekend(day) {
            // Whole weeks counted from a weekend end on the Friday before it.
            day -= (day + 3).rem_euclid(7) - 4;
        }
        while left > 0 {
            day += 1;
            left -= u32::from(self.counts(day));
        }
        day
    }

    /// The end of the window in a zone: starts lie before it.
    pub(crate) fn end_in(self, zone: Zone, now: Instant) -> Instant {
        let after = self.last_day(day_number(zone.date(now))) + 1;
        date(after).map_or(Instant::LATEST, |date| zone.start_of_day(date))
    }

    /// The end of the window where it ends last in the world.
    pub(crate) fn end_anywhere(self, now: Instant) -> Instant {
        let end = |clock: LocalClock| clock.start_of_day(self.last_day(clock.day(now)) + 1);
        anywhere().map(end).max().map_or(Instant::LATEST, after_clock_change)
    }

    /// The end of a rolling window on that clock: the end of the day with which
    /// enough days were counted. `None` where the starts do not suffice.
    pub(crate) fn rolling_end(self, starts: &[Instant], clock: &LocalClock) -> Option<Instant> {
        let mut left = self.days;
        let mut counted = i64::MIN;
        for start in starts {
            let day = clock.day(*start);
            if day == counted || !self.counts(day) {
                continue;
            }
            counted = day;
            left = left.saturating_sub(1);
            if left == 0 {
                return Some(clock.start_of_day(day + 1));
            }
        }
        None
    }

    /// The same where the window ends last in the world.
    pub(crate) fn rolling_end_anywhere(self, starts: &[Instant]) -> Option<Instant> {
        let ends = anywhere().map(|clock| self.rolling_end(starts, &clock));
        let all: Option<Vec<Instant>> = ends.collect();
        all?.into_iter().max().map(after_clock_change)
    }
}

/// The first and last instants of dates on a zone's wall: starts lie between.
pub(crate) fn dates(from: NaiveDate, to: NaiveDate, zone: Zone) -> Interval {
    let after = to.succ_opt().unwrap_or(to);
    Interval::new(zone.start_of_day(from), zone.start_of_day(after))
}

/// What is searched for the days of a rolling window.
pub(crate) fn rolling_search(now: Instant, until: Instant) -> Interval {
    let last = now.plus_minutes(MAX_ROLLING_SEARCH_DAYS * 24 * 60);
    Interval::new(now, until.min(last))
}

/// The clocks of the world: every quarter of an hour from UTC-12 to UTC+14.
///
/// A booking does not say in which zone its booker looked at the slots. A start
/// is refused only where no zone would have shown it.
fn anywhere() -> impl Iterator<Item = LocalClock> {
    (-12 * 4..=14 * 4).map(|quarters| LocalClock::fixed(quarters * 15 * MINUTE))
}

/// Clocks may be set back by an hour between now and a window's end.
fn after_clock_change(end: Instant) -> Instant {
    end.plus_minutes(60)
}

fn date(day: i64) -> Option<NaiveDate> {
    let since = chrono::TimeDelta::try_days(day)?;
    chrono::DateTime::UNIX_EPOCH.date_naive().checked_add_signed(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i64 {
        day_number(text.parse().unwrap())
    }

    fn business(days: u32) -> Span {
        Span { days, business: true }
    }

    #[test]
    fn business_days_leave_weekends_out() {
        // 2026-04-06 is a Monday.
        assert_eq!(business(3).last_day(day("2026-04-06")), day("2026-04-09"));
        assert_eq!(business(5).last_day(day("2026-04-06")), day("2026-04-13"));
        assert_eq!(business(1).last_day(day("2026-04-10")), day("2026-04-13"));
        assert_eq!(business(1).last_day(day("2026-04-11")), day("2026-04-13"));
        assert_eq!(business(5).last_day(day("2026-04-11")), day("2026-04-17"));
        assert_eq!(business(0).last_day(day("2026-04-11")), day("2026-04-11"));
    }

    #[test]
    fn business_days_counted_in_weeks_are_those_counted_one_by_one() {
        for today in day("2026-04-06")..day("2026-04-13") {
            for days in 0..40 {
                let mut expected = today;
                let mut left = days;
                while left > 0 {
                    expected += 1;
                    left -= u32::from(!is_weekend(expected));
                }
                assert_eq!(business(days).last_day(today), expected, "{days} from {today}");
            }
        }
    }
}

//! The times of a series of bookings.

use chrono::{Days, Months, NaiveDateTime};
use meridian_kernel::{Instant, Zone};

use crate::event_type::{Frequency, Recurrence};

const DAYS_IN_WEEK: u64 = 7;
const MONTHS_IN_YEAR: u32 = 12;

/// The starts of a series: the wall clock of the zone shows the same time of day at
/// each of them, whatever its offset is. A month without that day has its last one.
/// `None` where the calendar ends before the series does.
pub(super) fn starts(
    first: Instant,
    recurrence: Recurrence,
    count: u32,
    zone: Zone,
) -> Option<Vec<Instant>> {
    let wall = zone.civil(first);
    let later = |index| {
        let start = zone.instant(step(wall, recurrence, index)?);
        (first < start && start < Instant::LATEST).then_some(start)
    };
    // The first is what was asked for, also where the wall shows it twice.
    std::iter::once(Some(first)).chain((1..count).map(later)).collect()
}

fn step(wall: NaiveDateTime, recurrence: Recurrence, index: u32) -> Option<NaiveDateTime> {
    let steps = recurrence.interval.checked_mul(index)?;
    match recurrence.frequency {
        Frequency::Weekly => wall.checked_add_days(Days::new(u64::from(steps) * DAYS_IN_WEEK)),
        Frequency::Monthly => wall.checked_add_months(Months::new(steps)),
        Frequency::Yearly => {
            wall.checked_add_months(Months::new(steps.checked_mul(MONTHS_IN_YEAR)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(first: &str, frequency: Frequency, interval: u32, zone: &str) -> Vec<String> {
        let recurrence = Recurrence { interval, occurrences: 10, frequency };
        let first = Instant::parse(first).unwrap();
        let starts = starts(first, recurrence, 3, Zone::parse(zone).unwrap()).unwrap();
        starts.into_iter().map(|start| start.to_iso().replace(":00.000Z", "")).collect()
    }

    #[test]
    fn a_series_keeps_the_wall_clock_of_its_zone() {
        // Rome leaves daylight saving time on 2050-10-30.
        assert_eq!(
            times("2050-10-17T08:00:00Z", Frequency::Weekly, 1, "Europe/Rome"),
            ["2050-10-17T08:00", "2050-10-24T08:00", "2050-10-31T09:00"]
        );
        assert_eq!(
            times("2050-10-17T08:00:00Z", Frequency::Weekly, 1, "Asia/Kolkata"),
            ["2050-10-17T08:00", "2050-10-24T08:00", "2050-10-31T08:00"]
        );
    }

    #[test]
    fn steps_are_weeks_months_or_years() {
        assert_eq!(
            times("2050-01-31T08:00:00Z", Frequency::Monthly, 1, "UTC"),
            ["2050-01-31T08:00", "2050-02-28T08:00", "2050-03-31T08:00"]
        );
        assert_eq!(
            times("2050-01-03T08:00:00Z", Frequency::Weekly, 2, "UTC"),
            ["2050-01-03T08:00", "2050-01-17T08:00", "2050-01-31T08:00"]
        );
        assert_eq!(
            times("2048-02-29T08:00:00Z", Frequency::Yearly, 1, "UTC"),
            ["2048-02-29T08:00", "2049-02-28T08:00", "2050-02-28T08:00"]
        );
    }

    #[test]
    fn a_series_beyond_the_calendar_is_none() {
        let yearly = Recurrence { interval: 100, occurrences: 100, frequency: Frequency::Yearly };
        let first = Instant::parse("2050-01-01").unwrap();
        assert_eq!(starts(first, yearly, 100, Zone::UTC), None);
    }
}

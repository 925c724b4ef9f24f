//! A schedule's civil hours as intervals of instants.

use crate::civil::{CivilMinute, Override, Schedule};
use crate::clock::day_number;
use crate::wall::Walls;
use crate::{DAY, Interval, MINUTE, merge};

/// The length of a civil day in minutes.
const DAY_MINUTES: i64 = 24 * 60;

/// 1970-01-01, civil day 0, was a Thursday; Monday is 0.
const WEEKDAY_OF_DAY_ZERO: i64 = 3;

/// Minutes from the beginning of a civil day; the end may be on the day after.
#[derive(Clone, Copy)]
struct Hours {
    start: i64,
    end: i64,
}

impl Hours {
    /// `None` where start and end are the same: no hours.
    fn new(start: CivilMinute, end: CivilMinute) -> Option<Self> {
        let (from, to) = (start.minutes(), end.minutes());
        let end = match end {
            _ if from == to => return None,
            CivilMinute::LAST => DAY_MINUTES,
            _ if to < from => to + DAY_MINUTES,
            _ => to,
        };
        Some(Self { start: from, end })
    }

    /// The same hours, ending at midnight at the latest.
    fn without_the_next_day(self) -> Self {
        Self { end: self.end.min(DAY_MINUTES), ..self }
    }
}

/// A schedule, read once: its hours by day.
pub(crate) struct Timetable {
    week: Week,
    exceptions: Exceptions,
}

impl Timetable {
    pub(crate) fn of(schedule: &Schedule) -> Self {
        let exceptions = Exceptions::of(&schedule.overrides);
        Self { week: Week::of(schedule), exceptions }
    }

    /// When it is open, within a window that the walls' clocks cover.
    pub(crate) fn open(&self, walls: &Walls<'_>, window: Interval) -> Vec<Interval> {
        if window.is_empty() {
            return Vec::new();
        }
        let days = walls.days(window);
        let mut open = Vec::new();
        // The day before may reach over midnight.
        for day in (days.start() - 1)..=*days.end() {
            let next_is_exception = self.exceptions.on(day + 1).is_some();
            let clock = walls.on(day);
            let mut add = |hours: Hours| {
                let hours = if next_is_exception { hours.without_the_next_day() } else { hours };
                let at = |minutes: i64| clock.instant(day * DAY + minutes * MINUTE);
                let interval = Interval::new(at(hours.start), at(hours.end)).clipped_to(window);
                if !interval.is_empty() {
                    open.push(interval);
                }
            };
            match self.exceptions.on(day) {
                Some(exception) => {
                    exception.iter().filter_map(|(_, hours)| *hours).for_each(&mut add);
                }
                None => self.week.on(day).iter().copied().for_each(&mut add),
            }
        }
        merge(open)
    }
}

/// The weekly hours by day, from Monday on.
struct Week([Vec<Hours>; 7]);

impl Week {
    fn of(schedule: &Schedule) -> Self {
        let mut week = <[Vec<Hours>; 7]>::default();
        for rule in &schedule.rules {
            let Some(hours) = Hours::new(rule.start, rule.end) else { continue };
            for day in &rule.days {
                if let Some(of_day) = week.get_mut(day.index()) {
                    of_day.push(hours);
                }
            }
        }
        Self(week)
    }

    fn on(&self, day: i64) -> &[Hours] {
        let weekday = (day + WEEKDAY_OF_DAY_ZERO).rem_euclid(7);
        usize::try_from(weekday).ok().and_then(|index| self.0.get(index)).map_or(&[], Vec::as_slice)
    }
}

/// The hours of overridden days, sorted by day; `None`: closed.
struct Exceptions(Vec<(i64, Option<Hours>)>);

impl Exceptions {
    fn of(overrides: &[Override]) -> Self {
        let hours = |other: &Override| (day_number(other.date), Hours::new(other.start, other.end));
        let mut all: Vec<_> = overrides.iter().map(hours).collect();
        all.sort_by_key(|(day, _)| *day);
        Self(all)
    }

    /// `None` where the day is not overridden.
    fn on(&self, day: i64) -> Option<&[(i64, Option<Hours>)]> {
        let start = self.0.partition_point(|(other, _)| *other < day);
        let rest = self.0.get(start..)?;
        let found = rest.get(..rest.partition_point(|(other, _)| *other == day))?;
        (!found.is_empty()).then_some(found)
    }
}

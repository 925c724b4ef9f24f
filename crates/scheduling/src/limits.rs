//! How much may be booked in a civil day, week, month or year.
//!
//! ```text
//! Limits ──periods──▶ Period …  (the caller says how much is booked in each)  ──▶ Booked …
//! ```
//!
//! What is booked is counted once per period, not once per slot: by [`tally`] from a
//! list of bookings, or by the caller's database, a number per period. Whoever
//! writes a booking tests [`Limits::periods_of`] its start once more in that write.

use chrono::{Datelike, Days, Months, NaiveDate};
use meridian_kernel::{Instant, Zone};

use crate::{Interval, Reasons, merge};

/// A bound for each kind of period; `None`: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerPeriod {
    /// Per day.
    pub day: Option<u32>,
    /// Per week, from Sunday.
    pub week: Option<u32>,
    /// Per month.
    pub month: Option<u32>,
    /// Per year.
    pub year: Option<u32>,
}

/// What an event type and its team limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most bookings of the event type.
    pub bookings: PerPeriod,
    /// The most minutes booked of the event type.
    pub minutes: PerPeriod,
    /// The most bookings of all event types of the team together.
    pub team_bookings: PerPeriod,
}

/// What is counted in a period. A booking counts where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Bookings of the event type.
    Bookings,
    /// Minutes booked of the event type.
    Minutes,
    /// Bookings of all event types of the team.
    TeamBookings,
}

/// A limited period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// What is counted.
    pub measure: Measure,
    /// From its first instant to the one after its last.
    pub interval: Interval,
    /// The limit.
    pub most: u32,
}

/// A limited period and how much of what is limited is booked already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The period.
    pub period: Period,
    /// Bookings or minutes, as the period counts. The booking that is being moved
    /// does not count.
    pub so_far: u64,
}

/// A booking that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// When it starts.
    pub start: Instant,
    /// How long it is.
    pub minutes: u32,
    /// Whether it counts for the team's limits; else for the event type's own. A
    /// booking that does both is listed twice.
    pub of_team: bool,
}

impl Limits {
    /// The limited periods that have an instant of a range, of one measure after the
    /// other, each in order, in a zone's calendar.
    pub fn periods(&self, zone: Zone, range: Interval) -> Vec<Period> {
        let mut periods = Vec::new();
        if range.is_empty() {
            return periods;
        }
        for (measure, bounds) in [
            (Measure::Bookings, self.bookings),
            (Measure::Minutes, self.minutes),
            (Measure::TeamBookings, self.team_bookings),
        ] {
            for (unit, most) in bounds.units() {
                let period = |interval| Period { measure, interval, most };
                periods.extend(unit.covering(zone, range).into_iter().map(period));
            }
        }
        periods
    }

    /// The limited periods that a booking counts in which starts there.
    pub fn periods_of(&self, zone: Zone, start: Instant) -> Vec<Period> {
        self.periods(zone, Interval::new(start, start.plus_millis(1)))
    }
}

impl PerPeriod {
    fn units(self) -> impl Iterator<Item = (Unit, u32)> {
        let Self { day, week, month, year } = self;
        let all = [(Unit::Day, day), (Unit::Week, week), (Unit::Month, month), (Unit::Year, year)];
        all.into_iter().filter_map(|(unit, most)| Some((unit, most?)))
    }
}

impl Booked {
    /// Whether another booking of so many minutes would be too much.
    pub fn is_full(&self, length: u32) -> bool {
        let after = match self.period.measure {
            Measure::Bookings | Measure::TeamBookings => self.so_far.saturating_add(1),
            Measure::Minutes => self.so_far.saturating_add(u64::from(length)),
        };
        after > u64::from(self.period.most)
    }

    const fn reason(&self) -> Reasons {
        match self.period.measure {
            Measure::Bookings | Measure::TeamBookings => Reasons::BOOKING_LIMIT,
            Measure::Minutes => Reasons::DURATION_LIMIT,
        }
    }
}

/// Counts bookings, in any order, in the periods they start in.
pub fn tally(periods: &[Period], bookings: &[Counted]) -> Vec<Booked> {
    let own = Totals::of(bookings.iter().filter(|booking| !booking.of_team));
    let team = Totals::of(bookings.iter().filter(|booking| booking.of_team));
    let booked = |period: &Period| {
        let so_far = match period.measure {
            Measure::Bookings => own.within(period.interval).0,
            Measure::Minutes => own.within(period.interval).1,
            Measure::TeamBookings => team.within(period.interval).0,
        };
        Booked { period: *period, so_far }
    };
    periods.iter().map(booked).collect()
}

/// Bookings by start, each with the minutes of all before it.
struct Totals {
    starts: Vec<(Instant, u64)>,
    minutes: u64,
}

impl Totals {
    fn of<'a>(bookings: impl Iterator<Item = &'a Counted>) -> Self {
        let mut starts: Vec<(Instant, u64)> =
            bookings.map(|booking| (booking.start, u64::from(booking.minutes))).collect();
        starts.sort_unstable();
        let mut minutes = 0;
        for (_, entry) in &mut starts {
            minutes += std::mem::replace(entry, minutes);
        }
        Self { starts, minutes }
    }

    /// How many start within an interval, and their minutes.
    fn within(&self, interval: Interval) -> (u64, u64) {
        let before = |end: Instant| {
            let count = self.starts.partition_point(|(start, _)| *start < end);
            let minutes = self.starts.get(count).map_or(self.minutes, |(_, before)| *before);
            (count as u64, minutes)
        };
        let (from, to) = (before(interval.start), before(interval.end));
        (to.0.saturating_sub(from.0), to.1.saturating_sub(from.1))
    }
}

/// The periods in which no booking of some length may start, and why.
pub(crate) struct FullPeriods {
    periods: Vec<(Interval, Reasons)>,
}

impl FullPeriods {
    pub(crate) fn of(booked: &[Booked], length: u32) -> Self {
        let full = booked.iter().filter(|booked| booked.is_full(length));
        Self { periods: full.map(|booked| (booked.period.interval, booked.reason())).collect() }
    }

    /// All of them as a set.
    pub(crate) fn set(&self) -> Vec<Interval> {
        merge(self.periods.iter().map(|(interval, _)| *interval).collect())
    }

    /// What keeps a booking from starting there.
    pub(crate) fn reasons(&self, start: Instant) -> Reasons {
        let here = self.periods.iter().filter(|(interval, _)| interval.has(start));
        here.fold(Reasons::empty(), |all, (_, reason)| all | *reason)
    }
}

#[derive(Clone, Copy)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    /// The periods that have an instant of a range, in order.
    fn covering(self, zone: Zone, range: Interval) -> Vec<Interval> {
        let mut periods = Vec::new();
        let Some(mut first) = self.first_day(zone.date(range.start)) else { return periods };
        let mut start = zone.start_of_day(first);
        while start < range.end {
            let Some(next) = self.after(first) else { break };
            let end = zone.start_of_day(next);
            // A day that never was is empty.
            if range.start < end && start < end {
                periods.push(Interval::new(start, end));
            }
            (first, start) = (next, end);
        }
        periods
    }

    /// The first day of the period that has a day.
    fn first_day(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => {
                let since_sunday = day.weekday().num_days_from_sunday();
                day.checked_sub_days(Days::new(u64::from(since_sunday)))
            }
            Self::Month => day.with_day(1),
            Self::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        }
    }

    /// The first day of the next period, given that of one.
    fn after(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.succ_opt(),
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
            Self::Year => first.checked_add_months(Months::new(12)),
        }
    }
}

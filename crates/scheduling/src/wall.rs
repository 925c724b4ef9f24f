//! On which wall somebody's hours hang, day by day.

use meridian_kernel::{Instant, Zone};

use crate::clock::day_number;
use crate::{Dates, Host, Interval, LocalClock, merge};

/// The clocks of some zones over one range, each looked up once however many hosts
/// live there.
pub(crate) struct Clocks(Vec<(Zone, LocalClock)>);

impl Clocks {
    /// Those of all hosts.
    pub(crate) fn of(hosts: &[Host], range: Interval) -> Self {
        let mut clocks = Self(Vec::new());
        for zone in hosts.iter().flat_map(Host::zones) {
            if !clocks.0.iter().any(|(known, _)| *known == zone) {
                clocks.0.push((zone, LocalClock::covering(zone, range)));
            }
        }
        clocks
    }

    fn get(&self, zone: Zone) -> &LocalClock {
        const UTC: &LocalClock = &LocalClock::fixed(0);
        self.0.iter().find(|(known, _)| *known == zone).map_or(UTC, |(_, clock)| clock)
    }
}

/// Somebody's walls: at home, and where they travel. Days are civil days.
pub(crate) struct Walls<'a> {
    home: &'a LocalClock,
    /// First and last day of each journey, and the clock there.
    journeys: Vec<(i64, i64, &'a LocalClock)>,
}

impl<'a> Walls<'a> {
    pub(crate) const fn at_home(home: &'a LocalClock) -> Self {
        Self { home, journeys: Vec::new() }
    }

    pub(crate) fn of(host: &Host, clocks: &'a Clocks) -> Self {
        let journey = |travel: &crate::Travel| {
            let last = travel.to.map_or(i64::MAX, day_number);
            (day_number(travel.from), last, clocks.get(travel.zone))
        };
        let home = clocks.get(host.schedule.zone);
        Self { home, journeys: host.travel.iter().map(journey).collect() }
    }

    /// The clock that the hours of a day are read on.
    pub(crate) fn on(&self, day: i64) -> &'a LocalClock {
        let away = self.journeys.iter().find(|(first, last, _)| (*first..=*last).contains(&day));
        away.map_or(self.home, |(.., clock)| clock)
    }

    /// The clock that shows the time at an instant: that of a journey while its own
    /// days last.
    pub(crate) fn at(&self, instant: Instant) -> &'a LocalClock {
        let lasts = |(first, last, clock): &&(i64, i64, &LocalClock)| {
            (*first..=*last).contains(&clock.day(instant))
        };
        self.journeys.iter().find(lasts).map_or(self.home, |(.., clock)| clock)
    }

    /// The days that have an instant of a range, on any of the walls.
    pub(crate) fn days(&self, range: Interval) -> std::ops::RangeInclusive<i64> {
        let mut days = (self.home.day(range.start), self.home.day(range.end));
        for (.., clock) in &self.journeys {
            days.0 = days.0.min(clock.day(range.start));
            days.1 = days.1.max(clock.day(range.end));
        }
        days.0..=days.1
    }

    /// When some dates are, within a range.
    pub(crate) fn spans(&self, dates: &[Dates], range: Interval) -> Vec<Interval> {
        let within = self.days(range);
        let mut spans = Vec::new();
        for Dates { from, to } in dates {
            let first = day_number(*from).max(*within.start());
            let last = day_number(*to).min(*within.end());
            let day = |day| {
                let clock = self.on(day);
                Interval::new(clock.start_of_day(day), clock.start_of_day(day + 1))
            };
            if self.journeys.is_empty() && first <= last {
                spans.push(Interval::new(day(first).start, day(last).end));
            } else {
                spans.extend((first..=last).map(day));
            }
        }
        merge(spans.into_iter().map(|span| span.clipped_to(range)).collect())
    }
}

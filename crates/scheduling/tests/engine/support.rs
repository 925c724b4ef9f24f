//! Short ways to say a question.

use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{
    Booked, Counted, Dates, Day, EventRules, Host, Interval, LocalClock, Override, Question,
    Reasons, Schedule, SeatedSlot, WeeklyRule, check, load_range, slots, tally,
};

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

pub fn interval(start: &str, end: &str) -> Interval {
    Interval::new(at(start), at(end))
}

pub fn dates(from: &str, to: &str) -> Dates {
    Dates { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

/// Hours on every day of the week.
pub fn daily(start: &str, end: &str) -> WeeklyRule {
    on(&Day::ALL, start, end)
}

pub fn on(days: &[Day], start: &str, end: &str) -> WeeklyRule {
    WeeklyRule { days: days.to_vec(), start: start.parse().unwrap(), end: end.parse().unwrap() }
}

pub fn on_date(date: &str, start: &str, end: &str) -> Override {
    Override {
        date: date.parse().unwrap(),
        start: start.parse().unwrap(),
        end: end.parse().unwrap(),
    }
}

/// One host, one event type, and a clock long before everything asked about.
pub struct Case {
    pub now: Instant,
    pub length: u32,
    pub rules: EventRules,
    pub hosts: Vec<Host>,
    pub seated: Vec<SeatedSlot>,
    /// Bookings that count towards limits.
    pub counted: Vec<Counted>,
}

impl Case {
    pub fn new(zone_name: &str, length: u32, rules: Vec<WeeklyRule>) -> Self {
        let schedule = Schedule { zone: zone(zone_name), rules, overrides: Vec::new() };
        Self {
            now: at("2020-01-01"),
            length,
            rules: EventRules { zone: zone(zone_name), ..EventRules::default() },
            hosts: vec![Host::working(schedule)],
            seated: Vec::new(),
            counted: Vec::new(),
        }
    }

    pub fn with_overrides(mut self, overrides: Vec<Override>) -> Self {
        self.hosts[0].schedule.overrides = overrides;
        self
    }

    pub fn with_busy(mut self, busy: Vec<Interval>) -> Self {
        self.hosts[0].busy = busy;
        self
    }

    pub fn with_host(mut self, change: impl FnOnce(&mut Host)) -> Self {
        change(&mut self.hosts[0]);
        self
    }

    pub fn with_rules(mut self, change: impl FnOnce(&mut EventRules)) -> Self {
        change(&mut self.rules);
        self
    }

    pub fn at(mut self, now: &str) -> Self {
        self.now = at(now);
        self
    }

    /// The limited periods of a window, counted.
    pub fn booked(&self, window: Interval) -> Vec<Booked> {
        let range = load_range(&self.rules, self.now, window);
        tally(&self.rules.limits.periods(self.rules.zone, range), &self.counted)
    }

    pub fn question<'a>(&'a self, booked: &'a [Booked]) -> Question<'a> {
        let question = Question::new(self.now, self.length, &self.rules, &self.hosts);
        Question { seated: &self.seated, booked, ..question }
    }

    /// The starts as `MM-DD HH:MM` on a zone's wall; of shared slots with the seats
    /// taken, as ` 2/5`.
    pub fn starts(&self, start: &str, end: &str, zone_name: &str) -> Vec<String> {
        let zone = zone(zone_name);
        let window = interval(start, end);
        let booked = self.booked(window);
        let show = |slot: meridian_scheduling::Slot<'_>| {
            let start = zone.civil(slot.start).format("%m-%d %H:%M");
            let seats = slot.seats.map(|seats| format!(" {}/{}", seats.taken, seats.total));
            format!("{start}{}", seats.unwrap_or_default())
        };
        slots(&self.question(&booked), window, zone).into_iter().map(show).collect()
    }

    /// What keeps each host from a start.
    pub fn reasons(&self, start: &str, booker: Option<Zone>) -> Vec<Reasons> {
        let start = at(start);
        let window = Interval::new(start, start.plus_minutes(i64::from(self.length)));
        let booked = self.booked(window);
        check(&self.question(&booked), &[start], booker).pop().unwrap()
    }

    /// What keeps the first host from a start.
    pub fn verdict(&self, start: &str) -> Reasons {
        self.reasons(start, None)[0]
    }
}

/// Starts by date on a zone's wall, each as an ISO text.
pub fn by_date(starts: &[Instant], zone: Zone) -> Vec<(String, Vec<String>)> {
    let mut days: Vec<(String, Vec<String>)> = Vec::new();
    let range = Interval::new(starts[0], starts[starts.len() - 1]);
    let clock = LocalClock::covering(zone, range);
    for start in starts {
        let day = clock.day(*start);
        let date = chrono::DateTime::UNIX_EPOCH.date_naive() + chrono::TimeDelta::days(day);
        let date = date.to_string();
        if days.last().is_none_or(|(last, _)| *last != date) {
            days.push((date, Vec::new()));
        }
        days.last_mut().unwrap().1.push(start.to_iso());
    }
    days
}

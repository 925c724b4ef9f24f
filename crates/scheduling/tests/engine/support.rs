//! Short ways to say a question.

use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{
    Day, EventRules, Host, Interval, LocalClock, Override, Question, Schedule, WeeklyRule, slots,
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
}

impl Case {
    pub fn new(zone_name: &str, length: u32, rules: Vec<WeeklyRule>) -> Self {
        let schedule = Schedule { zone: zone(zone_name), rules, overrides: Vec::new() };
        Self {
            now: at("2020-01-01"),
            length,
            rules: EventRules::default(),
            hosts: vec![Host { fixed: true, schedule, busy: Vec::new() }],
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

    pub fn with_rules(mut self, change: impl FnOnce(&mut EventRules)) -> Self {
        change(&mut self.rules);
        self
    }

    pub fn at(mut self, now: &str) -> Self {
        self.now = at(now);
        self
    }

    pub fn question(&self) -> Question<'_> {
        Question { now: self.now, length: self.length, rules: &self.rules, hosts: &self.hosts }
    }

    /// The starts as `MM-DD HH:MM` on a zone's wall.
    pub fn starts(&self, start: &str, end: &str, zone_name: &str) -> Vec<String> {
        let zone = zone(zone_name);
        let starts = slots(&self.question(), interval(start, end), zone);
        starts.iter().map(|start| zone.civil(*start).format("%m-%d %H:%M").to_string()).collect()
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

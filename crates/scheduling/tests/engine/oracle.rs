//! Random questions, answered a second time minute by minute.

use std::ops::Range;

use chrono::{Datelike, NaiveDate, TimeDelta, Timelike};
use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{
    CivilMinute, Day, EventRules, Host, Interval, Override, Question, Reason, Schedule, WeeklyRule,
    check, slots,
};

use crate::support::zone;

const CASES: u64 = 3_000;

const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Rome",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Apia",
    "Africa/Casablanca",
];

/// Days near which clocks change somewhere, and one where none does.
const ANCHORS: [&str; 9] = [
    "2026-02-15",
    "2026-03-08",
    "2026-03-22",
    "2026-03-29",
    "2026-04-05",
    "2026-07-14",
    "2026-09-06",
    "2026-10-25",
    "2026-11-01",
];

/// A small generator (xorshift64*): the same cases on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.below(range.end - range.start)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    fn minute(&mut self) -> CivilMinute {
        let minute = match self.below(6) {
            0 => 0,
            1 => 23 * 60 + 59,
            2 => self.below(24 * 60),
            _ => self.below(24 * 4) * 15,
        };
        let minute = u16::try_from(minute).unwrap();
        CivilMinute::new(minute / 60, minute % 60).unwrap()
    }
}

struct Case {
    now: Instant,
    window: Interval,
    length: u32,
    rules: EventRules,
    host: Host,
    looker: Zone,
}

impl Case {
    fn random(random: &mut Random) -> Self {
        let anchor: NaiveDate = random.pick(&ANCHORS).parse().unwrap();
        let midnight = Instant::from_utc(anchor.and_hms_opt(0, 0, 0).unwrap().and_utc());
        let minutes = |random: &mut Random, range: Range<u64>| random.within(range) as i64;
        let start = midnight.plus_minutes(minutes(random, 0..3_000) - 1_500);
        let window = Interval::new(start, start.plus_minutes(minutes(random, 1..5_000)));
        let length = random.pick(&[5_u32, 7, 15, 20, 30, 45, 50, 60, 90, 240, 1_500]);
        let rules = EventRules {
            before_buffer: random.pick(&[0, 0, 5, 15, 60]),
            after_buffer: random.pick(&[0, 0, 10, 30]),
            minimum_notice: random.pick(&[0, 0, 1, 90, 1_440]),
            slot_interval: random.pick(&[None, None, Some(1), Some(15), Some(40), Some(60)]),
            offset_start: random.pick(&[0, 0, 0, 5, 12]),
            first_slot_only: random.one_in(10),
            ..EventRules::default()
        };
        let seconds = random.below(120) as i64;
        let now = midnight.plus_minutes(-minutes(random, 0..6_000)).plus_millis(seconds * 997);
        let schedule = schedule(random, anchor);
        let busy = (0..random.below(6)).map(|_| busy(random, start)).collect();
        let host = Host { fixed: true, schedule, busy };
        Self { now, window, length, rules, host, looker: zone(random.pick(&ZONES)) }
    }
}

fn schedule(random: &mut Random, anchor: NaiveDate) -> Schedule {
    let rule = |random: &mut Random| WeeklyRule {
        days: Day::ALL.into_iter().filter(|_| !random.one_in(3)).collect(),
        start: random.minute(),
        end: random.minute(),
    };
    let exception = |random: &mut Random| {
        let date = anchor + TimeDelta::days(random.below(7) as i64 - 3);
        let start = random.minute();
        Override { date, start, end: if random.one_in(3) { start } else { random.minute() } }
    };
    Schedule {
        zone: zone(random.pick(&ZONES)),
        rules: (0..random.within(1..4)).map(|_| rule(random)).collect(),
        overrides: (0..random.below(4)).map(|_| exception(random)).collect(),
    }
}

fn busy(random: &mut Random, start: Instant) -> Interval {
    let from = start.plus_minutes(random.below(6_000) as i64 - 500);
    let from = from.plus_millis(random.pick(&[0, 0, 0, 30_000, 999]));
    Interval::new(from, from.plus_minutes(random.within(1..400) as i64))
}

/// The same answers by another way: one flag a minute, one look at each.
struct Oracle<'a> {
    case: &'a Case,
    begin: Instant,
    /// Whether the host works through the minute that begins there.
    open: Vec<bool>,
    /// Whether a slot may cover that minute.
    free: Vec<bool>,
}

/// How far around the window minutes are looked at: check needs a slot's length.
const AROUND: i64 = 3_000;

impl<'a> Oracle<'a> {
    fn new(case: &'a Case) -> Self {
        let begin = case.window.start.plus_minutes(-AROUND);
        let end = case.window.end.plus_minutes(AROUND);
        let count = usize::try_from(end.minutes_since(begin)).unwrap();
        let mut open = vec![false; count];
        for hours in hours(&case.host.schedule, Interval::new(begin, end)) {
            mark(&mut open, begin, hours, true);
        }
        let mut free = open.clone();
        for busy in &case.host.busy {
            let start = busy.start.plus_minutes(-i64::from(case.rules.after_buffer));
            let end = busy.end.plus_minutes(i64::from(case.rules.before_buffer));
            mark(&mut free, begin, Interval::new(start, end), false);
        }
        Self { case, begin, open, free }
    }

    fn at(&self, minute: usize) -> Instant {
        self.begin.plus_minutes(i64::try_from(minute).unwrap())
    }

    fn all(&self, flags: &[bool], start: usize, length: usize) -> bool {
        (start..start + length).all(|minute| flags.get(minute).copied().unwrap_or(false))
    }

    fn slots(&self) -> Vec<Instant> {
        let Case { now, window, rules, host, .. } = self.case;
        let length = self.case.length as usize;
        let notice = now.plus_minutes(i64::from(rules.minimum_notice.max(1)));
        let usable = |minute: usize| {
            let (from, to) = (self.at(minute), self.at(minute + 1));
            self.free[minute] && window.start.max(notice) <= from && to <= window.end
        };
        let between = rules.slot_interval.unwrap_or(self.case.length);
        let step = (between + rules.offset_start) as usize;
        let mut starts: Vec<usize> = Vec::new();
        let mut minute = 0;
        while minute < self.free.len() {
            if !usable(minute) {
                minute += 1;
                continue;
            }
            let end = (minute..self.free.len()).find(|m| !usable(*m)).unwrap_or(self.free.len());
            let mut start = minute;
            while !on_grid(host.schedule.zone, self.at(start), between) {
                start += 1;
            }
            start += rules.offset_start as usize;
            if let Some(last) = starts.last().filter(|last| **last + step > start) {
                start = last + step;
            }
            while start + length <= end {
                starts.push(start);
                start += step;
            }
            minute = end;
        }
        let mut starts: Vec<Instant> = starts.into_iter().map(|start| self.at(start)).collect();
        if rules.first_slot_only {
            starts.dedup_by_key(|start| self.case.looker.date(*start));
        }
        starts
    }

    fn check(&self, minute: usize) -> Result<(), Reason> {
        let start = self.at(minute);
        let rules = &self.case.rules;
        let length = self.case.length as usize;
        if start < self.case.now {
            Err(Reason::Past)
        } else if start < self.case.now.plus_minutes(i64::from(rules.minimum_notice)) {
            Err(Reason::OutOfBounds)
        } else if !self.all(&self.open, minute, length) {
            Err(Reason::OutsideSchedule)
        } else if !self.all(&self.free, minute, length) {
            Err(Reason::Busy)
        } else {
            Ok(())
        }
    }
}

/// Sets the flags of all minutes that an interval touches.
fn mark(flags: &mut [bool], begin: Instant, interval: Interval, value: bool) {
    let first = interval.start.minutes_since(begin).max(0);
    let last = interval.end.plus_millis(59_999).minutes_since(begin);
    for minute in first..last {
        if let Some(flag) = flags.get_mut(usize::try_from(minute).unwrap()) {
            *flag = value;
        }
    }
}

/// Every range of hours that may touch a window, date by date and rule by rule.
fn hours(schedule: &Schedule, window: Interval) -> Vec<Interval> {
    let zone = schedule.zone;
    let mut hours = Vec::new();
    let mut date = zone.date(window.start) - TimeDelta::days(2);
    while date <= zone.date(window.end) + TimeDelta::days(1) {
        let overridden = |date: NaiveDate| schedule.overrides.iter().any(|o| o.date == date);
        let next = date + TimeDelta::days(1);
        let mut add = |start: CivilMinute, end: CivilMinute| {
            let civil = |date: NaiveDate, minute: CivilMinute| {
                date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(minute.minutes())
            };
            let midnight = zone.start_of_day(next);
            let closing = if end.minutes() == 1_439 {
                midnight
            } else if end < start {
                let closing = zone.instant(civil(next, end));
                if overridden(next) { midnight } else { closing }
            } else {
                zone.instant(civil(date, end))
            };
            if start != end {
                hours.push(Interval::new(zone.instant(civil(date, start)), closing));
            }
        };
        if overridden(date) {
            let of_date = schedule.overrides.iter().filter(|other| other.date == date);
            of_date.for_each(|other| add(other.start, other.end));
        } else {
            let day = Day::ALL[date.weekday().num_days_from_monday() as usize];
            let of_day = schedule.rules.iter().filter(|rule| rule.days.contains(&day));
            of_day.for_each(|rule| add(rule.start, rule.end));
        }
        date = next;
    }
    hours
}

fn on_grid(zone: Zone, instant: Instant, between: u32) -> bool {
    let alignment =
        [60, 30, 20, 15, 10, 5].into_iter().find(|a| between.is_multiple_of(*a)).unwrap_or(1);
    zone.civil(instant).minute().is_multiple_of(alignment)
}

#[test]
fn random_questions_have_the_answers_of_a_look_at_every_minute() {
    let mut random = Random(0x5EED_CA1E_5EED_CA1E);
    let mut found = 0;
    let mut refusals = std::collections::HashSet::new();
    for number in 0..CASES {
        let case = Case::random(&mut random);
        let hosts = [case.host.clone()];
        let question =
            Question { now: case.now, length: case.length, rules: &case.rules, hosts: &hosts };
        let oracle = Oracle::new(&case);
        let starts = slots(&question, case.window, case.looker);
        assert_eq!(starts, oracle.slots(), "case {number}: {:?}\n{:?}", case.rules, case.host);
        found += starts.len();
        for start in &starts {
            assert_eq!(check(&question, *start), [Ok(())], "case {number}: {start}");
        }
        for _ in 0..20 {
            let minute = usize::try_from(random.below(oracle.open.len() as u64)).unwrap();
            let minute = minute.min(oracle.open.len() - AROUND as usize);
            let verdict = check(&question, oracle.at(minute));
            assert_eq!(verdict, [oracle.check(minute)], "case {number}: {}", oracle.at(minute));
            refusals.extend(verdict[0].err());
        }
    }
    // The cases are worth something only where they say both yes and no.
    assert!(found > 50_000, "{found} slots");
    assert_eq!(refusals.len(), 4, "{refusals:?}");
}

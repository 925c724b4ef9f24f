//! The availability engine alone: no database, no HTTP, no WASM.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant as Stopwatch};

use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{EventRules, Host, Interval, Question, Schedule, slots};

/// What Cal.com's own slot code takes for the same question, in microseconds of
/// processor time: measured on its published library.
const UPSTREAM_WEEK: f64 = 9_800.0;
const UPSTREAM_TEN_HOSTS: f64 = 66_000.0;

/// How long each row is measured for.
const TIME: Duration = Duration::from_millis(400);

const DAY_MINUTES: i64 = 24 * 60;

/// Microseconds of processor time per question, each with what it is about.
pub fn rows() -> Vec<(String, f64)> {
    let week = Case::new(1, true, 7, 20);
    let ten_hosts = Case::new(10, false, 7, 20);
    let many = Case::new(50, false, 60, 2_000);
    vec![
        beside("engine: a week, one host, 20 bookings", week.micros(), UPSTREAM_WEEK),
        beside("engine: a week, ten-host round robin", ten_hosts.micros(), UPSTREAM_TEN_HOSTS),
        ("engine: 60 days, 50 hosts, 2,000 bookings".to_owned(), many.micros()),
    ]
}

fn beside(name: &str, micros: f64, upstream: f64) -> (String, f64) {
    (format!("{name} (Cal.com's takes {:.0} times as long)", upstream / micros), micros)
}

/// A question about office hours in a few zones.
struct Case {
    now: Instant,
    window: Interval,
    rules: EventRules,
    hosts: Vec<Host>,
}

impl Case {
    /// With all bookings spread evenly over hosts and days.
    fn new(hosts: usize, fixed: bool, days: i64, bookings: usize) -> Self {
        // A Monday.
        let now = Instant::from_millis(1_780_272_000_000);
        let window = Interval::new(now, now.plus_minutes(days * DAY_MINUTES));
        let zones = ["Europe/Rome", "America/New_York", "Asia/Kolkata", "Europe/London"];
        let host = |(index, zone): (usize, &&str)| {
            let schedule = Schedule {
                zone: Zone::parse(zone).unwrap_or(Zone::UTC),
                rules: Schedule::office_hours(),
                overrides: Vec::new(),
            };
            let each = (bookings / hosts).max(1);
            let busy = (0..each).map(|number| booking(now, index, number, each, days)).collect();
            Host { fixed, busy, ..Host::working(schedule) }
        };
        let hosts = zones.iter().cycle().enumerate().take(hosts).map(host).collect();
        let rules = EventRules { before_buffer: 5, after_buffer: 5, ..EventRules::default() };
        Self { now, window, rules, hosts }
    }

    /// Processor time per answer.
    fn micros(&self) -> f64 {
        let question = Question::new(self.now, 30, &self.rules, &self.hosts);
        let answer = || slots(black_box(&question), self.window, Zone::UTC).len();
        black_box(answer());
        let (started, before) = (Stopwatch::now(), cpu_nanos());
        let mut times = 0.0;
        while started.elapsed() < TIME {
            for _ in 0..16 {
                black_box(answer());
                times += 1.0;
            }
        }
        let wall = started.elapsed();
        let nanos = match (before, cpu_nanos()) {
            (Some(before), Some(after)) if after > before => (after - before) as f64,
            _ => wall.as_nanos() as f64,
        };
        nanos / 1_000.0 / times
    }
}

/// Half an hour in the working day, on days that are as far apart as they can be.
fn booking(now: Instant, host: usize, number: usize, of: usize, days: i64) -> Interval {
    let (number, of, host) = (number as i64, of as i64, host as i64);
    let minute = 9 * 60 + (number * 95 + host * 35) % (8 * 60);
    let start = now.plus_minutes(number * days / of * DAY_MINUTES + minute);
    Interval::new(start, start.plus_minutes(30))
}

/// What this thread has computed for, by the scheduler's own count, where it says.
fn cpu_nanos() -> Option<u64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok()
}

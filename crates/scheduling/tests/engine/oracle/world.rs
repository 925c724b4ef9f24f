//! Random questions.

use chrono::{NaiveDate, TimeDelta};
use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{
    Booked, BookingWindow, Counted, Dates, Day, EventRules, Host, Interval, Limits, Override,
    PerPeriod, Question, Restriction, Schedule, SeatedSlot, SharedTime, Span, Travel, WeeklyRule,
    load_range, tally,
};

use super::random::Random;
use crate::support::zone;

/// Full, half and quarter hours from UTC; both sides of the date line; clocks that
/// change by an hour, half an hour (Lord Howe) or two (Troll), at midnight or not.
const ZONES: [&str; 20] = [
    "UTC",
    "Europe/Rome",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Havana",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Africa/Cairo",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Casablanca",
    "Antarctica/Troll",
];

/// Days near which clocks change somewhere, one where none does, and one that never
/// was in Apia.
const ANCHORS: [&str; 14] = [
    "2026-02-15",
    "2026-03-08",
    "2026-03-22",
    "2026-03-29",
    "2026-04-05",
    "2026-04-24",
    "2026-07-14",
    "2026-09-06",
    "2026-10-04",
    "2026-10-25",
    "2026-10-30",
    "2026-11-01",
    "2026-12-31",
    "2011-12-30",
];

/// Everything a question is made of.
#[derive(Debug)]
pub struct World {
    pub now: Instant,
    pub window: Interval,
    pub length: u32,
    pub rules: EventRules,
    pub hosts: Vec<Host>,
    pub seated: Vec<SeatedSlot>,
    pub counted: Vec<Counted>,
    pub looker: Zone,
}

impl World {
    pub fn random(seed: u64) -> Self {
        let random = &mut Random::seeded(seed);
        let anchor: NaiveDate = random.pick(&ANCHORS).parse().unwrap();
        let midnight = Instant::from_utc(anchor.and_hms_opt(0, 0, 0).unwrap().and_utc());
        let start = midnight.plus_minutes(random.within(-1_500..1_500));
        let window = Interval::new(start, start.plus_minutes(random.within(1..5_000)));
        let length = random.pick(&[5_u32, 7, 15, 20, 30, 45, 50, 60, 90, 240, 1_500]);
        let mut hosts = hosts(random, anchor, start);
        let rules = rules(random, anchor);
        let seated = seated(random, &rules, length, start, &mut hosts);
        Self {
            now: midnight
                .plus_minutes(-random.within(0..6_000))
                .plus_millis(random.within(0..120) * 997),
            window,
            length,
            counted: random.list(0..8, |random| counted(random, start)),
            rules,
            hosts,
            seated,
            looker: zone(random.pick(&ZONES)),
        }
    }

    /// The limited periods, counted as far as the window and a few days around need.
    pub fn booked(&self) -> Vec<Booked> {
        let around = Interval::new(
            self.window.start.min(self.now).plus_minutes(-3 * 24 * 60),
            self.window.end.plus_minutes(3 * 24 * 60),
        );
        let range = load_range(&self.rules, self.now, around);
        tally(&self.rules.limits.periods(self.rules.zone, range), &self.counted)
    }

    pub fn question<'a>(&'a self, booked: &'a [Booked]) -> Question<'a> {
        let question = Question::new(self.now, self.length, &self.rules, &self.hosts);
        Question { seated: &self.seated, booked, ..question }
    }
}

fn rules(random: &mut Random, anchor: NaiveDate) -> EventRules {
    EventRules {
        before_buffer: random.pick(&[0, 0, 5, 15, 60]),
        after_buffer: random.pick(&[0, 0, 10, 30]),
        minimum_notice: random.pick(&[0, 0, 1, 90, 1_440]),
        slot_interval: random.pick(&[None, None, Some(1), Some(15), Some(40), Some(60)]),
        offset_start: random.pick(&[0, 0, 0, 5, 12]),
        booking_window: booking_window(random, anchor),
        first_slot_only: random.one_in(8),
        optimized: random.one_in(4),
        zone: zone(random.pick(&ZONES)),
        limits: Limits {
            bookings: per_period(random, 1),
            minutes: per_period(random, 60),
            team_bookings: per_period(random, 1),
        },
        restriction: random.maybe(6, |random| Restriction {
            schedule: schedule(random, anchor),
            on_bookers_wall: random.one_in(2),
        }),
        seats: random.maybe(3, |random| random.pick(&[1, 2, 5])),
    }
}

fn booking_window(random: &mut Random, anchor: NaiveDate) -> BookingWindow {
    let mut span = || Span { days: random.pick(&[1, 2, 3, 5, 8]), business: random.one_in(2) };
    let (ahead, rolling) = (span(), span());
    match random.below(8) {
        0 => BookingWindow::Ahead(ahead),
        1 => BookingWindow::Rolling(rolling),
        2 => {
            let from = anchor + TimeDelta::days(random.within(-2..2));
            BookingWindow::Dates { from, to: from + TimeDelta::days(random.within(0..4)) }
        }
        _ => BookingWindow::Unlimited,
    }
}

fn per_period(random: &mut Random, unit: u32) -> PerPeriod {
    let mut most = |many| random.maybe(many, |random| random.pick(&[1, 2, 3, 6]) * unit);
    PerPeriod { day: most(6), week: most(9), month: most(12), year: most(12) }
}

fn hosts(random: &mut Random, anchor: NaiveDate, start: Instant) -> Vec<Host> {
    // Half the time one alone; else fixed ones and up to three groups.
    let count = if random.one_in(2) { 1 } else { random.within(1..6) };
    let kind = random.below(3);
    let mut host = |_| {
        let schedule = schedule(random, anchor);
        Host {
            fixed: count == 1 || kind == 0 || (kind == 1 && random.one_in(3)),
            group: random.pick(&["", "", "east", "west"]).to_owned(),
            travel: random.list(0..2, |random| travel(random, anchor)),
            days_off: random.maybe(5, |random| days_off(random, anchor)).into_iter().collect(),
            busy: random.list(0..6, |random| busy(random, start)),
            held: random.list(0..2, |random| busy(random, start)),
            ..Host::working(schedule)
        }
    };
    (0..count).map(&mut host).collect()
}

fn schedule(random: &mut Random, anchor: NaiveDate) -> Schedule {
    let rule = |random: &mut Random| {
        let (start, end) = (random.time_of_day(), random.time_of_day());
        let days = Day::ALL.into_iter().filter(|_| random.below(5) > 0).collect();
        WeeklyRule { days, start, end }
    };
    let exception = |random: &mut Random| {
        let date = anchor + TimeDelta::days(random.within(-3..4));
        let start = random.time_of_day();
        Override { date, start, end: if random.one_in(3) { start } else { random.time_of_day() } }
    };
    Schedule {
        zone: zone(random.pick(&ZONES)),
        rules: random.list(1..4, rule),
        overrides: random.list(0..4, exception),
    }
}

fn travel(random: &mut Random, anchor: NaiveDate) -> Travel {
    let from = anchor + TimeDelta::days(random.within(-3..4));
    let to = random.pick(&[None, Some(0), Some(1), Some(3)]);
    Travel {
        from,
        to: to.map(|days| from + TimeDelta::days(days)),
        zone: zone(random.pick(&ZONES)),
    }
}

fn days_off(random: &mut Random, anchor: NaiveDate) -> Dates {
    let from = anchor + TimeDelta::days(random.within(-3..3));
    Dates { from, to: from + TimeDelta::days(random.pick(&[0, 0, 1, 400])) }
}

fn busy(random: &mut Random, start: Instant) -> Interval {
    let from = start.plus_minutes(random.within(-500..5_500));
    let from = from.plus_millis(random.pick(&[0, 0, 0, 30_000, 999]));
    Interval::new(from, from.plus_minutes(random.within(1..400)))
}

fn counted(random: &mut Random, start: Instant) -> Counted {
    Counted {
        start: start.plus_minutes(random.within(-20_000..20_000)),
        minutes: random.pick(&[15, 30, 60, 240]),
        of_team: random.one_in(2),
    }
}

/// Seated slots, held by some of the hosts, who have nothing else in their way then
/// or do.
fn seated(
    random: &mut Random,
    rules: &EventRules,
    length: u32,
    start: Instant,
    hosts: &mut [Host],
) -> Vec<SeatedSlot> {
    if rules.seats.is_none() && !random.one_in(10) {
        return Vec::new();
    }
    random.list(0..5, |random| {
        let start = start.plus_minutes(random.within(-20..330) * 15);
        let minutes = if random.one_in(6) { 25 } else { i64::from(length) };
        let slot = Interval::new(start, start.plus_minutes(minutes));
        let taken = slot.widened(random.pick(&[0, 10]), random.pick(&[0, 0, 30]));
        for host in hosts.iter_mut() {
            if random.below(4) > 0 {
                host.shared.push(SharedTime { slot: start, taken });
            }
        }
        let booking_uid = (random.below(3) > 0).then(|| format!("booking-{start}"));
        SeatedSlot { slot, taken: u32::try_from(random.within(1..4)).unwrap(), booking_uid }
    })
}

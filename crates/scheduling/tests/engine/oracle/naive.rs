//! The same answers by another way: one flag a minute, one look at each.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{Datelike, NaiveDate, TimeDelta, Timelike};
use meridian_kernel::{Instant, Zone};
use meridian_scheduling::{
    BookingWindow, EventRules, Host, Interval, MAX_ROLLING_SEARCH_DAYS, PerPeriod, Reasons,
    Schedule,
};

use super::days::{days_off, hours, last_date, last_rolling_date, zone_at};
use super::world::World;

/// How far around the window minutes are looked at, in minutes: more than a slot is long.
const AROUND: i64 = 1_600;

/// A slot: when it starts, and what is taken of its seats by which booking.
pub type NaiveSlot = (Instant, Option<(u32, Option<String>)>);

/// The first date of the period that has a date.
type FirstOf = fn(NaiveDate) -> NaiveDate;

/// What a booking of so many minutes counts for.
type Weigh = fn(u32) -> u64;

/// What is known of a host, minute by minute.
struct Minutes {
    open: Vec<bool>,
    off: Vec<bool>,
    busy: Vec<bool>,
    held: Vec<bool>,
    /// Of each of the host's shared times.
    shared: Vec<Vec<bool>>,
}

/// Starts lie between two dates of a zone.
struct Window {
    zone: Zone,
    from: NaiveDate,
    last: NaiveDate,
}

impl Window {
    fn is_over(&self, start: Instant) -> bool {
        self.zone.date(start) > self.last
    }

    fn has(&self, start: Instant) -> bool {
        !self.is_over(start) && self.zone.date(start) >= self.from
    }
}

pub struct Naive<'a> {
    world: &'a World,
    begin: Instant,
    hosts: Vec<Minutes>,
    /// The limits that one more booking on a date would break.
    limited: RefCell<HashMap<NaiveDate, Reasons>>,
}

/// Minutes in a row in which somebody is free, and whose clock rounds its start.
#[derive(Clone, Copy, PartialEq)]
struct Run {
    start: usize,
    end: usize,
    host: usize,
}

impl<'a> Naive<'a> {
    pub fn new(world: &'a World) -> Self {
        let begin = world.window.start.min(world.now).plus_minutes(-AROUND);
        // Minutes begin with the minutes of the clock.
        let begin = begin.plus_millis(-begin.millis().rem_euclid(60_000));
        let all = Interval::new(begin, world.window.end.plus_minutes(AROUND));
        let marked = |list: Vec<Interval>| {
            let mut flags = vec![false; usize::try_from(all.end.minutes_since(begin)).unwrap()];
            list.into_iter().for_each(|interval| mark(&mut flags, begin, interval));
            flags
        };
        let minutes = |host: &Host| Minutes {
            open: marked(hours(&host.schedule, &host.travel, all)),
            off: marked(days_off(host, all)),
            busy: marked(host.busy.iter().map(|busy| widened(*busy, &world.rules)).collect()),
            held: marked(host.held.iter().map(|held| widened(*held, &world.rules)).collect()),
            shared: host
                .shared
                .iter()
                .map(|shared| marked(vec![widened(shared.taken, &world.rules)]))
                .collect(),
        };
        let hosts = world.hosts.iter().map(minutes).collect();
        Self { world, begin, hosts, limited: RefCell::default() }
    }

    fn minutes(&self) -> usize {
        self.hosts.first().map_or(0, |host| host.open.len())
    }

    /// Instants that a check may be asked about, by number.
    pub fn start(&self, number: usize) -> Instant {
        self.at(number % (self.minutes() - self.world.length as usize))
    }

    /// Whether a slot that starts there lies in what is looked at.
    pub fn knows(&self, start: Instant) -> bool {
        let last = self.minutes() - self.world.length as usize;
        self.begin <= start && start <= self.at(last)
    }

    fn at(&self, minute: usize) -> Instant {
        self.begin.plus_minutes(i64::try_from(minute).unwrap())
    }

    fn minute(&self, instant: Instant) -> usize {
        usize::try_from(instant.minutes_since(self.begin)).unwrap()
    }

    fn slot_minutes(&self, start: Instant) -> std::ops::Range<usize> {
        let minute = self.minute(start);
        minute..minute + self.world.length as usize
    }

    fn earliest(&self) -> Instant {
        self.world.now.plus_minutes(i64::from(self.world.rules.minimum_notice.max(1)))
    }

    // --- Free time -------------------------------------------------------------

    fn is_free(&self, host: usize, minute: usize) -> bool {
        let Minutes { open, off, busy, held, shared } = &self.hosts[host];
        open[minute]
            && !off[minute]
            && !busy[minute]
            && !held[minute]
            && !shared.iter().any(|shared| shared[minute])
    }

    /// The runs of minutes within a range in which all of some hosts are free.
    fn runs(&self, hosts: &[usize], clock: usize, range: Interval) -> Vec<Run> {
        let usable = |minute: usize| {
            let (from, to) = (self.at(minute), self.at(minute + 1));
            range.start <= from
                && to <= range.end
                && hosts.iter().all(|host| self.is_free(*host, minute))
        };
        let mut runs = Vec::new();
        let mut minute = self.minute(range.start.max(self.begin));
        let end = self.minutes().min(self.minute(range.end.max(self.begin)) + 1);
        while minute < end {
            let start = minute;
            while minute < end && usable(minute) {
                minute += 1;
            }
            if start < minute {
                runs.push(Run { start, end: minute, host: clock });
            }
            minute += 1;
        }
        runs
    }

    /// The runs in which a slot may lie: of all fixed hosts and one other per group.
    fn common_runs(&self, range: Interval) -> Vec<Run> {
        let all = 0..self.hosts.len();
        let (fixed, others): (Vec<_>, Vec<_>) = all.partition(|host| self.world.hosts[*host].fixed);
        let mut names: Vec<&str> = Vec::new();
        for host in &others {
            let name = self.world.hosts[*host].group.as_str();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            return fixed.first().map_or(Vec::new(), |first| self.runs(&fixed, *first, range));
        }
        let of_group = |name: &&str| {
            let members = others.iter().filter(|host| self.world.hosts[**host].group == **name);
            let runs = members.flat_map(|host| {
                let needed: Vec<usize> = fixed.iter().copied().chain([*host]).collect();
                self.runs(&needed, fixed.first().copied().unwrap_or(*host), range)
            });
            without_inner(runs.collect())
        };
        let groups: Vec<Vec<Run>> = names.iter().map(of_group).collect();
        groups.into_iter().reduce(|one, other| without_inner(all_pairs(&one, &other))).unwrap()
    }

    // --- Slots -----------------------------------------------------------------

    /// The starts of a grid over runs in order; optimized for starts within a window.
    fn grid(&self, runs: &[Run], optimized: Option<&Window>) -> Vec<usize> {
        let EventRules { slot_interval, offset_start, .. } = self.world.rules;
        let between = slot_interval.unwrap_or(self.world.length);
        let alignment = [60, 30, 20, 15, 10, 5].into_iter().find(|a| between % a == 0).unwrap_or(1);
        let (step, length) = ((between + offset_start) as usize, self.world.length as usize);
        let fitting = |first: usize, end: usize, window: &Window| {
            let fits = |start: &usize| start + length <= end && !window.is_over(self.at(*start));
            (first..end).step_by(step).take_while(fits).count()
        };
        let mut starts: Vec<usize> = Vec::new();
        for Run { start, end, host } in runs {
            let zone = zone_at(&self.world.hosts[*host], self.at(*start));
            let to = |alignment: u32| {
                let shown = |minute: &usize| {
                    zone.civil(self.at(*minute)).minute().is_multiple_of(alignment)
                };
                (*start..).find(shown).unwrap() + offset_start as usize
            };
            let mut first = to(alignment);
            if let Some(window) = optimized {
                let most = fitting(to(1), *end, window);
                let is_best = |first: &usize| fitting(*first, *end, window) == most;
                first = [alignment, 15, 5, 1].map(to).into_iter().find(is_best).unwrap();
            }
            let earlier = starts.iter().copied().filter(|earlier| *earlier < first).max();
            if let Some(earlier) = earlier.filter(|earlier| earlier + step > first) {
                first = if earlier < *start { earlier + step } else { earlier };
            }
            while first + length <= *end {
                starts.push(first);
                first += step;
            }
            starts.sort_unstable();
            starts.dedup();
        }
        starts
    }

    fn unwindowed(
        &self,
        range: Interval,
        optimized: Option<&Window>,
        looker: Option<Zone>,
    ) -> Vec<NaiveSlot> {
        let total = self.world.rules.seats;
        let runs = self.common_runs(range);
        let starts = self.grid(&runs, optimized).into_iter().map(|minute| self.at(minute));
        let mut slots: Vec<NaiveSlot> = starts
            .filter(|start| self.limits(*start).is_empty())
            .map(|start| (start, total.map(|_| (0, None))))
            .collect();
        for (start, taken, booking) in self.seats() {
            let end = start.plus_minutes(i64::from(self.world.length));
            if !range.contains(Interval::new(start, end)) {
                continue;
            }
            let may_join = (booking.is_some() || self.limits(start).is_empty())
                && self.is_served(start, booking.is_some());
            let known = slots.iter().position(|(known, _)| *known == start);
            match known {
                Some(index) => slots[index].1 = Some((taken, booking)),
                None if may_join => slots.push((start, Some((taken, booking)))),
                None => {}
            }
        }
        slots.sort_by_key(|(start, _)| *start);
        let open = self.unrestricted(looker);
        slots.retain(|(start, _)| !open[self.slot_minutes(*start)].contains(&false));
        slots
    }

    pub fn slots(&self) -> Vec<NaiveSlot> {
        let World { window, looker, rules, .. } = self.world;
        let range = Interval::new(window.start.max(self.earliest()), window.end);
        let dates = self.window(*looker);
        let optimized = rules.optimized.then_some(&dates);
        let mut slots = self.unwindowed(range, optimized, Some(*looker));
        slots.retain(|(start, _)| dates.has(*start));
        if rules.first_slot_only {
            slots.retain(|slot| self.has_room(slot));
            slots.dedup_by_key(|(start, _)| looker.date(*start));
        }
        slots
    }

    fn has_room(&self, (_, seats): &NaiveSlot) -> bool {
        seats.as_ref().is_none_or(|(taken, _)| *taken < self.world.rules.seats.unwrap())
    }

    /// Between which dates the booking window lets slots start, seen from a zone.
    fn window(&self, looker: Zone) -> Window {
        let World { now, rules, window, .. } = self.world;
        let until = |last| Window { zone: looker, from: NaiveDate::MIN, last };
        match rules.booking_window {
            BookingWindow::Unlimited => until(NaiveDate::MAX),
            BookingWindow::Ahead(span) => until(last_date(span, looker.date(*now))),
            BookingWindow::Dates { from, to } => Window { zone: rules.zone, from, last: to },
            BookingWindow::Rolling(span) => {
                let until_then = self.earliest().plus_minutes(MAX_ROLLING_SEARCH_DAYS * 24 * 60);
                let search = Interval::new(self.earliest(), window.end.min(until_then));
                let slots = self.unwindowed(search, None, Some(looker));
                let free = slots.iter().filter(|slot| self.has_room(slot));
                let last = last_rolling_date(span, free.map(|(start, _)| looker.date(*start)));
                until(last.unwrap_or(NaiveDate::MAX))
            }
        }
    }

    // --- What may keep a start -------------------------------------------------

    /// Seats taken of slots of this very length.
    fn seats(&self) -> Vec<(Instant, u32, Option<String>)> {
        let World { seated, length, rules, .. } = self.world;
        let mut seats: Vec<(Instant, u32, Option<String>)> = Vec::new();
        for slot in seated.iter().filter(|_| rules.seats.is_some()) {
            if slot.slot.start.plus_minutes(i64::from(*length)) != slot.slot.end {
                continue;
            }
            match seats.iter_mut().find(|(start, ..)| *start == slot.slot.start) {
                Some((_, taken, booking)) => {
                    *taken += slot.taken;
                    *booking = booking.take().or_else(|| slot.booking_uid.clone());
                }
                None => seats.push((slot.slot.start, slot.taken, slot.booking_uid.clone())),
            }
        }
        seats
    }

    /// The minutes in which a restriction lets slots lie, as a looker's wall has it.
    fn unrestricted(&self, looker: Option<Zone>) -> Vec<bool> {
        let all = Interval::new(self.begin, self.at(self.minutes()));
        let restriction = self.world.rules.restriction.as_ref();
        let mut schedule = restriction.map(|restriction| restriction.schedule.clone());
        if restriction.is_some_and(|restriction| restriction.on_bookers_wall) {
            schedule = schedule
                .zip(looker)
                .map(|(schedule, looker)| Schedule { zone: looker, ..schedule });
        }
        let open = schedule.map_or(vec![all], |schedule| hours(&schedule, &[], all));
        let mut flags = vec![false; self.minutes()];
        open.into_iter().for_each(|hours| mark(&mut flags, self.begin, hours));
        flags
    }

    /// The limits that one more booking at a start would break.
    fn limits(&self, start: Instant) -> Reasons {
        let date = self.world.rules.zone.date(start);
        let known = self.limited.borrow().get(&date).copied();
        known.unwrap_or_else(|| {
            let found = self.limits_of(date);
            self.limited.borrow_mut().insert(date, found);
            found
        })
    }

    fn limits_of(&self, date: NaiveDate) -> Reasons {
        let World { rules, counted, length, .. } = self.world;
        let broken = |bounds: PerPeriod, of_team: bool, of: Weigh| {
            let period: [(Option<u32>, FirstOf); 4] = [
                (bounds.day, |date| date),
                (bounds.week, |date| {
                    date - TimeDelta::days(date.weekday().num_days_from_sunday().into())
                }),
                (bounds.month, |date| date.with_day(1).unwrap()),
                (bounds.year, |date| date.with_ordinal(1).unwrap()),
            ];
            period.into_iter().any(|(most, first_of)| {
                let same = counted.iter().filter(|booking| {
                    booking.of_team == of_team
                        && first_of(rules.zone.date(booking.start)) == first_of(date)
                });
                let sum: u64 = same.map(|booking| of(booking.minutes)).sum();
                most.is_some_and(|most| sum + of(*length) > u64::from(most))
            })
        };
        let (one, minutes): (Weigh, Weigh) = (|_| 1, u64::from);
        let limits = rules.limits;
        let mut reasons = Reasons::empty();
        reasons.set(
            Reasons::BOOKING_LIMIT,
            broken(limits.bookings, false, one) || broken(limits.team_bookings, true, one),
        );
        reasons.set(Reasons::DURATION_LIMIT, broken(limits.minutes, false, minutes));
        reasons
    }

    /// What a host has against a slot; of one with seats taken, whether its booking
    /// is there already.
    fn host(&self, host: usize, start: Instant, seated: Option<bool>) -> Reasons {
        let (flags, facts) = (&self.hosts[host], &self.world.hosts[host]);
        let any = |flags: &[bool]| flags[self.slot_minutes(start)].contains(&true);
        let mut reasons = Reasons::empty();
        reasons
            .set(Reasons::OUTSIDE_SCHEDULE, flags.open[self.slot_minutes(start)].contains(&false));
        reasons.set(Reasons::OUT_OF_OFFICE, any(&flags.off));
        let holds = facts.shared.iter().any(|shared| shared.slot == start);
        if seated == Some(true) && holds {
            return reasons;
        }
        let others = facts.shared.iter().zip(&flags.shared);
        let by_shared = others
            .filter(|(shared, _)| seated.is_none() || shared.slot != start)
            .any(|(_, minutes)| any(minutes));
        reasons.set(Reasons::BUSY, any(&flags.busy) || by_shared);
        reasons.set(Reasons::RESERVED, any(&flags.held));
        reasons
    }

    /// Whether the fixed hosts and one of each group have nothing against a slot with
    /// seats taken.
    fn is_served(&self, start: Instant, is_booked: bool) -> bool {
        let hosts = &self.world.hosts;
        let able = |index: usize| self.host(index, start, Some(is_booked)).is_empty();
        let served = |index: usize| {
            let host = &hosts[index];
            let same = |other: &usize| !hosts[*other].fixed && hosts[*other].group == host.group;
            able(index) || (!host.fixed && (0..hosts.len()).filter(same).any(able))
        };
        !hosts.is_empty() && (0..hosts.len()).all(served)
    }

    /// Whether a start lies beyond the booking window wherever in the world somebody
    /// looks from, and an hour more, since clocks change. Of a rolling window `None`:
    /// not looked at.
    fn is_outside(&self, start: Instant) -> Option<bool> {
        let World { now, rules, .. } = self.world;
        match rules.booking_window {
            BookingWindow::Unlimited => Some(false),
            BookingWindow::Dates { from, to } => {
                let date = rules.zone.date(start);
                Some(date < from || to < date)
            }
            BookingWindow::Ahead(span) => Some((-48..=56).all(|quarters| {
                let shown = |instant: Instant| instant.plus_minutes(quarters * 15);
                let date = |instant: Instant| Zone::UTC.date(shown(instant));
                date(start.plus_minutes(-60)) > last_date(span, date(*now))
            })),
            BookingWindow::Rolling(_) => None,
        }
    }

    /// All that keeps each host from a start; a rolling booking window aside.
    pub fn check(&self, start: Instant, booker: Option<Zone>) -> Vec<Reasons> {
        let World { now, rules, .. } = self.world;
        let seats = self.seats().into_iter().find(|(known, ..)| *known == start);
        let mut any = Reasons::empty();
        any.set(Reasons::PAST, start < *now);
        any.set(Reasons::TOO_SOON, start < now.plus_minutes(i64::from(rules.minimum_notice)));
        any.set(Reasons::OUTSIDE_WINDOW, self.is_outside(start).unwrap_or(false));
        let open = self.unrestricted(booker);
        any.set(Reasons::RESTRICTED, open[self.slot_minutes(start)].contains(&false));
        let is_full = seats.as_ref().is_some_and(|(_, taken, _)| *taken >= rules.seats.unwrap());
        any.set(Reasons::SEATS_FULL, is_full);
        let is_booked = seats.map(|(.., booking)| booking.is_some());
        if is_booked != Some(true) {
            any |= self.limits(start);
        }
        (0..self.hosts.len()).map(|host| any | self.host(host, start, is_booked)).collect()
    }
}

fn widened(taken: Interval, rules: &EventRules) -> Interval {
    Interval::new(
        taken.start.plus_minutes(-i64::from(rules.after_buffer)),
        taken.end.plus_minutes(i64::from(rules.before_buffer)),
    )
}

/// Sets the flags of all minutes that an interval touches.
fn mark(flags: &mut [bool], begin: Instant, interval: Interval) {
    let first = interval.start.minutes_since(begin).max(0);
    let last = interval.end.plus_millis(59_999).minutes_since(begin);
    for minute in first..last.min(flags.len() as i64) {
        flags[usize::try_from(minute).unwrap()] = true;
    }
}

/// In order, without runs that lie inside another; of the same run, the first.
fn without_inner(runs: Vec<Run>) -> Vec<Run> {
    let inside = |index: usize| {
        let one = runs[index];
        runs.iter().enumerate().any(|(at, other)| {
            let contains = other.start <= one.start && one.end <= other.end;
            let same = other.start == one.start && one.end == other.end;
            at != index && contains && (!same || at < index)
        })
    };
    let mut outer: Vec<Run> =
        (0..runs.len()).filter(|index| !inside(*index)).map(|index| runs[index]).collect();
    outer.sort_by_key(|run| run.start);
    outer
}

fn all_pairs(one: &[Run], other: &[Run]) -> Vec<Run> {
    let pair = |(a, b): (&Run, &Run)| Run {
        start: a.start.max(b.start),
        end: a.end.min(b.end),
        host: a.host,
    };
    let pairs = one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    pairs.map(pair).filter(|run| run.start < run.end).collect()
}

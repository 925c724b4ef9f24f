//! When hosts are free, alone and together.

use std::cmp::Reverse;

use meridian_kernel::Instant;

use crate::hours::Timetable;
use crate::interval::covers;
use crate::seats::Seats;
use crate::taken::Taken;
use crate::wall::{Clocks, Walls};
use crate::{EventRules, Host, Interval, LocalClock, intersect, subtract};

/// A range in which a slot may lie, and whose wall its start is rounded on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct FreeRange {
    pub(crate) interval: Interval,
    /// Index of the host whose clock counts.
    host: usize,
}

/// The hosts' time within one window.
pub(crate) struct Calendars<'a> {
    hosts: Vec<Calendar<'a>>,
}

/// A host's time within one window.
struct Calendar<'a> {
    host: &'a Host,
    walls: Walls<'a>,
    /// When they work and have no day off.
    at_work: Vec<Interval>,
    taken: Taken<'a>,
}

impl<'a> Calendars<'a> {
    pub(crate) fn new(
        hosts: &'a [Host],
        rules: &'a EventRules,
        clocks: &'a Clocks,
        window: Interval,
    ) -> Self {
        let calendar = |host| {
            let walls = Walls::of(host, clocks);
            let at_work = at_work(host, &walls, window);
            Calendar { host, walls, at_work, taken: Taken::new(host, rules) }
        };
        Self { hosts: hosts.iter().map(calendar).collect() }
    }

    /// The clock that starts of a range are rounded on.
    pub(crate) fn clock(&self, range: &FreeRange) -> Option<&LocalClock> {
        Some(self.hosts.get(range.host)?.walls.at(range.interval.start))
    }

    /// When a slot may lie, in the order of the starts: where all fixed hosts and one
    /// other of each group are free throughout. Ranges of several others overlap and
    /// are kept apart, since no slot may change hosts midway; but one that lies
    /// inside another has no room for more and is dropped.
    pub(crate) fn free(&self) -> Vec<FreeRange> {
        let mut common: Option<(usize, Vec<Interval>)> = None;
        for (index, calendar) in self.hosts.iter().enumerate().filter(|(_, c)| c.host.fixed) {
            let free = calendar.free();
            match &mut common {
                Some((_, shared)) => *shared = intersect(shared, &free),
                None => common = Some((index, free)),
            }
        }
        let groups = self.groups(common.as_ref());
        match groups.into_iter().reduce(|one, other| together(&one, &other)) {
            Some(ranges) => ranges,
            None => common.map(|(host, set)| of_host(host, set).collect()).unwrap_or_default(),
        }
    }

    /// Whether hosts are there for a slot of which seats are taken.
    pub(crate) fn serve(&self, slot: Interval, seats: Seats<'_>) -> bool {
        let mut groups: Vec<(&str, bool)> = Vec::new();
        for calendar in &self.hosts {
            let there = covers(&calendar.at_work, slot)
                && calendar.taken.in_the_way(slot, Some(seats)).is_empty();
            let name = calendar.host.group.as_str();
            match groups.iter_mut().find(|(known, _)| *known == name) {
                _ if calendar.host.fixed && !there => return false,
                _ if calendar.host.fixed => {}
                Some((_, served)) => *served |= there,
                None => groups.push((name, there)),
            }
        }
        !self.hosts.is_empty() && groups.iter().all(|(_, served)| *served)
    }

    /// The free ranges of each group of hosts of whom one is needed, within what
    /// fixed hosts have in common.
    fn groups(&self, common: Option<&(usize, Vec<Interval>)>) -> Vec<Vec<FreeRange>> {
        let mut groups: Vec<(&str, Vec<FreeRange>)> = Vec::new();
        for (index, calendar) in self.hosts.iter().enumerate().filter(|(_, c)| !c.host.fixed) {
            let free = calendar.free();
            let ranges = match common {
                Some((first, shared)) => of_host(*first, intersect(shared, &free)),
                None => of_host(index, free),
            };
            let name = calendar.host.group.as_str();
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, all)) => all.extend(ranges),
                None => groups.push((name, ranges.collect())),
            }
        }
        groups.into_iter().map(|(_, ranges)| largest(ranges)).collect()
    }
}

impl Calendar<'_> {
    fn free(&self) -> Vec<Interval> {
        subtract(&self.at_work, &self.taken.set())
    }
}

fn at_work(host: &Host, walls: &Walls<'_>, window: Interval) -> Vec<Interval> {
    let hours = Timetable::of(&host.schedule).open(walls, window);
    if host.days_off.is_empty() {
        return hours;
    }
    subtract(&hours, &walls.spans(&host.days_off, window))
}

fn of_host(host: usize, set: Vec<Interval>) -> impl Iterator<Item = FreeRange> {
    set.into_iter().map(move |interval| FreeRange { interval, host })
}

/// By start, without ranges that lie inside another: starts and ends both go up.
fn largest(mut ranges: Vec<FreeRange>) -> Vec<FreeRange> {
    ranges.sort_by_key(|range| (range.interval.start, Reverse(range.interval.end)));
    let mut reach = Instant::EARLIEST;
    ranges.retain(|range| {
        let reaches = range.interval.end > reach;
        reach = reach.max(range.interval.end);
        reaches
    });
    ranges
}

/// What two groups have in common, rounded as the first. Both are as [`largest`]
/// leaves them, so what ends first has nothing more to share.
fn together(one: &[FreeRange], other: &[FreeRange]) -> Vec<FreeRange> {
    let mut shared = Vec::with_capacity(one.len().max(other.len()));
    let (mut ones, mut others) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(a), Some(b)) = (ones.peek(), others.peek()) {
        let interval = a.interval.clipped_to(b.interval);
        if !interval.is_empty() {
            shared.push(FreeRange { interval, host: a.host });
        }
        if a.interval.end <= b.interval.end {
            ones.next();
        } else {
            others.next();
        }
    }
    largest(shared)
}

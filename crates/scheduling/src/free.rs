//! When hosts are free, alone and together.

use crate::hours::open_hours;
use crate::{EventRules, Host, Interval, LocalClock, intersect, merge, subtract};

/// A range in which a slot may lie, and whose wall its start is rounded on.
pub(crate) struct FreeRange {
    pub(crate) interval: Interval,
    /// Index of the host whose clock counts.
    pub(crate) clock: usize,
}

/// The free ranges of all hosts together, in the order of their starts.
pub(crate) struct FreeTime {
    pub(crate) ranges: Vec<FreeRange>,
    pub(crate) clocks: Vec<LocalClock>,
}

/// Fixed hosts are all needed, and one of the others where there are any: a slot
/// lies where all the fixed and one other are free throughout. Ranges of several
/// others overlap and are kept apart, since no slot may change hosts midway.
pub(crate) fn free_time(hosts: &[Host], rules: &EventRules, window: Interval) -> FreeTime {
    let mut clocks = Vec::with_capacity(hosts.len());
    let mut common: Option<(usize, Vec<Interval>)> = None;
    let mut others = Vec::new();
    for (index, host) in hosts.iter().enumerate() {
        let clock = LocalClock::covering(host.schedule.zone, window);
        let free = free_of(host, rules, &clock, window);
        clocks.push(clock);
        if !host.fixed {
            others.push((index, free));
        } else if let Some((_, shared)) = &mut common {
            *shared = intersect(shared, &free);
        } else {
            common = Some((index, free));
        }
    }
    let sets = if others.is_empty() {
        common.into_iter().collect()
    } else if let Some((_, shared)) = common {
        others.iter().map(|(index, free)| (*index, intersect(&shared, free))).collect()
    } else {
        others
    };
    let in_set = |(clock, set): (usize, Vec<Interval>)| {
        set.into_iter().map(move |interval| FreeRange { interval, clock })
    };
    let mut ranges: Vec<FreeRange> = sets.into_iter().flat_map(in_set).collect();
    ranges.sort_by_key(|range| range.interval.start);
    FreeTime { ranges, clocks }
}

fn free_of(host: &Host, rules: &EventRules, clock: &LocalClock, window: Interval) -> Vec<Interval> {
    subtract(&open_hours(&host.schedule, clock, window), &taken(host, rules))
}

/// When a new booking may not lie. Buffers of two bookings add up: a busy time
/// comes widened by its own, and the new booking's go around it the other way.
pub(crate) fn taken(host: &Host, rules: &EventRules) -> Vec<Interval> {
    let widen = |busy: &Interval| busy.widened(rules.after_buffer, rules.before_buffer);
    merge(host.busy.iter().map(widen).collect())
}

//! Where slots start within what is free.

use meridian_kernel::Instant;

use crate::{EventRules, Interval, LocalClock, MINUTE};

/// What a first start is rounded up to, in minutes from the full hour: the first
/// of these that divides the time between starts.
const ALIGNMENTS: [u32; 6] = [60, 30, 20, 15, 10, 5];

/// The distances between starts, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    /// First starts lie on multiples of this on the host's wall.
    alignment: i64,
    /// Added to each first start after rounding.
    offset: i64,
    /// From one start to the next: the offset adds up, as upstream.
    step: i64,
    /// From start to end.
    length: i64,
    /// Whether a first start is rounded no further than costs no slot.
    optimized: bool,
}

/// Where the full alignment would cost a slot, these are tried, in minutes; the
/// last costs none.
const FINER_ALIGNMENTS: [i64; 3] = [15 * MINUTE, 5 * MINUTE, MINUTE];

impl Grid {
    /// For slots of so many minutes. Without an interval, they follow each other.
    pub(crate) fn new(length: u32, rules: &EventRules) -> Self {
        let length = length.max(1);
        let between = rules.slot_interval.unwrap_or(length).max(1);
        let alignment =
            ALIGNMENTS.into_iter().find(|minutes| between.is_multiple_of(*minutes)).unwrap_or(1);
        let millis = |minutes: u32| i64::from(minutes) * MINUTE;
        Self {
            alignment: millis(alignment),
            offset: millis(rules.offset_start),
            step: millis(between) + millis(rules.offset_start),
            length: millis(length),
            optimized: rules.optimized,
        }
    }

    /// The same without regard to slots lost by rounding.
    pub(crate) const fn plain(self) -> Self {
        Self { optimized: false, ..self }
    }

    /// Adds the starts of one free range to those of earlier ranges. Ranges come
    /// in the order of their starts.
    pub(crate) fn add_starts(
        &self,
        range: Interval,
        clock: &LocalClock,
        starts: &mut Vec<Instant>,
    ) {
        let mut start = self.first(range, clock, starts);
        // Not `start + length <= end`: instants end somewhere, and sums stop there.
        while range.end.millis() - start.millis() >= self.length {
            insert(starts, start);
            start = start.plus_millis(self.step);
        }
    }

    /// Where the starts of a range are counted from: its first start, or the last one
    /// of an earlier range where that is less than a step before, so that hosts whose
    /// free times overlap share one grid.
    fn first(&self, range: Interval, clock: &LocalClock, starts: &[Instant]) -> Instant {
        let rounded = self.rounded(range, clock);
        let before = starts.partition_point(|start| *start < rounded);
        let previous = before.checked_sub(1).and_then(|index| starts.get(index)).copied();
        previous.filter(|start| start.plus_millis(self.step) > rounded).unwrap_or(rounded)
    }

    /// The start of a range, moved up to the grid.
    fn rounded(&self, range: Interval, clock: &LocalClock) -> Instant {
        let to = |alignment| round_up(range.start, alignment, clock).plus_millis(self.offset);
        let aligned = to(self.alignment);
        if !self.optimized {
            return aligned;
        }
        let most = self.fitting(to(MINUTE), range.end);
        let mut tried = std::iter::once(aligned).chain(FINER_ALIGNMENTS.into_iter().map(to));
        tried.find(|start| self.fitting(*start, range.end) == most).unwrap_or(aligned)
    }

    /// How many slots there are from a first start to an end.
    fn fitting(&self, first: Instant, end: Instant) -> i64 {
        let room = end.millis() - first.millis() - self.length;
        if room < 0 { 0 } else { room / self.step + 1 }
    }
}

/// The first instant from there on at which the wall shows a multiple, so that zones
/// at odd half hours start at full hours too.
fn round_up(mut instant: Instant, alignment: i64, clock: &LocalClock) -> Instant {
    loop {
        let past = clock.civil(instant).rem_euclid(alignment);
        if past == 0 || instant == Instant::LATEST {
            return instant;
        }
        // Should clocks change by half an hour on the way, it is not there yet.
        instant = instant.plus_millis(alignment - past);
    }
}

/// Keeps the starts sorted and each once. Nearly always the new one is the last.
fn insert(starts: &mut Vec<Instant>, start: Instant) {
    if starts.last().is_none_or(|last| *last < start) {
        starts.push(start);
    } else if let Err(index) = starts.binary_search(&start) {
        starts.insert(index, start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: i64) -> Instant {
        Instant::from_millis(minutes * MINUTE)
    }

    fn starts(grid: Grid, ranges: &[(i64, i64)]) -> Vec<i64> {
        let mut starts = Vec::new();
        let clock = LocalClock::fixed(0);
        for (start, end) in ranges {
            let range = Interval::new(minutes(*start), minutes(*end));
            grid.add_starts(range, &clock, &mut starts);
        }
        starts.iter().map(|start| start.millis() / MINUTE).collect()
    }

    fn grid(length: u32, slot_interval: Option<u32>, offset_start: u32) -> Grid {
        Grid::new(length, &EventRules { slot_interval, offset_start, ..EventRules::default() })
    }

    fn optimized(length: u32) -> Grid {
        Grid::new(length, &EventRules { optimized: true, ..EventRules::default() })
    }

    #[test]
    fn a_start_off_the_grid_is_rounded_up_from_the_hour() {
        assert_eq!(starts(grid(60, None, 0), &[(15, 240)]), [60, 120, 180]);
        assert_eq!(starts(grid(45, None, 0), &[(5, 120)]), [15, 60]);
        assert_eq!(starts(grid(7, None, 0), &[(5, 20)]), [5, 12]);
    }

    #[test]
    fn the_offset_adds_up() {
        assert_eq!(starts(grid(30, None, 5), &[(540, 660)]), [545, 580, 615]);
    }

    #[test]
    fn the_interval_decides_the_distance_and_the_length_the_last_start() {
        assert_eq!(starts(grid(60, Some(15), 0), &[(0, 90)]), [0, 15, 30]);
        assert_eq!(starts(grid(15, Some(60), 0), &[(0, 90)]), [0, 60]);
    }

    #[test]
    fn a_later_range_keeps_to_the_starts_of_an_earlier_one() {
        // 45 minutes, free from 0 and from 30: the second host starts with the first.
        assert_eq!(starts(grid(45, None, 0), &[(0, 180), (30, 225)]), [0, 45, 90, 135, 180]);
    }

    #[test]
    fn optimized_starts_are_rounded_as_far_as_costs_no_slot() {
        // 17 to 240: three full hours fit from 17 on, and from 60 on.
        assert_eq!(starts(optimized(60), &[(17, 240)]), [60, 120, 180]);
        // 17 to 215: three fit until minute 35. The next quarter of an hour is 30.
        assert_eq!(starts(optimized(60), &[(17, 215)]), [30, 90, 150]);
        // 17 to 205: until 25, so 20.
        assert_eq!(starts(optimized(60), &[(17, 205)]), [20, 80, 140]);
        // 17 to 198: until 18, so 17 itself.
        assert_eq!(starts(optimized(60), &[(17, 198)]), [17, 77, 137]);
        assert_eq!(starts(grid(60, None, 0), &[(17, 198)]), [60, 120]);
    }
}

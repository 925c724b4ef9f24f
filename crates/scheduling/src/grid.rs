//! Where slots start within what is free.

use meridian_kernel::Instant;

use crate::{Interval, LocalClock, MINUTE};

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
}

impl Grid {
    /// All in minutes. Without an interval, slots follow each other.
    pub(crate) fn new(length: u32, interval: Option<u32>, offset: u32) -> Self {
        let length = length.max(1);
        let between = interval.unwrap_or(length).max(1);
        let alignment =
            ALIGNMENTS.into_iter().find(|minutes| between.is_multiple_of(*minutes)).unwrap_or(1);
        let millis = |minutes: u32| i64::from(minutes) * MINUTE;
        Self {
            alignment: millis(alignment),
            offset: millis(offset),
            step: millis(between) + millis(offset),
            length: millis(length),
        }
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
        while start.plus_millis(self.length) <= range.end {
            insert(starts, start);
            start = start.plus_millis(self.step);
        }
    }

    /// The first start of a range. It keeps its distance to the last start of an
    /// earlier range, or is that start, so that hosts whose free times overlap
    /// share one grid.
    fn first(&self, range: Interval, clock: &LocalClock, starts: &[Instant]) -> Instant {
        let rounded = self.round_up(range.start, clock).plus_millis(self.offset);
        let before = starts.partition_point(|start| *start < rounded);
        let previous = before.checked_sub(1).and_then(|index| starts.get(index)).copied();
        match previous {
            Some(start) if start.plus_millis(self.step) > rounded => {
                if start >= range.start {
                    start
                } else {
                    start.plus_millis(self.step)
                }
            }
            _ => rounded,
        }
    }

    /// On the wall, so that zones at odd half hours start at full hours too.
    fn round_up(&self, instant: Instant, clock: &LocalClock) -> Instant {
        let past = clock.civil(instant).rem_euclid(self.alignment);
        if past == 0 { instant } else { instant.plus_millis(self.alignment - past) }
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

    #[test]
    fn a_start_off_the_grid_is_rounded_up_from_the_hour() {
        assert_eq!(starts(Grid::new(60, None, 0), &[(15, 240)]), [60, 120, 180]);
        assert_eq!(starts(Grid::new(45, None, 0), &[(5, 120)]), [15, 60]);
        assert_eq!(starts(Grid::new(7, None, 0), &[(5, 20)]), [5, 12]);
    }

    #[test]
    fn the_offset_adds_up() {
        assert_eq!(starts(Grid::new(30, None, 5), &[(540, 660)]), [545, 580, 615]);
    }

    #[test]
    fn the_interval_decides_the_distance_and_the_length_the_last_start() {
        assert_eq!(starts(Grid::new(60, Some(15), 0), &[(0, 90)]), [0, 15, 30]);
        assert_eq!(starts(Grid::new(15, Some(60), 0), &[(0, 90)]), [0, 60]);
    }

    #[test]
    fn a_later_range_keeps_to_the_starts_of_an_earlier_one() {
        // 45 minutes, free from 0 and from 30: the second host starts with the first.
        assert_eq!(starts(Grid::new(45, None, 0), &[(0, 180), (30, 225)]), [0, 45, 90, 135, 180]);
    }
}

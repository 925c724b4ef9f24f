//! Half-open intervals of instants, and sets of them as sorted vectors.

use meridian_kernel::Instant;

/// From `start` up to but without `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interval {
    /// The first instant inside.
    pub start: Instant,
    /// The first instant after.
    pub end: Instant,
}

impl Interval {
    /// Possibly empty, where `end` is not after `start`.
    pub const fn new(start: Instant, end: Instant) -> Self {
        Self { start, end }
    }

    /// Whether there is nothing inside.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Whether the two share an instant.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether an instant lies inside.
    pub fn has(self, instant: Instant) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether all of `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// What the two share; possibly empty.
    pub fn clipped_to(self, other: Self) -> Self {
        Self { start: self.start.max(other.start), end: self.end.min(other.end) }
    }

    /// Longer by so many minutes on each side.
    pub const fn widened(self, before_minutes: u32, after_minutes: u32) -> Self {
        Self {
            start: self.start.plus_minutes(-(before_minutes as i64)),
            end: self.end.plus_minutes(after_minutes as i64),
        }
    }
}

/// Makes a set of any list: sorted, without empty intervals, and with those that
/// overlap or touch made one.
pub fn merge(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.retain(|interval| !interval.is_empty());
    intervals.sort_unstable();
    intervals.dedup_by(|next, kept| {
        let joins = next.start <= kept.end;
        if joins {
            kept.end = kept.end.max(next.end);
        }
        joins
    });
    intervals
}

/// What is in the first set and not in the second.
pub fn subtract(from: &[Interval], taken: &[Interval]) -> Vec<Interval> {
    let mut left = Vec::with_capacity(from.len() + taken.len());
    let mut taken = taken.iter().copied().peekable();
    for interval in from {
        let mut start = interval.start;
        while let Some(next) = taken.peek().copied().filter(|next| next.start < interval.end) {
            if next.start > start {
                left.push(Interval::new(start, next.start));
            }
            start = start.max(next.end);
            if next.end > interval.end {
                // It may reach into the next interval too.
                break;
            }
            taken.next();
        }
        if start < interval.end {
            left.push(Interval::new(start, interval.end));
        }
    }
    left
}

/// What is in both sets.
pub fn intersect(one: &[Interval], other: &[Interval]) -> Vec<Interval> {
    let mut shared = Vec::new();
    let (mut ones, mut others) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(a), Some(b)) = (ones.peek(), others.peek()) {
        let both = a.clipped_to(**b);
        if !both.is_empty() {
            shared.push(both);
        }
        if a.end <= b.end {
            ones.next();
        } else {
            others.next();
        }
    }
    shared
}

/// Whether a set has all of an interval.
pub(crate) fn covers(set: &[Interval], interval: Interval) -> bool {
    let after = set.partition_point(|one| one.start <= interval.start);
    let last = after.checked_sub(1).and_then(|index| set.get(index));
    last.is_some_and(|one| one.contains(interval))
}

/// Whether a set has any of an interval.
pub(crate) fn touches(set: &[Interval], interval: Interval) -> bool {
    let first = set.partition_point(|one| one.end <= interval.start);
    set.get(first).is_some_and(|one| one.overlaps(interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pairs: &[(i64, i64)]) -> Vec<Interval> {
        let at = Instant::from_millis;
        pairs.iter().map(|(start, end)| Interval::new(at(*start), at(*end))).collect()
    }

    #[test]
    fn a_list_becomes_a_set() {
        let list = set(&[(5, 7), (1, 3), (3, 4), (9, 9), (6, 10), (12, 11)]);
        assert_eq!(merge(list), set(&[(1, 4), (5, 10)]));
    }

    #[test]
    fn what_is_taken_is_cut_out() {
        let free = set(&[(0, 10), (20, 30), (40, 50)]);
        let taken = set(&[(-5, 1), (3, 4), (8, 22), (25, 26), (29, 60)]);
        assert_eq!(subtract(&free, &taken), set(&[(1, 3), (4, 8), (22, 25), (26, 29)]));
        assert_eq!(subtract(&free, &[]), free);
        assert_eq!(subtract(&free, &free), []);
    }

    #[test]
    fn what_touches_takes_nothing() {
        assert_eq!(subtract(&set(&[(5, 10)]), &set(&[(0, 5), (10, 20)])), set(&[(5, 10)]));
    }

    #[test]
    fn only_what_both_have_is_shared() {
        let one = set(&[(0, 10), (20, 30), (40, 50)]);
        let other = set(&[(5, 25), (28, 41), (50, 60)]);
        assert_eq!(intersect(&one, &other), set(&[(5, 10), (20, 25), (28, 30), (40, 41)]));
        assert_eq!(intersect(&one, &[]), []);
    }
}

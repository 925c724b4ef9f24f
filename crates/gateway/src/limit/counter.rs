//! One window as one shared number: `ms at which it ends × 2^21 + times in it`.
//!
//! Counting is one atomic increment. A new window, or a block, is one swap, which
//! whoever comes second finds done. Nothing is read first and decided on later.

use std::cell::Cell;

use crate::Services;
use crate::limit::keep_bounded;

/// Bits that count. What exceeds them would lengthen the window by a millisecond.
const TIMES_BITS: u32 = 21;
const TIMES_MASK: i64 = (1 << TIMES_BITS) - 1;

/// What a window's number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counter(i64);

impl Counter {
    const fn new(ends_at: i64, times: i64) -> Self {
        Self((ends_at << TIMES_BITS) | times)
    }

    /// When the window ends, in milliseconds since 1970.
    pub(crate) const fn ends_at(self) -> i64 {
        self.0 >> TIMES_BITS
    }

    /// How often it happened in the window.
    pub(crate) const fn times(self) -> i64 {
        self.0 & TIMES_MASK
    }
}

/// The counter with one more time in it; `None` where the store failed. A window
/// that is over makes place for a new one of `period` milliseconds.
pub(crate) async fn count(
    services: &impl Services,
    key: &str,
    period: i64,
    now: i64,
) -> Option<Counter> {
    let counted = Counter(services.increment(key, 1).await?);
    if counted.ends_at() > now {
        return Some(counted);
    }
    if counted == Counter(1) {
        keep_bounded(services, key).await;
    }
    let ours = Cell::new(false);
    let open = |current| {
        let is_over = Counter(current).ends_at() <= now;
        ours.set(is_over);
        is_over.then_some(Counter::new(now.saturating_add(period), 1).0)
    };
    let opened = services.update(key, open).await?;
    // Whoever opened it is counted in it; whoever came second counts once more.
    if ours.get() { Some(Counter(opened)) } else { services.increment(key, 1).await.map(Counter) }
}

/// The window with a new end, where it is still the same one.
pub(crate) async fn block_until(
    services: &impl Services,
    key: &str,
    counted: Counter,
    ends_at: i64,
) -> Option<Counter> {
    let block = |current| {
        let current = Counter(current);
        let is_same = current.ends_at() == counted.ends_at();
        is_same.then_some(Counter::new(ends_at, current.times()).0)
    };
    services.update(key, block).await.map(Counter)
}

/// Takes one time back, where the window is still the same one.
pub(crate) async fn take_back(services: &impl Services, key: &str, counted: Counter) {
    let less = |current| {
        let current = Counter(current);
        let is_same = current.ends_at() == counted.ends_at() && current.times() > 0;
        is_same.then_some(current.0 - 1)
    };
    services.update(key, less).await;
}

/// Begins again at nothing, in the same window.
pub(crate) async fn clear(services: &impl Services, key: &str) {
    let none = |current| Some(Counter::new(Counter(current).ends_at(), 0).0);
    services.update(key, none).await;
}

//! What is asked.

use meridian_kernel::Instant;

use crate::{
    Booked, BookingWindow, EventRules, Host, Interval, MAX_ROLLING_SEARCH_DAYS, SeatedSlot,
};

/// What both [`crate::slots`] and [`crate::check`] are about.
///
/// What the caller lists must cover what [`load_range`] says: busy times, days off,
/// seated slots and limited periods outside of it make no difference.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The clock of the request.
    pub now: Instant,
    /// The length of the booking in minutes.
    pub length: u32,
    /// What the event type says.
    pub rules: &'a EventRules,
    /// The hosts. Several people asked for together are fixed hosts.
    pub hosts: &'a [Host],
    /// Slots of which seats are taken, in any order. One may come twice, as booked
    /// and as reserved: its seats add up.
    pub seated: &'a [SeatedSlot],
    /// The limited periods and what is booked in them, in any order.
    pub booked: &'a [Booked],
}

impl<'a> Question<'a> {
    /// About an event type without limits and shared slots, or where nothing is
    /// booked of it.
    pub const fn new(now: Instant, length: u32, rules: &'a EventRules, hosts: &'a [Host]) -> Self {
        Self { now, length, rules, hosts, seated: &[], booked: &[] }
    }

    /// The earliest start that is shown: at least a minute from now.
    pub(crate) fn earliest(&self) -> Instant {
        self.now.plus_minutes(i64::from(self.rules.minimum_notice.max(1)))
    }

    pub(crate) fn slot(&self, start: Instant) -> Interval {
        Interval::new(start, start.plus_minutes(i64::from(self.length)))
    }
}

/// What must be known to answer for a window: the window, and for rolling booking
/// windows all from now on, since their days are counted from there.
///
/// Busy times count where they touch it, widened by the event type's buffers;
/// seated slots and limited periods where a start in it does.
pub fn load_range(rules: &EventRules, now: Instant, window: Interval) -> Interval {
    let last = now.plus_minutes(MAX_ROLLING_SEARCH_DAYS * 24 * 60);
    if !matches!(rules.booking_window, BookingWindow::Rolling(_)) || window.start >= last {
        return window;
    }
    // What comes after the search is refused whatever is known of it; but why else
    // it would be is told only of what is asked.
    Interval::new(now.min(window.start), window.end)
}

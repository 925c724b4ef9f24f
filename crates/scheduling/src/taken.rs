//! What keeps a host from a slot although they are at work.

use meridian_kernel::Instant;

use crate::seats::Seats;
use crate::{EventRules, Host, Interval, Reasons, merge};

/// What takes a host, and the buffers to keep from it.
pub(crate) struct Taken<'a> {
    host: &'a Host,
    rules: &'a EventRules,
    /// When the shared slots that they hold start, in order.
    shares: Vec<Instant>,
}

impl<'a> Taken<'a> {
    pub(crate) fn new(host: &'a Host, rules: &'a EventRules) -> Self {
        let mut shares: Vec<Instant> = host.shared.iter().map(|shared| shared.slot).collect();
        shares.sort_unstable();
        Self { host, rules, shares }
    }

    /// When a slot that nobody has a seat of may not lie.
    pub(crate) fn set(&self) -> Vec<Interval> {
        let Host { busy, held, shared, .. } = self.host;
        let shared = shared.iter().map(|shared| &shared.taken);
        let all = busy.iter().chain(held).chain(shared);
        merge(all.map(|taken| self.widened(*taken)).collect())
    }

    /// What is in the way of a slot. One of which seats are taken is not in its own
    /// way; and whoever joins its booking takes nobody's time.
    pub(crate) fn in_the_way(&self, slot: Interval, seats: Option<Seats<'_>>) -> Reasons {
        let is_booked = seats.is_some_and(|seats| seats.booking_uid.is_some());
        if is_booked && self.shares.binary_search(&slot.start).is_ok() {
            return Reasons::empty();
        }
        let is_own = |start| seats.is_some() && start == slot.start;
        let hits = |taken: &Interval| self.widened(*taken).overlaps(slot);
        let Host { busy, held, shared, .. } = self.host;
        let by_shared = shared.iter().any(|shared| !is_own(shared.slot) && hits(&shared.taken));
        let mut reasons = Reasons::empty();
        reasons.set(Reasons::BUSY, by_shared || busy.iter().any(hits));
        reasons.set(Reasons::RESERVED, held.iter().any(hits));
        reasons
    }

    /// Buffers of two bookings add up: a busy time comes widened by its own, and the
    /// new booking's go around it the other way.
    fn widened(&self, taken: Interval) -> Interval {
        taken.widened(self.rules.after_buffer, self.rules.before_buffer)
    }
}

//! Wake-ups of an organisation's workers: one for all that happens within a few
//! milliseconds.
//!
//! A key of the key-value store says when workers were last woken and whether they
//! have begun to look since. Who finds a wake-up still on its way leaves it at that:
//! their rows are committed, so whoever looks later finds them. The key is only ever a
//! hint. Where it is lost or wrong a wake-up too many is sent, or one is missing for
//! [`BELIEVED`] and the sweep comes, as it does after a crash.

use std::cell::Cell;

use meridian_kernel::{Instant, OrganizationNumber};

use crate::key_value::update_counter;

/// How soon after a wake-up the next one is sent at the earliest, in milliseconds.
const GAP: i64 = 20;

/// For how long a wake-up is believed to be on its way, in milliseconds.
const BELIEVED: i64 = 1_000;

/// Takes a wake-up upon the caller, whose rows are committed: how long to wait before
/// it is sent, in milliseconds. `None`: another one is on its way.
pub(crate) async fn take_on(organization: OrganizationNumber) -> Option<i64> {
    let now = Instant::now();
    // A store that fails changes nothing: then everybody sends their own.
    let planned = Cell::new(Some(Last { at: now.millis(), is_on_its_way: true }));
    update_counter(&key(organization), |stored| {
        planned.set(Last::read(stored).next(now));
        planned.get().map(Last::number)
    })
    .await;
    planned.get().map(|next| (next.at - now.millis()).clamp(0, GAP))
}

/// Says that a worker begins, before it looks what is due, or that a wake-up failed:
/// whoever commits from now on sends another one.
pub async fn arrived(organization: OrganizationNumber) {
    update_counter(&key(organization), |stored| {
        let last = Last::read(stored);
        last.is_on_its_way.then(|| Last { is_on_its_way: false, ..last }.number())
    })
    .await;
}

fn key(organization: OrganizationNumber) -> String {
    format!("wake-{organization}")
}

/// The last wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Last {
    /// When it was sent, or is going to be.
    at: i64,
    /// Whether nobody has begun to look since.
    is_on_its_way: bool,
}

impl Last {
    /// Twice the time, and one more while it is on its way.
    fn read(number: i64) -> Self {
        Self { at: number / 2, is_on_its_way: number % 2 != 0 }
    }

    fn number(self) -> i64 {
        self.at * 2 + i64::from(self.is_on_its_way)
    }

    /// The wake-up for what was committed before `now`; `None` where this one will do.
    fn next(self, now: Instant) -> Option<Self> {
        let now = now.millis();
        let is_believed = (now - BELIEVED..=now + BELIEVED).contains(&self.at);
        if self.is_on_its_way && is_believed {
            return None;
        }
        // Another machine's clock may be ahead: nobody waits longer than the gap.
        let at = if is_believed { (self.at + GAP).clamp(now, now + GAP) } else { now };
        Some(Self { at, is_on_its_way: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn next(at: i64, is_on_its_way: bool) -> Option<i64> {
        let last = Last::read(Last { at: NOW + at, is_on_its_way }.number());
        let next = last.next(Instant::from_millis(NOW))?;
        assert!(next.is_on_its_way);
        Some(next.at - NOW)
    }

    #[test]
    fn the_first_is_sent_at_once() {
        let never = Last::read(0).next(Instant::from_millis(NOW));
        assert_eq!(never, Some(Last { at: NOW, is_on_its_way: true }));
        assert_eq!(next(-GAP, false), Some(0));
        assert_eq!(next(-60_000, false), Some(0));
    }

    #[test]
    fn another_keeps_its_distance() {
        assert_eq!(next(0, false), Some(GAP));
        assert_eq!(next(-3, false), Some(GAP - 3));
        // Somebody else's clock.
        assert_eq!(next(500, false), Some(GAP));
    }

    #[test]
    fn one_on_its_way_will_do_unless_it_must_be_lost() {
        for at in [-BELIEVED, -3, 0, GAP] {
            assert_eq!(next(at, true), None, "{at}");
        }
        for at in [-BELIEVED - 1, BELIEVED + 1] {
            assert_eq!(next(at, true), Some(0), "{at}");
        }
    }
}

//! When a delivery that failed is tried again.

use meridian_kernel::Instant;

use crate::backoff::spread;

/// Seconds to wait after each failed attempt. Together about three days: longer
/// than a weekend's outage.
const WAITS: [i64; 9] = [
    5,
    5 * 60,
    30 * 60,
    2 * 60 * 60,
    5 * 60 * 60,
    10 * 60 * 60,
    14 * 60 * 60,
    20 * 60 * 60,
    24 * 60 * 60,
];

/// After how many attempts a delivery has failed for good.
pub const MOST_ATTEMPTS: usize = WAITS.len() + 1;

/// When to try again after so many attempts, spread by a tenth; `None`: never.
pub fn next_attempt(attempts: u32, delivery: &str, now: Instant) -> Option<Instant> {
    let index = usize::try_from(attempts).ok()?.checked_sub(1)?;
    Some(spread(WAITS.get(index)? * 1000, delivery, attempts, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    #[test]
    fn waits_grow_and_end_after_nine_retries() {
        let waits: Vec<i64> = (1..20)
            .map_while(|attempts| next_attempt(attempts, "1", NOW))
            .map(|at| (at.millis() - NOW.millis()) / 1000)
            .collect();
        assert_eq!(waits.len(), 9);
        assert_eq!(MOST_ATTEMPTS, 10);
        for (wait, least) in waits.iter().zip(WAITS) {
            assert!((least..=least + least / 10).contains(wait), "{wait} for {least}");
        }
    }

    #[test]
    fn deliveries_are_spread() {
        let at = |delivery: u32| next_attempt(4, &delivery.to_string(), NOW).unwrap();
        let distinct: std::collections::HashSet<Instant> = (0..50).map(at).collect();
        assert!(distinct.len() > 20, "{}", distinct.len());
    }

    #[test]
    fn nothing_was_attempted_nothing_is_repeated() {
        assert_eq!(next_attempt(0, "1", NOW), None);
    }
}

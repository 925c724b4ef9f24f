//! When a job that failed is tried again.

use meridian_kernel::Instant;

use crate::backoff::spread;

/// The wait after the first failure, in milliseconds.
const FIRST_WAIT: i64 = 5_000;

/// How much longer each wait is than the one before.
const GROWTH: i64 = 4;

/// The longest wait, in milliseconds: six hours.
const LONGEST_WAIT: i64 = 6 * 60 * 60 * 1000;

/// When to try again after so many attempts; `None`: never. Waits are 5 s, 20 s, 80 s
/// and so on up to six hours, each spread by a tenth. `key` tells jobs apart.
pub fn next_attempt(attempts: u32, most: u32, key: &str, now: Instant) -> Option<Instant> {
    if attempts >= most {
        return None;
    }
    let growth = GROWTH.saturating_pow(attempts.saturating_sub(1));
    let wait = FIRST_WAIT.saturating_mul(growth).min(LONGEST_WAIT);
    Some(spread(wait, key, attempts, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    #[test]
    fn waits_grow_to_six_hours_and_end_with_the_last_attempt() {
        let waits: Vec<i64> = (1..20)
            .map_while(|attempts| next_attempt(attempts, 10, "1", NOW))
            .map(|at| (at.millis() - NOW.millis()) / 1000)
            .collect();
        let least = [5, 20, 80, 320, 1_280, 5_120, 20_480, 21_600, 21_600];
        assert_eq!(waits.len(), least.len());
        for (wait, least) in waits.iter().zip(least) {
            assert!((least..=least + least / 10).contains(wait), "{wait} for {least}");
        }
    }

    #[test]
    fn no_number_of_attempts_is_too_large_to_count_with() {
        assert!(next_attempt(u32::MAX - 1, u32::MAX, "1", NOW).is_some());
        assert_eq!(next_attempt(1, 1, "1", NOW), None);
    }
}

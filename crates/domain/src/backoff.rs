//! Waits before another try, spread so that what failed together is not tried together.

use meridian_kernel::{Instant, hash_hex};

/// A tenth of the wait, in permille, is what tries are spread over.
const MOST_JITTER: i64 = 100;

/// The end of a wait of so many milliseconds that begins now. Up to a tenth of it is
/// added, different for every key and attempt, so that whoever was down is not met by
/// all at once.
pub(crate) fn spread(wait: i64, key: &str, attempts: u32, now: Instant) -> Instant {
    let hash = hash_hex(format!("{key} {attempts}").as_bytes());
    let random = hash.get(..8).and_then(|digits| i64::from_str_radix(digits, 16).ok());
    let jitter = random.unwrap_or(0) % (MOST_JITTER + 1);
    now.plus_millis(wait.saturating_add(wait / 1000 * jitter))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    #[test]
    fn up_to_a_tenth_is_added_and_differs() {
        let at = |key: u32| spread(60_000, &key.to_string(), 1, NOW);
        let distinct: std::collections::HashSet<Instant> = (0..50).map(at).collect();
        assert!(distinct.len() > 20, "{}", distinct.len());
        assert!((0..50).all(|key| (60_000..=66_000).contains(&(at(key).millis() - NOW.millis()))));
        assert_ne!(spread(60_000, "1", 1, NOW), spread(60_000, "1", 2, NOW));
    }
}

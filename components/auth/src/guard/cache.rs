//! What the guard remembers, and when it believes it.

use meridian_edge::{SpinServices, key_value};
use meridian_gateway::keep_bounded;
use meridian_kernel::Instant;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// How long anything is believed at most, in milliseconds: the bound on staleness
/// should a revocation fail to reach the store.
const MAX_AGE_MILLIS: i64 = 60_000;

/// What the names of remembered credentials begin with.
pub const CREDENTIALS: &str = "guard:";

/// The store the guard remembers in. A failure answers like an empty store.
#[allow(async_fn_in_trait, reason = "futures stay in the guest that made them")]
pub trait Cache {
    /// The value of a key.
    async fn get(&self, key: &str) -> Option<Vec<u8>>;
    /// Sets a key, or fails silently.
    async fn set(&self, key: &str, value: &[u8]);
    /// Adds to a counter; `None` where the store failed.
    async fn increment(&self, key: &str, delta: i64) -> Option<i64>;
}

/// The key-value store all components share.
pub struct SharedCache;

impl Cache for SharedCache {
    async fn get(&self, key: &str) -> Option<Vec<u8>> {
        key_value::get(key).await
    }

    /// Tokens come and go: only so many are remembered. There are no more organisations
    /// than the platform has.
    async fn set(&self, key: &str, value: &[u8]) {
        let is_new = key.starts_with(CREDENTIALS) && key_value::get(key).await.is_none();
        key_value::set(key, value).await;
        if is_new {
            keep_bounded(&SpinServices, key).await;
        }
    }

    async fn increment(&self, key: &str, delta: i64) -> Option<i64> {
        key_value::increment(key, delta).await
    }
}

/// The epoch is kept as the bytes the store answered: stores write counters in
/// different forms, and all that matters is whether two are the same.
#[derive(Serialize, Deserialize)]
pub struct Entry<T> {
    epoch: Vec<u8>,
    until: i64,
    /// What is remembered.
    pub value: T,
}

impl<T> Entry<T> {
    /// Whether its epoch is the current one and its time has not come.
    pub fn is_believed(&self, epoch: &[u8], now: Instant) -> bool {
        let left = self.until.saturating_sub(now.millis());
        // More than the longest age left: written by a clock that runs ahead.
        left > 0 && left <= MAX_AGE_MILLIS && self.epoch == epoch
    }
}

/// What to store of a value; `None` where it is not worth storing.
pub fn entry<T: Serialize>(
    value: &T,
    epoch: &[u8],
    now: Instant,
    valid_until: Option<Instant>,
) -> Option<Vec<u8>> {
    let longest = now.millis().saturating_add(MAX_AGE_MILLIS);
    let until = valid_until.map_or(longest, |end| longest.min(end.millis()));
    serde_json::to_vec(&Entry { epoch: epoch.to_vec(), until, value }).ok()
}

/// The entry, where it may be believed. One of another form (an older build wrote it)
/// is no entry.
pub fn believe<T: DeserializeOwned>(stored: &[u8], epoch: &[u8], now: Instant) -> Option<Entry<T>> {
    let entry: Entry<T> = serde_json::from_slice(stored).ok()?;
    entry.is_believed(epoch, now).then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    fn believed(stored: &[u8], epoch: &[u8], now: Instant) -> Option<String> {
        believe(stored, epoch, now).map(|entry| entry.value)
    }

    #[test]
    fn an_entry_is_believed_in_its_epoch_for_a_minute() {
        let stored = entry(&"ada", b"7", NOW, None).unwrap();
        assert_eq!(believed(&stored, b"7", NOW), Some("ada".to_owned()));
        assert_eq!(believed(&stored, b"7", NOW.plus_millis(59_999)), Some("ada".to_owned()));
        assert_eq!(believed(&stored, b"7", NOW.plus_millis(60_000)), None);
        assert_eq!(believed(&stored, b"8", NOW), None);
        assert_eq!(believed(&stored, b"7", NOW.plus_minutes(-1)), None);
    }

    #[test]
    fn an_entry_ends_with_the_key_it_is_about() {
        let stored = entry(&"ada", b"7", NOW, Some(NOW.plus_millis(5))).unwrap();
        assert!(believed(&stored, b"7", NOW.plus_millis(4)).is_some());
        assert!(believed(&stored, b"7", NOW.plus_millis(5)).is_none());
    }

    #[test]
    fn what_is_no_entry_is_not_believed() {
        for stored in [&b""[..], b"{}", b"null", b"\xff"] {
            assert_eq!(believed(stored, b"7", NOW), None);
        }
    }
}

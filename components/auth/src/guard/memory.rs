//! What one instance remembers of what the shared cache told it: it asks for the epoch
//! alone then, and reads nothing twice.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use meridian_kernel::Instant;

use super::cache::Entry;

/// How many entries an instance remembers. Another one pushes one of them out.
const MAX_ENTRIES: usize = 128;

/// Entries by their key in the cache.
pub struct Memory<T>(Mutex<BTreeMap<String, Entry<T>>>);

impl<T: Clone> Memory<T> {
    /// Nothing is remembered.
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// Whether there is an entry, be it still believed or not.
    pub fn knows(&self, key: &str) -> bool {
        self.lock().contains_key(key)
    }

    /// The value of an entry that may be believed.
    pub fn recall(&self, key: &str, epoch: &[u8], now: Instant) -> Option<T> {
        let entries = self.lock();
        let entry = entries.get(key).filter(|entry| entry.is_believed(epoch, now));
        entry.map(|entry| entry.value.clone())
    }

    /// Remembers an entry.
    pub fn keep(&self, key: &str, entry: Entry<T>) {
        let mut entries = self.lock();
        if entries.len() >= MAX_ENTRIES && !entries.contains_key(key) {
            entries.pop_first();
        }
        entries.insert(key.to_owned(), entry);
    }

    /// An instance has one thread: nobody waits here.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Entry<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cache;
    use super::*;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    fn entry(name: &str) -> Entry<String> {
        let stored = cache::entry(&name, b"7", NOW, None).unwrap();
        cache::believe(&stored, b"7", NOW).unwrap()
    }

    #[test]
    fn an_entry_is_recalled_in_its_epoch_and_time() {
        let memory = Memory::new();
        assert!(!memory.knows("a"));
        memory.keep("a", entry("ada"));
        assert!(memory.knows("a"));
        assert_eq!(memory.recall("a", b"7", NOW), Some("ada".to_owned()));
        assert_eq!(memory.recall("a", b"8", NOW), None);
        assert_eq!(memory.recall("a", b"7", NOW.plus_minutes(1)), None);
        assert_eq!(memory.recall("b", b"7", NOW), None);
    }

    #[test]
    fn only_so_much_is_remembered() {
        let memory = Memory::new();
        for key in 0..2 * MAX_ENTRIES {
            memory.keep(&key.to_string(), entry("ada"));
        }
        let known = (0..2 * MAX_ENTRIES).filter(|key| memory.knows(&key.to_string()));
        assert_eq!(known.count(), MAX_ENTRIES);
    }
}

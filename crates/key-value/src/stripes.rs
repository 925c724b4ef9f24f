//! Locks that several keys share, so that a read and the write that follows from
//! it are one step for everybody else.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

const STRIPES: usize = 64;

pub(crate) struct Stripes {
    locks: [Mutex<()>; STRIPES],
    hasher: RandomState,
}

impl Stripes {
    pub(crate) fn new() -> Self {
        Self { locks: [const { Mutex::new(()) }; STRIPES], hasher: RandomState::new() }
    }

    fn stripe(&self, key: &str) -> usize {
        let hash = self.hasher.hash_one(key) % STRIPES as u64;
        usize::try_from(hash).unwrap_or_default()
    }

    /// Holds one key until the guard is dropped.
    pub(crate) fn lock(&self, key: &str) -> Option<MutexGuard<'_, ()>> {
        self.lock_stripe(self.stripe(key))
    }

    /// Holds several keys. In the order of the stripes, so that two callers
    /// never wait for each other.
    pub(crate) fn lock_all<'k>(
        &self,
        keys: impl Iterator<Item = &'k str>,
    ) -> Vec<MutexGuard<'_, ()>> {
        let stripes: BTreeSet<usize> = keys.map(|key| self.stripe(key)).collect();
        stripes.into_iter().filter_map(|stripe| self.lock_stripe(stripe)).collect()
    }

    fn lock_stripe(&self, stripe: usize) -> Option<MutexGuard<'_, ()>> {
        // The lock guards no data of its own, so a panic elsewhere spoils nothing.
        self.locks.get(stripe).map(|lock| lock.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

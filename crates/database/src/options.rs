//! How databases are kept.

use std::time::Duration;

/// How hard a commit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// Every commit is on the disk before it is answered.
    #[default]
    Full,
    /// A power cut may lose the last commits; a killed process loses none.
    Normal,
}

/// How databases are kept.
#[derive(Clone, Debug)]
pub struct Options {
    /// How hard a commit is.
    pub synchronous: Synchronous,
    /// Connections kept open while nobody uses them. Each takes three descriptors
    /// and some 400 KiB, most of it what the engine knows of the schema.
    pub max_connections: usize,
    /// How long a read may hold the async thread it was asked on before it moves
    /// to a thread of its own.
    pub inline_budget: Duration,
    /// How long a batch may run at all, and wait for a lock.
    pub batch_limit: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            synchronous: Synchronous::default(),
            max_connections: 384,
            inline_budget: Duration::from_millis(2),
            batch_limit: Duration::from_secs(5),
        }
    }
}

//! Key-value stores on disk, for `spin:key-value` and `wasi:keyvalue`.
//!
//! Calls are synchronous and take microseconds: what is written lately is in
//! memory, and a write goes to the operating system without waiting for the
//! disk. So writes survive a killed process, and the last ones may be lost with
//! the machine's power, which is enough for caches and counters.
//!
//! Memory is bounded: [`CACHE_BYTES`] for blocks read from disk, and about two
//! times [`MEMTABLE_BYTES`] per store for what was written lately.

mod error;
mod store;
mod stripes;

pub use error::Error;
pub use store::{KeyValue, Store, Swap};

/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 256;

/// The largest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 1024 * 1024;

/// The longest label of a store, in bytes.
pub const MAX_LABEL_BYTES: usize = 64;

/// How many blocks read from disk are kept in memory, in bytes.
pub const CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// How much of a store is collected in memory before it goes to a table on disk,
/// in bytes. It is in the journal before that.
pub const MEMTABLE_BYTES: u64 = 8 * 1024 * 1024;

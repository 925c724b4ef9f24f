//! One database file: its connections, and who may use them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use meridian_store::DatabaseError;
use tokio::sync::{OwnedRwLockReadGuard, RwLock, Semaphore};

use crate::engine::Connection;
use crate::failure;
use crate::options::{Options, Synchronous};
use crate::registry::Registry;
use crate::writer::Queue;

/// Readers of one file that run at the same time; more wait for one of them.
const MAX_READERS: usize = 8;

/// Slow reads of all files that run at the same time: they take threads that writes
/// need too.
const MAX_SLOW_READS: usize = 64;

/// Page cache of a reader, in KiB. The operating system caches the file.
const CACHE_KIB: u32 = 256;

/// Page cache of the writer, in KiB: it holds what a whole group of batches changes,
/// or pages would be written to the log in the midst of the group, and again at its end.
const WRITER_CACHE_KIB: u32 = 2 * 1024;

/// Pages of the write-ahead log after which a commit writes it back, some 8 MiB: the
/// longer the log, the more often a page was changed that is written back once.
const CHECKPOINT_PAGES: u32 = 4_000;

/// The write-ahead log is cut back to this after a checkpoint. Longer than it grows: a
/// file that does not grow is flushed more cheaply.
const KEPT_LOG_BYTES: u32 = 10 * 1024 * 1024;

/// Whether the file exists. Whoever uses a file holds this for reading; whoever
/// creates, closes or deletes it holds it for writing.
pub(crate) type Presence = OwnedRwLockReadGuard<bool>;

/// A database file. Kept for as long as the process knows its name; its
/// connections come and go.
#[derive(Debug)]
pub(crate) struct File {
    pub path: PathBuf,
    pub present: Arc<RwLock<bool>>,
    pub queue: Mutex<Queue>,
    pub readers: Arc<Semaphore>,
    idle: Mutex<Idle>,
    /// When it was last used, on the clock of all files.
    last_used: AtomicU64,
    /// Connections that lie idle, to be asked without a lock.
    idle_count: AtomicUsize,
    pub shared: Arc<Shared>,
    registry: Weak<Registry>,
}

/// What all files have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub options: Options,
    pub slow_reads: Arc<Semaphore>,
    open: AtomicUsize,
    clock: AtomicU64,
}

/// Connections that nobody uses right now.
#[derive(Debug, Default)]
struct Idle {
    writer: Option<Counted>,
    readers: Vec<Counted>,
}

/// A connection that counts as open until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted {
    pub connection: Connection,
    shared: Arc<Shared>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.shared.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Shared {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            slow_reads: Arc::new(Semaphore::new(MAX_SLOW_READS)),
            open: AtomicUsize::new(0),
            clock: AtomicU64::new(0),
        }
    }

    /// Connections open right now, idle or not.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

impl File {
    pub(crate) fn new(path: PathBuf, registry: &Arc<Registry>) -> Self {
        Self {
            present: Arc::new(RwLock::new(path.exists())),
            path,
            queue: Mutex::default(),
            readers: Arc::new(Semaphore::new(MAX_READERS)),
            idle: Mutex::default(),
            last_used: AtomicU64::new(0),
            idle_count: AtomicUsize::new(0),
            shared: Arc::clone(&registry.shared),
            registry: Arc::downgrade(registry),
        }
    }

    /// The right to use the file; it is neither closed nor deleted meanwhile.
    pub(crate) async fn enter(&self) -> Result<Presence, DatabaseError> {
        self.last_used.store(self.shared.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        let presence = self.present.clone().read_owned().await;
        if *presence { Ok(presence) } else { Err(DatabaseError::NotFound) }
    }

    /// When it was last entered, in no unit: greater is later.
    pub(crate) fn last_used(&self) -> u64 {
        self.last_used.load(Ordering::Relaxed)
    }

    /// Whether a connection lies idle.
    pub(crate) fn is_open(&self) -> bool {
        self.idle_count.load(Ordering::Relaxed) > 0
    }

    /// An idle reader.
    pub(crate) fn take_reader(&self) -> Option<Counted> {
        self.with_idle(|idle| idle.readers.pop())
    }

    pub(crate) fn put_reader(&self, reader: Counted) {
        self.with_idle(|idle| idle.readers.push(reader));
    }

    /// The writer, where it is open. Only the drain of the queue takes it.
    pub(crate) fn take_writer(&self) -> Option<Counted> {
        self.with_idle(|idle| idle.writer.take())
    }

    pub(crate) fn put_writer(&self, writer: Counted) {
        self.with_idle(|idle| idle.writer = Some(writer));
    }

    fn with_idle<T>(&self, change: impl FnOnce(&mut Idle) -> T) -> T {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = change(&mut idle);
        let count = idle.readers.len() + usize::from(idle.writer.is_some());
        self.idle_count.store(count, Ordering::Relaxed);
        outcome
    }

    /// Opens a reader. Blocks.
    pub(crate) fn open_reader(&self) -> Result<Counted, DatabaseError> {
        self.open(|connection| connection.control_all("PRAGMA query_only = ON"))
    }

    /// Opens the writer. Blocks.
    pub(crate) fn open_writer(&self) -> Result<Counted, DatabaseError> {
        let settings = format!(
            "PRAGMA journal_mode = WAL; PRAGMA cache_size = -{WRITER_CACHE_KIB}; \
             PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}"
        );
        self.open(|connection| connection.control_all(&settings))
    }

    fn open(
        &self,
        finish: impl FnOnce(&mut Connection) -> Result<(), crate::engine::Failure>,
    ) -> Result<Counted, DatabaseError> {
        if let Some(registry) = self.registry.upgrade() {
            registry.make_room();
        }
        let opened = Connection::open(&self.path, false).and_then(|mut connection| {
            connection.set_busy_timeout(self.shared.options.batch_limit);
            connection.control_all(&settings(&self.shared.options))?;
            finish(&mut connection)?;
            Ok(connection)
        });
        let connection = opened.map_err(|failure| match self.path.exists() {
            true => failure::of_transaction(failure),
            false => DatabaseError::NotFound,
        })?;
        self.shared.open.fetch_add(1, Ordering::Relaxed);
        Ok(Counted { connection, shared: Arc::clone(&self.shared) })
    }

    /// Closes every idle connection. Blocks: the last one writes the log back.
    pub(crate) fn close_idle(&self) {
        let idle = self.with_idle(std::mem::take);
        // The writer last: it may write the log back.
        drop(idle.readers);
        drop(idle.writer);
    }
}

/// What a connection is told when it opens. Foreign keys hold by default of the
/// engine's build; said again because so much rests on it.
fn settings(options: &Options) -> String {
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    format!(
        "PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON; \
         PRAGMA cache_size = -{CACHE_KIB}; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; \
         PRAGMA journal_size_limit = {KEPT_LOG_BYTES}"
    )
}

/// The files that belong to a database, beside itself.
pub(crate) fn companions(path: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

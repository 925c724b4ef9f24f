//! Every file this process knows, and how many connections may stay open.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use crate::file::{File, Shared};
use crate::options::Options;

/// Files one opening closes at most to make room: closing takes milliseconds, and
/// somebody waits.
const CLOSED_PER_OPENING: usize = 4;

/// Between two tries to close connections while all of them are in use.
const TRIM_PAUSE: Duration = Duration::from_millis(20);

/// The files of a folder.
#[derive(Debug)]
pub(crate) struct Registry {
    pub shared: Arc<Shared>,
    folder: PathBuf,
    /// Every file that was ever used. An entry stays: it is small, and it is what
    /// keeps deleting and creating the same name apart.
    files: RwLock<HashMap<Box<str>, Arc<File>>>,
    closed: AtomicBool,
    /// Whether a thread is trimming already: one is enough.
    trimming: AtomicBool,
}

impl Registry {
    pub(crate) fn new(folder: PathBuf, options: Options) -> Self {
        Self {
            shared: Arc::new(Shared::new(options)),
            folder,
            files: RwLock::default(),
            closed: AtomicBool::new(false),
            trimming: AtomicBool::new(false),
        }
    }

    /// From now on nobody is let in.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Where a database of that valid name lies.
    pub(crate) fn path(&self, database: &str) -> PathBuf {
        self.folder.join(format!("{database}.db"))
    }

    /// The entry of a name that was used before.
    pub(crate) fn known(&self, database: &str) -> Option<Arc<File>> {
        self.files().get(database).cloned()
    }

    /// The entry of a valid name, made where it is new.
    pub(crate) fn entry(self: &Arc<Self>, database: &str) -> Arc<File> {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Arc::new(File::new(self.path(database), self));
        Arc::clone(files.entry(database.into()).or_insert_with(fresh))
    }

    /// Every entry there is.
    pub(crate) fn all(&self) -> Vec<Arc<File>> {
        self.files().values().cloned().collect()
    }

    fn files(&self) -> RwLockReadGuard<'_, HashMap<Box<str>, Arc<File>>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before a connection is opened: closes others where the bound is reached, so
    /// that whoever opens many pays for closing as many. Blocks.
    pub(crate) fn make_room(&self) {
        let max = self.shared.options.max_connections;
        if self.shared.open() >= max {
            self.close_least_recent(max.saturating_sub(1), CLOSED_PER_OPENING);
        }
    }

    /// Where more connections are open than may be, because they were all in use
    /// when they were opened: closes the rest on a blocking thread.
    pub(crate) fn trim(self: &Arc<Self>) {
        if self.too_many_open() && !self.trimming.swap(true, Ordering::SeqCst) {
            let this = Arc::clone(self);
            tokio::task::spawn_blocking(move || this.trim_until_few());
        }
    }

    fn too_many_open(&self) -> bool {
        self.shared.open() > self.shared.options.max_connections
    }

    fn trim_until_few(&self) {
        while self.too_many_open() && !self.is_closed() {
            self.close_least_recent(self.shared.options.max_connections, usize::MAX);
            if self.too_many_open() {
                // All the others are in use; that does not last.
                std::thread::sleep(TRIM_PAUSE);
            }
        }
        self.trimming.store(false, Ordering::SeqCst);
    }

    /// Closes the files used longest ago until so few connections are open, or so
    /// many files were closed. A file in use is never closed.
    fn close_least_recent(&self, few: usize, mut files_to_close: usize) {
        let mut idle: Vec<_> =
            self.files().values().filter(|file| file.is_open()).cloned().collect();
        // The times change while they are sorted by: each is looked at once.
        idle.sort_by_cached_key(|file| file.last_used());
        for file in idle {
            if files_to_close == 0 || self.shared.open() <= few {
                return;
            }
            if let Ok(_alone) = Arc::clone(&file.present).try_write_owned() {
                file.close_idle();
                files_to_close -= 1;
            }
        }
    }
}

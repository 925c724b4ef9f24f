//! All databases of a folder.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use meridian_store::migrate::{self, Migrations};
use meridian_store::{
    Access, Database, DatabaseError, PLATFORM_DATABASE, Rows, Statement, is_database_name, packed,
};

use crate::batch::{Answers, Batch};
use crate::descriptors::connections_that_fit;
use crate::engine::Connection;
use crate::file::{File, Presence};
use crate::options::Options;
use crate::registry::Registry;
use crate::{reader, sql, template, writer};

/// The databases of a folder, a file each. Cheap to clone; all clones are one.
///
/// Futures may be dropped at any time: a write that was queued runs to its end all
/// the same. Must be used inside a tokio runtime.
#[derive(Clone, Debug)]
pub struct Databases(Arc<Registry>);

impl Databases {
    /// Opens the folder, making it where it is missing. One process at a time may
    /// have it open. Raises the process's limit of open files as far as the system
    /// lets it, and keeps fewer connections where that is not enough.
    pub fn open(folder: impl Into<PathBuf>, mut options: Options) -> io::Result<Self> {
        options.max_connections = options.max_connections.min(connections_that_fit());
        let folder = folder.into();
        std::fs::create_dir_all(&folder)?;
        let folder = folder.canonicalize()?;
        template::tidy(&folder, &[migrate::PLATFORM, migrate::ORGANIZATION])?;
        Ok(Self(Arc::new(Registry::new(folder, options))))
    }

    /// Runs the statements in order. Atomic: all or nothing. Not atomic: stops at
    /// the first error; what ran before it stays.
    pub async fn execute(
        &self,
        database: &str,
        access: Access,
        atomic: bool,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        let batch = packed::pack_batch(&statements);
        let answer = self.execute_packed(database, access, atomic, batch).await?;
        Ok(packed::unpack_answer(answer)?)
    }

    /// The same as it crosses the seam: a packed batch in, a packed answer out.
    pub async fn execute_packed(
        &self,
        database: &str,
        access: Access,
        atomic: bool,
        batch: Vec<u8>,
    ) -> Result<Vec<u8>, DatabaseError> {
        let statements = packed::Statements::unpack(batch)?;
        let batch = Batch { atomic, statements, name_columns: false };
        Ok(self.run(database, access, batch).await?.packed)
    }

    /// Creates a database at the newest schema: `platform` the platform's, every
    /// other name an organisation's.
    pub async fn create(&self, database: &str) -> Result<(), DatabaseError> {
        let file = self.0.entry(valid(database)?);
        self.check_open()?;
        let mut present = Arc::clone(&file.present).write_owned().await;
        let kind = migrations_of(database);
        blocking(move || {
            let created = template::create(&file.path, kind);
            *present = file.path.exists();
            created
        })
        .await
    }

    /// Deletes a database once nobody uses it any more; who asks for it meanwhile
    /// waits and gets `NotFound`.
    pub async fn delete(&self, database: &str) -> Result<(), DatabaseError> {
        let file = self.find(database).await?;
        let mut present = Arc::clone(&file.present).write_owned().await;
        if !*present {
            return Err(DatabaseError::NotFound);
        }
        blocking(move || {
            file.close_idle();
            let deleted = template::delete(&file.path);
            *present = file.path.exists();
            deleted
        })
        .await
    }

    /// Lets what is queued run to its end, then closes every file. Whatever is
    /// asked afterwards is `Unavailable`.
    pub async fn close(&self) {
        self.0.close();
        for file in self.0.all() {
            let alone = Arc::clone(&file.present).write_owned().await;
            let closed = blocking(move || {
                file.close_idle();
                drop(alone);
                Ok(())
            });
            // It fails only where the runtime is gone, and the process with it.
            let _ = closed.await;
        }
    }

    /// Connections open right now.
    pub fn open_connections(&self) -> usize {
        self.0.shared.open()
    }

    /// Runs a batch where it belongs.
    pub(crate) async fn run(&self, database: &str, access: Access, batch: Batch) -> Answers {
        let (file, presence) = self.enter(database).await?;
        // The writer's file is the reader's: what only reads never waits in its queue.
        let reads = || batch.statements.iter().all(|statement| sql::is_select(statement.sql));
        let answers = if access == Access::Read || reads() {
            reader::read(&file, batch, presence).await
        } else {
            writer::write(&file, batch, presence).await
        };
        self.0.trim();
        answers
    }

    /// Runs work that has the writer to itself.
    pub(crate) async fn session<T: Send + 'static>(
        &self,
        database: &str,
        work: impl FnOnce(&mut Connection) -> T + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (file, presence) = self.enter(database).await?;
        let outcome = writer::session(&file, presence, work).await;
        self.0.trim();
        outcome
    }

    async fn enter(&self, database: &str) -> Result<(Arc<File>, Presence), DatabaseError> {
        let file = self.find(database).await?;
        let presence = file.enter().await?;
        // Asked after entering: `close` waits for whoever entered before it.
        self.check_open()?;
        Ok((file, presence))
    }

    fn check_open(&self) -> Result<(), DatabaseError> {
        match self.0.is_closed() {
            true => Err(DatabaseError::Unavailable("the databases are closed".to_owned())),
            false => Ok(()),
        }
    }

    /// The file of a name that exists, or existed.
    async fn find(&self, database: &str) -> Result<Arc<File>, DatabaseError> {
        if let Some(file) = self.0.known(database) {
            return Ok(file);
        }
        let path = self.0.path(valid(database)?);
        match blocking(move || Ok(path.exists())).await? {
            true => Ok(self.0.entry(database)),
            false => Err(DatabaseError::NotFound),
        }
    }
}

impl Database for Databases {
    async fn execute(
        &self,
        database: &str,
        access: Access,
        atomic: bool,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        Self::execute(self, database, access, atomic, statements).await
    }

    async fn create(&self, database: &str) -> Result<(), DatabaseError> {
        Self::create(self, database).await
    }

    async fn delete(&self, database: &str) -> Result<(), DatabaseError> {
        Self::delete(self, database).await
    }
}

fn migrations_of(database: &str) -> Migrations {
    if database == PLATFORM_DATABASE { migrate::PLATFORM } else { migrate::ORGANIZATION }
}

/// The name, where it may be one.
fn valid(database: &str) -> Result<&str, DatabaseError> {
    if is_database_name(database) { Ok(database) } else { Err(DatabaseError::InvalidName) }
}

/// Runs work that waits for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DatabaseError> + Send + 'static,
) -> Result<T, DatabaseError> {
    let ended = |_| Err(DatabaseError::Unavailable("the work ended".to_owned()));
    tokio::task::spawn_blocking(work).await.unwrap_or_else(ended)
}

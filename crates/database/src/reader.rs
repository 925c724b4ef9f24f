//! Reads: tried on the thread that asks, moved off it where they are slow.
//!
//! Most reads take microseconds, less than handing them to another thread does.
//! One that runs longer than its budget is cut off and started again on a blocking
//! thread, so that it holds nobody else up.

use std::sync::Arc;
use std::time::{Duration, Instant};

use meridian_store::DatabaseError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::batch::{Answers, Batch};
use crate::engine::Connection;
use crate::failure;
use crate::file::{File, Presence};

/// The right to a reader, and the file with it.
struct Turn {
    _permit: OwnedSemaphorePermit,
    _presence: Presence,
}

/// Runs a batch that only reads, on one snapshot.
pub(crate) async fn read(file: &Arc<File>, batch: Batch, presence: Presence) -> Answers {
    let options = &file.shared.options;
    let permit = acquire(&file.readers, options.batch_limit).await?;
    let turn = Turn { _permit: permit, _presence: presence };
    let Some(mut reader) = file.take_reader() else {
        return run_apart(file, batch, turn, None).await;
    };
    reader.connection.set_busy_timeout(Duration::ZERO);
    match snapshot(&mut reader.connection, &batch, options.inline_budget) {
        Err(DatabaseError::Timeout | DatabaseError::Busy) => {
            // Not kept while waiting for a thread: others may be quicker with it.
            file.put_reader(reader);
            let slow = acquire(&file.shared.slow_reads, options.batch_limit).await?;
            run_apart(file, batch, turn, Some(slow)).await
        }
        answers => {
            file.put_reader(reader);
            answers
        }
    }
}

/// Waits for a permit, but not for ever.
async fn acquire(
    permits: &Arc<Semaphore>,
    limit: Duration,
) -> Result<OwnedSemaphorePermit, DatabaseError> {
    if let Ok(permit) = Arc::clone(permits).try_acquire_owned() {
        return Ok(permit);
    }
    match tokio::time::timeout(limit, Arc::clone(permits).acquire_owned()).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(DatabaseError::Busy),
    }
}

/// Runs the batch on a blocking thread, with a reader that may have to be opened.
async fn run_apart(
    file: &Arc<File>,
    batch: Batch,
    turn: Turn,
    slow: Option<OwnedSemaphorePermit>,
) -> Answers {
    let file = Arc::clone(file);
    let work = move || {
        // Given back last, whatever happens.
        let _held = (turn, slow);
        let limit = file.shared.options.batch_limit;
        let mut reader = match file.take_reader() {
            Some(reader) => reader,
            None => file.open_reader()?,
        };
        reader.connection.set_busy_timeout(limit);
        let answers = snapshot(&mut reader.connection, &batch, limit);
        file.put_reader(reader);
        answers
    };
    let ended = |_| Err(DatabaseError::Unavailable("the reader ended".to_owned()));
    tokio::task::spawn_blocking(work).await.unwrap_or_else(ended)
}

/// Several statements see the database at one moment.
fn snapshot(connection: &mut Connection, batch: &Batch, limit: Duration) -> Answers {
    let whole = batch.statements.len() > 1;
    if whole {
        connection.control("BEGIN").map_err(failure::of_transaction)?;
    }
    connection.set_deadline(Some(Instant::now() + limit));
    let answers = batch.run(connection);
    connection.set_deadline(None);
    if whole && !connection.is_autocommit() {
        connection.control("COMMIT").map_err(failure::of_transaction)?;
    }
    answers
}

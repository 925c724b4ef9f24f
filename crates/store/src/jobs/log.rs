//! Jobs as whoever runs the platform sees them, and their second chance.

use meridian_kernel::Instant;

use super::Priority;
use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments, parts};

/// How long a dead job is kept, in milliseconds: 30 days.
pub const RETENTION: i64 = 30 * 24 * 60 * 60 * 1000;

/// How many dead jobs one step removes.
const STEP: u32 = 200;

/// A job, told of. Its payload is nobody's business.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// Row number.
    pub id: i64,
    /// What is to be done.
    pub kind: String,
    /// What it takes the place of.
    pub unique_key: Option<String>,
    /// `waiting` or `dead`.
    pub state: String,
    /// What goes before it.
    pub priority: Priority,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it is tried.
    pub max_attempts: u32,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it was last tried.
    pub attempted_at: Option<Instant>,
    /// When it is tried next; of one under way: at the latest. `None` where it is not.
    pub run_at: Option<Instant>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// JSON array: the last failures, `{at, attempt, error}` each.
    pub history: serde_json::Value,
}

/// A `SELECT` of jobs, as [`Logged::read`] expects them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, unique_key, state, priority, attempts, max_attempts, created_at, \
             attempted_at, iif(state = 'waiting', run_at, NULL), last_error, history FROM job ",
            $rest
        )
    };
}

impl Logged {
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        let expected = "a priority";
        Ok(Self {
            id: row.integer(0)?,
            kind: row.string(1)?,
            unique_key: row.optional(2, Row::string)?,
            state: row.string(3)?,
            priority: Priority::of(row.integer(4)?).ok_or(BadRow { column: 4, expected })?,
            attempts: row.count(5)?,
            max_attempts: row.count(6)?,
            created_at: row.instant(7)?,
            attempted_at: row.optional(8, Row::instant)?,
            run_at: row.optional(9, Row::instant)?,
            error: row.optional(10, Row::string)?,
            history: row.json(11)?,
        })
    }
}

/// A page of an organisation's jobs, of one state or of all, newest first.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    state: Option<&str>,
    page: (u32, u32),
) -> Result<Vec<Logged>, StoreError> {
    let statement = |take: u32, skip: u32| {
        let sql = select!("WHERE ?1 IS NULL OR state = ?1 ORDER BY id DESC LIMIT ?2 OFFSET ?3");
        Statement::query(sql, arguments![state, take, skip])
    };
    parts::read(scope, page, statement, Logged::read).await
}

/// What became of a wish to try a dead job again.
#[derive(Clone, Debug, PartialEq)]
pub enum Retried {
    /// It waits; also where it did so before.
    Waiting(Box<Logged>),
    /// There is no such job; it may have been done.
    Unknown,
    /// A newer one of its kind and key waits.
    Superseded,
}

/// Makes a dead job due, as if it had never been tried. Twice is no mistake.
pub async fn retry<D: Database>(
    scope: &Scope<'_, D>,
    job: i64,
    now: Instant,
) -> Result<Retried, StoreError> {
    let again = Statement::command(
        "UPDATE job SET state = 'waiting', attempts = 0, run_at = ?2, leased_until = 0 \
         WHERE id = ?1 AND state = 'dead' AND NOT EXISTS (SELECT 1 FROM job newer \
         WHERE newer.kind = job.kind AND newer.unique_key = job.unique_key \
         AND newer.state = 'waiting')",
        arguments![job, now],
    );
    let look = Statement::query(select!("WHERE id = ?1"), arguments![job]);
    let answers = scope.write(vec![again, look]).await?;
    let found = answers.last().and_then(Rows::first).map(Logged::read).transpose()?;
    Ok(match found {
        None => Retried::Unknown,
        Some(found) if found.state == "waiting" => Retried::Waiting(Box::new(found)),
        Some(_) => Retried::Superseded,
    })
}

/// Removes dead jobs that were asked for longer than [`RETENTION`] ago, at most so many
/// steps.
pub async fn prune<D: Database>(
    scope: &Scope<'_, D>,
    now: Instant,
    most_steps: u32,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM job WHERE id IN (SELECT id FROM job INDEXED BY job_dead \
               WHERE state = 'dead' AND created_at <= ?1 ORDER BY created_at LIMIT ?2)";
    for _ in 0..most_steps {
        let old = now.plus_millis(-RETENTION);
        let removed = scope.work(vec![Statement::command(sql, arguments![old, STEP])]).await?;
        if removed.first().is_none_or(|rows| rows.affected < u64::from(STEP)) {
            break;
        }
    }
    Ok(())
}

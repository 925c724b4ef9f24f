//! Jobs: work that is done behind the request that asked for it.
//!
//! A job is written in the batch of whatever made it necessary ([`enqueue`]), so that
//! both happen or neither. A worker takes what is due, with a lease, so that no two
//! workers have one job at a time and a crash only delays it ([`take_turn`]). A job
//! that is done is no more; one that will not work is kept as `dead` for a while, for
//! people to look at ([`list`]) and to try again ([`retry`]).

mod log;
mod turn;

use meridian_kernel::Instant;

use crate::{Statement, arguments};

pub use log::{Logged, RETENTION, Retried, list, prune, retry};
pub use turn::{Job, Report, Verdict, take_turn};

/// How long a payload may be as it is stored, in bytes.
pub const MAX_PAYLOAD: usize = 128 * 1024;

/// How long a unique key may be, in bytes.
pub const MAX_KEY: usize = 255;

/// How many jobs of one organisation are under way before there are no more, whoever does
/// them.
pub const AT_A_TIME: u32 = 32;

/// Which jobs go before others that are due as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody waits for it, such as for a code by e-mail.
    Urgent,
    /// Most.
    #[default]
    Usual,
    /// Whenever there is nothing else.
    Background,
}

impl Priority {
    const ALL: [Self; 3] = [Self::Urgent, Self::Usual, Self::Background];

    fn number(self) -> i64 {
        match self {
            Self::Urgent => 0,
            Self::Usual => 1,
            Self::Background => 2,
        }
    }

    fn of(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.number() == number)
    }
}

/// What a job is to be done with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// JSON that anybody may see who sees the database.
    Plain(String),
    /// JSON sealed with the vault: whatever is secret or tells of people.
    Sealed(String),
}

impl Payload {
    fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Sealed(text) => text,
        }
    }

    fn is_sealed(&self) -> bool {
        matches!(self, Self::Sealed(_))
    }
}

/// Why a job cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLong {
    /// The payload is longer than [`MAX_PAYLOAD`].
    Payload,
    /// The unique key is longer than [`MAX_KEY`].
    Key,
}

impl std::fmt::Display for TooLong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Payload => write!(f, "the payload of a job exceeds {MAX_PAYLOAD} bytes"),
            Self::Key => write!(f, "the unique key of a job exceeds {MAX_KEY} bytes"),
        }
    }
}

impl std::error::Error for TooLong {}

/// A job to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    kind: &'static str,
    payload: Payload,
    unique_key: Option<String>,
    priority: Priority,
    run_at: Instant,
    max_attempts: u32,
}

impl NewJob {
    /// A job of a kind that the worker knows, to be done at once or at `run_at`, and
    /// tried at most so often.
    pub fn new(
        kind: &'static str,
        payload: Payload,
        run_at: Instant,
        max_attempts: u32,
    ) -> Result<Self, TooLong> {
        if payload.text().len() > MAX_PAYLOAD {
            return Err(TooLong::Payload);
        }
        let (unique_key, priority) = (None, Priority::default());
        Ok(Self { kind, payload, unique_key, priority, run_at, max_attempts: max_attempts.max(1) })
    }

    /// The same, taking the place of the one of its kind and key that waits: the newest
    /// payload, time and priority count, and its attempts begin anew. One that is under
    /// way just then is not stopped; the new one is done after it.
    pub fn unique(self, key: impl Into<String>) -> Result<Self, TooLong> {
        let key = key.into();
        if key.len() > MAX_KEY {
            return Err(TooLong::Key);
        }
        Ok(Self { unique_key: Some(key), ..self })
    }

    /// The same with another priority.
    pub fn priority(self, priority: Priority) -> Self {
        Self { priority, ..self }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!([
            self.kind,
            self.unique_key,
            self.priority.number(),
            self.payload.text(),
            self.payload.is_sealed(),
            self.run_at.millis(),
            self.max_attempts,
        ])
    }
}

/// Writes the jobs of the JSON array `?1` at `?2`, where `$condition`.
macro_rules! insert {
    ($condition:literal) => {
        concat!(
            "INSERT INTO job \
             (kind, unique_key, priority, payload, is_sealed, run_at, max_attempts, created_at) \
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, \
             value ->> 6, ?2 FROM json_each(?1) WHERE ",
            $condition,
            " ON CONFLICT (kind, unique_key) WHERE unique_key IS NOT NULL AND state = 'waiting' \
             DO UPDATE SET priority = excluded.priority, payload = excluded.payload, \
             is_sealed = excluded.is_sealed, max_attempts = excluded.max_attempts, \
             created_at = excluded.created_at, last_error = NULL, history = '[]', \
             attempts = iif(leased_until > ?2, attempts, 0), \
             next_run_at = iif(leased_until > ?2, excluded.run_at, NULL), \
             run_at = iif(leased_until > ?2, max(run_at, excluded.run_at), excluded.run_at)"
        )
    };
}

/// The statement that writes jobs, whatever their number. It belongs in the batch that
/// makes them necessary, after [`crate::due_work::mark_due`] was called.
pub fn enqueue(jobs: &[NewJob], now: Instant) -> Statement {
    let jobs = serde_json::Value::Array(jobs.iter().map(NewJob::json).collect());
    Statement::command(insert!("true"), arguments![jobs.to_string(), now])
}

/// The statement that writes a job of ours, due at once, where the one before it changed
/// something.
pub(crate) fn enqueue_if_changed(
    kind: &'static str,
    unique_key: &str,
    payload: String,
    max_attempts: u32,
    now: Instant,
) -> Statement {
    let job = NewJob {
        kind,
        payload: Payload::Plain(payload),
        unique_key: Some(unique_key.to_owned()),
        priority: Priority::default(),
        run_at: now,
        max_attempts,
    };
    let jobs = serde_json::Value::Array(vec![job.json()]);
    Statement::command(insert!("changes() > 0"), arguments![jobs.to_string(), now])
}

/// The statement that takes a waiting job back, where there is one. It belongs in the
/// batch that makes it needless. What is under way is not stopped, but not tried again.
pub fn withdraw(kind: &'static str, unique_key: &str) -> Statement {
    Statement::command(
        "DELETE FROM job WHERE kind = ?1 AND unique_key = ?2 AND state = 'waiting'",
        arguments![kind, unique_key],
    )
}

//! Keys that make a write happen once, however often it is sent.
//!
//! An attempt claims its key, its write says in its own batch that it happened, and
//! its answer is kept before it is sent. A process may die between any two of
//! these: a claim runs out; a write that happened is known to have happened.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use meridian_kernel::{Instant, OrganizationNumber};

use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments};

/// How long a key is kept, in milliseconds: a day.
pub const KEEP_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// How long an attempt has its key before another may take it over, in
/// milliseconds. It may be short: a write of the older attempt would find its token
/// gone and change nothing.
pub const LEASE_MILLIS: i64 = 5_000;

/// Keys past their time that one claim clears away, as SQL.
macro_rules! clear_at_once {
    () => {
        "50"
    };
}

/// An attempt at a write, as far as the database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// SHA-256 hex of the caller and its key.
    pub key: String,
    /// SHA-256 hex of the request.
    pub fingerprint: String,
    /// This attempt's own.
    pub token: String,
}

/// An answer that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The media type; `None` where there is no body.
    pub content_type: Option<String>,
    /// The body, sealed.
    pub body: String,
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The key is this attempt's.
    Ours,
    /// Another attempt is at work, until then at the latest.
    InFlight(Instant),
    /// The key named another request.
    OtherRequest,
    /// It was answered before.
    Answered(Answer),
    /// It was written before, but the answer is lost.
    Unanswered {
        /// The path that shows what was written, where it is known.
        subject: Option<String>,
        /// What a deletion would have answered.
        planned: Option<Answer>,
        /// Of the attempt that wrote.
        token: String,
    },
}

/// What marks the writes of an attempt. Shared by all scopes of one request.
#[derive(Debug)]
pub struct Mark {
    attempt: Attempt,
    path: String,
    organization: OrganizationNumber,
    subject: Mutex<Option<String>>,
    is_open: AtomicBool,
    has_written: AtomicBool,
}

impl Mark {
    /// For a request to that path.
    pub fn new(attempt: Attempt, path: String, organization: OrganizationNumber) -> Arc<Self> {
        Arc::new(Self {
            attempt,
            path,
            organization,
            subject: Mutex::default(),
            is_open: AtomicBool::new(true),
            has_written: AtomicBool::new(false),
        })
    }

    /// The attempt.
    pub fn attempt(&self) -> &Attempt {
        &self.attempt
    }

    /// In whose database the key was claimed.
    pub const fn organization(&self) -> OrganizationNumber {
        self.organization
    }

    /// Names the path that will show what the next write makes.
    pub fn set_subject(&self, path: String) {
        *self.subject.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
    }

    /// Whether a write of the attempt happened.
    pub fn has_written(&self) -> bool {
        self.has_written.load(Ordering::Relaxed)
    }

    /// From here on writes are no longer the attempt's.
    pub fn close(&self) {
        self.is_open.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    pub(crate) fn wrote(&self) {
        self.has_written.store(true, Ordering::Relaxed);
    }

    /// The statement of the write's own batch that says it happened. It stands
    /// after the first one: where that inserts a row and no path was named, the
    /// row's id is what the request made.
    pub(crate) fn statement(&self, first: &Statement) -> Statement {
        let subject = self.subject.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let made_row = subject.is_none() && first.sql.trim_start().starts_with("INSERT");
        let base = made_row.then(|| i64::from(self.organization.get()) << 32);
        Statement::command(
            "UPDATE idempotency_key SET state = 'written', \
             subject = coalesce(?3, CASE WHEN ?4 IS NOT NULL \
                 THEN ?5 || '/' || (?4 + last_insert_rowid()) ELSE subject END) \
             WHERE key = ?1 AND token = ?2 AND state IN ('claimed', 'written')",
            arguments![
                self.attempt.key.as_str(),
                self.attempt.token.as_str(),
                subject,
                base,
                self.path.as_str()
            ],
        )
        .must_affect()
    }
}

/// Claims a key for an attempt, unless it is in use or used up. `planned` is what a
/// deletion would answer: afterwards nothing could show it.
pub async fn claim<D: Database>(
    scope: &Scope<'_, D>,
    attempt: &Attempt,
    planned: Option<&Answer>,
    now: Instant,
) -> Result<Claim, StoreError> {
    let clear = Statement::command(
        concat!(
            "DELETE FROM idempotency_key WHERE key IN \
             (SELECT key FROM idempotency_key WHERE created_at <= ?1 LIMIT ",
            clear_at_once!(),
            ")"
        ),
        arguments![now.plus_millis(-KEEP_MILLIS)],
    );
    // A row past its time that was not yet cleared away is as good as none.
    let claim = Statement::command(
        "INSERT INTO idempotency_key (key, fingerprint, token, state, lease_until, status, \
             content_type, answer, created_at) \
         VALUES (?1, ?2, ?3, 'claimed', ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, \
             token = excluded.token, state = 'claimed', lease_until = excluded.lease_until, \
             subject = NULL, status = excluded.status, content_type = excluded.content_type, \
             answer = excluded.answer, created_at = excluded.created_at \
         WHERE created_at <= ?9 OR (state = 'claimed' AND lease_until <= ?8 \
             AND fingerprint = excluded.fingerprint)",
        arguments![
            attempt.key.as_str(),
            attempt.fingerprint.as_str(),
            attempt.token.as_str(),
            now.plus_millis(LEASE_MILLIS),
            planned.map(|answer| i64::from(answer.status)),
            planned.and_then(|answer| answer.content_type.as_deref()),
            planned.map(|answer| answer.body.as_str()),
            now,
            now.plus_millis(-KEEP_MILLIS),
        ],
    );
    let answers = scope.write_unmarked(vec![clear, claim, select(&attempt.key)]).await?;
    let row = answers.last().and_then(Rows::first);
    let row = row.ok_or_else(|| crate::DatabaseError::Failed("a claim left no row".to_owned()))?;
    Ok(read_claim(row, attempt)?)
}

fn select(key: &str) -> Statement {
    Statement::query(
        "SELECT fingerprint, token, state, lease_until, subject, status, content_type, answer \
         FROM idempotency_key WHERE key = ?1",
        arguments![key],
    )
}

fn read_claim(row: Row<'_>, attempt: &Attempt) -> Result<Claim, BadRow> {
    if row.text(0)? != attempt.fingerprint {
        return Ok(Claim::OtherRequest);
    }
    let token = row.string(1)?;
    Ok(match row.text(2)? {
        "claimed" if token == attempt.token => Claim::Ours,
        "claimed" => Claim::InFlight(row.instant(3)?),
        "written" => Claim::Unanswered {
            subject: row.optional(4, Row::string)?,
            planned: read_answer(row)?,
            token,
        },
        _ => Claim::Answered(read_answer(row)?.unwrap_or_else(|| Answer {
            status: 204,
            content_type: None,
            body: String::new(),
        })),
    })
}

fn read_answer(row: Row<'_>) -> Result<Option<Answer>, BadRow> {
    let Some(status) = row.optional(5, Row::count)? else { return Ok(None) };
    Ok(Some(Answer {
        status: u16::try_from(status).unwrap_or(200),
        content_type: row.optional(6, Row::string)?,
        body: row.optional(7, Row::string)?.unwrap_or_default(),
    }))
}

/// Keeps an answer, before it is sent. Where somebody else has kept one for the
/// same write meanwhile, that one is what counts.
pub async fn keep<D: Database>(
    scope: &Scope<'_, D>,
    attempt: &Attempt,
    answer: &Answer,
) -> Result<Option<Answer>, StoreError> {
    let update = Statement::command(
        "UPDATE idempotency_key SET state = 'answered', status = ?3, content_type = ?4, \
         answer = ?5 WHERE key = ?1 AND token = ?2 AND state IN ('claimed', 'written')",
        arguments![
            attempt.key.as_str(),
            attempt.token.as_str(),
            i64::from(answer.status),
            answer.content_type.as_deref(),
            answer.body.as_str(),
        ],
    );
    let answers = scope.write_unmarked(vec![update, select(&attempt.key)]).await?;
    if answers.first().is_some_and(|rows| rows.affected > 0) {
        return Ok(None);
    }
    let Some(row) = answers.last().and_then(Rows::first) else { return Ok(None) };
    match read_claim(row, attempt)? {
        Claim::Answered(answer) => Ok(Some(answer)),
        _ => Ok(None),
    }
}

/// Gives a key back that nothing was written under.
pub async fn release<D: Database>(
    scope: &Scope<'_, D>,
    attempt: &Attempt,
) -> Result<(), StoreError> {
    let delete = Statement::command(
        "DELETE FROM idempotency_key WHERE key = ?1 AND token = ?2 AND state = 'claimed'",
        arguments![attempt.key.as_str(), attempt.token.as_str()],
    );
    scope.write_unmarked(vec![delete]).await?;
    Ok(())
}

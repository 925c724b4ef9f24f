//! A worker's turn: it says what came of what it had, and takes what is due. Both in
//! one batch of a few statements, whatever their number.

use meridian_kernel::Instant;
use serde_json::json;

use super::Payload;
use crate::{BadRow, Database, Row, Scope, Statement, StoreError, arguments};

/// How much of an error is kept, in characters.
const MAX_ERROR: usize = 500;

/// A job that is this worker's until the lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Row number.
    pub id: i64,
    /// Which of all claims of this row this is: tells two workers apart.
    pub claim: i64,
    /// Which attempt this is, from 1. Beyond `max_attempts` where the attempts before
    /// never ended.
    pub attempt: u32,
    /// How often it is tried.
    pub max_attempts: u32,
    /// What is to be done.
    pub kind: String,
    /// With what.
    pub payload: Payload,
    /// When it was asked for.
    pub created_at: Instant,
}

impl Job {
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        let payload = row.string(5)?;
        let sealed = row.boolean(6)?;
        Ok(Self {
            id: row.integer(0)?,
            claim: row.integer(1)?,
            attempt: row.count(2)?,
            max_attempts: row.count(3)?,
            kind: row.string(4)?,
            payload: if sealed { Payload::Sealed(payload) } else { Payload::Plain(payload) },
            created_at: row.instant(7)?,
        })
    }
}

/// What becomes of a job after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, and no more.
    Done,
    /// It is tried again then, because of this.
    Again(Instant, String),
    /// It will not work, because of this.
    Dead(String),
}

/// What a worker has to say of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Row number of the job.
    pub job: i64,
    /// The claim it was attempted under.
    pub claim: i64,
    /// What becomes of it.
    pub verdict: Verdict,
}

impl Job {
    /// The statement that ends the job, in the batch of what it is there to do: both
    /// happen or neither, and once. It affects nothing where the job is no more under
    /// this claim. A report of the job afterwards says nothing.
    pub fn done(&self) -> Statement {
        let sql = "DELETE FROM job WHERE id = ?1 AND claims = ?2 AND leased_until > 0";
        Statement::command(sql, arguments![self.id, self.claim]).must_affect()
    }
}

/// Records reports, then takes at most `most` jobs that are due, until `lease_end`, the
/// most urgent and then the longest overdue first; fewer where all workers together
/// would have more than `at_a_time` of this organisation. One statement takes them, so
/// two workers never get the same one. A report of a claim that is no more the last one
/// says nothing.
pub async fn take_turn<D: Database>(
    scope: &Scope<'_, D>,
    reports: &[Report],
    now: Instant,
    lease_end: Instant,
    (most, at_a_time): (u32, u32),
) -> Result<Vec<Job>, StoreError> {
    let mut batch = if reports.is_empty() { Vec::new() } else { record(reports, now) };
    if most > 0 {
        batch.push(claim(now, lease_end, most, at_a_time));
    }
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let answers = scope.work(batch).await?;
    let taken = answers.last().filter(|_| most > 0);
    Ok(taken.map(|rows| rows.map(Job::read)).transpose()?.unwrap_or_default())
}

/// The due jobs of one priority, in the order of its index.
macro_rules! due {
    ($priority:literal) => {
        concat!(
            "SELECT * FROM (SELECT id, priority, run_at FROM job INDEXED BY job_due \
             WHERE state = 'waiting' AND priority = ",
            $priority,
            " AND run_at <= ?1 ORDER BY run_at LIMIT ?3)"
        )
    };
}

fn claim(now: Instant, lease_end: Instant, most: u32, at_a_time: u32) -> Statement {
    let sql = concat!(
        "UPDATE job SET leased_until = ?2, run_at = ?2, next_run_at = NULL, \
         attempts = attempts + 1, claims = claims + 1, attempted_at = ?1 \
         WHERE id IN (SELECT id FROM (",
        due!(0),
        " UNION ALL ",
        due!(1),
        " UNION ALL ",
        due!(2),
        ") ORDER BY priority, run_at, id LIMIT max(0, min(?3, ?4 - (SELECT count(*) FROM job \
         INDEXED BY job_leased WHERE leased_until > 0 AND leased_until > ?1)))) \
         RETURNING id, claims, attempts, max_attempts, kind, payload, is_sealed, created_at"
    );
    Statement::command(sql, arguments![now, lease_end, most, at_a_time]).returning()
}

/// What was asked for again while it was under way is not done by that; so this comes
/// first, and leaves nothing to record.
const RUN_AGAIN: &str = "UPDATE job SET run_at = next_run_at, next_run_at = NULL, \
     leased_until = 0, attempts = 0 FROM (SELECT value ->> 0 AS id, value ->> 1 AS claim \
     FROM json_each(?1)) report WHERE job.id = report.id AND job.claims = report.claim \
     AND job.leased_until > 0 AND job.next_run_at IS NOT NULL";

const DONE: &str = "DELETE FROM job WHERE id IN (SELECT held.id FROM json_each(?1) report \
     CROSS JOIN job held ON held.id = report.value ->> 0 AND held.claims = report.value ->> 1 \
     WHERE report.value ->> 2 = 'done' AND held.leased_until > 0)";

/// The history of a job is its last ten failures.
const FAILED: &str = "UPDATE job SET state = iif(report.at IS NULL, 'dead', 'waiting'), \
     run_at = coalesce(report.at, run_at), leased_until = 0, last_error = report.error, \
     history = json_insert(iif(json_array_length(history) < 10, history, \
     json_remove(history, '$[0]')), '$[#]', json_object('at', ?2, 'attempt', attempts, \
     'error', report.error)) FROM (SELECT value ->> 0 AS id, value ->> 1 AS claim, \
     value ->> 3 AS at, value ->> 4 AS error FROM json_each(?1) WHERE value ->> 2 = 'failed') \
     report WHERE job.id = report.id AND job.claims = report.claim AND job.leased_until > 0";

fn record(reports: &[Report], now: Instant) -> Vec<Statement> {
    let all = serde_json::Value::Array(reports.iter().map(report_json).collect()).to_string();
    let is_done = |report: &Report| report.verdict == Verdict::Done;
    let mut batch = vec![Statement::command(RUN_AGAIN, arguments![all.as_str()])];
    if reports.iter().any(is_done) {
        batch.push(Statement::command(DONE, arguments![all.as_str()]));
    }
    if !reports.iter().all(is_done) {
        batch.push(Statement::command(FAILED, arguments![all.as_str(), now]));
    }
    batch
}

/// `[id, claim, "done"]` or `[id, claim, "failed", at or null, error]`.
fn report_json(report: &Report) -> serde_json::Value {
    let (job, claim) = (report.job, report.claim);
    let short = |error: &str| error.chars().take(MAX_ERROR).collect::<String>();
    match &report.verdict {
        Verdict::Done => json!([job, claim, "done"]),
        Verdict::Again(at, error) => json!([job, claim, "failed", at.millis(), short(error)]),
        Verdict::Dead(error) => json!([job, claim, "failed", null, short(error)]),
    }
}

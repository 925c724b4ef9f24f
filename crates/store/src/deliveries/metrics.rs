//! Figures of all deliveries and jobs of the deployment, for whoever runs it.

use meridian_kernel::Instant;

use crate::{Database, Platform, Row, Rows, Statement, StoreError, arguments};

/// Adds to counters, by name.
pub async fn count<D: Database>(
    platform: &Platform<'_, D>,
    amounts: &[(&str, i64)],
) -> Result<(), StoreError> {
    let add = Statement::command(
        "INSERT INTO delivery_metric (name, value) \
         SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE true \
         ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
        arguments![serde_json::json!(amounts).to_string()],
    );
    platform.write(vec![add]).await?;
    Ok(())
}

/// What is there to do, and what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Deliveries that are pending, of all organisations, when each was last swept.
    pub pending: i64,
    /// Organisations with something to do, now or later.
    pub organizations: i64,
    /// Organisations that are due now.
    pub organizations_due: i64,
    /// When the delivery that is overdue the longest was due.
    pub oldest_due: Option<Instant>,
    /// Jobs that wait, of all organisations, when each was last swept.
    pub jobs_waiting: i64,
    /// Jobs that are dead.
    pub jobs_dead: i64,
    /// When the job that is overdue the longest was due.
    pub oldest_job: Option<Instant>,
    /// Counters by name.
    pub counters: Vec<(String, i64)>,
}

/// Reads all figures.
pub async fn figures<D: Database>(
    platform: &Platform<'_, D>,
    now: Instant,
) -> Result<Figures, StoreError> {
    let queue = "SELECT coalesce(sum(pending), 0), count(*), \
                 coalesce(sum(next_due_at <= ?1), 0), \
                 min(iif(oldest_due_at <= ?1, oldest_due_at, NULL)), \
                 coalesce(sum(jobs_waiting), 0), coalesce(sum(jobs_dead), 0), \
                 min(iif(oldest_job_at <= ?1, oldest_job_at, NULL)) FROM due_work";
    let queue = platform.read_one(Statement::query(queue, arguments![now])).await?;
    let counters = "SELECT name, value FROM delivery_metric ORDER BY name";
    let counters = platform.read_one(Statement::query(counters, [])).await?;
    let read_counter = |row: Row<'_>| Ok((row.string(0)?, row.integer(1)?));
    let counters = Rows::map(&counters, read_counter)?;
    let Some(row) = queue.first() else { return Ok(Figures { counters, ..Figures::default() }) };
    Ok(Figures {
        pending: row.integer(0)?,
        organizations: row.integer(1)?,
        organizations_due: row.integer(2)?,
        oldest_due: row.optional(3, Row::instant)?,
        jobs_waiting: row.integer(4)?,
        jobs_dead: row.integer(5)?,
        oldest_job: row.optional(6, Row::instant)?,
        counters,
    })
}

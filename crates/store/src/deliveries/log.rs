//! Deliveries as the owner of a webhook sees them, and their second chance.

use meridian_kernel::{Instant, UuidUid};

use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments, parts};

/// How many failed deliveries one call takes up again at most.
pub const MOST_REPLAYED: u32 = 1_000;

/// A delivery, told of afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Row number.
    pub id: i64,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    /// What happened.
    pub trigger: String,
    /// To which booking.
    pub booking_uid: Option<String>,
    /// When it happened.
    pub happened_at: Instant,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was last tried.
    pub attempted_at: Option<Instant>,
    /// When it is tried next, at the soonest: not while its endpoint rests. `None` where
    /// it is not.
    pub next_attempt_at: Option<Instant>,
    /// When the subscriber took it.
    pub delivered_at: Option<Instant>,
    /// The status of the last answer.
    pub status: Option<u32>,
    /// The beginning of the last answer.
    pub answer: Option<String>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// How long the last attempt took, in milliseconds.
    pub took: Option<u32>,
}

/// A `SELECT` of deliveries `d`, as [`Logged::read`] expects them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.state, e.trigger_event, e.booking_uid, e.created_at, d.attempts, \
             d.attempted_at, iif(d.state = 'pending', max(d.next_attempt_at, coalesce((\
             SELECT h.open_until FROM webhook_health h WHERE h.webhook_id = d.webhook_id), 0)), \
             NULL), d.delivered_at, \
             d.response_status, d.response_body, d.last_error, d.took_ms \
             FROM webhook_delivery d JOIN outbox_event e ON e.id = d.event_id ",
            $rest
        )
    };
}

impl Logged {
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: row.integer(0)?,
            state: row.string(1)?,
            trigger: row.string(2)?,
            booking_uid: row.optional(3, Row::string)?,
            happened_at: row.instant(4)?,
            attempts: row.count(5)?,
            attempted_at: row.optional(6, Row::instant)?,
            next_attempt_at: row.optional(7, Row::instant)?,
            delivered_at: row.optional(8, Row::instant)?,
            status: row.optional(9, Row::count)?,
            answer: row.optional(10, Row::string)?,
            error: row.optional(11, Row::string)?,
            took: row.optional(12, Row::count)?,
        })
    }
}

/// A page of a webhook's deliveries, of one state or of all, newest first.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    webhook: &UuidUid,
    state: Option<&str>,
    page: (u32, u32),
) -> Result<Vec<Logged>, StoreError> {
    let statement = |take: u32, skip: u32| {
        Statement::query(
            select!(
                "WHERE d.webhook_id = ?1 AND (?2 IS NULL OR d.state = ?2) \
                 ORDER BY d.event_id DESC LIMIT ?3 OFFSET ?4"
            ),
            arguments![webhook.as_str(), state, take, skip],
        )
    };
    parts::read(scope, page, statement, Logged::read).await
}

/// What became of a wish to send something again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redelivery {
    /// It is due.
    Due(Box<Logged>),
    /// The webhook has no such delivery.
    Unknown,
    /// It is on its way to the subscriber just now.
    UnderWay,
    /// The webhook is not active.
    Inactive,
}

/// Makes a delivery due, as if it had never been tried, whatever became of it.
pub async fn redeliver<D: Database>(
    scope: &Scope<'_, D>,
    webhook: &UuidUid,
    delivery: i64,
    now: Instant,
) -> Result<Redelivery, StoreError> {
    let again = Statement::command(
        "UPDATE webhook_delivery SET state = 'pending', attempts = 0, deferrals = 0, \
         next_attempt_at = ?3, leased_until = 0, delivered_at = NULL \
         WHERE id = ?2 AND webhook_id = ?1 AND leased_until <= ?3 \
         AND EXISTS (SELECT 1 FROM webhook WHERE id = ?1 AND active = 1)",
        arguments![webhook.as_str(), delivery, now],
    );
    // What waited behind it waits no longer than it does.
    let followers = Statement::command(
        "UPDATE webhook_delivery SET next_attempt_at = ?3 WHERE webhook_id = ?1 \
         AND state = 'pending' AND attempts = 0 AND leased_until <= ?3 AND next_attempt_at > ?3 \
         AND chain_id = (SELECT d.chain_id FROM webhook_delivery d \
         WHERE d.id = ?2 AND d.webhook_id = ?1) \
         AND event_id > (SELECT d.event_id FROM webhook_delivery d WHERE d.id = ?2)",
        arguments![webhook.as_str(), delivery, now],
    );
    let look = Statement::query(
        select!("WHERE d.id = ?2 AND d.webhook_id = ?1"),
        arguments![webhook.as_str(), delivery],
    );
    let is_active = Statement::query(
        "SELECT 1 FROM webhook WHERE id = ?1 AND active = 1",
        arguments![webhook.as_str()],
    );
    let answers = scope.write(vec![again, followers, wake(webhook), look, is_active]).await?;
    let [again, _, _, found, is_active] = answers.as_slice() else {
        return Ok(Redelivery::Unknown);
    };
    let found = found.first().map(Logged::read).transpose()?;
    Ok(match found {
        None => Redelivery::Unknown,
        Some(found) if again.affected > 0 => Redelivery::Due(Box::new(found)),
        Some(_) if is_active.first().is_some() => Redelivery::UnderWay,
        Some(_) => Redelivery::Inactive,
    })
}

/// Whoever sends something again believes that the endpoint works.
fn wake(webhook: &UuidUid) -> Statement {
    let sql = "UPDATE webhook_health SET open_until = 0 WHERE webhook_id = ?1";
    Statement::command(sql, arguments![webhook.as_str()])
}

/// Makes what failed of the events since then due again, oldest first, at most
/// [`MOST_REPLAYED`]; answers how many. Nothing where the webhook is not active.
pub async fn replay<D: Database>(
    scope: &Scope<'_, D>,
    webhook: &UuidUid,
    since: Instant,
    now: Instant,
) -> Result<u32, StoreError> {
    let again = Statement::command(
        "UPDATE webhook_delivery SET state = 'pending', attempts = 0, deferrals = 0, \
         next_attempt_at = ?3, leased_until = 0 WHERE id IN (\
         SELECT d.id FROM webhook_delivery d JOIN outbox_event e ON e.id = d.event_id \
         WHERE d.webhook_id = ?1 AND d.state = 'failed' AND e.created_at >= ?2 \
         ORDER BY d.id LIMIT ?4) \
         AND EXISTS (SELECT 1 FROM webhook WHERE id = ?1 AND active = 1)",
        arguments![webhook.as_str(), since, now, MOST_REPLAYED],
    );
    let answers = scope.write(vec![again, wake(webhook)]).await?;
    let affected = answers.first().map_or(0, |rows| rows.affected);
    Ok(u32::try_from(affected).unwrap_or(MOST_REPLAYED))
}

/// Notes an event for one webhook alone, whatever it asked for and whether it is
/// active or not; `None` where it is gone.
pub async fn send_test<D: Database>(
    scope: &Scope<'_, D>,
    webhook: &UuidUid,
    trigger: &str,
    payload: String,
    now: Instant,
) -> Result<Option<Logged>, StoreError> {
    let note = Statement::command(
        "INSERT INTO outbox_event (trigger_event, payload, created_at) \
         SELECT ?2, ?3, ?4 FROM webhook WHERE id = ?1",
        arguments![webhook.as_str(), trigger, payload, now],
    );
    let deliver = Statement::command(
        "INSERT INTO webhook_delivery (event_id, webhook_id, next_attempt_at) \
         SELECT (SELECT max(id) FROM outbox_event), id, ?2 FROM webhook WHERE id = ?1",
        arguments![webhook.as_str(), now],
    );
    let look = Statement::query(
        select!("WHERE d.webhook_id = ?1 AND d.event_id = (SELECT max(id) FROM outbox_event)"),
        arguments![webhook.as_str()],
    );
    let answers = scope.write(vec![note, deliver, look]).await?;
    Ok(answers.last().and_then(Rows::first).map(Logged::read).transpose()?)
}

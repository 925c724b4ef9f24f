//! The outbox: what happened and who is to hear of it.
//!
//! An event and its deliveries are written in the batch that made it happen
//! ([`outbox_statements`]). A worker claims what is due, with a lease, so that no
//! two workers have one delivery at a time and a crash only delays it. Which
//! organisations have work is noted in the platform's database ([`mark_due`]).

use std::cell::RefCell;
use std::collections::HashMap;

use meridian_kernel::{Instant, OrganizationNumber, UserId, WireId};

use crate::{BadRow, Database, Platform, Row, Scope, Statement, StoreError, arguments};

/// How long a mark counts as fresh, in milliseconds.
const MARK_AGE: i64 = 30_000;

/// How old a mark must be to be removed, in milliseconds: longer than a writer may
/// take from finding its mark fresh to the end of its batch.
const OLD_MARK_AGE: i64 = 90_000;

/// How much of an error is kept, in characters.
const MAX_ERROR: usize = 500;

thread_local! {
    /// When this instance last marked an organisation: spares a write per booking.
    static MARKED: RefCell<HashMap<OrganizationNumber, Instant>> = RefCell::default();
}

/// The statements that note an event and one delivery per active webhook of the
/// organiser that asked for it; none where there is no such webhook. They belong
/// in the batch that made it happen, behind the booking's own statements, after
/// [`mark_due`]. `payload` is a JSON object; its `bookingId` is set here, because
/// only the database knows it.
pub fn outbox_statements(
    trigger: &str,
    booking_uid: &str,
    organizer: UserId,
    payload: String,
    now: Instant,
) -> Vec<Statement> {
    let event = Statement::command(
        "INSERT INTO outbox_event (trigger_event, booking_uid, payload, created_at) \
         SELECT ?1, ?2, \
         json_set(?3, '$.bookingId', ?4 + (SELECT id FROM booking WHERE uid = ?2)), ?5 \
         WHERE EXISTS (SELECT 1 FROM webhook WHERE user_id = ?6 AND active = 1 \
         AND EXISTS (SELECT 1 FROM json_each(triggers) WHERE value = ?1))",
        arguments![
            trigger,
            booking_uid,
            payload,
            organizer.organization().wire_id(),
            now,
            organizer.row(),
        ],
    );
    // Without a webhook there is no event of ours, but no row here either. Not
    // `last_insert_rowid()`: it changes while this statement inserts.
    let deliveries = Statement::command(
        "INSERT INTO webhook_delivery (event_id, webhook_id, next_attempt_at) \
         SELECT (SELECT max(id) FROM outbox_event), id, ?2 \
         FROM webhook WHERE user_id = ?3 AND active = 1 \
         AND EXISTS (SELECT 1 FROM json_each(triggers) WHERE value = ?1)",
        arguments![trigger, now, organizer.row()],
    );
    vec![event, deliveries]
}

/// Makes sure a sweep looks at the organisation, before a batch that may write
/// outbox rows. One small write per instance, organisation and 30 seconds.
pub async fn mark_due<D: Database>(scope: &Scope<'_, D>, now: Instant) -> Result<(), StoreError> {
    let organization = scope.organization();
    let marked = MARKED.with_borrow(|marked| marked.get(&organization).copied());
    if marked.is_some_and(|marked| (0..MARK_AGE).contains(&(now.millis() - marked.millis()))) {
        return Ok(());
    }
    let platform = Platform::open(scope.provider()).await?;
    let mark = Statement::command(
        "INSERT INTO due_work (organization, marked_at) VALUES (?1, ?2) \
         ON CONFLICT (organization) DO UPDATE SET marked_at = max(marked_at, excluded.marked_at)",
        arguments![organization.get(), now],
    );
    platform.write(vec![mark]).await?;
    MARKED.with_borrow_mut(|marked| marked.insert(organization, now));
    Ok(())
}

/// Marked organisations, at most so many, by number.
pub async fn marked<D: Database>(
    platform: &Platform<'_, D>,
    most: u32,
) -> Result<Vec<OrganizationNumber>, StoreError> {
    let sql = "SELECT organization FROM due_work ORDER BY organization LIMIT ?1";
    let rows = platform.read_one(Statement::query(sql, arguments![most])).await?;
    let expected = "an organisation number";
    Ok(rows
        .map(|row| OrganizationNumber::new(row.count(0)?).ok_or(BadRow { column: 0, expected }))?)
}

/// Removes the mark of an organisation that has nothing pending, unless a writer
/// may still rely on it.
pub async fn unmark<D: Database>(
    platform: &Platform<'_, D>,
    organization: OrganizationNumber,
    now: Instant,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM due_work WHERE organization = ?1 AND marked_at < ?2";
    let before = now.plus_millis(-OLD_MARK_AGE);
    platform.write(vec![Statement::command(sql, arguments![organization.get(), before])]).await?;
    Ok(())
}

/// A delivery that is this worker's until the lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Row number.
    pub id: i64,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// What happened.
    pub trigger: String,
    /// JSON object: the `payload` of the body.
    pub payload: String,
    /// When it happened.
    pub happened_at: Instant,
    /// Whose webhook.
    pub webhook_id: String,
    /// Where it goes.
    pub subscriber_url: String,
    /// The form of the body; `None`: the standard one.
    pub payload_template: Option<String>,
    /// The signing secret, sealed.
    pub sealed_secret: Option<String>,
    /// The version of the payload.
    pub version: String,
}

impl Delivery {
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: row.integer(0)?,
            attempt: row.count(1)?,
            webhook_id: row.string(2)?,
            trigger: row.string(3)?,
            payload: row.string(4)?,
            happened_at: row.instant(5)?,
            subscriber_url: row.string(6)?,
            payload_template: row.optional(7, Row::string)?,
            sealed_secret: row.optional(8, Row::string)?,
            version: row.string(9)?,
        })
    }
}

/// What a worker gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// To be delivered now, in the order of events.
    pub deliveries: Vec<Delivery>,
    /// Whether anything is pending at all, these included.
    pub any_pending: bool,
}

/// Takes at most so many deliveries that are due, until `lease_end`. One
/// statement, so two workers never get the same one; and none while an earlier
/// one for the same webhook and booking is pending, so that a subscriber hears of
/// a booking in order.
pub async fn claim<D: Database>(
    scope: &Scope<'_, D>,
    now: Instant,
    lease_end: Instant,
    most: u32,
) -> Result<Claim, StoreError> {
    let take = Statement::command(
        "UPDATE webhook_delivery SET leased_until = ?2, attempts = attempts + 1 WHERE id IN (\
         SELECT due.id FROM webhook_delivery AS due JOIN outbox_event AS event \
         ON event.id = due.event_id \
         WHERE due.state = 'pending' AND due.next_attempt_at <= ?1 AND due.leased_until <= ?1 \
         AND NOT EXISTS (SELECT 1 FROM outbox_event AS before \
         CROSS JOIN webhook_delivery AS earlier ON earlier.event_id = before.id \
         AND earlier.webhook_id = due.webhook_id \
         WHERE before.booking_uid = event.booking_uid AND before.id < event.id \
         AND earlier.state = 'pending') ORDER BY due.next_attempt_at, due.id LIMIT ?3) \
         RETURNING id, attempts, webhook_id, \
         (SELECT trigger_event FROM outbox_event WHERE outbox_event.id = event_id), \
         (SELECT payload FROM outbox_event WHERE outbox_event.id = event_id), \
         (SELECT created_at FROM outbox_event WHERE outbox_event.id = event_id), \
         (SELECT subscriber_url FROM webhook WHERE id = CAST(webhook_id AS TEXT)), \
         (SELECT payload_template FROM webhook WHERE id = CAST(webhook_id AS TEXT)), \
         (SELECT secret FROM webhook WHERE id = CAST(webhook_id AS TEXT)), \
         (SELECT version FROM webhook WHERE id = CAST(webhook_id AS TEXT))",
        arguments![now, lease_end, most],
    );
    let pending = "SELECT EXISTS (SELECT 1 FROM webhook_delivery WHERE state = 'pending')";
    let answers = scope.work(vec![take.returning(), Statement::query(pending, [])]).await?;
    let mut answers = answers.into_iter();
    let mut deliveries = answers.next().unwrap_or_default().map(Delivery::read)?;
    deliveries.sort_unstable_by_key(|delivery| delivery.id);
    let any_pending = answers.next().unwrap_or_default();
    let any_pending = any_pending.first().map_or(Ok(false), |row| row.boolean(0))?;
    Ok(Claim { deliveries, any_pending })
}

/// Notes that a delivery was accepted. Also where the lease has ended: it was.
pub async fn record_delivered<D: Database>(
    scope: &Scope<'_, D>,
    delivery: &Delivery,
    status: u16,
    now: Instant,
) -> Result<(), StoreError> {
    let sql = "UPDATE webhook_delivery SET state = 'delivered', response_status = ?2, \
               last_error = NULL, delivered_at = ?3, leased_until = 0 \
               WHERE id = ?1 AND state <> 'delivered'";
    let arguments = arguments![delivery.id, i64::from(status), now];
    scope.work(vec![Statement::command(sql, arguments)]).await?;
    Ok(())
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// For the subscriber's owner.
    pub error: String,
    /// When to try again; `None`: never.
    pub retry_at: Option<Instant>,
}

/// Notes that an attempt failed, unless another worker has taken over since.
pub async fn record_failure<D: Database>(
    scope: &Scope<'_, D>,
    delivery: &Delivery,
    failure: &Failure,
) -> Result<(), StoreError> {
    let sql = "UPDATE webhook_delivery SET state = CASE WHEN ?3 IS NULL THEN 'failed' \
               ELSE 'pending' END, next_attempt_at = coalesce(?3, next_attempt_at), \
               response_status = ?4, last_error = ?5, leased_until = 0 \
               WHERE id = ?1 AND attempts = ?2 AND state = 'pending'";
    let error: String = failure.error.chars().take(MAX_ERROR).collect();
    let status = failure.status.map(i64::from);
    let arguments = arguments![delivery.id, delivery.attempt, failure.retry_at, status, error];
    scope.work(vec![Statement::command(sql, arguments)]).await?;
    Ok(())
}

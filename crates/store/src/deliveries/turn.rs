//! A worker's turn: it says what came of what it had, and takes what is due. Both in
//! one batch, so that a delivery costs a worker one round trip.

use meridian_kernel::Instant;

use super::record::{self, Report};
use crate::{BadRow, Database, Row, Scope, Statement, StoreError, arguments};

/// After how many failures in a row an endpoint is called one delivery at a time,
/// with waits between them.
pub const MOST_FAILURES: u32 = 10;

/// How many deliveries are under way to one endpoint before it gets no more, whoever
/// sends them: a slow one must not take all of a worker.
pub const AT_A_TIME_PER_ENDPOINT: u32 = 8;

/// The endpoints that something is pending for, one seek each: the number of rows
/// does not count.
macro_rules! waiting {
    () => {
        "waiting (id) AS (SELECT min(webhook_id) FROM webhook_delivery \
         INDEXED BY webhook_delivery_due WHERE state = 'pending' \
         UNION ALL SELECT (SELECT min(webhook_id) FROM webhook_delivery \
         INDEXED BY webhook_delivery_due WHERE state = 'pending' AND webhook_id > waiting.id) \
         FROM waiting WHERE waiting.id IS NOT NULL)"
    };
}
pub(crate) use waiting;

/// Those of them that may be called at `?1`: `?2` failures in a row leave room for
/// one delivery at a time, fewer for `?3`. The longest overdue comes first (the limit
/// keeps the engine from dropping the order).
macro_rules! able {
    () => {
        "able (id, broken) AS (SELECT w.id, coalesce(h.failures, 0) >= ?2 FROM waiting w \
         LEFT JOIN webhook_health h ON h.webhook_id = w.id \
         WHERE w.id IS NOT NULL AND coalesce(h.open_until, 0) <= ?1 \
         AND (SELECT count(*) FROM webhook_delivery l INDEXED BY webhook_delivery_leased \
             WHERE l.webhook_id = w.id AND l.leased_until > 0 AND l.leased_until > ?1) \
         < iif(coalesce(h.failures, 0) >= ?2, 1, ?3) \
         ORDER BY (SELECT min(next_attempt_at) FROM webhook_delivery o \
             INDEXED BY webhook_delivery_due \
             WHERE o.state = 'pending' AND o.webhook_id = w.id) LIMIT -1)"
    };
}
pub(crate) use able;

/// The deliveries `x` of an endpoint that may go out: due, and none before them of
/// the same chain of bookings still pending.
macro_rules! ready {
    ($most:literal) => {
        concat!(
            "SELECT x.id FROM webhook_delivery x INDEXED BY webhook_delivery_due \
             WHERE x.webhook_id = able.id AND x.state = 'pending' AND x.next_attempt_at <= ?1 \
             AND NOT EXISTS (SELECT 1 FROM webhook_delivery earlier \
             INDEXED BY webhook_delivery_chain WHERE earlier.webhook_id = x.webhook_id \
             AND earlier.chain_id = x.chain_id AND earlier.event_id < x.event_id \
             AND earlier.state = 'pending') ORDER BY x.next_attempt_at, x.id LIMIT ",
            $most
        )
    };
}

/// A delivery that is this worker's until the lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Row number.
    pub id: i64,
    /// Which of all claims of this row this is: tells two workers apart.
    pub claim: i64,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Of the attempts before, how many the subscriber put off.
    pub deferrals: u32,
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
    /// The secret that it replaced a while ago, sealed: signs as well.
    pub previous_sealed_secret: Option<String>,
    /// The version of the payload.
    pub version: String,
    /// Since when the endpoint has done nothing but fail.
    pub failing_since: Option<Instant>,
}

impl Delivery {
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: row.integer(0)?,
            claim: row.integer(1)?,
            attempt: row.count(2)?,
            deferrals: row.count(3)?,
            webhook_id: row.string(4)?,
            trigger: row.string(5)?,
            payload: row.string(6)?,
            happened_at: row.instant(7)?,
            subscriber_url: row.string(8)?,
            payload_template: row.optional(9, Row::string)?,
            sealed_secret: row.optional(10, Row::string)?,
            previous_sealed_secret: row.optional(11, Row::string)?,
            version: row.string(12)?,
            failing_since: row.optional(13, Row::instant)?,
        })
    }
}

/// Records reports, then takes at most so many deliveries that are due, until
/// `lease_end`; answers them in the order of events. One statement takes them, so
/// two workers never get the same one.
pub async fn take_turn<D: Database>(
    scope: &Scope<'_, D>,
    reports: &[Report],
    now: Instant,
    lease_end: Instant,
    most: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let mut batch = record::statements(reports, now);
    if most > 0 {
        batch.push(claim(now, lease_end, most));
    }
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let answers = scope.work(batch).await?;
    let taken = answers.last().filter(|_| most > 0);
    let mut taken = taken.map(|rows| rows.map(Delivery::read)).transpose()?.unwrap_or_default();
    taken.sort_unstable_by_key(|delivery| delivery.id);
    Ok(taken)
}

fn claim(now: Instant, lease_end: Instant, most: u32) -> Statement {
    let sql = concat!(
        "WITH RECURSIVE ",
        waiting!(),
        ", ",
        able!(),
        " UPDATE webhook_delivery SET leased_until = ?4, next_attempt_at = ?4, \
         attempts = attempts + 1, claims = claims + 1, attempted_at = ?1 WHERE id IN (\
         SELECT d.id FROM able CROSS JOIN webhook_delivery d ON d.id IN (",
        ready!("?3"),
        ") WHERE NOT able.broken OR d.id = (",
        ready!("1"),
        ") LIMIT ?5) \
         RETURNING id, claims, attempts, deferrals, webhook_id, \
         (SELECT trigger_event FROM outbox_event WHERE outbox_event.id = event_id), \
         (SELECT payload FROM outbox_event WHERE outbox_event.id = event_id), \
         (SELECT created_at FROM outbox_event WHERE outbox_event.id = event_id), \
         (SELECT subscriber_url FROM webhook WHERE id = CAST(webhook_id AS TEXT)), \
         (SELECT payload_template FROM webhook WHERE id = CAST(webhook_id AS TEXT)), \
         (SELECT secret FROM webhook WHERE id = CAST(webhook_id AS TEXT)), \
         (SELECT previous_secret FROM webhook WHERE id = CAST(webhook_id AS TEXT) \
             AND previous_secret_until > ?1), \
         (SELECT version FROM webhook WHERE id = CAST(webhook_id AS TEXT)), \
         (SELECT failing_since FROM webhook_health h \
             WHERE h.webhook_id = CAST(webhook_delivery.webhook_id AS TEXT))"
    );
    let bounds = arguments![now, MOST_FAILURES, AT_A_TIME_PER_ENDPOINT, lease_end, most];
    Statement::command(sql, bounds).returning()
}

/// Lets what waits behind a delivery that is tried again later wait as long, so that
/// it does not stand among what is due. For a worker that found nothing to take.
pub async fn line_up<D: Database>(scope: &Scope<'_, D>, now: Instant) -> Result<(), StoreError> {
    let sql = concat!(
        "WITH RECURSIVE ",
        waiting!(),
        ", ",
        able!(),
        " UPDATE webhook_delivery SET next_attempt_at = behind.until FROM (\
         SELECT x.id AS id, max(earlier.next_attempt_at) AS until FROM able \
         CROSS JOIN webhook_delivery x INDEXED BY webhook_delivery_due \
         ON x.webhook_id = able.id AND x.state = 'pending' AND x.next_attempt_at <= ?1 \
         CROSS JOIN webhook_delivery earlier INDEXED BY webhook_delivery_chain \
         ON earlier.webhook_id = x.webhook_id AND earlier.chain_id = x.chain_id \
         AND earlier.event_id < x.event_id \
         WHERE earlier.state = 'pending' AND earlier.next_attempt_at > ?1 \
         AND earlier.leased_until <= ?1 GROUP BY x.id) behind \
         WHERE webhook_delivery.id = behind.id"
    );
    let bounds = arguments![now, MOST_FAILURES, AT_A_TIME_PER_ENDPOINT];
    scope.work(vec![Statement::command(sql, bounds)]).await?;
    Ok(())
}

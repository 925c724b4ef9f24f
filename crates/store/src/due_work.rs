//! Which organisations have work, and when: noted in the platform's database, so that
//! a sweep reads nothing of those that have none or whose next try is hours away.

use std::cell::RefCell;
use std::collections::HashMap;

use meridian_kernel::limits::NO_SHOW_WAIT;
use meridian_kernel::{Instant, OrganizationNumber};

use crate::deliveries::{AT_A_TIME_PER_ENDPOINT, MOST_FAILURES, able, waiting};
use crate::jobs;
use crate::{BadRow, Database, Platform, Row, Scope, Statement, StoreError, arguments};

/// How long a mark counts as fresh, in milliseconds.
const MARK_AGE: i64 = 30_000;

/// How old a mark must be for nobody to rely on it, in milliseconds: longer than a
/// writer may take from finding its mark fresh to the end of its batch.
const OLD_MARK_AGE: i64 = 90_000;

/// How soon an organisation is looked at again while somebody may rely on its mark,
/// in milliseconds: what such a writer leaves behind by dying waits no longer.
const MARKED_WAIT: i64 = 10_000;

/// How long what happened is kept, in milliseconds: 30 days.
pub const RETENTION: i64 = 30 * 24 * 60 * 60 * 1000;

thread_local! {
    /// When this instance last marked an organisation: spares a write per booking.
    static MARKED: RefCell<HashMap<OrganizationNumber, Instant>> = RefCell::default();
}

/// Makes sure a sweep looks at the organisation, before a batch that may write
/// outbox rows or jobs. One small write per instance, organisation and 30 seconds.
pub async fn mark_due<D: Database>(scope: &Scope<'_, D>, now: Instant) -> Result<(), StoreError> {
    let organization = scope.organization();
    let marked = MARKED.with_borrow(|marked| marked.get(&organization).copied());
    if marked.is_some_and(|marked| (0..MARK_AGE).contains(&(now.millis() - marked.millis()))) {
        return Ok(());
    }
    leave(scope, now).await?;
    MARKED.with_borrow_mut(|marked| marked.insert(organization, now));
    Ok(())
}

/// Says that the organisation is due, by a worker that leaves something: who looked while
/// it was busy may have put the organisation off until it would be done.
pub async fn leave<D: Database>(scope: &Scope<'_, D>, now: Instant) -> Result<(), StoreError> {
    let platform = Platform::open(scope.provider()).await?;
    let mark = Statement::command(
        "INSERT INTO due_work (organization, marked_at, next_due_at) VALUES (?1, ?2, ?2) \
         ON CONFLICT (organization) DO UPDATE SET \
         marked_at = max(marked_at, excluded.marked_at), \
         next_due_at = min(next_due_at, excluded.next_due_at)",
        arguments![scope.organization().get(), now],
    );
    platform.write(vec![mark]).await?;
    Ok(())
}

/// Organisations that are due, at most so many, the longest overdue first.
pub async fn due<D: Database>(
    platform: &Platform<'_, D>,
    now: Instant,
    most: u32,
) -> Result<Vec<OrganizationNumber>, StoreError> {
    let sql = "SELECT organization FROM due_work WHERE next_due_at <= ?1 \
               ORDER BY next_due_at, organization LIMIT ?2";
    let rows = platform.read_one(Statement::query(sql, arguments![now, most])).await?;
    let expected = "an organisation number";
    Ok(rows
        .map(|row| OrganizationNumber::new(row.count(0)?).ok_or(BadRow { column: 0, expected }))?)
}

/// What there is for a worker just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtHand {
    /// Whether a delivery is due to an endpoint that may be called.
    pub deliveries: bool,
    /// Whether a job is due, and fewer are under way than may be.
    pub jobs: bool,
}

/// Looks what there is to take. A worker that finds nothing has only read: taking is a
/// write, and would wait in line with those of requests.
pub async fn at_hand<D: Database>(
    scope: &Scope<'_, D>,
    now: Instant,
) -> Result<AtHand, StoreError> {
    let sql = concat!(
        "SELECT EXISTS (WITH RECURSIVE ",
        waiting!(),
        ", ",
        able!(),
        " SELECT 1 FROM able CROSS JOIN webhook_delivery d INDEXED BY webhook_delivery_due \
         ON d.webhook_id = able.id WHERE d.state = 'pending' AND d.next_attempt_at <= ?1), \
         EXISTS (SELECT 1 FROM job INDEXED BY job_due WHERE state = 'waiting' \
         AND priority IN (0, 1, 2) AND run_at <= ?1) AND (SELECT count(*) FROM job \
         INDEXED BY job_leased WHERE leased_until > 0 AND leased_until > ?1) < ?4"
    );
    let bounds = arguments![now, MOST_FAILURES, AT_A_TIME_PER_ENDPOINT, jobs::AT_A_TIME];
    let rows = scope.work(vec![Statement::query(sql, bounds)]).await?;
    let read = |row: Row<'_>| Ok(AtHand { deliveries: row.boolean(0)?, jobs: row.boolean(1)? });
    let found: Option<Result<AtHand, BadRow>> = rows.first().and_then(crate::Rows::first).map(read);
    Ok(found.transpose()?.unwrap_or_default())
}

/// What an organisation still has to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// When there is something to do again; `None`: never, until something happens.
    pub next_due: Option<Instant>,
    /// How many deliveries are pending.
    pub pending: u32,
    /// When the first of them is due.
    pub oldest_due: Option<Instant>,
    /// How many jobs wait.
    pub jobs_waiting: u32,
    /// How many jobs are dead.
    pub jobs_dead: u32,
    /// When the first of those that wait is due.
    pub oldest_job: Option<Instant>,
}

impl Outlook {
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            next_due: row.optional(0, Row::instant)?,
            pending: row.count(1)?,
            oldest_due: row.optional(2, Row::instant)?,
            jobs_waiting: row.count(3)?,
            jobs_dead: row.count(4)?,
            oldest_job: row.optional(5, Row::instant)?,
        })
    }
}

/// Looks what is left, and when: deliveries, jobs, meetings that begin or end, calls to
/// be looked at, and rows that will be old enough to go. What waits only for others that
/// are under way is due when a lease of theirs ends: until then their worker goes on with it.
pub async fn outlook<D: Database>(scope: &Scope<'_, D>) -> Result<Outlook, StoreError> {
    let rows = scope.work(vec![outlook_query()]).await?;
    let row = rows.first().and_then(crate::Rows::first);
    Ok(row.map(Outlook::read).transpose()?.unwrap_or_default())
}

/// The statement of [`outlook`]: what it reads must not grow with what went by, which its
/// plan shows.
pub fn outlook_query() -> Statement {
    let sql = concat!(
        "WITH RECURSIVE ",
        waiting!(),
        ", queue (due, usable) AS (SELECT d.due, max(d.due, coalesce(h.open_until, 0), \
         coalesce(iif(h.failures >= ?4, \
         (SELECT max(l.leased_until) FROM webhook_delivery l INDEXED BY webhook_delivery_leased \
         WHERE l.webhook_id = d.id AND l.leased_until > 0), \
         (SELECT l.leased_until FROM webhook_delivery l INDEXED BY webhook_delivery_leased \
         WHERE l.webhook_id = d.id AND l.leased_until > 0 \
         ORDER BY l.leased_until DESC LIMIT 1 OFFSET ?5 - 1)), 0)) FROM (\
         SELECT id, (SELECT min(next_attempt_at) FROM webhook_delivery \
         INDEXED BY webhook_delivery_due WHERE state = 'pending' AND webhook_id = waiting.id) AS due \
         FROM waiting WHERE id IS NOT NULL) d \
         LEFT JOIN webhook_health h ON h.webhook_id = d.id), \
         clock (at, through) AS (SELECT told_until, told_through FROM meeting_clock \
         WHERE EXISTS (SELECT 1 FROM webhook \
         WHERE active = 1 AND instr(triggers, '\"MEETING_') > 0)), \
         call (at, through) AS (SELECT checked_until, checked_through FROM call_clock \
         WHERE EXISTS (SELECT 1 FROM webhook WHERE active = 1 \
         AND instr(triggers, '_CAL_VIDEO_NO_SHOW\"') > 0)), \
         job_queue (due) AS (SELECT min(run_at) FROM job INDEXED BY job_due \
         WHERE state = 'waiting' AND priority = 0 UNION ALL SELECT min(run_at) FROM job \
         INDEXED BY job_due WHERE state = 'waiting' AND priority = 1 UNION ALL \
         SELECT min(run_at) FROM job INDEXED BY job_due WHERE state = 'waiting' AND priority = 2) \
         SELECT (SELECT min(at) FROM (SELECT min(usable) AS at FROM queue \
         UNION ALL SELECT (SELECT min(b.start_at) FROM booking b INDEXED BY booking_starts \
         WHERE b.status = 'accepted' AND b.start_at >= clock.at \
         AND (b.start_at > clock.at OR b.id * 2 > clock.through)) FROM clock \
         UNION ALL SELECT (SELECT min(b.end_at) FROM booking b INDEXED BY booking_ends \
         WHERE b.status = 'accepted' AND b.end_at >= clock.at \
         AND (b.end_at > clock.at OR b.id * 2 + 1 > clock.through)) FROM clock \
         UNION ALL SELECT (SELECT min(b.start_at) FROM booking b INDEXED BY booking_calls \
         WHERE b.status = 'accepted' AND b.location = 'integrations:daily' \
         AND b.start_at >= call.at AND (b.start_at > call.at OR b.id > call.through)) + ?3 \
         FROM call \
         UNION ALL SELECT created_at + ?1 FROM outbox_event \
         WHERE id = (SELECT min(id) FROM outbox_event) \
         UNION ALL SELECT max((SELECT min(due) FROM job_queue), \
         coalesce((SELECT leased_until FROM job INDEXED BY job_leased WHERE leased_until > 0 \
         ORDER BY leased_until DESC LIMIT 1 OFFSET ?6 - 1), 0)) UNION ALL SELECT min(created_at) + ?2 \
         FROM job INDEXED BY job_dead WHERE state = 'dead')), \
         (SELECT count(*) FROM webhook_delivery INDEXED BY webhook_delivery_due \
         WHERE state = 'pending'), (SELECT min(due) FROM queue), \
         (SELECT count(*) FROM job INDEXED BY job_due WHERE state = 'waiting'), \
         (SELECT count(*) FROM job INDEXED BY job_dead WHERE state = 'dead'), \
         (SELECT min(due) FROM job_queue)"
    );
    let bounds = arguments![
        RETENTION,
        jobs::RETENTION,
        NO_SHOW_WAIT * 60_000,
        MOST_FAILURES,
        AT_A_TIME_PER_ENDPOINT,
        jobs::AT_A_TIME,
    ];
    Statement::query(sql, bounds)
}

/// Notes when an organisation is to be looked at again, as found by a look that began
/// at `looked_at`. One that has nothing to do is forgotten, unless a writer may still
/// rely on its mark; then it is looked at again soon.
pub async fn put_off<D: Database>(
    platform: &Platform<'_, D>,
    organization: OrganizationNumber,
    outlook: &Outlook,
    looked_at: Instant,
) -> Result<(), StoreError> {
    let old = looked_at.plus_millis(-OLD_MARK_AGE);
    let soon = looked_at.plus_millis(MARKED_WAIT);
    let number = organization.get();
    let put_off = Statement::command(
        "UPDATE due_work SET pending = ?3, oldest_due_at = ?4, jobs_waiting = ?7, \
         jobs_dead = ?8, oldest_job_at = ?9, next_due_at = \
         CASE WHEN marked_at < ?5 THEN ?2 ELSE min(?2, ?6) END WHERE organization = ?1",
        arguments![
            number,
            outlook.next_due.unwrap_or(soon),
            outlook.pending,
            outlook.oldest_due,
            old,
            soon,
            outlook.jobs_waiting,
            outlook.jobs_dead,
            outlook.oldest_job,
        ],
    );
    let mut batch = vec![put_off];
    if outlook.next_due.is_none() {
        let sql = "DELETE FROM due_work WHERE organization = ?1 AND marked_at < ?2";
        batch.push(Statement::command(sql, arguments![number, old]));
    }
    platform.write(batch).await?;
    Ok(())
}

//! Built-in calls, looked at a while after their start: found by their times, so whoever
//! moves a booking or calls it off need not think of it.

use meridian_kernel::Instant;
use meridian_kernel::limits::NO_SHOW_WAIT;

use crate::jobs::{self, NewJob};
use crate::{BadRow, Database, DatabaseError, Row, Scope, Statement, StoreError, arguments};

/// The calls that are to be looked at next.
#[derive(Clone, Debug)]
pub struct Calls {
    read_at: Clock,
    then: Clock,
    /// The uids of their bookings, in the order of their starts.
    pub due: Vec<String>,
}

/// Up to which start calls were looked at, and of those at that very instant the last
/// booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    until: Instant,
    through: i64,
}

/// The accepted calls that began at least [`NO_SHOW_WAIT`] ago and were not looked at
/// yet, at most so many; `None` where nobody asks for those who do not come, or there are
/// none.
pub async fn due<D: Database>(
    scope: &Scope<'_, D>,
    now: Instant,
    most: u32,
) -> Result<Option<Calls>, StoreError> {
    let began = now.plus_minutes(-NO_SHOW_WAIT);
    let sql = "WITH clock (at, through) AS (SELECT checked_until, checked_through FROM call_clock \
               WHERE checked_until <= ?1 AND EXISTS (SELECT 1 FROM webhook WHERE active = 1 \
               AND instr(triggers, '_CAL_VIDEO_NO_SHOW\"') > 0)) \
               SELECT clock.at, clock.through, b.start_at, b.id, b.uid \
               FROM clock CROSS JOIN booking b INDEXED BY booking_calls \
               WHERE b.status = 'accepted' AND b.location = 'integrations:daily' \
               AND b.start_at >= clock.at AND b.start_at <= ?1 \
               AND (b.start_at > clock.at OR b.id > clock.through) \
               ORDER BY b.start_at, b.id LIMIT ?2";
    let found = scope.work(vec![Statement::query(sql, arguments![began, most])]).await?;
    let read = |row: Row<'_>| -> Result<_, BadRow> {
        let clock = |at, key| Ok(Clock { until: row.instant(at)?, through: row.integer(key)? });
        Ok((clock(0, 1)?, clock(2, 3)?, row.string(4)?))
    };
    let found = found.first().map(|rows| rows.map(read)).transpose()?.unwrap_or_default();
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(None) };
    let is_all = u32::try_from(found.len()).is_ok_and(|count| count < most);
    let then = if is_all { Clock { until: began, through: i64::MAX } } else { last.1 };
    let read_at = first.0;
    Ok(Some(Calls { read_at, then, due: found.into_iter().map(|(_, _, uid)| uid).collect() }))
}

/// Writes the jobs that look at what was due, and that they were written: both or
/// neither. False where another worker was quicker.
pub async fn look<D: Database>(
    scope: &Scope<'_, D>,
    calls: &Calls,
    jobs: &[NewJob],
    now: Instant,
) -> Result<bool, StoreError> {
    let Calls { read_at, then, .. } = calls;
    let advance = Statement::command(
        "UPDATE call_clock SET checked_until = ?1, checked_through = ?2 \
         WHERE checked_until = ?3 AND checked_through = ?4",
        arguments![then.until, then.through, read_at.until, read_at.through],
    );
    let mut batch = vec![advance.must_affect()];
    if !jobs.is_empty() {
        batch.push(jobs::enqueue(jobs, now));
    }
    match scope.work(batch).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(0)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

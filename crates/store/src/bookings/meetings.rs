//! Meetings that begin and end: found by their times, so whoever moves a booking or
//! calls it off need not think of them.

use meridian_kernel::Instant;

use super::{Booking, select_bookings};
use crate::deliveries::{self, BookingEvent};
use crate::{BadRow, Database, DatabaseError, Row, Scope, Statement, StoreError, Value, arguments};

/// What webhooks ask for the beginning of a meeting by.
pub const STARTED: &str = "MEETING_STARTED";

/// What webhooks ask for its end by.
pub const ENDED: &str = "MEETING_ENDED";

/// Up to where beginnings and ends were told: an instant, and of those at that very
/// instant the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    until: Instant,
    through: i64,
}

/// The beginnings and ends that are to be told next.
#[derive(Clone, Debug)]
pub struct Meetings {
    read_at: Clock,
    then: Clock,
    /// In the order of time: whether it began (else it ended), and which booking.
    pub due: Vec<(bool, Booking)>,
}

/// The beginnings and ends since they were last told, at most so many; `None` where
/// nobody asks for them or there are none.
pub async fn due<D: Database>(
    scope: &Scope<'_, D>,
    now: Instant,
    most: u32,
) -> Result<Option<Meetings>, StoreError> {
    // Twice the row number, and one more for an end: orders what happens at one instant.
    let sql = "WITH clock (at, through) AS (SELECT told_until, told_through FROM meeting_clock \
               WHERE told_until <= ?1 AND EXISTS (SELECT 1 FROM webhook \
               WHERE active = 1 AND instr(triggers, '\"MEETING_') > 0)) \
               SELECT clock.at, clock.through, edge.at, edge.key FROM clock CROSS JOIN (\
               SELECT start_at AS at, id * 2 AS key FROM booking INDEXED BY booking_starts \
               WHERE status = 'accepted' AND start_at >= (SELECT at FROM clock) \
               AND start_at <= ?1 UNION ALL \
               SELECT end_at, id * 2 + 1 FROM booking INDEXED BY booking_ends \
               WHERE status = 'accepted' AND end_at >= (SELECT at FROM clock) \
               AND end_at <= ?1) edge \
               WHERE edge.at > clock.at OR edge.key > clock.through \
               ORDER BY edge.at, edge.key LIMIT ?2";
    let found = scope.work(vec![Statement::query(sql, arguments![now, most])]).await?;
    let found = found.first().map(|rows| rows.map(Edge::read)).transpose()?.unwrap_or_default();
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(None) };
    let is_all = u32::try_from(found.len()).is_ok_and(|count| count < most);
    let then = if is_all { Clock { until: now, through: i64::MAX } } else { last.at };
    let bookings = of_edges(scope, &found).await?;
    let due = found.iter().filter_map(|edge| {
        let booking = bookings.iter().find(|booking| booking.0 == edge.booking())?;
        Some((edge.is_start(), booking.1.clone()))
    });
    Ok(Some(Meetings { read_at: first.clock, then, due: due.collect() }))
}

struct Edge {
    clock: Clock,
    at: Clock,
}

impl Edge {
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        let clock = |at, key| Ok(Clock { until: row.instant(at)?, through: row.integer(key)? });
        Ok(Self { clock: clock(0, 1)?, at: clock(2, 3)? })
    }

    fn booking(&self) -> i64 {
        self.at.through / 2
    }

    fn is_start(&self) -> bool {
        self.at.through % 2 == 0
    }
}

/// With their row numbers.
async fn of_edges<D: Database>(
    scope: &Scope<'_, D>,
    edges: &[Edge],
) -> Result<Vec<(i64, Booking)>, StoreError> {
    use meridian_kernel::WireId as _;

    let ids: Vec<i64> = edges.iter().map(Edge::booking).collect();
    let statement = Statement::query(
        select_bookings!("json_each(?1) wanted CROSS JOIN booking b ON b.id = wanted.value", ""),
        [Value::from(serde_json::json!(ids).to_string())],
    );
    let rows = scope.work(vec![statement]).await?;
    let organization = scope.organization();
    let bookings = rows.first().map(|rows| rows.map(|row| Booking::read(organization, row)));
    let bookings = bookings.transpose()?.unwrap_or_default();
    Ok(bookings.into_iter().map(|booking| (booking.id.row(), booking)).collect())
}

/// Writes the events of what was due, and that it was told: both or neither. False
/// where another worker was quicker.
pub async fn tell<D: Database>(
    scope: &Scope<'_, D>,
    meetings: &Meetings,
    payload: impl Fn(&Booking) -> String,
    now: Instant,
) -> Result<bool, StoreError> {
    let Meetings { read_at, then, due } = meetings;
    let advance = Statement::command(
        "UPDATE meeting_clock SET told_until = ?1, told_through = ?2 \
         WHERE told_until = ?3 AND told_through = ?4",
        arguments![then.until, then.through, read_at.until, read_at.through],
    );
    let event = |(is_start, booking): &(bool, Booking)| BookingEvent {
        trigger: if *is_start { STARTED } else { ENDED },
        booking_uid: booking.uid.clone(),
        payload: payload(booking),
    };
    let events: Vec<BookingEvent> = due.iter().map(event).collect();
    let mut batch = vec![advance.must_affect()];
    batch.extend(deliveries::booking_events(&events, scope.organization(), now));
    match scope.work(batch).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(0)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

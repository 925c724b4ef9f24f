//! What earlier bookings of an event type say about the next one.

use meridian_kernel::{EventTypeId, Instant, UserId, WireId};

use crate::{Database, Row, Scope, Statement, StoreError, arguments};

/// How many bookings of an event type that start in a period each of its hosts has:
/// from the first instant to the one after the last. Hosts without any are left out.
pub async fn booked_by_host<D: Database>(
    scope: &Scope<'_, D>,
    event_type: EventTypeId,
    (from, to): (Instant, Instant),
) -> Result<Vec<(UserId, u64)>, StoreError> {
    let statement = Statement::query(
        "WITH b AS (SELECT id, user_id FROM booking WHERE event_type_id = ?1 \
         AND start_at >= ?2 AND start_at < ?3 AND status IN ('accepted', 'pending')) \
         SELECT user_id, count(*) FROM (SELECT user_id FROM b UNION ALL \
         SELECT h.user_id FROM b CROSS JOIN booking_host h ON h.booking_id = b.id) \
         GROUP BY user_id",
        arguments![event_type.row(), from, to],
    );
    let rows = scope.read_one(statement).await?;
    let organization = scope.organization();
    Ok(rows.map(|row| {
        let user = UserId::new(organization, row.integer(0)?);
        Ok((user, u64::from(row.count(1)?)))
    })?)
}

/// The uid of the last booking of an event type that somebody still has ahead.
pub async fn last_active<D: Database>(
    scope: &Scope<'_, D>,
    event_type: EventTypeId,
    email: &str,
    now: Instant,
) -> Result<Option<String>, StoreError> {
    let statement = Statement::query(
        "SELECT b.uid FROM attendee a CROSS JOIN booking b ON b.id = a.booking_id \
         WHERE a.email = ?2 AND a.is_guest = 0 AND b.event_type_id = ?1 AND b.end_at > ?3 \
         AND b.status IN ('accepted', 'pending') ORDER BY b.start_at DESC, b.id DESC LIMIT 1",
        arguments![event_type.row(), email, now],
    );
    let rows = scope.read_primary(statement).await?;
    Ok(rows.first().map(|row| Row::string(row, 0)).transpose()?)
}

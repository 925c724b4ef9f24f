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

/// Bookings that some hosts of an event type could not have had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissedByHosts {
    /// The group of hosts whose booking it is; empty: that of hosts without one.
    pub group: String,
    /// Who could not have had them.
    pub absent: Vec<UserId>,
    /// How many.
    pub count: u64,
}

/// The bookings of an event type that start in a period and were made before one of
/// its hosts who take turns was added, or start while one is out of office, by UTC
/// days. A host who holds a booking did not miss it.
pub async fn missed_by_hosts<D: Database>(
    scope: &Scope<'_, D>,
    event_type: EventTypeId,
    (from, to): (Instant, Instant),
) -> Result<Vec<MissedByHosts>, StoreError> {
    // Few hosts are new or away, so only those are looked at for each booking.
    let statement = Statement::query(
        "WITH b AS MATERIALIZED (SELECT id, user_id, start_at, created_at FROM booking \
         WHERE event_type_id = ?1 AND start_at >= ?2 AND start_at < ?3 \
         AND status IN ('accepted', 'pending')), \
         m AS MATERIALIZED (SELECT h.user_id, h.created_at FROM event_host h \
         WHERE h.event_type_id = ?1 AND h.is_fixed = 0 \
         AND (h.created_at > (SELECT min(created_at) FROM b) OR EXISTS (\
             SELECT 1 FROM out_of_office o WHERE o.user_id = h.user_id \
             AND o.end_at >= ?2 AND +o.start_at < ?3))), \
         a AS MATERIALIZED (SELECT b.id, b.user_id, (SELECT json_group_array(m.user_id) FROM m \
         WHERE m.user_id <> b.user_id AND (m.created_at > b.created_at OR EXISTS (\
             SELECT 1 FROM out_of_office o WHERE o.user_id = m.user_id \
             AND o.end_at >= b.start_at AND +o.start_at <= b.start_at)) \
         AND NOT EXISTS (SELECT 1 FROM booking_host x \
             WHERE x.booking_id = b.id AND x.user_id = m.user_id)) AS absent \
         FROM b WHERE EXISTS (SELECT 1 FROM m)) \
         SELECT coalesce(g.group_id, ''), held.absent, count(*) FROM (\
         SELECT user_id, absent FROM a WHERE absent <> '[]' UNION ALL \
         SELECT x.user_id, a.absent FROM a CROSS JOIN booking_host x ON x.booking_id = a.id \
         WHERE a.absent <> '[]') held CROSS JOIN event_host g \
         ON g.event_type_id = ?1 AND g.user_id = held.user_id AND g.is_fixed = 0 GROUP BY 1, 2",
        arguments![event_type.row(), from, to],
    );
    let rows = scope.read_one(statement).await?;
    let organization = scope.organization();
    Ok(rows.map(|row| {
        let absent: Vec<i64> = row.json(1)?;
        Ok(MissedByHosts {
            group: row.string(0)?,
            absent: absent.into_iter().map(|id| UserId::new(organization, id)).collect(),
            count: u64::from(row.count(2)?),
        })
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

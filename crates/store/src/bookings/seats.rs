//! Seats: people who share one booking.

use meridian_kernel::{EventTypeId, Instant, WireId};

use super::rows::{Joining, attendee_row, insert_attendees, json};
use super::{Booking, select_bookings};
use crate::reservations::seats_held_by_others;
use crate::{Database, Scope, Statement, StoreError, arguments};

/// The bookings of a shared event type that start at some instants and still take
/// place. Asked of the primary: whoever lost a race must see who won it.
pub async fn find_shared<D: Database>(
    scope: &Scope<'_, D>,
    event_type: EventTypeId,
    starts: &[Instant],
) -> Result<Vec<Booking>, StoreError> {
    let starts: Vec<i64> = starts.iter().map(|start| start.millis()).collect();
    let statement = Statement::query(
        select_bookings!(
            "json_each(?2) s CROSS JOIN booking b ON b.event_type_id = ?1 \
             AND b.start_at = s.value AND b.seats_per_slot > 0 \
             AND b.status IN ('accepted', 'pending')",
            "ORDER BY b.start_at"
        ),
        arguments![event_type.row(), json(&starts)],
    );
    let rows = scope.read_primary(statement).await?;
    Ok(rows.map(|row| Booking::read(scope.organization(), row))?)
}

/// Sits down, if the booking still takes place, enough seats are left beside those
/// others are just booking, and nobody of them sits there already.
pub(super) fn join(joining: &Joining<'_>, reservation: Option<&str>, now: Instant) -> Statement {
    let Joining { booking, seats, .. } = joining;
    let rows: Vec<_> = seats.iter().map(|one| attendee_row(&booking.uid, one)).collect();
    let party = u32::try_from(seats.len()).unwrap_or(u32::MAX);
    Statement::query(
        insert_attendees!(concat!(
            "WHERE b.status IN ('accepted', 'pending') AND ?2 + \
             (SELECT count(*) FROM attendee k WHERE k.booking_id = b.id) + ",
            seats_held_by_others!("b.event_type_id", "b.start_at", "b.end_at", "?3", "?4"),
            " <= coalesce((SELECT e.seats_per_slot FROM event_type e \
                 WHERE e.id = b.event_type_id), b.seats_per_slot) \
             AND NOT EXISTS (SELECT 1 FROM attendee k WHERE k.booking_id = b.id \
                 AND k.email <> '' AND k.email IN (SELECT z.value ->> 2 FROM json_each(?1) z))"
        )),
        arguments![json(&rows), party, now, reservation],
    )
    .must_affect()
}

/// Why people could not sit down, for the words of the refusal only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoSeat {
    /// Not enough seats are left.
    Full,
    /// Somebody sits there already.
    AlreadySeated,
    /// The booking does not take place any more.
    Ended,
}

pub(super) async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    joining: &Joining<'_>,
) -> Result<NoSeat, StoreError> {
    let emails: Vec<&str> = joining.seats.iter().map(|one| one.email.as_str()).collect();
    let statement = Statement::query(
        "SELECT b.status IN ('accepted', 'pending'), EXISTS (SELECT 1 FROM attendee k \
         WHERE k.booking_id = b.id AND k.email <> '' \
         AND k.email IN (SELECT value FROM json_each(?2))) FROM booking b WHERE b.uid = ?1",
        arguments![joining.booking.uid.as_str(), json(&emails)],
    );
    let rows = scope.read_primary(statement).await?;
    let Some(row) = rows.first() else { return Ok(NoSeat::Ended) };
    Ok(match (row.boolean(0)?, row.boolean(1)?) {
        (false, _) => NoSeat::Ended,
        (true, true) => NoSeat::AlreadySeated,
        (true, false) => NoSeat::Full,
    })
}

/// Notes that bookings changed.
pub(super) fn touch(joinings: &[Joining<'_>], now: Instant) -> Option<Statement> {
    let uids: Vec<&str> = joinings.iter().map(|joining| joining.booking.uid.as_str()).collect();
    let sql = "UPDATE booking SET updated_at = ?2 WHERE uid IN (SELECT value FROM json_each(?1))";
    (!uids.is_empty()).then(|| Statement::command(sql, arguments![json(&uids), now]))
}

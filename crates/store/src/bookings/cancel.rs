//! Calling bookings off: one conditional batch.

use meridian_kernel::Instant;

use super::rows::json;
use crate::deliveries::{self, BookingEvent};
use crate::{Database, DatabaseError, Rows, Scope, Statement, StoreError, Value, arguments};

/// Bookings to be cancelled together, and what else their batch writes.
#[derive(Clone, Debug)]
pub struct Cancellation<'a> {
    /// Which: one, or some of a series.
    pub uids: Vec<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// Who cancels, where that is known.
    pub by_email: Option<&'a str>,
    /// What webhooks are told.
    pub events: Vec<BookingEvent>,
    /// The clock of the request.
    pub now: Instant,
}

/// A seat to be given back.
#[derive(Clone, Debug)]
pub struct SeatLeft<'a> {
    /// The booking.
    pub uid: &'a str,
    /// The seat.
    pub seat_uid: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
    /// Who gives it back, where that is known.
    pub by_email: Option<&'a str>,
    /// What webhooks are told.
    pub event: BookingEvent,
    /// The clock of the request.
    pub now: Instant,
}

/// What became of a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It is cancelled, and its time is free.
    Cancelled {
        /// Whether there is somebody to tell.
        to_deliver: bool,
    },
    /// One of them was not, or no longer, pending or accepted.
    NotActive,
}

/// Cancels the bookings if all of them still take place. Of many at once one
/// succeeds.
pub async fn cancel<D: Database>(
    scope: &Scope<'_, D>,
    cancellation: &Cancellation<'_>,
) -> Result<CancelOutcome, StoreError> {
    let Cancellation { uids, reason, by_email, events, now } = cancellation;
    let uids = json(uids);
    let end = Statement::command(
        "UPDATE booking SET status = 'cancelled', cancellation_reason = ?2, \
         cancelled_by_email = ?3, updated_at = ?4, ical_sequence = ical_sequence + 1 \
         WHERE uid IN (SELECT value FROM json_each(?1)) \
         AND (SELECT count(*) FROM booking k WHERE k.uid IN (SELECT value FROM json_each(?1)) \
             AND k.status IN ('accepted', 'pending')) = json_array_length(?1)",
        arguments![uids.clone(), *reason, *by_email, *now],
    );
    let mut batch = vec![end.must_affect(), free_time(uids)];
    batch.extend(deliveries::booking_events(events, scope.organization(), *now));
    ended(scope.write(batch).await)
}

/// Gives back all time of the bookings.
pub(super) fn free_time(uids: Value) -> Statement {
    Statement::command(
        "DELETE FROM busy_time WHERE booking_id IN \
         (SELECT b.id FROM json_each(?1) u CROSS JOIN booking b ON b.uid = u.value)",
        [uids],
    )
}

/// Gives a seat back if somebody still has it; with the last one the booking is over.
pub async fn leave_seat<D: Database>(
    scope: &Scope<'_, D>,
    left: &SeatLeft<'_>,
) -> Result<CancelOutcome, StoreError> {
    let SeatLeft { uid, seat_uid, event, now, .. } = left;
    let mut batch = seat_statements(uid, seat_uid, (left.reason, left.by_email), *now);
    batch.extend(deliveries::booking_events(
        std::slice::from_ref(event),
        scope.organization(),
        *now,
    ));
    ended(scope.write(batch).await)
}

/// What gives a seat back. The first statement decides.
pub(super) fn seat_statements(
    uid: &str,
    seat_uid: &str,
    (reason, by_email): (Option<&str>, Option<&str>),
    now: Instant,
) -> Vec<Statement> {
    let stand_up = Statement::command(
        "DELETE FROM attendee WHERE seat_uid = ?2 AND booking_id = (SELECT id FROM booking \
         WHERE uid = ?1 AND status IN ('accepted', 'pending'))",
        arguments![uid, seat_uid],
    );
    let end_if_empty = Statement::command(
        "UPDATE booking SET updated_at = ?2, ical_sequence = ical_sequence + 1, \
         status = iif(e.empty, 'cancelled', status), \
         cancellation_reason = iif(e.empty, ?3, cancellation_reason), \
         cancelled_by_email = iif(e.empty, ?4, cancelled_by_email) \
         FROM (SELECT NOT EXISTS (SELECT 1 FROM attendee a JOIN booking b ON b.id = a.booking_id \
             WHERE b.uid = ?1 AND a.seat_uid IS NOT NULL) AS empty) e WHERE uid = ?1",
        arguments![uid, now, reason, by_email],
    );
    // Of users who attended, those who still do are taken; of an ended booking nobody.
    let free = Statement::command(
        "DELETE FROM busy_time WHERE booking_id = (SELECT id FROM booking WHERE uid = ?1) \
         AND (EXISTS (SELECT 1 FROM booking WHERE uid = ?1 AND status = 'cancelled') \
         OR (exclusive = 0 AND user_id NOT IN (SELECT b.user_id FROM booking b WHERE b.uid = ?1 \
             UNION ALL SELECT h.user_id FROM booking b JOIN booking_host h ON h.booking_id = b.id \
             WHERE b.uid = ?1 \
             UNION ALL SELECT u.id FROM booking b JOIN attendee a ON a.booking_id = b.id \
             JOIN user u ON u.email = a.email WHERE b.uid = ?1)))",
        arguments![uid],
    );
    vec![stand_up.must_affect(), end_if_empty, free]
}

fn ended(written: Result<Vec<Rows>, DatabaseError>) -> Result<CancelOutcome, StoreError> {
    match written {
        Ok(answers) => {
            let to_deliver = answers.last().is_some_and(|rows| rows.affected > 0);
            Ok(CancelOutcome::Cancelled { to_deliver })
        }
        Err(DatabaseError::Precondition(0)) => Ok(CancelOutcome::NotActive),
        Err(error) => Err(error.into()),
    }
}

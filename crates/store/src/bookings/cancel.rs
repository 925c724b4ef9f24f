//! Cancelling a booking: one conditional batch.

use meridian_kernel::{Instant, UserId};

use crate::{Database, DatabaseError, Scope, Statement, StoreError, arguments, deliveries};

/// A booking to be cancelled, and what else its batch writes.
#[derive(Clone, Debug)]
pub struct Cancellation<'a> {
    /// Which.
    pub uid: &'a str,
    /// Its host, whose webhooks are told.
    pub organizer: UserId,
    /// Why.
    pub reason: Option<&'a str>,
    /// Who cancels, where that is known.
    pub by_email: Option<&'a str>,
    /// What is told to webhooks: the trigger and the payload.
    pub event: (&'a str, String),
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
    /// It was not, or no longer, pending or accepted.
    NotActive,
}

/// Cancels the booking if it still takes place. Of many at once one succeeds.
pub async fn cancel<D: Database>(
    scope: &Scope<'_, D>,
    cancellation: Cancellation<'_>,
) -> Result<CancelOutcome, StoreError> {
    let Cancellation { uid, organizer, reason, by_email, event, now } = cancellation;
    let end = Statement::command(
        "UPDATE booking SET status = 'cancelled', cancellation_reason = ?2, \
         cancelled_by_email = ?3, updated_at = ?4, ical_sequence = ical_sequence + 1 \
         WHERE uid = ?1 AND status IN ('accepted', 'pending')",
        arguments![uid, reason, by_email, now],
    );
    let free = Statement::command(
        "DELETE FROM busy_time WHERE booking_id = (SELECT id FROM booking WHERE uid = ?1)",
        arguments![uid],
    );
    let mut batch = vec![end.must_affect(), free];
    let (trigger, payload) = event;
    batch.extend(deliveries::outbox_statements(trigger, uid, organizer, payload, now));
    match scope.write(batch).await {
        Ok(answers) => {
            let to_deliver = answers.last().is_some_and(|rows| rows.affected > 0);
            Ok(CancelOutcome::Cancelled { to_deliver })
        }
        Err(DatabaseError::Precondition(0)) => Ok(CancelOutcome::NotActive),
        Err(error) => Err(error.into()),
    }
}

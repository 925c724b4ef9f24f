//! Who did not come.

use meridian_kernel::Instant;

use super::rows::json;
use crate::deliveries::{self, BookingEvent};
use crate::{Database, DatabaseError, Scope, Statement, StoreError, arguments};

/// Who of a booking was absent, or was not after all.
#[derive(Clone, Debug)]
pub struct Absence<'a> {
    /// Which booking.
    pub uid: &'a str,
    /// The host; `None`: nothing is said of them.
    pub host: Option<bool>,
    /// Attendees by address, in any case of letters.
    pub attendees: &'a [(String, bool)],
    /// What webhooks are told.
    pub event: BookingEvent,
    /// The clock of the request.
    pub now: Instant,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsenceOutcome {
    /// It is noted.
    Noted {
        /// Whether there is somebody to tell.
        to_deliver: bool,
    },
    /// The booking has not begun, or does not take place.
    NotNow,
}

/// Notes who was absent, if the booking takes place and has begun.
pub async fn mark_absent<D: Database>(
    scope: &Scope<'_, D>,
    absence: &Absence<'_>,
) -> Result<AbsenceOutcome, StoreError> {
    let Absence { uid, host, attendees, event, now } = absence;
    let of_host = Statement::command(
        "UPDATE booking SET absent_host = coalesce(?2, absent_host), updated_at = ?3 \
         WHERE uid = ?1 AND status IN ('accepted', 'pending') AND start_at <= ?3",
        arguments![*uid, *host, *now],
    );
    let of_attendees = Statement::command(
        "UPDATE attendee SET absent = (SELECT n.value ->> 1 FROM json_each(?2) n \
             WHERE n.value ->> 0 = attendee.email COLLATE NOCASE) \
         WHERE booking_id = (SELECT id FROM booking WHERE uid = ?1) \
         AND email IN (SELECT n.value ->> 0 FROM json_each(?2) n)",
        arguments![*uid, json(attendees)],
    );
    let mut batch = vec![of_host.must_affect(), of_attendees];
    batch.extend(deliveries::booking_events(
        std::slice::from_ref(event),
        scope.organization(),
        *now,
    ));
    match scope.write(batch).await {
        Ok(answers) => {
            let to_deliver = answers.last().is_some_and(|rows| rows.affected > 0);
            Ok(AbsenceOutcome::Noted { to_deliver })
        }
        Err(DatabaseError::Precondition(0)) => Ok(AbsenceOutcome::NotNow),
        Err(error) => Err(error.into()),
    }
}

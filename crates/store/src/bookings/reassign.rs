//! Handing a booking over to another host: one conditional batch.

use meridian_kernel::{Instant, UserId, WireId};

use super::batch::{Batch, Cause, Ended};
use super::conditions::is_free;
use super::rows::json;
use crate::{Database, DatabaseError, Scope, Statement, StoreError, arguments};

/// A booking that goes to another host.
#[derive(Clone, Debug)]
pub struct Reassignment<'a> {
    /// Which.
    pub uid: &'a str,
    /// Who has it.
    pub from: UserId,
    /// Who gets it.
    pub to: UserId,
    /// What must be free of the new host's time, buffers included.
    pub needs: (Instant, Instant),
    /// Whether the booking takes its hosts' time.
    pub holds_time: bool,
    /// The title, which may name the host.
    pub title: &'a str,
    /// Where it takes place, which may be the host's own room.
    pub location: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// The clock of the request.
    pub now: Instant,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReassignOutcome {
    /// The new host has it.
    Reassigned,
    /// The new host has no time.
    Taken,
    /// The booking, or who hosts it or may, is not what it was any more.
    Outdated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Booking,
    Quiet,
    Time,
}

/// The booking still takes place, `?2` has it, `?3` has not and may.
macro_rules! may_change_hands {
    () => {
        "b.uid = ?1 AND b.status IN ('accepted', 'pending') \
         AND (b.user_id = ?2 OR EXISTS (SELECT 1 FROM booking_host h \
             WHERE h.booking_id = b.id AND h.user_id = ?2)) \
         AND b.user_id <> ?3 AND NOT EXISTS (SELECT 1 FROM booking_host h \
             WHERE h.booking_id = b.id AND h.user_id = ?3) \
         AND EXISTS (SELECT 1 FROM event_host x WHERE x.event_type_id = b.event_type_id \
             AND x.user_id = ?3 AND x.is_fixed = 0)"
    };
}

/// Hands the booking over if it still is where it was and the new host is free: the
/// old host's time is given back and the new one's taken in one step.
pub async fn reassign<D: Database>(
    scope: &Scope<'_, D>,
    wish: &Reassignment<'_>,
) -> Result<ReassignOutcome, StoreError> {
    match batch(wish).write(scope).await? {
        Ended::Done(_) => Ok(ReassignOutcome::Reassigned),
        Ended::Refused(Step::Booking, Cause::Condition) => why_not(scope, wish).await,
        Ended::Refused(_, Cause::Reference) => Ok(ReassignOutcome::Outdated),
        Ended::Refused(Step::Booking | Step::Time, _) => Ok(ReassignOutcome::Taken),
        Ended::Refused(step, cause) => {
            Err(DatabaseError::Failed(format!("{step:?} refused by {cause:?}")).into())
        }
    }
}

fn batch(wish: &Reassignment<'_>) -> Batch<Step> {
    let Reassignment { uid, from, to, needs, .. } = *wish;
    let (start, end) = (needs.0.millis(), needs.1.millis());
    let rows = [(uid, to.row(), start, end)];
    let needed = if wish.holds_time { json(&rows) } else { json::<[(); 0]>(&[]) };
    let mut batch = Batch::new();
    let change = Statement::command(
        concat!(
            "UPDATE booking AS b SET user_id = iif(b.user_id = ?2, ?3, b.user_id), title = ?6, \
             location = ?7, reassign_reason = ?8, updated_at = ?5, \
             ical_sequence = ical_sequence + 1 WHERE ",
            may_change_hands!(),
            " AND ",
            is_free!("?4", "?5", "?9")
        ),
        arguments![
            uid,
            from.row(),
            to.row(),
            needed,
            wish.now,
            wish.title,
            wish.location,
            wish.reason,
            None::<String>
        ],
    );
    batch.push(Step::Booking, change.must_affect());
    let host = Statement::command(
        "UPDATE booking_host SET user_id = ?3 \
         WHERE booking_id = (SELECT id FROM booking WHERE uid = ?1) AND user_id = ?2",
        arguments![uid, from.row(), to.row()],
    );
    batch.push(Step::Quiet, host);
    let free = Statement::command(
        "DELETE FROM busy_time \
         WHERE booking_id = (SELECT id FROM booking WHERE uid = ?1) AND user_id = ?2",
        arguments![uid, from.row()],
    );
    batch.push(Step::Quiet, free);
    if wish.holds_time {
        let take = Statement::command(
            "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id) \
             SELECT ?2, ?3, ?4, id FROM booking WHERE uid = ?1",
            arguments![uid, to.row(), start, end],
        );
        batch.push(Step::Time, take.must_affect());
    }
    let turn = Statement::command(
        "UPDATE event_host SET last_booked_at = max(?3, coalesce(last_booked_at, ?3)) \
         WHERE user_id = ?2 AND event_type_id = (SELECT event_type_id FROM booking WHERE uid = ?1)",
        arguments![uid, to.row(), wish.now],
    );
    batch.push(Step::Quiet, turn);
    batch
}

/// For the words of the refusal only: the update has decided.
async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    wish: &Reassignment<'_>,
) -> Result<ReassignOutcome, StoreError> {
    let statement = Statement::query(
        concat!("SELECT 1 FROM booking b WHERE ", may_change_hands!()),
        arguments![wish.uid, wish.from.row(), wish.to.row()],
    );
    let stands = scope.read_primary(statement).await?.first().is_some();
    Ok(if stands { ReassignOutcome::Taken } else { ReassignOutcome::Outdated })
}

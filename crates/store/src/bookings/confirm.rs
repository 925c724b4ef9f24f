//! Answering bookings that wait for their host.

use meridian_kernel::{Instant, OrganizationNumber};

use super::batch::{Batch, Cause, Ended};
use super::conditions::is_free;
use super::rows::{self, json};
use super::{Opening, cancel};
use crate::deliveries::{self, BookingEvent};
use crate::{Database, DatabaseError, Rows, Scope, Statement, StoreError, arguments};

/// Pending bookings that their host agrees to: one, or those of a series, together
/// or not at all.
#[derive(Clone, Debug)]
pub struct Confirmation<'a> {
    /// The bookings, and what must be free of their hosts' time.
    pub bookings: Vec<Opening<'a>>,
    /// What webhooks are told.
    pub events: Vec<BookingEvent>,
    /// The clock of the request.
    pub now: Instant,
}

/// Pending bookings that their host refuses.
#[derive(Clone, Debug)]
pub struct Refusal<'a> {
    /// The bookings.
    pub bookings: Vec<Opening<'a>>,
    /// Why.
    pub reason: Option<&'a str>,
    /// What webhooks are told.
    pub events: Vec<BookingEvent>,
    /// The clock of the request.
    pub now: Instant,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerOutcome {
    /// It counts.
    Done {
        /// Whether there is somebody to tell.
        to_deliver: bool,
    },
    /// One of them does not wait (any more).
    NotPending,
    /// A host has no time for one of them (any more).
    Taken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Status,
    Time,
    Quiet,
    Deliveries,
}

/// Holds where all of the bookings `?1` still wait.
macro_rules! all_pending {
    () => {
        "(SELECT count(*) FROM booking k WHERE k.uid IN (SELECT value FROM json_each(?1)) \
         AND k.status = 'pending') = json_array_length(?1)"
    };
}

/// Confirms the bookings if all still wait and their time is free. Of two that
/// overlap one can be confirmed. Whether they took their time while they waited, and
/// with what buffers, does not matter: it is given back and taken again.
pub async fn confirm<D: Database>(
    scope: &Scope<'_, D>,
    confirmation: &Confirmation<'_>,
) -> Result<AnswerOutcome, StoreError> {
    let Confirmation { bookings, events, now } = confirmation;
    let accept = Statement::command(
        concat!(
            "UPDATE booking SET status = 'accepted', updated_at = ?2 \
             WHERE uid IN (SELECT value FROM json_each(?1)) AND ",
            all_pending!(),
            " AND ",
            is_free!("?3", "?2", "?4")
        ),
        arguments![uids(bookings), *now, json(&rows::needs(bookings)), None::<String>],
    );
    let mut batch = Batch::new();
    batch.push(Step::Quiet, cancel::free_time(uids(bookings)));
    batch.push(Step::Status, accept.must_affect());
    batch.push(Step::Time, rows::take_time(bookings, &[], false));
    tell(&mut batch, events, scope.organization(), *now);
    settle(scope, batch, bookings).await
}

/// Refuses the bookings if all still wait, and gives back what time they had taken.
pub async fn refuse<D: Database>(
    scope: &Scope<'_, D>,
    refusal: &Refusal<'_>,
) -> Result<AnswerOutcome, StoreError> {
    let Refusal { bookings, reason, events, now } = refusal;
    let reject = Statement::command(
        concat!(
            "UPDATE booking SET status = 'rejected', rejection_reason = ?3, updated_at = ?2 \
             WHERE uid IN (SELECT value FROM json_each(?1)) AND ",
            all_pending!()
        ),
        arguments![uids(bookings), *now, *reason],
    );
    let mut batch = Batch::new();
    batch.push(Step::Status, reject.must_affect());
    batch.push(Step::Quiet, cancel::free_time(uids(bookings)));
    tell(&mut batch, events, scope.organization(), *now);
    settle(scope, batch, bookings).await
}

/// The uids as a JSON array.
fn uids(bookings: &[Opening<'_>]) -> crate::Value {
    let uids: Vec<&str> = bookings.iter().map(|opening| opening.booking.uid.as_str()).collect();
    json(&uids)
}

fn tell(
    batch: &mut Batch<Step>,
    events: &[BookingEvent],
    organization: OrganizationNumber,
    now: Instant,
) {
    let [note, told] = deliveries::booking_events(events, organization, now);
    batch.push(Step::Quiet, note);
    batch.push(Step::Deliveries, told);
}

async fn settle<D: Database>(
    scope: &Scope<'_, D>,
    batch: Batch<Step>,
    bookings: &[Opening<'_>],
) -> Result<AnswerOutcome, StoreError> {
    match batch.write(scope).await? {
        Ended::Done(answers) => {
            let told = |(step, rows): &(Step, Rows)| *step == Step::Deliveries && rows.affected > 0;
            Ok(AnswerOutcome::Done { to_deliver: answers.iter().any(told) })
        }
        Ended::Refused(Step::Status, Cause::Condition) => why_not(scope, bookings).await,
        Ended::Refused(Step::Status | Step::Time, _) => Ok(AnswerOutcome::Taken),
        Ended::Refused(step, cause) => {
            Err(DatabaseError::Failed(format!("{step:?} refused by {cause:?}")).into())
        }
    }
}

/// For the words of the refusal only: the update has decided.
async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    bookings: &[Opening<'_>],
) -> Result<AnswerOutcome, StoreError> {
    let statement =
        Statement::query(concat!("SELECT ", all_pending!()), arguments![uids(bookings)]);
    let rows = scope.read_primary(statement).await?;
    let waits = rows.first().map(|row| row.boolean(0)).transpose()?.unwrap_or_default();
    Ok(if waits { AnswerOutcome::Taken } else { AnswerOutcome::NotPending })
}

//! Making a booking: one conditional batch.

use meridian_kernel::limits::MAX_BUSY_SPAN_MINUTES;
use meridian_kernel::{BookingId, Instant, WireId};
use serde_json::{Value as Json, json};

use super::{Attendee, Booking};
use crate::{
    Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, Value, arguments, deliveries,
};

/// A booking to be made, and what else its batch writes.
#[derive(Clone, Debug)]
pub struct NewBooking<'a> {
    /// The booking as it will be; its id is what the database gives it.
    pub booking: &'a Booking,
    /// What must be free: from the first instant to the one after the last,
    /// buffers included.
    pub needs: (Instant, Instant),
    /// Whether it keeps others out of that.
    pub takes_slot: bool,
    /// What is told to webhooks: the trigger and the payload.
    pub event: (&'a str, String),
}

/// What became of a new booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    /// It is there.
    Made {
        /// Its id.
        id: BookingId,
        /// Whether there is somebody to tell.
        to_deliver: bool,
    },
    /// Somebody else has the time.
    Taken,
    /// The event type was deleted meanwhile.
    EventTypeGone,
}

/// Makes the booking if its event type is still there and its host still free:
/// both are conditions of the insert itself.
pub async fn create<D: Database>(
    scope: &Scope<'_, D>,
    new: NewBooking<'_>,
) -> Result<CreateOutcome, StoreError> {
    let booking = new.booking;
    let mut batch = vec![insert_booking(&new), insert_attendees(booking)];
    if new.takes_slot {
        batch.push(take_slot(booking, new.needs));
    }
    let (trigger, payload) = new.event;
    let (uid, organizer, now) = (&booking.uid, booking.organizer.id, booking.created_at);
    batch.extend(deliveries::outbox_statements(trigger, uid, organizer, payload, now));
    match scope.write(batch).await {
        Ok(answers) => {
            let id = answers.first().and_then(Rows::first).map(|row| Row::integer(row, 0));
            let id = id.ok_or_else(|| lost("the new booking's id"))??;
            let to_deliver = answers.last().is_some_and(|rows| rows.affected > 0);
            Ok(CreateOutcome::Made { id: BookingId::new(scope.organization(), id), to_deliver })
        }
        Err(DatabaseError::Precondition(0)) => why_not(scope, booking).await,
        Err(error) => Err(error.into()),
    }
}

fn lost(what: &str) -> DatabaseError {
    DatabaseError::Failed(format!("the batch succeeded without {what}"))
}

/// For the words of the refusal only: the insert has decided.
async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    booking: &Booking,
) -> Result<CreateOutcome, StoreError> {
    let sql = "SELECT 1 FROM event_type WHERE id = ?1 AND owner_id = ?2";
    let arguments = arguments![booking.event_type_id.row(), booking.organizer.id.row()];
    let still_there = scope.read_one(Statement::query(sql, arguments)).await?.first().is_some();
    Ok(if still_there { CreateOutcome::Taken } else { CreateOutcome::EventTypeGone })
}

/// The overlap test reads one range of the clustered index of `busy_time`: since
/// no busy time is longer than the greatest span, those that end after ours starts
/// and could start before ours ends are all in it. A booking longer than that span
/// would be outside the test of others, so it is not made.
fn insert_booking(new: &NewBooking<'_>) -> Statement {
    let booking = new.booking;
    let (from, to) = new.needs;
    let span = i64::from(MAX_BUSY_SPAN_MINUTES) * 60_000;
    Statement::query(
        "INSERT INTO booking (uid, event_type_id, user_id, title, description, status, start_at, \
         end_at, location, metadata, responses, ical_uid, created_at, updated_at) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13 \
         WHERE EXISTS (SELECT 1 FROM event_type WHERE id = ?2 AND owner_id = ?3) \
         AND ?15 - ?14 <= ?16 \
         AND NOT EXISTS (SELECT 1 FROM busy_time WHERE user_id = ?3 \
             AND busy_end > ?14 AND busy_end < ?15 + ?16 AND busy_start < ?15) \
         RETURNING id",
        arguments![
            booking.uid.as_str(),
            booking.event_type_id.row(),
            booking.organizer.id.row(),
            booking.title.as_str(),
            booking.description.as_str(),
            booking.status.as_str(),
            booking.start,
            booking.end,
            booking.location.as_deref(),
            as_text(&booking.metadata),
            as_text(&booking.responses),
            booking.ical_uid.as_str(),
            booking.created_at,
            from,
            to,
            span,
        ],
    )
    .must_affect()
}

fn as_text(object: &serde_json::Map<String, Json>) -> Value {
    Value::Text(json!(object).to_string())
}

/// All of them in one statement, in order, so that the booker's id is the lowest.
fn insert_attendees(booking: &Booking) -> Statement {
    let attendees: Vec<Json> = booking.attendees.iter().map(attendee_json).collect();
    Statement::command(
        "INSERT INTO attendee \
         (booking_id, name, email, time_zone, language, phone_number, is_guest) \
         SELECT b.id, a.value ->> 'name', a.value ->> 'email', a.value ->> 'timeZone', \
         a.value ->> 'language', a.value ->> 'phoneNumber', a.value ->> 'isGuest' \
         FROM booking b, json_each(?2) a WHERE b.uid = ?1 ORDER BY a.key",
        arguments![booking.uid.as_str(), Json::from(attendees).to_string()],
    )
}

fn attendee_json(attendee: &Attendee) -> Json {
    json!({
        "name": attendee.name,
        "email": attendee.email,
        "timeZone": attendee.time_zone,
        "language": attendee.language,
        "phoneNumber": attendee.phone_number,
        "isGuest": i64::from(attendee.is_guest),
    })
}

fn take_slot(booking: &Booking, (from, to): (Instant, Instant)) -> Statement {
    Statement::command(
        "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id) \
         SELECT user_id, ?2, ?3, id FROM booking WHERE uid = ?1",
        arguments![booking.uid.as_str(), from, to],
    )
    .must_affect()
}

//! People who come to a booking that is there already.

use meridian_kernel::{AttendeeId, Instant, WireId};
use serde_json::{Value as Json, json};

use super::{Attendee, Booking};
use crate::{Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, Value, arguments};

/// Whether people may be added to the booking `b`.
macro_rules! is_open {
    () => {
        "b.status IN ('accepted', 'pending') AND b.seats_per_slot IS NULL"
    };
}

/// Whether the person `p` does not attend the booking `b` yet.
macro_rules! is_new {
    () => {
        "NOT EXISTS (SELECT 1 FROM attendee k WHERE k.booking_id = b.id \
         AND k.email = p.value ->> 1)"
    };
}

/// How many of `?2` do not attend the booking `b` yet.
macro_rules! count_new {
    () => {
        "(SELECT count(*) FROM json_each(?2) n WHERE NOT EXISTS (SELECT 1 FROM attendee k \
         WHERE k.booking_id = b.id AND k.email = n.value ->> 1))"
    };
}

/// People to be added, each with another address.
#[derive(Clone, Copy, Debug)]
pub struct Addition<'a> {
    /// To which booking.
    pub booking: &'a Booking,
    /// Who; the ids are what the database gives.
    pub people: &'a [Attendee],
    /// How many may attend in the end.
    pub most: u32,
    /// The clock of the request.
    pub now: Instant,
}

/// What became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdditionOutcome {
    /// They attend: those who did not before. In order.
    Added(Vec<AttendeeId>),
    /// All of them attended already.
    NobodyNew,
    /// They would be more than may attend.
    TooMany,
    /// The booking does not take place (any more), or people take seats in it.
    NotOpen,
}

/// Adds people who do not attend yet, all or nobody, if the booking still takes
/// place and has no seats. How many attend is counted by the insert itself. Users
/// among them are taken from now on, but that is no promise: they may be elsewhere.
pub async fn add_attendees<D: Database>(
    scope: &Scope<'_, D>,
    addition: &Addition<'_>,
) -> Result<AdditionOutcome, StoreError> {
    let Addition { booking, people, most, now } = *addition;
    let uid = booking.uid.as_str();
    let people = Value::Text(Json::from_iter(people.iter().map(person)).to_string());
    let insert = Statement::query(
        concat!(
            "INSERT INTO attendee (booking_id, name, email, time_zone, language, phone_number, \
             is_guest) SELECT b.id, p.value ->> 0, p.value ->> 1, p.value ->> 2, p.value ->> 3, \
             p.value ->> 4, p.value ->> 5 FROM json_each(?2) p CROSS JOIN booking b \
             WHERE b.uid = ?1 AND ",
            is_open!(),
            " AND ",
            is_new!(),
            " AND (SELECT count(*) FROM attendee k WHERE k.booking_id = b.id) + ",
            count_new!(),
            " <= ?3 ORDER BY p.key RETURNING id"
        ),
        arguments![uid, people.clone(), most],
    );
    let batch = vec![insert.must_affect(), answer(uid, now), take_time(uid, people.clone())];
    match scope.write(batch).await {
        Ok(answers) => {
            let ids = answers.first().map_or(Ok(Vec::new()), |rows| rows.map(|row| row.integer(0)));
            let id = |row| AttendeeId::new(scope.organization(), row);
            Ok(AdditionOutcome::Added(ids?.into_iter().map(id).collect()))
        }
        Err(DatabaseError::Precondition(0)) => why_not(scope, uid, people).await,
        Err(error) => Err(error.into()),
    }
}

/// `[name, email, time zone, language, phone, is guest]`
fn person(person: &Attendee) -> Json {
    json!([
        person.name,
        person.email,
        person.time_zone,
        person.language,
        person.phone_number,
        i64::from(person.is_guest),
    ])
}

/// The form's answer names the guests, and the calendar entry has changed.
fn answer(uid: &str, now: Instant) -> Statement {
    Statement::command(
        "UPDATE booking SET ical_sequence = ical_sequence + 1, updated_at = ?2, \
         responses = CASE WHEN json_valid(responses) AND EXISTS (SELECT 1 FROM attendee g \
             WHERE g.booking_id = booking.id AND g.is_guest = 1) \
         THEN json_set(responses, '$.guests', json((SELECT json_group_array(g.email) FROM \
             (SELECT email FROM attendee WHERE booking_id = booking.id AND is_guest = 1 \
              ORDER BY id) g))) \
         ELSE responses END WHERE uid = ?1",
        arguments![uid, now],
    )
}

/// As long as its organiser is taken, buffers included; where nobody is, it takes
/// nobody's time yet.
fn take_time(uid: &str, people: Value) -> Statement {
    Statement::command(
        "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id, exclusive) \
         SELECT u.id, t.busy_start, t.busy_end, b.id, 0 FROM booking b \
         CROSS JOIN busy_time t ON t.booking_id = b.id AND t.user_id = b.user_id \
         CROSS JOIN json_each(?2) p CROSS JOIN user u ON u.email = p.value ->> 1 \
         WHERE b.uid = ?1 AND u.left_at IS NULL AND NOT EXISTS (\
             SELECT 1 FROM busy_time k WHERE k.booking_id = b.id AND k.user_id = u.id) \
         ON CONFLICT DO NOTHING",
        arguments![uid, people],
    )
}

/// For the words of the refusal only: the insert has decided.
async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    uid: &str,
    people: Value,
) -> Result<AdditionOutcome, StoreError> {
    let statement = Statement::query(
        concat!("SELECT ", is_open!(), ", ", count_new!(), " FROM booking b WHERE b.uid = ?1"),
        arguments![uid, people],
    );
    let rows = scope.read_primary(statement).await?;
    let read = |row: Row<'_>| Ok::<_, crate::BadRow>((row.boolean(0)?, row.integer(1)?));
    let found = Rows::first(&rows).map(read).transpose()?;
    Ok(match found {
        Some((true, 0)) => AdditionOutcome::NobodyNew,
        Some((true, _)) => AdditionOutcome::TooMany,
        Some((false, _)) | None => AdditionOutcome::NotOpen,
    })
}

//! Bookings: read, made and cancelled. Whether a slot is free is decided by the
//! statement that takes it.

mod bookable;
mod cancel;
mod create;
mod list;

use meridian_kernel::{BookingId, EventTypeId, Instant, OrganizationNumber, UserId, WireId};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments};

pub use bookable::{Bookable, Selector, find_bookable};
pub use cancel::{CancelOutcome, Cancellation, cancel};
pub use create::{CreateOutcome, NewBooking, create};
pub use list::{Filter, Order, Page, Span, StatusFilter, list};

/// The host of a booking.
#[derive(Clone, Debug, PartialEq)]
pub struct Organizer {
    /// The id.
    pub id: UserId,
    /// Possibly empty.
    pub name: String,
    /// The address.
    pub email: String,
    /// Unique within the organisation.
    pub username: String,
    /// IANA.
    pub time_zone: String,
    /// Such as `en`.
    pub locale: String,
    /// 12 or 24.
    pub time_format: u32,
}

/// The columns [`Organizer::read`] expects, of `user u`.
macro_rules! organizer_columns {
    () => {
        "u.id, u.name, u.email, u.username, u.time_zone, u.locale, u.time_format"
    };
}
use organizer_columns;

impl Organizer {
    fn read(organization: OrganizationNumber, row: Row<'_>, first: usize) -> Result<Self, BadRow> {
        Ok(Self {
            id: UserId::new(organization, row.integer(first)?),
            name: row.string(first + 1)?,
            email: row.string(first + 2)?,
            username: row.string(first + 3)?,
            time_zone: row.string(first + 4)?,
            locale: row.string(first + 5)?,
            time_format: row.count(first + 6)?,
        })
    }
}

/// Somebody who attends a booking.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attendee {
    /// Empty for guests nobody named.
    pub name: String,
    /// The address.
    pub email: String,
    /// IANA.
    pub time_zone: String,
    /// Such as `en`.
    pub language: String,
    /// E.164.
    pub phone_number: Option<String>,
    /// Came along with the booker.
    #[serde(deserialize_with = "flag")]
    pub is_guest: bool,
    /// Did not come.
    #[serde(deserialize_with = "flag")]
    pub absent: bool,
}

/// The engine writes booleans into JSON as 0 and 1.
fn flag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(i64::deserialize(deserializer)? != 0)
}

/// A booking with its host and everybody who attends.
#[derive(Clone, Debug, PartialEq)]
pub struct Booking {
    /// The integer id.
    pub id: BookingId,
    /// What clients address it by.
    pub uid: String,
    /// What was booked.
    pub event_type_id: EventTypeId,
    /// `None` where the event type is gone.
    pub event_type_slug: Option<String>,
    /// The host.
    pub organizer: Organizer,
    /// The title.
    pub title: String,
    /// What the booker noted.
    pub description: String,
    /// `pending`, `accepted`, `cancelled` or `rejected`.
    pub status: String,
    /// When it starts.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// As the API shows it.
    pub location: Option<String>,
    /// Texts by key, the booker's own.
    pub metadata: Map<String, Json>,
    /// The answers to the booking form.
    pub responses: Map<String, Json>,
    /// Of its calendar entry.
    pub ical_uid: String,
    /// Grows with every change of its calendar entry.
    pub ical_sequence: u32,
    /// The host did not come.
    pub absent_host: bool,
    /// What the booker thought of it.
    pub rating: Option<i64>,
    /// Why it was cancelled.
    pub cancellation_reason: Option<String>,
    /// Who cancelled it.
    pub cancelled_by_email: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// The booker first.
    pub attendees: Vec<Attendee>,
}

/// The columns [`Booking::read`] expects, in order, and their tables: a `SELECT`
/// of a booking `b` is `select_bookings!("booking b", "WHERE …")`. The attendees
/// come as one JSON cell, so that a page is one statement.
macro_rules! select_bookings {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT b.id, b.uid, b.event_type_id, e.slug, b.title, b.description, b.status, \
             b.start_at, b.end_at, b.location, b.metadata, b.responses, b.ical_uid, \
             b.ical_sequence, b.absent_host, b.rating, b.cancellation_reason, \
             b.cancelled_by_email, b.created_at, b.updated_at, \
             (SELECT json_group_array(json_object('name', a.name, 'email', a.email, \
                 'timeZone', a.time_zone, 'language', a.language, \
                 'phoneNumber', a.phone_number, 'isGuest', a.is_guest, 'absent', a.absent)) \
              FROM (SELECT * FROM attendee WHERE booking_id = b.id ORDER BY id) a), ",
            $crate::bookings::organizer_columns!(),
            " FROM ",
            $from,
            " JOIN user u ON u.id = b.user_id LEFT JOIN event_type e ON e.id = b.event_type_id ",
            $rest
        )
    };
}
use select_bookings;

impl Booking {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: BookingId::new(organization, row.integer(0)?),
            uid: row.string(1)?,
            event_type_id: EventTypeId::new(organization, row.integer(2)?),
            event_type_slug: row.optional(3, Row::string)?,
            title: row.string(4)?,
            description: row.string(5)?,
            status: row.string(6)?,
            start: row.instant(7)?,
            end: row.instant(8)?,
            location: row.optional(9, Row::string)?,
            metadata: row.json(10)?,
            responses: row.json(11)?,
            ical_uid: row.string(12)?,
            ical_sequence: row.count(13)?,
            absent_host: row.boolean(14)?,
            rating: row.optional(15, Row::integer)?,
            cancellation_reason: row.optional(16, Row::string)?,
            cancelled_by_email: row.optional(17, Row::string)?,
            created_at: row.instant(18)?,
            updated_at: row.instant(19)?,
            attendees: row.json(20)?,
            organizer: Organizer::read(organization, row, 21)?,
        })
    }
}

/// One booking; `None` where there is none.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    uid: &str,
) -> Result<Option<Booking>, StoreError> {
    let rows = scope.read_one(by_uid(uid)).await?;
    Ok(first(scope, &rows)?)
}

/// One booking, with its event type where that still exists.
pub async fn find_with_event_type<D: Database>(
    scope: &Scope<'_, D>,
    uid: &str,
) -> Result<Option<(Booking, Option<Bookable>)>, StoreError> {
    let answers = scope.read(vec![by_uid(uid), bookable::of_booking(uid)]).await?;
    let [booking, event_type] = answers.as_slice() else { return Ok(None) };
    let Some(booking) = first(scope, booking)? else { return Ok(None) };
    Ok(Some((booking, Bookable::first(scope, event_type)?)))
}

fn by_uid(uid: &str) -> Statement {
    Statement::query(select_bookings!("booking b", "WHERE b.uid = ?1"), arguments![uid])
}

fn first<D: Database>(scope: &Scope<'_, D>, rows: &Rows) -> Result<Option<Booking>, BadRow> {
    rows.first().map(|row| Booking::read(scope.organization(), row)).transpose()
}

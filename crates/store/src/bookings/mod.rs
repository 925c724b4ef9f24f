//! Bookings: read, made and cancelled. Whether a slot is free is decided by the
//! statement that takes it.

mod absence;
mod attendees;
mod batch;
mod bookable;
pub mod calls;
mod cancel;
mod cells;
mod conditions;
mod confirm;
mod counts;
mod create;
mod limits;
mod list;
pub mod meetings;
mod place;
mod reassign;
mod rows;
mod seats;
mod series;
mod sight;
mod single;

use meridian_kernel::{
    AttendeeId, BookingId, EventTypeId, Instant, OrganizationNumber, TeamId, UserId, WireId,
};
use serde_json::{Map, Value as Json};

use crate::{BadRow, Database, JsonObject, Row, Rows, Scope, Statement, StoreError, arguments};

pub use absence::{Absence, AbsenceOutcome, mark_absent};
pub use attendees::{Addition, AdditionOutcome, add_attendees};
pub use bookable::{Bookable, BookableTeam, Selector, find_bookable, reload_bookable};
pub use cancel::{CancelOutcome, Cancellation, SeatLeft, cancel, leave_seat};
pub use confirm::{AnswerOutcome, Confirmation, Refusal, confirm, refuse};
pub use counts::{MissedByHosts, booked_by_host, last_active, missed_by_hosts};
pub use create::{CreateOutcome, Made, NewBookings, Replaced, create};
pub use limits::{BookerLimit, LimitUnit, PeriodLimit};
pub use list::{Filter, Order, Page, Span, StatusFilter, Viewer, list};
pub use place::change_location;
pub use reassign::{ReassignOutcome, Reassignment, reassign};
pub use rows::{Joining, Opening};
pub use seats::find_shared;
pub use series::{find_series, has_seat};
pub use sight::{SeriesTime, find_uid_of_seat, series_times, showing_attendees};

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

/// A host as the JSON object [`cells::hosts`] reads: of `user c`, who serves as `h`
/// says.
macro_rules! host_object {
    () => {
        "json_object('id', c.id, 'name', c.name, 'email', c.email, 'username', c.username, \
         'timeZone', c.time_zone, 'locale', c.locale, 'timeFormat', c.time_format, \
         'isFixed', h.is_fixed)"
    };
}
use host_object;

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
#[derive(Clone, Debug, PartialEq)]
pub struct Attendee {
    /// The integer id; row 0 before it is stored.
    pub id: AttendeeId,
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
    pub is_guest: bool,
    /// Did not come.
    pub absent: bool,
    /// What its holder addresses a seat by; `None`: no seat of its own.
    pub seat_uid: Option<String>,
    /// A seat's own answers to the booking form.
    pub responses: Option<Map<String, Json>>,
    /// A seat's own texts by key.
    pub metadata: Option<Map<String, Json>>,
}

/// A host, and how they serve.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    /// Who.
    pub user: Organizer,
    /// Whether the event type asks for them in every booking.
    pub is_fixed: bool,
}

/// A booking with its hosts and everybody who attends.
#[derive(Clone, Debug, PartialEq)]
pub struct Booking {
    /// The integer id; row 0 before it is stored.
    pub id: BookingId,
    /// What clients address it by.
    pub uid: String,
    /// What was booked.
    pub event_type_id: EventTypeId,
    /// `None` where the event type is gone.
    pub event_type_slug: Option<String>,
    /// Of the event type, where it is a team's.
    pub team_id: Option<TeamId>,
    /// The first host.
    pub organizer: Organizer,
    /// The other hosts, in the order of their ids.
    pub co_hosts: Vec<Host>,
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
    pub metadata: JsonObject,
    /// The answers to the booking form.
    pub responses: JsonObject,
    /// Of its calendar entry.
    pub ical_uid: String,
    /// Grows with every change of its calendar entry.
    pub ical_sequence: u32,
    /// The host did not come.
    pub absent_host: bool,
    /// What the booker thought of it.
    pub rating: Option<i64>,
    /// Shared by all of its series.
    pub recurring_uid: Option<String>,
    /// How many may attend; `None`: it has no seats.
    pub seats_per_slot: Option<u32>,
    /// Why it was cancelled.
    pub cancellation_reason: Option<String>,
    /// Who cancelled it.
    pub cancelled_by_email: Option<String>,
    /// The booking it replaced.
    pub rescheduled_from_uid: Option<String>,
    /// The booking that replaced it.
    pub rescheduled_to_uid: Option<String>,
    /// Why it was moved.
    pub rescheduling_reason: Option<String>,
    /// Who moved it.
    pub rescheduled_by_email: Option<String>,
    /// Why its host refused it.
    pub rejection_reason: Option<String>,
    /// Why it went to another host.
    pub reassign_reason: Option<String>,
    /// What else it carries: routing, references.
    pub extras: JsonObject,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// The booker first.
    pub attendees: Vec<Attendee>,
}

/// The columns [`Booking::read_alone`] expects, in order, of [`booking_tables`].
macro_rules! booking_columns {
    () => {
        concat!(
            "b.id, b.uid, b.event_type_id, e.slug, b.title, b.description, b.status, \
             b.start_at, b.end_at, b.location, b.metadata, b.responses, b.ical_uid, \
             b.ical_sequence, b.absent_host, b.rating, b.cancellation_reason, \
             b.cancelled_by_email, b.created_at, b.updated_at, b.team_id, b.recurring_uid, \
             b.seats_per_slot, b.rescheduled_from_uid, b.rescheduled_to_uid, \
             b.rescheduling_reason, b.rescheduled_by_email, b.rejection_reason, \
             b.reassign_reason, b.extras, ",
            $crate::bookings::organizer_columns!()
        )
    };
}

/// What stands around the bookings `b` of the first part.
macro_rules! booking_tables {
    ($from:expr) => {
        concat!(
            $from,
            " JOIN user u ON u.id = b.user_id LEFT JOIN event_type e ON e.id = b.event_type_id "
        )
    };
}
pub(crate) use {booking_columns, booking_tables};

/// A `SELECT` of whole bookings `b`, as [`Booking::read`] expects them:
/// `select_bookings!("booking b", "WHERE …")`. Attendees and other hosts come as one
/// JSON cell each.
macro_rules! select_bookings {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $crate::bookings::booking_columns!(),
            ", (SELECT json_group_array(json_object('id', a.id, 'name', a.name, \
                 'email', a.email, 'timeZone', a.time_zone, 'language', a.language, \
                 'phoneNumber', a.phone_number, 'isGuest', a.is_guest, 'absent', a.absent, \
                 'seatUid', a.seat_uid, 'responses', a.responses, 'metadata', a.metadata)) \
              FROM (SELECT * FROM attendee WHERE booking_id = b.id ORDER BY id) a), \
             (SELECT json_group_array(",
            $crate::bookings::host_object!(),
            ") FROM booking_host h JOIN user c ON c.id = h.user_id WHERE h.booking_id = b.id) \
             FROM ",
            $crate::bookings::booking_tables!($from),
            $rest
        )
    };
}
use select_bookings;

impl Booking {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            attendees: cells::attendees(organization, row, 37)?,
            co_hosts: cells::hosts(organization, row, 38)?,
            ..Self::read_alone(organization, row)?
        })
    }

    /// The same of a row without attendees and other hosts: they are read apart.
    fn read_alone(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
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
            metadata: row.object(10)?,
            responses: row.object(11)?,
            ical_uid: row.string(12)?,
            ical_sequence: row.count(13)?,
            absent_host: row.boolean(14)?,
            rating: row.optional(15, Row::integer)?,
            cancellation_reason: row.optional(16, Row::string)?,
            cancelled_by_email: row.optional(17, Row::string)?,
            created_at: row.instant(18)?,
            updated_at: row.instant(19)?,
            team_id: row.optional(20, Row::integer)?.map(|id| TeamId::new(organization, id)),
            recurring_uid: row.optional(21, Row::string)?,
            seats_per_slot: row.optional(22, Row::count)?,
            rescheduled_from_uid: row.optional(23, Row::string)?,
            rescheduled_to_uid: row.optional(24, Row::string)?,
            rescheduling_reason: row.optional(25, Row::string)?,
            rescheduled_by_email: row.optional(26, Row::string)?,
            rejection_reason: row.optional(27, Row::string)?,
            reassign_reason: row.optional(28, Row::string)?,
            extras: row.object(29)?,
            organizer: Organizer::read(organization, row, 30)?,
            attendees: Vec::new(),
            co_hosts: Vec::new(),
        })
    }

    /// Every host, the organiser first.
    pub fn hosts(&self) -> impl Iterator<Item = &Organizer> {
        std::iter::once(&self.organizer).chain(self.co_hosts.iter().map(|host| &host.user))
    }

    /// Whether that user is one of its hosts.
    pub fn is_hosted_by(&self, user: UserId) -> bool {
        self.hosts().any(|host| host.id == user)
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

/// The same, as it is after what the same caller just wrote.
pub async fn find_primary<D: Database>(
    scope: &Scope<'_, D>,
    uid: &str,
) -> Result<Option<Booking>, StoreError> {
    let rows = scope.read_primary(by_uid(uid)).await?;
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

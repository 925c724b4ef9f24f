//! The whole rows of a page, and what belongs to them, in one statement: the page is
//! found once.

use std::collections::HashMap;

use meridian_kernel::{AttendeeId, OrganizationNumber, WireId};
use serde_json::{Map, Value as Json, json};

use super::Page;
use super::query::{Query, Sql};
use crate::bookings::{
    Attendee, Booking, Host, Organizer, booking_columns, booking_tables, organizer_columns,
};
use crate::{BadRow, Row, Rows, Statement, Value};

/// Which bookings.
pub(super) enum Source<'a> {
    /// Those of the page.
    Page(&'a Query<'a>),
    /// These rows.
    Ids(&'a [i64]),
}

impl Source<'_> {
    fn sql(&self) -> Sql {
        match self {
            Self::Page(query) => query.page(),
            Self::Ids(ids) => Sql {
                text: "SELECT value AS id FROM json_each(?1)".to_owned(),
                arguments: vec![Value::Text(json!(ids).to_string())],
            },
        }
    }
}

/// What a row is, in the column behind those of bookings.
const KIND_COLUMN: usize = 37;
const BOOKING: i64 = 0;
const ATTENDEE: i64 = 1;
const HOST: i64 = 2;

/// Columns of one part of the union that stay empty, so that all are equally wide.
macro_rules! nulls {
    (25) => {
        concat!(nulls!(5), ", ", nulls!(5), ", ", nulls!(5), ", ", nulls!(5), ", ", nulls!(5))
    };
    (28) => {
        concat!(nulls!(25), ", NULL, NULL, NULL")
    };
    (5) => {
        "NULL, NULL, NULL, NULL, NULL"
    };
}

/// Bookings, their attendees, and their hosts beside the organisers, of the ids of
/// `page`.
const WHOLE: &str = concat!(
    "SELECT ",
    booking_columns!(),
    ", 0 FROM page ",
    booking_tables!("CROSS JOIN booking b ON b.id = page.id"),
    "UNION ALL SELECT a.booking_id, a.id, a.name, a.email, a.time_zone, a.language, \
     a.phone_number, a.is_guest, a.absent, a.seat_uid, a.responses, a.metadata, ",
    nulls!(25),
    ", 1 FROM page CROSS JOIN attendee a ON a.booking_id = page.id \
     UNION ALL SELECT h.booking_id, h.is_fixed, ",
    organizer_columns!(),
    ", ",
    nulls!(28),
    ", 2 FROM page CROSS JOIN booking_host h ON h.booking_id = page.id \
     JOIN user u ON u.id = h.user_id"
);

/// All of a source, in no order.
pub(super) fn statement(source: &Source<'_>) -> Statement {
    let Sql { text, arguments } = source.sql();
    Sql { text: format!("WITH page AS MATERIALIZED ({text}) {WHOLE}"), arguments }.statement()
}

/// Puts together what [`statement`] found.
pub(super) fn add(organization: OrganizationNumber, rows: &Rows, page: &mut Page) {
    let mut attendees = Parts::new();
    let mut hosts = Parts::new();
    for row in rows.iter() {
        match row.integer(KIND_COLUMN) {
            Ok(ATTENDEE) => add_part(&mut attendees, row, |row| attendee(organization, row)),
            Ok(HOST) => add_part(&mut hosts, row, |row| host(organization, row)),
            _ => {}
        }
    }
    for row in rows.iter().filter(|row| row.integer(KIND_COLUMN) == Ok(BOOKING)) {
        let whole = Booking::read_alone(organization, row).and_then(|booking| {
            let id = booking.id.row();
            let mut attendees = attendees.remove(&id).unwrap_or(Ok(Vec::new()))?;
            attendees.sort_unstable_by_key(|attendee| attendee.id);
            let mut co_hosts = hosts.remove(&id).unwrap_or(Ok(Vec::new()))?;
            co_hosts.sort_unstable_by_key(|host| host.user.id);
            Ok(Booking { attendees, co_hosts, ..booking })
        });
        match whole {
            Ok(booking) => page.bookings.push(booking),
            Err(error) => page.unreadable.push(error),
        }
    }
}

/// The parts of each booking; one bad part makes those of its booking bad.
type Parts<T> = HashMap<i64, Result<Vec<T>, BadRow>>;

fn add_part<T>(
    parts: &mut Parts<T>,
    row: Row<'_>,
    read: impl FnOnce(Row<'_>) -> Result<T, BadRow>,
) {
    let Ok(booking) = row.integer(0) else { return };
    let of_it = parts.entry(booking).or_insert(Ok(Vec::new()));
    if let Ok(known) = of_it {
        match read(row) {
            Ok(part) => known.push(part),
            Err(error) => *of_it = Err(error),
        }
    }
}

fn attendee(organization: OrganizationNumber, row: Row<'_>) -> Result<Attendee, BadRow> {
    let object = |column| row.optional(column, Row::json::<Map<String, Json>>);
    Ok(Attendee {
        id: AttendeeId::new(organization, row.integer(1)?),
        name: row.string(2)?,
        email: row.string(3)?,
        time_zone: row.string(4)?,
        language: row.string(5)?,
        phone_number: row.optional(6, Row::string)?,
        is_guest: row.boolean(7)?,
        absent: row.boolean(8)?,
        seat_uid: row.optional(9, Row::string)?,
        responses: object(10)?,
        metadata: object(11)?,
    })
}

fn host(organization: OrganizationNumber, row: Row<'_>) -> Result<Host, BadRow> {
    Ok(Host { is_fixed: row.boolean(1)?, user: Organizer::read(organization, row, 2)? })
}

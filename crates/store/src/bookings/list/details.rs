//! The whole rows of a page, and what belongs to them: one statement each.

use std::collections::HashMap;

use meridian_kernel::{AttendeeId, OrganizationNumber, WireId};
use serde_json::{Map, Value as Json, json};

use super::Page;
use super::query::{Query, Sql};
use crate::bookings::{
    Attendee, Booking, Host, Organizer, booking_columns, booking_tables, organizer_columns,
};
use crate::{BadRow, Row, Rows, Statement, Value};

/// How many statements [`statements`] are.
pub(super) const STATEMENTS: usize = 3;

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

/// Bookings, their attendees, and their hosts beside the organisers.
pub(super) fn statements(source: &Source<'_>) -> Vec<Statement> {
    let Sql { text, arguments } = source.sql();
    let of = |columns: &str, tables: &str| {
        let text = format!("SELECT {columns} FROM ({text}) page {tables}");
        Sql { text, arguments: arguments.clone() }.statement()
    };
    let attendees = "a.booking_id, a.id, a.name, a.email, a.time_zone, a.language, \
        a.phone_number, a.is_guest, a.absent, a.seat_uid, a.responses, a.metadata";
    vec![
        of(booking_columns!(), booking_tables!("CROSS JOIN booking b ON b.id = page.id")),
        of(attendees, "CROSS JOIN attendee a ON a.booking_id = page.id ORDER BY a.id"),
        of(
            concat!("h.booking_id, h.is_fixed, ", organizer_columns!()),
            "CROSS JOIN booking_host h ON h.booking_id = page.id \
             JOIN user u ON u.id = h.user_id ORDER BY h.user_id",
        ),
    ]
}

/// Puts together what [`statements`] found.
pub(super) fn add(organization: OrganizationNumber, answers: &[Rows], page: &mut Page) {
    let [bookings, attendees, hosts, ..] = answers else { return };
    let mut attendees = by_booking(attendees, |row| attendee(organization, row));
    let mut hosts = by_booking(hosts, |row| host(organization, row));
    for row in bookings.iter() {
        let whole = Booking::read_alone(organization, row).and_then(|booking| {
            let id = booking.id.row();
            Ok(Booking {
                attendees: attendees.remove(&id).unwrap_or(Ok(Vec::new()))?,
                co_hosts: hosts.remove(&id).unwrap_or(Ok(Vec::new()))?,
                ..booking
            })
        });
        match whole {
            Ok(booking) => page.bookings.push(booking),
            Err(error) => page.unreadable.push(error),
        }
    }
}

/// The parts of each booking; one bad part makes those of its booking bad.
type Parts<T> = HashMap<i64, Result<Vec<T>, BadRow>>;

fn by_booking<T>(rows: &Rows, read: impl Fn(Row<'_>) -> Result<T, BadRow>) -> Parts<T> {
    let mut parts: Parts<T> = HashMap::new();
    for row in rows.iter() {
        let Ok(booking) = row.integer(0) else { continue };
        let of_it = parts.entry(booking).or_insert(Ok(Vec::new()));
        if let Ok(known) = of_it {
            match read(row) {
                Ok(part) => known.push(part),
                Err(error) => *of_it = Err(error),
            }
        }
    }
    parts
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

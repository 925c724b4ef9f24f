//! The JSON cells of a booking's row: its attendees and its other hosts.

use meridian_kernel::{AttendeeId, OrganizationNumber, UserId, WireId};
use serde::Deserialize;

use super::{Attendee, Host, Organizer};
use crate::{BadRow, Row};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttendeeCell {
    id: i64,
    name: String,
    email: String,
    time_zone: String,
    language: String,
    phone_number: Option<String>,
    is_guest: i64,
    absent: i64,
    seat_uid: Option<String>,
    // JSON in a text, so that a malformed one fails its own row and not the page.
    responses: Option<String>,
    metadata: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HostCell {
    id: i64,
    name: String,
    email: String,
    username: String,
    time_zone: String,
    locale: String,
    time_format: u32,
    is_fixed: i64,
}

pub(super) fn attendees(
    organization: OrganizationNumber,
    row: Row<'_>,
    column: usize,
) -> Result<Vec<Attendee>, BadRow> {
    let cells: Vec<AttendeeCell> = row.json(column)?;
    let object = |text: Option<String>| {
        let expected = "the JSON of its table";
        text.map(|text| serde_json::from_str(&text).map_err(|_| BadRow { column, expected }))
            .transpose()
    };
    let one = |cell: AttendeeCell| {
        Ok(Attendee {
            id: AttendeeId::new(organization, cell.id),
            name: cell.name,
            email: cell.email,
            time_zone: cell.time_zone,
            language: cell.language,
            phone_number: cell.phone_number,
            is_guest: cell.is_guest != 0,
            absent: cell.absent != 0,
            seat_uid: cell.seat_uid,
            responses: object(cell.responses)?,
            metadata: object(cell.metadata)?,
        })
    };
    cells.into_iter().map(one).collect()
}

pub(super) fn hosts(
    organization: OrganizationNumber,
    row: Row<'_>,
    column: usize,
) -> Result<Vec<Host>, BadRow> {
    let cells: Vec<HostCell> = row.json(column)?;
    let one = |cell: HostCell| Host {
        user: Organizer {
            id: UserId::new(organization, cell.id),
            name: cell.name,
            email: cell.email,
            username: cell.username,
            time_zone: cell.time_zone,
            locale: cell.locale,
            time_format: cell.time_format,
        },
        is_fixed: cell.is_fixed != 0,
    };
    Ok(cells.into_iter().map(one).collect())
}

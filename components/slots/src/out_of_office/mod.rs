//! Out-of-office entries: the caller's own, and those of members.

pub mod create_entry;
pub mod delete_entry;
mod event;
mod input;
pub mod read_entries;
pub mod update_entry;

use meridian_gateway::{ApiError, Request};
use meridian_kernel::{Instant, OrganizationNumber, OutOfOfficeId, UserId, WireId};
use meridian_store::out_of_office::OutOfOffice;
use serde::Serialize;

/// An entry as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryOutput {
    id: OutOfOfficeId,
    uuid: String,
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_user_id: Option<UserId>,
    start: Instant,
    end: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    reason: String,
}

impl From<OutOfOffice> for EntryOutput {
    fn from(entry: OutOfOffice) -> Self {
        let OutOfOffice { id, uuid, user_id, to_user_id, start, end, notes, reason } = entry;
        Self { id, uuid, user_id, to_user_id, start, end, notes, reason }
    }
}

/// The entry of the path. One of another organisation is not found; a small number
/// names no organisation, so that is only an entry there is not.
fn entry_id(request: &Request) -> Result<OutOfOfficeId, ApiError> {
    let id: OutOfOfficeId = request.id("oooId")?;
    let (here, there) = (request.principal()?.organization.number, id.organization());
    if there != here && there != OrganizationNumber::NONE {
        return Err(ApiError::not_found(format!("Out-of-office entry with ID={id} not found.")));
    }
    Ok(id)
}

/// 403 for an entry that is not the user's, or that there is not.
fn not_theirs(user: UserId, id: OutOfOfficeId) -> ApiError {
    ApiError::forbidden(format!("User with ID={user} has no out-of-office entry with ID={id}"))
}

fn duplicate() -> ApiError {
    ApiError::conflict("There is an out-of-office entry for exactly these days already.")
}

fn backwards() -> ApiError {
    ApiError::bad_request("start must not be after end")
}

/// 400 for somebody who cannot cover for the user.
fn not_related(to_user: Option<UserId>) -> ApiError {
    ApiError::invalid_field(
        "toUserId",
        to_user.map(WireId::wire),
        "must be the ID of somebody in the same organization or team",
    )
}

//! `GET /v2/me/ooo`, `GET …/users/{userId}/ooo`, one of them, and
//! `GET /v2/organizations/{orgId}/ooo`

use meridian_gateway::validate::{Fields, email, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::out_of_office::{self, OutOfOffice};

use super::{EntryOutput, entry_id, input, not_theirs};
use crate::owner::{no_user, owner};

/// A page of a user's entries.
pub async fn list_entries(request: Request) -> Result<Reply, ApiError> {
    let user = owner(&request)?;
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let page = input::parse_page(&mut fields);
    fields.finish()?;
    let scope = meridian_edge::scope(&request).await?;
    show(out_of_office::list(&scope, user, page).await?.ok_or_else(|| no_user(user))?)
}

/// A page of the entries of all members, or of the one with an address.
pub async fn list_organization_entries(request: Request) -> Result<Reply, ApiError> {
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let page = input::parse_page(&mut fields);
    let email = fields.optional("email", email());
    fields.finish()?;
    let scope = meridian_edge::scope(&request).await?;
    show(out_of_office::list_of_organization(&scope, email.as_deref(), page).await?)
}

/// One entry of a user.
pub async fn get_entry(request: Request) -> Result<Reply, ApiError> {
    let user = owner(&request)?;
    let id = entry_id(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let found = out_of_office::find(&scope, user, id).await?;
    Reply::ok(&EntryOutput::from(found.ok_or_else(|| not_theirs(user, id))?))
}

fn show(found: Vec<OutOfOffice>) -> Result<Reply, ApiError> {
    Reply::ok(&found.into_iter().map(EntryOutput::from).collect::<Vec<_>>())
}

//! `DELETE /v2/me/ooo/{oooId}`, `DELETE …/users/{userId}/ooo/{oooId}`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::out_of_office;

use super::{EntryOutput, entry_id, not_theirs};
use crate::owner::owner;

/// Deletes an entry and shows what it was.
pub async fn delete_entry(request: Request) -> Result<Reply, ApiError> {
    let user = owner(&request)?;
    let id = entry_id(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let deleted = out_of_office::delete(&scope, user, id).await?;
    Reply::ok(&EntryOutput::from(deleted.ok_or_else(|| not_theirs(user, id))?))
}

//! `PATCH /v2/me/ooo/{oooId}`, `PATCH …/users/{userId}/ooo/{oooId}`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::out_of_office::{self, Written};

use super::{EntryOutput, backwards, duplicate, entry_id, input, not_related, not_theirs};
use crate::owner::owner;

/// Changes what is named of an entry; null takes notes or cover away.
pub async fn update_entry(request: Request) -> Result<Reply, ApiError> {
    let user = owner(&request)?;
    let id = entry_id(&request)?;
    let change = input::parse_change(&json_body(&request)?, user)?;
    let scope = meridian_edge::scope(&request).await?;
    match out_of_office::update(&scope, user, id, &change, request.now).await? {
        Written::Done { entry, .. } => Reply::ok(&EntryOutput::from(entry)),
        Written::NoUser | Written::NoEntry => Err(not_theirs(user, id)),
        Written::Duplicate => Err(duplicate()),
        Written::Backwards => Err(backwards()),
        Written::NotRelated => Err(not_related(change.to_user_id.value().copied())),
    }
}

//! `GET …/verified-resources/emails`

use meridian_gateway::validate::{Fields, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::verified_emails;
use serde_json::Value;

use super::{check_team, owner, view};
use crate::page::{self, MAX_PAGE};

/// The owner's mailboxes.
pub async fn list_verified_emails(request: Request) -> Result<Reply, ApiError> {
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let page = page::read(&mut fields, MAX_PAGE);
    fields.finish()?;
    let owner = owner(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    check_team(&scope, owner).await?;
    let emails = verified_emails::list(&scope, owner, page).await?;
    Reply::ok(&emails.iter().map(view).collect::<Vec<Value>>())
}

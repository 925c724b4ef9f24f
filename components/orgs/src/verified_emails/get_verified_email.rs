//! `GET …/verified-resources/emails/:id`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::verified_emails;

use super::{no_verified_email, owner, view};

/// One of the owner's mailboxes.
pub async fn get_verified_email(request: Request) -> Result<Reply, ApiError> {
    let owner = owner(&request)?;
    let id = request.own_id("id", no_verified_email)?;
    let scope = meridian_edge::scope(&request).await?;
    let email = verified_emails::find(&scope, owner, id).await?;
    Reply::ok(&view(&email.ok_or_else(|| no_verified_email(id))?))
}

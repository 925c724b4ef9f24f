//! `GET /v2/oauth-clients/:clientId/users`

use meridian_domain::oauth_client::managed_email;
use meridian_gateway::validate::{Fields, count, email, query_object, read_many};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::users::managed;

use super::own_client_id;
use super::view::ManagedUserView;

/// How many users one answer has where nothing is said, and at most.
const DEFAULT_PAGE: u32 = 50;
const MAX_PAGE: u32 = 250;

/// How many addresses may be asked for at once.
const MAX_EMAILS: usize = 250;

/// The users of the client, in the order they came. Addresses are taken in either form.
pub async fn list_managed_users(request: Request) -> Result<Reply, ApiError> {
    let client = own_client_id(&request)?;
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let limit = fields.optional("limit", count(1, MAX_PAGE)).unwrap_or(DEFAULT_PAGE);
    let offset = fields.optional("offset", count(0, u32::MAX)).unwrap_or(0);
    let emails = read_many(&mut fields, "emails", MAX_EMAILS, email());
    fields.finish()?;
    let kept = |emails: Vec<String>| -> Vec<String> {
        emails.iter().map(|email| managed_email(email, &client)).collect()
    };
    let emails = emails.map(kept);
    let scope = meridian_edge::scope(&request).await?;
    let users = managed::list(&scope, &client, emails.as_deref(), (offset, limit)).await?;
    Reply::ok(&users.iter().map(ManagedUserView::new).collect::<Vec<_>>())
}

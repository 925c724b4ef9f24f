//! `GET /v2/auth/oauth2/clients`

use meridian_gateway::validate::{Fields, count, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::oauth2;

use super::looks_after;
use super::view::ClientView;

const MAX_PAGE: u32 = 250;

/// The applications the caller looks after, oldest first.
pub async fn list_clients(request: Request) -> Result<Reply, ApiError> {
    let whose = looks_after(request.principal()?)?;
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let take = fields.optional("take", count(1, MAX_PAGE)).unwrap_or(MAX_PAGE);
    let skip = fields.optional("skip", count(0, u32::MAX)).unwrap_or(0);
    fields.finish()?;
    let scope = meridian_edge::scope(&request).await?;
    let found = oauth2::list_clients(&scope, whose, skip, take).await?;
    Reply::ok(&found.iter().map(ClientView::new).collect::<Vec<_>>())
}

//! `GET /v2/oauth-clients`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::oauth_clients;

use super::vault;
use super::view::ClientView;

/// The clients of the caller's organisation, the oldest first.
pub async fn list_oauth_clients(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let clients = oauth_clients::list(&scope).await?;
    let vault = vault().await?;
    let views = clients.iter().map(|client| ClientView::new(client, &vault, request.now));
    Reply::ok(&views.collect::<Result<Vec<_>, _>>()?)
}

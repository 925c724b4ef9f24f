//! `DELETE /v2/oauth-clients/:clientId`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::oauth_clients;

use super::view::ClientView;
use super::{client_id, vault};
use crate::errors;

/// Deletes a client. Its secret and the tokens of its users stop working at once; the
/// users stay members of the organisation.
pub async fn delete_oauth_client(request: Request) -> Result<Reply, ApiError> {
    let id = client_id(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let deleted = oauth_clients::delete(&scope, &id).await?;
    let client = deleted.ok_or_else(|| errors::no_client(id.as_str()))?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&ClientView::new(&client, &*vault().await?, request.now)?)
}

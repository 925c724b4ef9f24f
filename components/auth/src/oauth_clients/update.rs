//! `PATCH /v2/oauth-clients/:clientId`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::oauth_clients;

use super::view::ClientView;
use super::{client_id, input, vault};
use crate::errors;

/// Changes a client. What it may do is decided for good when it is made.
pub async fn update_oauth_client(request: Request) -> Result<Reply, ApiError> {
    let id = client_id(&request)?;
    let changes = input::read_changes(&json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let changed = oauth_clients::update(&scope, &id, &changes, request.now).await?;
    let client = changed.ok_or_else(|| errors::no_client(id.as_str()))?;
    // The guard knows where its pages stand.
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&ClientView::new(&client, &*vault().await?, request.now)?)
}

//! What pages of a platform ask first: whether the client they are of exists, and
//! whether the token they have is good.

use meridian_gateway::{ApiError, Guard as _, Refusal, Reply, Request};
use meridian_kernel::ClientId;
use meridian_store::oauth_clients;
use serde::Serialize;

use crate::errors;
use crate::guard::GUARD;
use crate::oauth_clients::client_id;

/// What everybody may know of a client. It is named twice: older pages read the one,
/// newer ones the other.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    client: &'a str,
    client_id: &'a str,
    organization_id: i64,
    name: &'a str,
}

/// `GET /v2/provider/:clientId`
pub async fn get_provider(request: Request) -> Result<Reply, ApiError> {
    let id = client_id(&request)?;
    let client = find_public(&id).await?.ok_or_else(|| errors::no_client(id.as_str()))?;
    Reply::ok(&Shown {
        client: id.as_str(),
        client_id: id.as_str(),
        organization_id: id.organization().wire_id(),
        name: &client.name,
    })
}

/// A client, for whoever knows its id; `None` too where its organisation is unknown.
async fn find_public(id: &ClientId) -> Result<Option<oauth_clients::OAuthClient>, ApiError> {
    match GUARD.admit(id.organization()).await {
        Err(Refusal::UnknownOrganization) => return Ok(None),
        admitted => admitted?,
    };
    let scope = meridian_edge::scope_for_seam(id.organization()).await?;
    Ok(oauth_clients::find(&scope, id).await?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked<'a> {
    client_id: &'a str,
    user_id: meridian_kernel::UserId,
}

/// `GET /v2/provider/:clientId/access-token`: the guard has checked the token; here,
/// that it is one of this client's.
pub async fn check_access_token(request: Request) -> Result<Reply, ApiError> {
    let id = client_id(&request)?;
    let principal = request.principal()?;
    let is_ours = principal.client.as_ref().is_some_and(|client| client.id == id.as_str());
    if !is_ours {
        return Err(errors::invalid_access_token());
    }
    Reply::ok(&Checked { client_id: id.as_str(), user_id: principal.user_id })
}

//! Tokens for a refresh token.

use meridian_edge::guard_epoch;
use meridian_gateway::Request;
use meridian_kernel::{LinkId, hash_hex};
use meridian_store::oauth2;

use super::Application;
use super::issue::{Issued, Issuing};
use crate::oauth2::flat::{Refusal, invalid_grant, invalid_request};
use crate::oauth2::parameters::Parameters;

/// Exchanges a refresh token, once. Shown a second time the whole family ends: one of
/// the two who have it is a thief.
pub async fn exchange(
    request: &Request,
    parameters: &Parameters,
    application: &Application,
) -> Result<Issued, Refusal> {
    let given = parameters.get("refresh_token");
    let given = given.ok_or_else(|| invalid_request("refresh_token is required"))?;
    let scope = &application.scope;
    let token = LinkId::parse(given)
        .filter(|token| token.organization() == scope.organization())
        .ok_or_else(refused)?;
    let hash = hash_hex(token.as_str().as_bytes());
    let found = oauth2::find_refresh_token(scope, &hash).await?.ok_or_else(refused)?;
    if found.client_id != application.id.as_str() || found.is_revoked {
        return Err(refused());
    }
    let issuing = Issuing::new(&found.grant, found.user, &found.scopes, request.now);
    let is_good = !found.is_used && request.now < found.expires_at;
    if is_good && oauth2::rotate(scope, &hash, &issuing.refresh(), request.now).await? {
        return issuing.finish(application, request.now).await;
    }
    let is_expired_only = !found.is_used && !is_good;
    if !is_expired_only {
        oauth2::revoke_grant(scope, &found.grant, &application.id, request.now).await?;
        guard_epoch::advance(scope.organization()).await;
    }
    Err(refused())
}

fn refused() -> Refusal {
    invalid_grant("invalid_refresh_token")
}

//! `POST /v2/auth/logout`

use meridian_edge::guard_epoch;
use meridian_gateway::session::session_cookie;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{WireId, hash_hex};
use meridian_store::{DatabaseError, sessions};
use serde_json::json;

use super::cookies;
use crate::secrets;

/// Ends the session: its cookie is worth nothing any more, wherever a copy of it is.
pub async fn log_out(request: Request) -> Result<Reply, ApiError> {
    end_presented(&request).await?;
    cookies::end(Reply::ok(&json!({}))?, &request)
}

/// Ends the session a request comes with, where it comes with one. One that another
/// application began has no id of ours, so with it all such sessions of the user end.
pub async fn end_presented(request: &Request) -> Result<(), ApiError> {
    let Some(cookie) = request.header("cookie").and_then(session_cookie) else { return Ok(()) };
    let keys = secrets::session_keys().await.map_err(ApiError::internal)?;
    let Some(session) = keys.open(&cookie, request.now) else { return Ok(()) };
    let organization = session.user.organization();
    let scope = match meridian_store::Scope::open(&meridian_edge::DATABASE, organization).await {
        // The organisation went, and its sessions with it.
        Err(DatabaseError::NotFound) => return Ok(()),
        scope => scope?,
    };
    match &session.id {
        Some(id) => sessions::end(&scope, &hash_hex(id.as_bytes())).await?,
        None => sessions::end_elsewhere(&scope, session.user, request.now).await?,
    }
    guard_epoch::advance(organization).await;
    Ok(())
}

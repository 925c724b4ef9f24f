//! `GET /v2/auth/session`

use http::{HeaderValue, header};
use meridian_gateway::session::{csrf_token, session_cookie};
use meridian_gateway::{ApiError, Reply, Request};

use super::view::SessionView;
use crate::secrets;

/// Who is signed in, until when, and the token for requests that change something.
pub async fn get_session(request: Request) -> Result<Reply, ApiError> {
    let principal = request.principal()?;
    let cookie = request.header("cookie").and_then(session_cookie);
    let keys = secrets::session_keys().await.map_err(ApiError::internal)?;
    let session = cookie.and_then(|cookie| keys.open(&cookie, request.now));
    let expires = session.ok_or_else(ApiError::no_credentials)?.expires_at;
    let (name, email) = (principal.name.as_str(), principal.email.as_str());
    let csrf = csrf_token(principal);
    let reply = Reply::ok(&SessionView::new(principal.user_id, name, email, expires, csrf))?;
    Ok(reply.with_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

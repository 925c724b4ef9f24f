//! `POST /v2/auth/oauth2/revoke` (RFC 7009)

use http::StatusCode;
use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{Instant, LinkId, hash_hex};
use meridian_store::oauth2::{self, RefreshToken};
use meridian_token::{Expect, Grant, Holder, Kind, Token};
use serde_json::json;

use super::flat::{self, Refusal, invalid_request};
use super::parameters::Parameters;
use super::{Application, client_auth};
use crate::secrets;

/// A token of an application, of either kind.
pub enum Presented {
    /// One to refresh with.
    Refresh(RefreshToken),
    /// One to call the API with.
    Access {
        /// Of which consent.
        grant: String,
        /// In whose name.
        holder: Holder,
        /// To do what.
        scopes: Vec<String>,
        /// The token.
        token: Token,
    },
}

/// What a text is, where it is a token of that application.
pub async fn presented(
    text: &str,
    application: &Application,
    now: Instant,
) -> Result<Option<Presented>, Refusal> {
    if let Some(token) = LinkId::parse(text) {
        if token.organization() != application.scope.organization() {
            return Ok(None);
        }
        let hash = hash_hex(token.as_str().as_bytes());
        let found = oauth2::find_refresh_token(&application.scope, &hash).await?;
        let own = found.filter(|token| token.client_id == application.id.as_str());
        return Ok(own.map(Presented::Refresh));
    }
    let tokens = secrets::tokens().await.map_err(ApiError::internal)?;
    let expect = Expect::any_of(&[Kind::ThirdPartyAccess]);
    let Ok(token) = tokens.verify(text, expect, now) else { return Ok(None) };
    let Grant::ThirdPartyAccess { client_id, holder, scopes } = token.grant.clone() else {
        return Ok(None);
    };
    let grant = grant_of(&token.id).to_owned();
    let is_own = client_id == application.id.as_str();
    Ok(is_own.then_some(Presented::Access { grant, holder, scopes, token }))
}

/// The consent that the id of an access token names.
pub fn grant_of(id: &str) -> &str {
    id.split_once('.').map_or(id, |(grant, _)| grant)
}

/// Takes back the consent a token came of, and with it all its other tokens. A token
/// that is none is as good as revoked.
pub async fn revoke(request: Request) -> Result<Reply, ApiError> {
    flat::counted(&request, take_back(&request)).await
}

async fn take_back(request: &Request) -> Result<Reply, Refusal> {
    let parameters = Parameters::of_body(request).map_err(invalid_request)?;
    if let Some(name) = parameters.repeated(&["token", "client_id", "client_secret"]) {
        return Err(invalid_request(format!("{name} must not be given more than once")));
    }
    let application = client_auth::authenticate(request, &parameters).await?;
    let token = parameters.get("token").ok_or_else(|| invalid_request("token is required"))?;
    let grant = match presented(token, &application, request.now).await? {
        Some(Presented::Refresh(token)) => Some(token.grant),
        Some(Presented::Access { grant, .. }) => Some(grant),
        None => None,
    };
    if let Some(grant) = grant {
        let scope = &application.scope;
        oauth2::revoke_grant(scope, &grant, &application.id, request.now).await?;
        guard_epoch::advance(scope.organization()).await;
    }
    Ok(flat::unkept(StatusCode::OK, &json!({}))?)
}

//! `POST /v2/auth/oauth2/introspect` (RFC 7662)

use http::StatusCode;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Instant;
use meridian_store::oauth2::{self, ClientType};
use meridian_token::Holder;
use serde_json::{Value, json};

use super::client_auth;
use super::flat::{self, Refusal, invalid_client, invalid_request};
use super::parameters::Parameters;
use super::revoke::{Presented, presented};

/// Tells an application with a secret whether a token of its own still works.
pub async fn introspect(request: Request) -> Result<Reply, ApiError> {
    flat::counted(&request, async { Ok(flat::unkept(StatusCode::OK, &describe(&request).await?)?) })
        .await
}

async fn describe(request: &Request) -> Result<Value, Refusal> {
    let parameters = Parameters::of_body(request).map_err(invalid_request)?;
    if let Some(name) = parameters.repeated(&["token", "client_id", "client_secret"]) {
        return Err(invalid_request(format!("{name} must not be given more than once")));
    }
    let application = client_auth::authenticate(request, &parameters).await?;
    if application.client.client_type == ClientType::Public {
        return Err(invalid_client("invalid_client_credentials"));
    }
    let token = parameters.get("token").ok_or_else(|| invalid_request("token is required"))?;
    let inactive = json!({ "active": false });
    match presented(token, &application, request.now).await? {
        None => Ok(inactive),
        Some(Presented::Refresh(found)) => {
            if found.is_used || found.is_revoked || found.expires_at <= request.now {
                return Ok(inactive);
            }
            Ok(json!({
                "active": true,
                "client_id": application.id.as_str(),
                "token_type": "refresh_token",
                "scope": found.scopes.join(" "),
                "sub": found.user.to_string(),
                "exp": seconds(found.expires_at),
            }))
        }
        Some(Presented::Access { grant, token, holder: Holder::User(user), scopes }) => {
            let scope = &application.scope;
            let id = application.id.as_str();
            let Some(holder) = oauth2::find_holder(scope, &grant, id, user).await? else {
                return Ok(inactive);
            };
            Ok(json!({
                "active": true,
                "client_id": id,
                "token_type": "bearer",
                "scope": scopes.join(" "),
                "sub": user.to_string(),
                "username": holder.username,
                "iat": seconds(token.issued_at),
                "exp": seconds(token.expires_at),
                "jti": token.id,
            }))
        }
        Some(Presented::Access { holder: Holder::Team(_), .. }) => Ok(inactive),
    }
}

fn seconds(instant: Instant) -> i64 {
    instant.millis().div_euclid(1_000)
}

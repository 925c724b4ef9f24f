//! `GET /.well-known/oauth-authorization-server` (RFC 8414)

use http::StatusCode;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::OAuthScope;
use serde_json::json;

/// Where everything is, and what there is.
pub async fn get_metadata(request: Request) -> Result<Reply, ApiError> {
    let issuer = request.origin();
    let oauth2 = format!("{issuer}/v2/auth/oauth2");
    let scopes: Vec<&str> = OAuthScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let secrets = ["client_secret_post", "client_secret_basic"];
    Reply::json(
        StatusCode::OK,
        &json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/auth/oauth2/authorize"),
            "token_endpoint": format!("{oauth2}/token"),
            "introspection_endpoint": format!("{oauth2}/introspect"),
            "revocation_endpoint": format!("{oauth2}/revoke"),
            "scopes_supported": scopes,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported":
                ["client_secret_post", "client_secret_basic", "none"],
            "introspection_endpoint_auth_methods_supported": secrets,
            "revocation_endpoint_auth_methods_supported":
                ["client_secret_post", "client_secret_basic", "none"],
        }),
    )
}

//! Routes that only some kinds of credential may use.

use meridian_gateway::{ApiError, Method, Request};

/// As the API names them.
const fn name(method: Method) -> &'static str {
    match method {
        Method::ApiKey => "API_KEY",
        Method::AccessToken => "ACCESS_TOKEN",
        Method::OAuthClient => "OAUTH_CLIENT_CREDENTIALS",
        Method::ThirdPartyToken => "THIRD_PARTY_ACCESS_TOKEN",
        Method::Session => "NEXT_AUTH",
    }
}

/// 401 that names what is allowed, where the caller came another way.
pub fn require(request: &Request, allowed: &[Method]) -> Result<(), ApiError> {
    if allowed.contains(&request.principal()?.method) {
        return Ok(());
    }
    let names: Vec<&str> = allowed.iter().copied().map(name).collect();
    Err(ApiError::unauthorized(format!(
        "ApiAuthStrategy - Invalid authentication method. Please provide one of the allowed \
         methods: {}",
        names.join(", ")
    )))
}

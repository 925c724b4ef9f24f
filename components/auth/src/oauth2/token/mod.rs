//! `POST /v2/auth/oauth2/token`

mod by_code;
mod by_refresh;
mod issue;

use http::StatusCode;
use meridian_gateway::{ApiError, Reply, Request};

use super::flat::{self, Refusal, invalid_request, unauthorized_client};
use super::parameters::Parameters;
use super::{Application, client_auth};
use issue::Issued;

/// The parameters of a request for a token.
const NAMES: [&str; 7] = [
    "client_id",
    "grant_type",
    "client_secret",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
];

/// Gives tokens for a code or for a refresh token.
pub async fn token(request: Request) -> Result<Reply, ApiError> {
    flat::counted(&request, async { Ok(flat::unkept(StatusCode::OK, &exchange(&request).await?)?) })
        .await
}

async fn exchange(request: &Request) -> Result<Issued, Refusal> {
    let parameters = Parameters::of_body(request).map_err(invalid_request)?;
    if let Some(name) = parameters.repeated(&NAMES) {
        return Err(invalid_request(format!("{name} must not be given more than once")));
    }
    let kind = parameters.get("grant_type");
    let names_client = parameters.get("client_id").is_some();
    if names_client && !matches!(kind, Some("authorization_code" | "refresh_token")) {
        return Err(wrong_grant_type());
    }
    let application = client_auth::authenticate(request, &parameters).await?;
    if !application.registered().is_approved {
        return Err(unauthorized_client("client_not_approved"));
    }
    match kind {
        Some("authorization_code") => by_code::exchange(request, &parameters, &application).await,
        Some("refresh_token") => by_refresh::exchange(request, &parameters, &application).await,
        _ => Err(wrong_grant_type()),
    }
}

fn wrong_grant_type() -> Refusal {
    invalid_request("grant_type must be 'authorization_code' or 'refresh_token'")
}

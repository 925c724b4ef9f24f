//! Answers in the form of RFC 6749: no envelope, and kept by nobody.

use http::{HeaderValue, StatusCode, header};
use meridian_edge::SpinServices;
use meridian_gateway::throttle::{self, Guess, TOKENS_BY_ADDRESS};
use meridian_gateway::{ApiError, Reply, Request};
use serde::Serialize;
use serde_json::json;

/// Why there is no token.
#[derive(Debug)]
pub enum Refusal {
    /// In the words of RFC 6749.
    Flat {
        /// The status.
        status: StatusCode,
        /// Such as `invalid_grant`.
        error: &'static str,
        /// For developers.
        description: String,
    },
    /// Something that is not about the request, in the API's own form.
    Other(ApiError),
}

impl<E: Into<ApiError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// 400 `invalid_request`
pub fn invalid_request(description: impl Into<String>) -> Refusal {
    flat(StatusCode::BAD_REQUEST, "invalid_request", description)
}

/// 400 `invalid_grant`
pub fn invalid_grant(description: &str) -> Refusal {
    flat(StatusCode::BAD_REQUEST, "invalid_grant", description)
}

/// 401 `invalid_client`
pub fn invalid_client(description: &str) -> Refusal {
    flat(StatusCode::UNAUTHORIZED, "invalid_client", description)
}

/// 400 `unauthorized_client`
pub fn unauthorized_client(description: &str) -> Refusal {
    flat(StatusCode::BAD_REQUEST, "unauthorized_client", description)
}

fn flat(status: StatusCode, error: &'static str, description: impl Into<String>) -> Refusal {
    Refusal::Flat { status, error, description: description.into() }
}

/// The answer to an application, whichever it is. Wrong secrets, codes and tokens are
/// counted per address.
pub async fn counted(
    request: &Request,
    work: impl Future<Output = Result<Reply, Refusal>>,
) -> Result<Reply, ApiError> {
    let guess = [Guess::by_address(&TOKENS_BY_ADDRESS, request.client_address())];
    let attempt = throttle::attempt(&SpinServices, request.now, &guess).await?;
    let outcome = work.await;
    if outcome.is_ok() {
        attempt.succeeded().await;
    }
    answer(outcome)
}

fn answer(outcome: Result<Reply, Refusal>) -> Result<Reply, ApiError> {
    match outcome {
        Ok(reply) => Ok(reply),
        Err(Refusal::Other(error)) => Err(error),
        Err(Refusal::Flat { status, error, description }) => {
            let body = json!({ "error": error, "error_description": description });
            let reply = unkept(status, &body)?;
            if status != StatusCode::UNAUTHORIZED {
                return Ok(reply);
            }
            let basic = HeaderValue::from_static("Basic realm=\"oauth2\"");
            Ok(reply.with_header(header::WWW_AUTHENTICATE, basic))
        }
    }
}

/// JSON that nobody keeps.
pub fn unkept<T: Serialize>(status: StatusCode, body: &T) -> Result<Reply, ApiError> {
    let reply = Reply::json(status, body)?;
    let reply = reply.with_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(reply.with_header(header::PRAGMA, HeaderValue::from_static("no-cache")))
}

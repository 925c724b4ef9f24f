//! Errors of the API and the one envelope they are shown in
//! (contract: 00-overview, "Envelopes").

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;
use meridian_store::{DatabaseError, StoreError};
use serde_json::{Value, json};

use crate::envelope::{self, Asked};
use crate::{Refusal, Reply, Request};

/// An error on its way to the client.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// The status.
    pub status: StatusCode,
    /// `error.code`: an exception name clients match on.
    pub code: Cow<'static, str>,
    /// `error.message`, and the additive top-level `message`.
    pub message: String,
    /// `error.details`; `None`: the standard `{message, error, statusCode}`.
    pub details: Option<Value>,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
    /// `Allow`: the methods of a path that has not the one asked for.
    pub allow: Vec<http::Method>,
    /// What went wrong inside: for the log, never for the client.
    pub cause: Option<String>,
    /// Decided by what was there at that moment, such as a taken slot, and not by a
    /// mistake in the request: a repeat with the same `Idempotency-Key` gets the
    /// same refusal.
    pub settled: bool,
}

impl ApiError {
    /// Any status, with the exception name that goes with it.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            code: Cow::Borrowed(exception(status)),
            message: message.into(),
            details: None,
            retry_after: None,
            allow: Vec::new(),
            cause: None,
            settled: false,
        }
    }

    /// 400
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 401
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// 401 for a request without any credential.
    pub fn no_credentials() -> Self {
        Self::unauthorized(
            "ApiAuthStrategy - No authentication method provided. Either pass an API key as \
             'Bearer' header or OAuth client credentials as 'x-cal-secret-key' and \
             'x-cal-client-id' headers",
        )
    }

    /// 403
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 404
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 422
    pub fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// 503 with `Retry-After`.
    pub fn unavailable(message: impl Into<String>, retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
        }
    }

    /// 500; the cause goes to the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self {
            cause: Some(cause.to_string()),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "There was an error, please try again later.",
            )
        }
    }

    /// 400 for one wrong value, in the form of validation errors.
    pub fn invalid_field(path: &str, value: impl Into<Value>, rule: impl fmt::Display) -> Self {
        let mut errors = crate::validate::Errors::default();
        errors.add(path, value.into(), "isValid", &rule.to_string());
        errors.into_api_error()
    }

    /// The same error with a code of its own (domain errors).
    pub fn with_code(self, code: &'static str) -> Self {
        Self { code: Cow::Borrowed(code), ..self }
    }

    /// The same error with details of its own.
    pub fn with_details(self, details: Value) -> Self {
        Self { details: Some(details), ..self }
    }

    /// The same error with the methods that are allowed.
    pub fn with_allow(self, allow: Vec<http::Method>) -> Self {
        Self { allow, ..self }
    }

    /// The same error, decided for good: see [`ApiError::settled`].
    pub fn settle(self) -> Self {
        Self { settled: true, ..self }
    }

    /// Whether a repeat of the request gets the same refusal. Conflicts do.
    pub(crate) fn is_settled(&self) -> bool {
        let is_conflict =
            matches!(self.status, StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY);
        self.settled || is_conflict
    }

    /// The envelope. With `Accept: application/problem+json`, RFC 9457 instead.
    pub fn into_reply(self, request: &Request) -> Reply {
        let (target, headers, now) = (request.target(), &request.headers, request.now);
        envelope::render(&self, Asked { target, headers, now })
    }

    /// `error.details` where nothing better was given.
    pub(crate) fn standard_details(&self) -> Value {
        json!({
            "message": self.message,
            "error": self.status.canonical_reason().unwrap_or("Error"),
            "statusCode": self.status.as_u16(),
        })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status.as_u16(), self.code, self.message)
    }
}

impl std::error::Error for ApiError {}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthorized(message) => Self::unauthorized(message),
            Refusal::Expired(message) => {
                Self::new(StatusCode::from_u16(498).unwrap_or(StatusCode::UNAUTHORIZED), message)
                    .with_code("ACCESS_TOKEN_IS_EXPIRED")
            }
            Refusal::Forbidden(message) => Self::forbidden(message),
            Refusal::UnknownOrganization => Self::not_found("Organization not found"),
            Refusal::Suspended => Self::forbidden(
                "This organization is suspended. Its data is kept; ask the platform's operator to resume it.",
            ),
            Refusal::Unavailable(cause) => Self {
                cause: Some(cause),
                ..Self::unavailable("The service is busy. Please try again later.", 1)
            },
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Database(error) => error.into(),
            StoreError::BadRow(_) => Self::internal(error),
        }
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Busy | DatabaseError::Unavailable(_) | DatabaseError::Timeout => Self {
                cause: Some(error.to_string()),
                ..Self::unavailable("The service is busy. Please try again later.", 1)
            },
            DatabaseError::NotFound => Refusal::UnknownOrganization.into(),
            other => Self::internal(other),
        }
    }
}

/// The exception name upstream gives a status.
const fn exception(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "BadRequestException",
        401 => "UnauthorizedException",
        403 => "ForbiddenException",
        404 => "NotFoundException",
        405 => "MethodNotAllowedException",
        409 => "ConflictException",
        413 => "PayloadTooLargeException",
        422 => "UnprocessableEntityException",
        429 => "ThrottlerException",
        431 => "RequestHeaderFieldsTooLargeException",
        501 => "NotImplementedException",
        503 => "ServiceUnavailableException",
        _ => "INTERNAL_SERVER_ERROR",
    }
}

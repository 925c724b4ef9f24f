//! What this component refuses, in the words of the API.

use meridian_gateway::ApiError;
use meridian_kernel::{ApiKeyId, ScheduleId};

/// The caller's user is gone since the credential was checked.
pub fn no_user() -> ApiError {
    ApiError::not_found("User not found")
}

/// Somebody else's address.
pub fn email_in_use() -> ApiError {
    ApiError::conflict("Email is already in use by another user")
}

/// A schedule that is not the caller's, or nobody's.
pub fn no_schedule(id: Option<ScheduleId>) -> ApiError {
    match id {
        Some(id) => ApiError::not_found(format!("Schedule with id {id} not found")),
        None => ApiError::not_found("Schedule not found"),
    }
}

/// A key that is not the caller's, or nobody's.
pub fn no_api_key(id: ApiKeyId) -> ApiError {
    ApiError::not_found(format!("API key with id {id} not found"))
}

/// A key that went while it was being used.
pub fn key_not_valid() -> ApiError {
    ApiError::unauthorized("ApiAuthStrategy - api key - Your api key is not valid")
}

//! What this component refuses, in the words of the API.

use meridian_gateway::ApiError;
use meridian_kernel::{ApiKeyId, ScheduleId, UserId};
use meridian_store::oauth_clients::MAX_CLIENTS;

/// The caller's user is gone since the credential was checked.
pub fn no_user() -> ApiError {
    ApiError::not_found("User not found")
}

/// Somebody else's address.
pub fn email_in_use() -> ApiError {
    ApiError::conflict("Email is already in use by another user")
}

/// A mailbox that was the caller's a moment ago.
pub fn no_longer_verified() -> ApiError {
    ApiError::conflict("The email address was changed meanwhile. Please try again.")
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

/// The address, the password, or both: which of them is nobody's business.
pub fn wrong_password() -> ApiError {
    ApiError::unauthorized("Invalid email or password")
}

/// Somebody else set the password between the look and the change.
pub fn password_changed_meanwhile() -> ApiError {
    ApiError::conflict("The password was changed meanwhile. Please try again.")
}

/// A platform client that is not of the caller's organisation, or nobody's.
pub fn no_client(id: &str) -> ApiError {
    ApiError::not_found(format!("OAuth client with ID {id} not found"))
}

/// The organisation has as many platform clients as it may have.
pub fn too_many_clients() -> ApiError {
    ApiError::conflict(format!("An organization has at most {MAX_CLIENTS} OAuth clients."))
}

/// An application of another organisation, or none at all. What was asked for is shown
/// back only as far as an id goes.
pub fn no_application(id: &str) -> ApiError {
    let id: String = id.chars().take(64).collect();
    ApiError::not_found(format!("OAuth client with ID {id} not found"))
}

/// A user whom this platform client does not manage.
pub fn not_managed(id: UserId) -> ApiError {
    ApiError::not_found(format!("User with ID {id} is not part of this OAuth client."))
}

/// The address of a user there is.
pub fn managed_email_taken(holder: UserId) -> ApiError {
    ApiError::conflict(format!(
        "User with the provided e-mail already exists. Existing user ID={holder}"
    ))
}

/// Whoever alone owns the organisation.
pub fn last_owner() -> ApiError {
    ApiError::conflict("The last owner of the organization cannot be deleted.")
}

/// A refresh token that is none, or none any more.
pub fn invalid_refresh_token() -> ApiError {
    ApiError::unauthorized("Invalid refresh token")
}

/// An access token that is another client's.
pub fn invalid_access_token() -> ApiError {
    ApiError::unauthorized("ApiAuthStrategy - access token - Invalid Access Token.")
}

/// One application too many, or the caller is gone.
pub fn too_many_applications(most: u32) -> ApiError {
    ApiError::conflict(format!("You have {most} OAuth clients, and cannot have more."))
}

/// Public applications have no secret to change.
pub fn no_secret() -> ApiError {
    ApiError::conflict("A PUBLIC OAuth client has no secret.")
}

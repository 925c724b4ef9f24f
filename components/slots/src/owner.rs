//! Whose things a request is about.

use meridian_gateway::{ApiError, Request};
use meridian_kernel::UserId;

/// The user whom the path names (`:userId`), else the caller. That the caller may
/// act for the one named is the route's access.
pub fn owner(request: &Request) -> Result<UserId, ApiError> {
    match request.parameter("userId") {
        "" => Ok(request.principal()?.user_id),
        _ => request.id("userId"),
    }
}

/// 404 for a user who is not (any more) in the caller's organisation.
pub fn no_user(user: UserId) -> ApiError {
    ApiError::not_found(format!("User with ID={user} does not exist in this organization."))
}

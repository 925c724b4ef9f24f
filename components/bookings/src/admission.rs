//! Whose database a request may enter, and who the caller is there.

use http::StatusCode;
use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::{OrganizationNumber, ShortUid};
use meridian_store::Scope;

use crate::errors::booking_not_found;

/// A scope of the database behind the `database` import.
pub type OpenScope = Scope<'static, WitDatabase>;

/// The database of an organisation: the guard has admitted the caller's own with
/// the caller; another one is admitted first.
pub async fn scope_in(
    request: &Request,
    organization: OrganizationNumber,
) -> Result<OpenScope, ApiError> {
    let own = request.principal.as_ref().map(|caller| caller.organization.number);
    if own == Some(organization) {
        meridian_edge::scope(request).await
    } else {
        meridian_edge::scope_of(organization).await
    }
}

/// The database a booking's uid names. A uid that names none is a booking that
/// does not exist.
pub async fn scope_of_booking(request: &Request, uid: &str) -> Result<OpenScope, ApiError> {
    let parsed = ShortUid::parse(uid).ok_or_else(|| booking_not_found(uid))?;
    let scope = scope_in(request, parsed.organization()).await;
    scope.map_err(|error| instead_of_not_found(error, || booking_not_found(uid)))
}

/// Another organisation's thing is a thing that does not exist, in its own words.
pub fn instead_of_not_found(error: ApiError, replacement: impl FnOnce() -> ApiError) -> ApiError {
    if error.status == StatusCode::NOT_FOUND { replacement() } else { error }
}

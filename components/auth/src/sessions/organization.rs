//! In whose organisation somebody signs in.

use meridian_gateway::{ApiError, Guard, Request};
use meridian_kernel::{ClientId, OrganizationNumber};

use crate::guard::GUARD;

/// The organisation of the slug, else of the application that asks for a consent,
/// else of the host name, else none; 404 where there is no such, 403 where it is
/// suspended.
pub async fn organization_of(
    request: &Request,
    slug: Option<&str>,
    application: Option<&ClientId>,
) -> Result<OrganizationNumber, ApiError> {
    let number = match (slug, application) {
        (None, Some(application)) => application.organization(),
        (slug, _) => meridian_edge::resolve_organization(request, slug).await?,
    };
    GUARD.admit(number).await?;
    Ok(number)
}

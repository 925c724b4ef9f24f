//! Databases for a request: the caller's, one that an id names, the platform's.

use meridian_gateway::{ApiError, Request, idempotency};
use meridian_kernel::OrganizationNumber;
use meridian_store::{Platform, Scope, organizations};

use crate::{DATABASE, WitDatabase};

/// The database of the caller's organisation.
pub async fn scope(request: &Request) -> Result<Scope<'static, WitDatabase>, ApiError> {
    let organization = request.principal()?.organization.number;
    idempotency::enter(Scope::open(&DATABASE, organization).await?).await
}

/// The database a public id names, once its organisation is admitted: 404 where
/// there is none, 403 where it is suspended.
#[cfg(feature = "identity")]
pub async fn scope_of(
    organization: OrganizationNumber,
) -> Result<Scope<'static, WitDatabase>, ApiError> {
    meridian_gateway::Guard::admit(&crate::WitGuard, organization).await?;
    idempotency::enter(Scope::open(&DATABASE, organization).await?).await
}

/// The database a caller names through a seam: the component that calls has
/// admitted the organisation, or proven its principal, for the same request.
pub async fn scope_for_seam(
    organization: OrganizationNumber,
) -> Result<Scope<'static, WitDatabase>, ApiError> {
    Ok(Scope::open(&DATABASE, organization).await?)
}

/// The platform's database.
pub async fn platform() -> Result<Platform<'static, WitDatabase>, ApiError> {
    Ok(Platform::open(&DATABASE).await?)
}

/// Where a public request without an id belongs: to the organisation of the slug,
/// else of the host name, else to organisation 0. An unknown slug is 404.
pub async fn resolve_organization(
    request: &Request,
    slug: Option<&str>,
) -> Result<OrganizationNumber, ApiError> {
    if let Some(slug) = slug {
        let found = organizations::find_by_slug(&platform().await?, slug).await?;
        return found.ok_or_else(|| ApiError::not_found("Organization not found"));
    }
    let host = request.host();
    if !may_be_a_domain(&host) {
        return Ok(OrganizationNumber::NONE);
    }
    let found = organizations::find_by_domain(&platform().await?, &host).await?;
    Ok(found.unwrap_or(OrganizationNumber::NONE))
}

/// Addresses and bare names such as `localhost` are nobody's domain: no look-up.
fn may_be_a_domain(host: &str) -> bool {
    let is_address = host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[');
    host.contains('.') && !is_address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dotted_names_are_looked_up() {
        assert!(may_be_a_domain("cal.example.org"));
        for host in ["", "localhost", "127.0.0.1", "[::1]"] {
            assert!(!may_be_a_domain(host), "{host}");
        }
    }
}

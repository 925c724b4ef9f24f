//! What this component refuses, in the words of the API.

use meridian_gateway::ApiError;

use crate::registry::ProvisionError;

/// Nobody's slug.
pub fn no_organization(slug: &str) -> ApiError {
    ApiError::not_found(format!("Organization with slug {slug} not found"))
}

/// Somebody else's slug.
pub fn slug_taken(slug: &str) -> ApiError {
    ApiError::conflict(format!("The slug {slug} is taken by another organization"))
}

/// Somebody else's domain.
pub fn domain_taken(domain: &str) -> ApiError {
    ApiError::conflict(format!("The domain {domain} is taken by another organization"))
}

/// Nobody of that organisation.
pub fn no_user() -> ApiError {
    ApiError::not_found("There is no such user in this organization")
}

/// Why an organisation could not be made.
pub fn provision(slug: &str, error: ProvisionError) -> ApiError {
    match error {
        ProvisionError::SlugTaken => slug_taken(slug),
        ProvisionError::DomainTaken(domain) => domain_taken(&domain),
        ProvisionError::TakenOver => {
            ApiError::unavailable("Provisioning took too long. Please try again.", 1)
        }
        ProvisionError::Store(error) => error.into(),
    }
}

//! `POST /platform/organizations`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Secret;
use meridian_store::users::NewOwner;
use meridian_vault::hash_password;
use serde_json::json;

use crate::registry::{Registry, SharedEpochs};
use crate::{errors, input};

/// Provisions an organisation and answers its owner's first key, this once.
pub async fn create_organization(request: Request) -> Result<Reply, ApiError> {
    let wish = input::read_provisioning(&json_body(&request)?)?;
    let organization = &wish.organization;
    let owner = NewOwner {
        username: organization.owner.username.clone(),
        email: organization.owner.email.clone(),
        name: wish.owner_name.clone(),
        time_zone: wish.owner_zone,
        password_hash: wish.owner_password.as_ref().map(hashed).transpose()?,
    };
    let registry = Registry::new(meridian_edge::platform().await?, SharedEpochs);
    let made = registry.provision(organization, &owner, request.now).await;
    let made = made.map_err(|error| errors::provision(&organization.slug, error))?;
    Reply::created(&json!({
        "id": made.number.wire_id(),
        "slug": organization.slug,
        "name": organization.name,
        "plan": organization.plan,
        "isPlatform": organization.is_platform,
        "domains": organization.domains,
        "owner": made.owner,
        "apiKey": made.key.reveal(),
    }))
}

fn hashed(password: &Secret) -> Result<String, ApiError> {
    hash_password(password).ok_or_else(|| ApiError::internal("there is no randomness"))
}

//! `POST /platform/organizations`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::users::NewOwner;
use serde_json::json;

use crate::registry::{Registry, SharedEpochs};
use crate::{errors, input, password};

/// Provisions an organisation and answers its owner's first key, this once.
pub async fn create_organization(request: Request) -> Result<Reply, ApiError> {
    let wish = input::read_provisioning(&json_body(&request)?)?;
    let organization = &wish.organization;
    let owner = NewOwner {
        username: organization.owner.username.clone(),
        email: organization.owner.email.clone(),
        name: wish.owner_name.clone(),
        time_zone: wish.owner_zone,
        password_hash: wish.owner_password.as_ref().map(password::hash).transpose()?,
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

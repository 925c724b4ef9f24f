//! `DELETE /platform/organizations/:slug`

use meridian_gateway::{ApiError, Reply, Request};
use serde_json::json;

use crate::errors;
use crate::registry::{Registry, SharedEpochs};

/// Deletes an organisation with all it has. Its slug and domains are free then;
/// its ids are never used again.
pub async fn delete_organization(request: Request) -> Result<Reply, ApiError> {
    let slug = request.parameter("slug");
    let registry = Registry::new(meridian_edge::platform().await?, SharedEpochs);
    let number = registry.delete(slug, request.now).await?;
    let number = number.ok_or_else(|| errors::no_organization(slug))?;
    Reply::ok(&json!({ "id": number.wire_id(), "slug": slug }))
}

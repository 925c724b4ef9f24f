//! `GET /platform/organizations/:slug`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::organizations;

use crate::errors;
use crate::organization_view::OrganizationView;

/// One organisation.
pub async fn get_organization(request: Request) -> Result<Reply, ApiError> {
    let slug = request.parameter("slug");
    let found = organizations::load_by_slug(&meridian_edge::platform().await?, slug).await?;
    Reply::ok(&OrganizationView::new(&found.ok_or_else(|| errors::no_organization(slug))?))
}

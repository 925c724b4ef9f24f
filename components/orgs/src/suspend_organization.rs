//! `POST /platform/organizations/:slug/suspend` and `…/resume`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::organizations;

use crate::errors;
use crate::organization_view::OrganizationView;

/// From here on every request of the organisation is 403; its data is kept.
pub async fn suspend_organization(request: Request) -> Result<Reply, ApiError> {
    set_suspended(&request, true).await
}

/// Serves a suspended organisation again.
pub async fn resume_organization(request: Request) -> Result<Reply, ApiError> {
    set_suspended(&request, false).await
}

async fn set_suspended(request: &Request, suspended: bool) -> Result<Reply, ApiError> {
    let slug = request.parameter("slug");
    let platform = meridian_edge::platform().await?;
    let changed = organizations::set_suspended(&platform, slug, suspended, request.now).await?;
    let changed = changed.ok_or_else(|| errors::no_organization(slug))?;
    guard_epoch::advance(changed.number).await;
    Reply::ok(&OrganizationView::new(&changed))
}

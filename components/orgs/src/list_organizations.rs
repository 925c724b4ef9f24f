//! `GET /platform/organizations`

use meridian_gateway::validate::{Fields, count, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::organizations;

use crate::organization_view::OrganizationView;

const MAX_PAGE: u32 = 250;

/// All organisations, oldest first, a page at a time.
pub async fn list_organizations(request: Request) -> Result<Reply, ApiError> {
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let take = fields.optional("take", count(1, MAX_PAGE)).unwrap_or(MAX_PAGE);
    let skip = fields.optional("skip", count(0, u32::MAX)).unwrap_or(0);
    fields.finish()?;
    let found = organizations::list(&meridian_edge::platform().await?, skip, take).await?;
    Reply::ok(&found.iter().map(OrganizationView::new).collect::<Vec<_>>())
}

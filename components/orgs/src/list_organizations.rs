//! `GET /platform/organizations`

use meridian_gateway::validate::{Fields, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::organizations;

use crate::organization_view::OrganizationView;
use crate::page::{self, MAX_PAGE};

/// All organisations, oldest first, a page at a time.
pub async fn list_organizations(request: Request) -> Result<Reply, ApiError> {
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let (skip, take) = page::read(&mut fields, MAX_PAGE);
    fields.finish()?;
    let found = organizations::list(&meridian_edge::platform().await?, skip, take).await?;
    Reply::ok(&found.iter().map(OrganizationView::new).collect::<Vec<_>>())
}

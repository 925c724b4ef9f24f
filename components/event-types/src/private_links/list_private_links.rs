//! GET /v2/event-types/:eventTypeId/private-links

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::private_links;

use super::view::PrivateLinkView;
use crate::present;
use crate::rights::Readable;

/// All links to an event type.
pub async fn list_private_links(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let event_type = Readable::load(&request, &scope).await?;
    let links = private_links::list(&scope, event_type.id).await?;
    let app_url = present::app_url().await;
    let view = |link| PrivateLinkView::new(link, &event_type, &app_url, request.now);
    Reply::ok(&links.iter().map(view).collect::<Vec<_>>())
}

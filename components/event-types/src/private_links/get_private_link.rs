//! GET /v2/event-types/:eventTypeId/private-links/:linkId

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::private_links;

use super::no_link;
use super::view::PrivateLinkView;
use crate::present;
use crate::rights::Readable;

/// One link to an event type.
pub async fn get_private_link(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let event_type = Readable::load(&request, &scope).await?;
    let id = request.parameter("linkId");
    let found = private_links::find(&scope, id).await?;
    let found = found.filter(|link| link.event_type_id == event_type.id);
    let found = found.ok_or_else(|| no_link(id))?;
    let app_url = present::app_url().await;
    Reply::ok(&PrivateLinkView::new(&found, &event_type, &app_url, request.now))
}

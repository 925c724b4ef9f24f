//! PATCH /v2/event-types/:eventTypeId/private-links/:linkId

use meridian_gateway::{ApiError, Reply, Request, validate};
use meridian_store::private_links;

use super::view::PrivateLinkView;
use super::{input, no_link};
use crate::present;
use crate::rights::Changeable;

/// Changes how long a link is good for.
pub async fn update_private_link(request: Request) -> Result<Reply, ApiError> {
    let change = input::changed_link(&validate::json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let event_type = Changeable::load(&request, &scope).await?;
    let id = request.parameter("linkId");
    let changed = private_links::update(&scope, event_type.id, id, change).await?;
    let changed = changed.ok_or_else(|| no_link(id))?;
    let app_url = present::app_url().await;
    Reply::ok(&PrivateLinkView::new(&changed, &event_type, &app_url, request.now))
}

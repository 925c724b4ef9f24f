//! POST /v2/event-types/:eventTypeId/private-links

use meridian_gateway::{ApiError, Reply, Request, idempotency, validate};
use meridian_kernel::LinkId;
use meridian_store::private_links::{self, MAX_PRIVATE_LINKS};

use super::input;
use super::view::PrivateLinkView;
use crate::present;
use crate::rights::Changeable;

/// Makes a link to an event type.
pub async fn create_private_link(request: Request) -> Result<Reply, ApiError> {
    let terms = input::new_link(&validate::json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let event_type = Changeable::load(&request, &scope).await?;
    let id = LinkId::generate(scope.organization());
    idempotency::subject(|| format!("{}/{id}", request.path()));
    let made = private_links::create(&scope, event_type.id, &id, terms, request.now).await?;
    let made = made.ok_or_else(|| {
        ApiError::bad_request(format!(
            "Event type with ID={} cannot have more than {MAX_PRIVATE_LINKS} private links. \
             Delete one first.",
            event_type.id
        ))
    })?;
    let app_url = present::app_url().await;
    Reply::created(&PrivateLinkView::new(&made, &event_type, &app_url, request.now))
}

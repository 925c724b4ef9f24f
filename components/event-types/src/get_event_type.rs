//! GET /v2/event-types/:eventTypeId

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::EventTypeId;
use meridian_store::event_types;

use crate::{errors, present};

/// One event type, for its owner and for administrators.
pub async fn get_event_type(request: Request) -> Result<Reply, ApiError> {
    let id: EventTypeId = request.id("eventTypeId")?;
    let scope = meridian_edge::scope(&request).await?;
    let found = event_types::find_owned(&scope, id).await?;
    let found = found.ok_or_else(|| errors::not_found(id))?;
    let principal = request.principal()?;
    if !principal.owns_or_administers(found.event_type.owner_id) {
        return Err(errors::not_allowed_to_read(principal.user_id, id));
    }
    Reply::ok(&present::for_owner(&found, &present::app_url().await)?)
}

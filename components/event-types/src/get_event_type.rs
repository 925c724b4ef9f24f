//! GET /v2/event-types/:eventTypeId

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::EventTypeId;
use meridian_store::event_types::{self, Found};

use crate::{errors, present, rights};

/// One event type, for whoever may read it.
pub async fn get_event_type(request: Request) -> Result<Reply, ApiError> {
    let found = readable(&request).await?;
    Reply::ok(&present::by_id(&found, &present::app_url().await)?)
}

/// The event type of the path: 404 where there is none, 403 where the caller may not
/// read it.
pub async fn readable(request: &Request) -> Result<Found, ApiError> {
    let id: EventTypeId = request.id("eventTypeId")?;
    let scope = meridian_edge::scope(request).await?;
    let found = event_types::find_any(&scope, id).await?;
    let found = found.ok_or_else(|| errors::not_found(id))?;
    let caller = request.principal()?;
    if rights::may_read(caller, &found) {
        Ok(found)
    } else {
        Err(errors::not_allowed_to_read(caller.user_id, id))
    }
}

//! GET /v2/event-types/:eventTypeId

use meridian_gateway::{ApiError, Reply, Request};

use crate::present;
use crate::rights::Readable;

/// One event type, for whoever may read it.
pub async fn get_event_type(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let event_type = Readable::load(&request, &scope).await?;
    Reply::ok(&present::by_id(event_type.found(), &present::app_url().await)?)
}

//! DELETE /v2/event-types/:eventTypeId

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::EventTypeId;
use meridian_store::event_types::{self, EventType};
use serde::Serialize;

use crate::errors;

/// What is left of a deleted event type.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleted {
    id: EventTypeId,
    length_in_minutes: u32,
    slug: String,
    title: String,
}

/// Deletes an event type of the caller's. Its bookings stay.
pub async fn delete_event_type(request: Request) -> Result<Reply, ApiError> {
    let deleted = delete(&request).await?;
    Reply::ok(&Deleted {
        id: deleted.id,
        length_in_minutes: deleted.length_minutes,
        slug: deleted.slug,
        title: deleted.title,
    })
}

/// Deletes the event type of the path, in whatever version.
pub async fn delete(request: &Request) -> Result<EventType, ApiError> {
    let id: EventTypeId = request.id("eventTypeId")?;
    let user = request.principal()?.user_id;
    let scope = meridian_edge::scope(request).await?;
    if let Some(deleted) = event_types::delete(&scope, user, id).await? {
        return Ok(deleted);
    }
    // Nothing of the caller's was there: only the words depend on what is.
    let refusal = match event_types::find(&scope, id).await? {
        Some(other) if other.belongs.owner() != Some(user) => errors::not_owner(user, id),
        Some(copy) if copy.belongs.parent().is_some() => errors::not_to_delete(id),
        _ => errors::does_not_exist(id),
    };
    Err(refusal)
}

//! DELETE /v2/teams/:teamId/event-types/:eventTypeId

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{EventTypeId, TeamId};
use meridian_store::event_types;
use serde::Serialize;

use crate::errors;

/// What is left of it.
#[derive(Serialize)]
struct Deleted {
    id: EventTypeId,
    title: String,
}

/// Deletes an event type of a team; a managed one with its copies. Bookings stay.
pub async fn delete_team_event_type(request: Request) -> Result<Reply, ApiError> {
    let team: TeamId = request.id("teamId")?;
    let id: EventTypeId = request.id("eventTypeId")?;
    let scope = meridian_edge::scope(&request).await?;
    let deleted = event_types::delete_of_team(&scope, team, id).await?;
    let deleted = deleted.ok_or_else(|| errors::not_found(id))?;
    Reply::ok(&Deleted { id, title: deleted.title })
}

//! GET /v2/teams/:teamId/event-types/:eventTypeId

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{EventTypeId, TeamId};
use meridian_store::event_types::{self, Source};

use crate::{errors, present};

/// One event type of a team.
pub async fn get_team_event_type(request: Request) -> Result<Reply, ApiError> {
    let team: TeamId = request.id("teamId")?;
    let id: EventTypeId = request.id("eventTypeId")?;
    let scope = meridian_edge::scope(&request).await?;
    let found = event_types::find_of_team(&scope, team, id, Source::Replica).await?;
    let found = found.ok_or_else(|| errors::not_found(id))?;
    Reply::ok(&present::for_team(&found, &present::app_url().await)?)
}

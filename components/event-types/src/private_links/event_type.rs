//! The event type whose links a path is about.

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::{EventTypeId, TeamId};
use meridian_store::{
    Scope,
    event_types::{self, EventType, Found},
};

use crate::{errors, get_event_type, rights};

/// To change its links: its owner, or who administers its team. Under a team, that
/// the caller administers it is the guard's check already.
pub async fn to_change(
    request: &Request,
    scope: &Scope<'static, WitDatabase>,
) -> Result<EventType, ApiError> {
    let id: EventTypeId = request.id("eventTypeId")?;
    let found = event_types::find(scope, id).await?;
    if !request.parameter("teamId").is_empty() {
        return of_team(request, found, id);
    }
    let found = found.ok_or_else(|| errors::does_not_exist(id))?;
    let caller = request.principal()?;
    if rights::may_change(caller, &found) {
        Ok(found)
    } else {
        Err(errors::not_owner(caller.user_id, id))
    }
}

/// To see its links: whoever may read the event type.
pub async fn to_read(
    request: &Request,
    scope: &Scope<'static, WitDatabase>,
) -> Result<EventType, ApiError> {
    let id: EventTypeId = request.id("eventTypeId")?;
    if !request.parameter("teamId").is_empty() {
        return of_team(request, event_types::find(scope, id).await?, id);
    }
    Ok(match get_event_type::readable(request).await? {
        Found::OfUser(found) | Found::Copy(found, _) => found.event_type,
        Found::OfTeam(found) => found.event_type,
    })
}

fn of_team(
    request: &Request,
    found: Option<EventType>,
    id: EventTypeId,
) -> Result<EventType, ApiError> {
    let team: TeamId = request.id("teamId")?;
    let found = found.filter(|found| found.belongs.team() == Some(team));
    found.ok_or_else(|| errors::not_found(id))
}

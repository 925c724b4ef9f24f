//! `GET /v2/organizations/{orgId}/schedules`, `GET /v2/teams/{teamId}/schedules`,
//! `GET …/teams/{teamId}/schedules`, `GET …/teams/{teamId}/users/{userId}/schedules`

use meridian_gateway::validate::{Fields, integer, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{EventTypeId, UserId, WireId};
use meridian_store::schedules::{self, OfTeam, Schedule, TeamSchedules};

use super::present;
use crate::page::Page;

/// The schedules of all members of the organisation.
pub async fn list_organization_schedules(request: Request) -> Result<Reply, ApiError> {
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let page = Page::read(&mut fields);
    fields.finish()?;
    let scope = meridian_edge::scope(&request).await?;
    show(schedules::list_of_organization(&scope, page.skip, page.take).await?)
}

/// The schedules of a team's members, or of one of them.
pub async fn list_team_schedules(request: Request) -> Result<Reply, ApiError> {
    let team = request.id("teamId")?;
    let user: Option<UserId> = match request.parameter("userId") {
        "" => None,
        _ => Some(request.id("userId")?),
    };
    let query = query_object(&request);
    let mut fields = Fields::of(&query);
    let page = Page::read(&mut fields);
    let event_type = fields.optional("eventTypeId", integer(1, i64::MAX));
    fields.finish()?;
    let event_type = event_type.map(event_type_id).transpose()?;
    let scope = meridian_edge::scope(&request).await?;
    let of = OfTeam { team, user, event_type };
    match schedules::list_of_team(&scope, of, page.skip, page.take).await? {
        TeamSchedules::Found(found) => show(found),
        TeamSchedules::NoTeam => {
            Err(ApiError::not_found(format!("Team with ID={team} does not exist.")))
        }
        TeamSchedules::NoMember => Err(ApiError::not_found(format!(
            "User with ID={} is not a member of team with ID={team}.",
            request.parameter("userId")
        ))),
        TeamSchedules::NoEventType => Err(ApiError::not_found(format!(
            "Team with ID={team} has no event type with ID={}.",
            request.query("eventTypeId").unwrap_or_default()
        ))),
    }
}

fn event_type_id(value: i64) -> Result<EventTypeId, ApiError> {
    EventTypeId::from_wire(value)
        .map_err(|error| ApiError::invalid_field("eventTypeId", value, error))
}

fn show(found: Vec<Schedule>) -> Result<Reply, ApiError> {
    Reply::ok(&found.into_iter().map(present).collect::<Result<Vec<_>, _>>()?)
}

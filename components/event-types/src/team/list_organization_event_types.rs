//! GET /v2/organizations/:orgId/teams/event-types

use meridian_gateway::{
    ApiError, Principal, Reply, Request,
    validate::{Fields, count, one_of, query_object},
};
use meridian_kernel::{Permission, Role, TeamId};
use meridian_store::event_types::{self, OfTeams, Part};

use crate::present;

/// What a custom role must allow.
const READ: Permission = Permission::EventTypeRead;

/// How many event types a page has at most, and where nothing is asked.
const MAX_TAKE: u32 = 250;

/// The event types of all teams the caller administers: of every team of the
/// organisation for its administrators.
pub async fn list_organization_event_types(request: Request) -> Result<Reply, ApiError> {
    let part = read_query(&request)?;
    let caller = request.principal()?;
    let teams = administered(caller)?;
    let scope = meridian_edge::scope(&request).await?;
    let of = OfTeams::Teams(teams.as_deref());
    let found = event_types::list_of_teams(&scope, of, part).await?;
    let app_url = present::app_url().await;
    let shown = found.iter().map(|found| present::for_team(found, &app_url));
    Reply::ok(&shown.collect::<Result<Vec<_>, _>>()?)
}

/// The teams the caller administers, or may see the event types of by a role of the
/// team's own making; `None`: all of them. 403 where none.
fn administered(caller: &Principal) -> Result<Option<Vec<TeamId>>, ApiError> {
    if caller.has_organization_role(Role::Admin) || caller.is_permitted(READ) {
        return Ok(None);
    }
    let own = caller
        .teams
        .iter()
        .filter(|place| place.role >= Role::Admin || caller.is_permitted_in(place.team_id, READ));
    let teams: Vec<TeamId> = own.map(|place| place.team_id).collect();
    if teams.is_empty() {
        return Err(ApiError::forbidden(format!(
            "RolesGuard - user with id={} does not have the minimum required role=TEAM_ADMIN \
             within organization with id={}.",
            caller.user_id,
            caller.organization.number.wire_id()
        )));
    }
    Ok(Some(teams))
}

fn read_query(request: &Request) -> Result<Part, ApiError> {
    let object = query_object(request);
    let mut fields = Fields::of(&object);
    let take = fields.optional("take", count(1, MAX_TAKE)).unwrap_or(MAX_TAKE);
    let skip = fields.optional("skip", count(0, u32::MAX)).unwrap_or(0);
    let order = fields.optional("sortCreatedAt", one_of(&["asc", "desc"]));
    fields.finish()?;
    Ok(Part { skip, take, newest_first: order == Some("desc") })
}

//! GET /v2/teams/:teamId/event-types

use meridian_gateway::{
    ApiError, Reply, Request,
    validate::{Fields, count, one_of, query_object, text},
};
use meridian_kernel::{OrganizationNumber, Role, TeamId, WireId};
use meridian_store::event_types::{self, OfTeams, Part};

use super::errors;
use crate::present;

/// How long a slug in a query may be.
const MAX_SLUG: usize = 255;

/// What the query asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Question {
    slug: Option<String>,
    hosts_limit: Option<u32>,
    newest_first: bool,
}

/// The event types of a team, for everybody; what is hidden, for its members.
pub async fn list_team_event_types(request: Request) -> Result<Reply, ApiError> {
    let team: TeamId = request.id("teamId")?;
    let question = read_query(&request)?;
    check_path(&request, team)?;
    let scope = meridian_edge::scope_of(team.organization()).await?;
    if event_types::shown_team(&scope, team).await?.is_none() {
        return Err(errors::no_team(team));
    }
    let is_member =
        request.principal.as_ref().is_some_and(|caller| caller.has_team_role(team, Role::Member));
    let of = OfTeams::Team { team, slug: question.slug.as_deref(), with_hidden: is_member };
    let all = Part { skip: 0, take: u32::MAX, newest_first: question.newest_first };
    let mut found = event_types::list_of_teams(&scope, of, all).await?;
    if let Some(limit) = question.hosts_limit {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        found.iter_mut().for_each(|found| found.hosts.truncate(limit));
    }
    let app_url = present::app_url().await;
    let shown = found.iter().map(|found| {
        if is_member {
            present::for_team(found, &app_url)
        } else {
            present::for_team_public(found, &app_url)
        }
    });
    Reply::ok(&shown.collect::<Result<Vec<_>, _>>()?)
}

/// Where the path names an organisation, the team must be its.
fn check_path(request: &Request, team: TeamId) -> Result<(), ApiError> {
    let named = request.parameter("orgId");
    if named.is_empty() {
        return Ok(());
    }
    let organization = named.parse().ok().and_then(OrganizationNumber::from_wire_id);
    match organization {
        None | Some(OrganizationNumber::NONE) => Err(ApiError::not_found("Organization not found")),
        Some(organization) if organization == team.organization() => Ok(()),
        Some(_) => Err(errors::no_team(team)),
    }
}

fn read_query(request: &Request) -> Result<Question, ApiError> {
    let object = query_object(request);
    let mut fields = Fields::of(&object);
    let slug = fields.optional("eventSlug", text(1, MAX_SLUG));
    let hosts_limit = fields.optional("hostsLimit", count(1, u32::MAX));
    let order = fields.optional("sortCreatedAt", one_of(&["asc", "desc"]));
    fields.finish()?;
    Ok(Question { slug, hosts_limit, newest_first: order == Some("desc") })
}

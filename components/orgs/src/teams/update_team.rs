//! `PATCH /v2/teams/:teamId` and `PATCH /v2/organizations/:orgId/teams/:teamId`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::teams::{self, TeamStored};

use super::{input, view};
use crate::errors;

/// Changes a team.
pub async fn update_team(request: Request) -> Result<Reply, ApiError> {
    let id = request.team_id()?;
    let change = input::read_change(&json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    match teams::update(&scope, id, &change, request.now).await? {
        TeamStored::Stored(team) => Reply::ok(&view::of(&team)),
        TeamStored::SlugTaken => {
            Err(errors::team_slug_taken(change.slug.as_deref().unwrap_or_default()))
        }
        TeamStored::Gone => Err(errors::no_team(id)),
    }
}

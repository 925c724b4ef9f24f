//! `POST /v2/teams` and `POST /v2/organizations/:orgId/teams`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::teams::{self, TeamStored};

use super::{input, view};
use crate::errors;

/// Makes a team whose owner is the caller.
pub async fn create_team(request: Request) -> Result<Reply, ApiError> {
    let new = input::read_new(&json_body(&request)?, request.principal()?.user_id)?;
    let scope = meridian_edge::scope(&request).await?;
    let team = match teams::insert(&scope, &new, request.now).await? {
        TeamStored::Stored(team) => team,
        TeamStored::SlugTaken => return Err(errors::team_slug_taken(&new.slug)),
        TeamStored::Gone => return Err(errors::no_user()),
    };
    // The guard says what the caller is in it.
    guard_epoch::advance(scope.organization()).await;
    Reply::created(&view::of(&team))
}

//! `GET /v2/teams/:teamId` and `GET /v2/organizations/:orgId/teams/:teamId`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::teams;

use super::view;
use crate::errors;

/// One team.
pub async fn get_team(request: Request) -> Result<Reply, ApiError> {
    let id = request.team_id()?;
    let scope = meridian_edge::scope(&request).await?;
    let team = teams::find(&scope, id).await?.ok_or_else(|| errors::no_team(id))?;
    Reply::ok(&view::of(&team))
}

//! `DELETE /v2/teams/:teamId` and `DELETE /v2/organizations/:orgId/teams/:teamId`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::teams;

use super::view;
use crate::errors;

/// Deletes a team with its memberships and event types; their bookings stay.
pub async fn delete_team(request: Request) -> Result<Reply, ApiError> {
    let id = request.team_id()?;
    let scope = meridian_edge::scope(&request).await?;
    let team = teams::delete(&scope, id).await?.ok_or_else(|| errors::no_team(id))?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&view::of(&team))
}

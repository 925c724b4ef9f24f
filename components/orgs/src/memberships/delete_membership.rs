//! `DELETE …/teams/:teamId/memberships/:membershipId`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{MembershipId, Patch};
use meridian_store::memberships;

use super::MembershipView;
use crate::errors;

/// Takes a user out of a team and out of all they host for it. Nobody takes out
/// who is more than they are.
pub async fn delete_membership(request: Request) -> Result<Reply, ApiError> {
    let team = request.team_id()?;
    let id: MembershipId = request.own_id("membershipId", errors::no_membership)?;
    let principal = request.principal()?;
    let by = principal.team_rank(team).unwrap_or_default();
    let scope = meridian_edge::scope(&request).await?;
    let deleted = memberships::delete(&scope, (team, id), by).await?;
    let membership = errors::unless_done(deleted, principal, (team, id), &Patch::Absent)?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&MembershipView::new(&membership))
}

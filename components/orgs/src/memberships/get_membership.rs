//! `GET …/teams/:teamId/memberships/:membershipId`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::MembershipId;
use meridian_store::memberships;

use super::MembershipView;
use crate::errors;

/// One membership of a team.
pub async fn get_membership(request: Request) -> Result<Reply, ApiError> {
    let team = request.team_id()?;
    let id: MembershipId = request.own_id("membershipId", errors::no_membership)?;
    let scope = meridian_edge::scope(&request).await?;
    let found = memberships::find(&scope, team, id).await?;
    Reply::ok(&MembershipView::new(&found.ok_or_else(|| errors::no_membership(id))?))
}

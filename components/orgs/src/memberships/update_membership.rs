//! `PATCH …/teams/:teamId/memberships/:membershipId`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::MembershipId;
use meridian_store::memberships::{self, MembershipChange};
use meridian_store::roles::Assignment;

use super::{MembershipView, input};
use crate::errors;
use crate::roles::held;

/// Changes a membership. Nobody makes others more than they are, or changes
/// who is.
pub async fn update_membership(request: Request) -> Result<Reply, ApiError> {
    let team = request.team_id()?;
    let id: MembershipId = request.own_id("membershipId", errors::no_membership)?;
    let wish = input::read_change(&json_body(&request)?)?;
    let principal = request.principal()?;
    wish.raises_to().map_or(Ok(()), |role| principal.require_team_role(team, role))?;
    let change = MembershipChange {
        role: wish.role,
        accepted: wish.accepted,
        disable_impersonation: wish.disable_impersonation,
        custom_role: Assignment { role: wish.custom_role, held: held(principal, Some(team)) },
    };
    let by = principal.team_rank(team).unwrap_or_default();
    let scope = meridian_edge::scope(&request).await?;
    let changed = memberships::update(&scope, (team, id), &change, by, request.now).await?;
    let membership = errors::unless_done(changed, principal, (team, id), &change.custom_role.role)?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&MembershipView::new(&membership))
}

//! `PATCH …/teams/:teamId/memberships/:membershipId`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{MembershipId, Role};
use meridian_store::memberships::{self, MembershipChange};

use super::{MembershipView, input};
use crate::errors;

/// Changes a membership. Only an owner makes owners, and changes what they are.
pub async fn update_membership(request: Request) -> Result<Reply, ApiError> {
    let team = request.team_id()?;
    let id: MembershipId = request.own_id("membershipId", errors::no_membership)?;
    let wish = input::read_change(&json_body(&request)?)?;
    let principal = request.principal()?;
    if wish.makes_owner() {
        principal.require_team_role(team, Role::Owner)?;
    }
    let change = MembershipChange {
        role: wish.role,
        accepted: wish.accepted,
        disable_impersonation: wish.disable_impersonation,
    };
    let by_owner = principal.has_team_role(team, Role::Owner);
    let scope = meridian_edge::scope(&request).await?;
    let changed = memberships::update(&scope, (team, id), &change, by_owner, request.now).await?;
    let membership = errors::unless_done(changed, principal, team, id)?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&MembershipView::new(&membership))
}

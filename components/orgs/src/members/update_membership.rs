//! `PATCH /v2/organizations/:orgId/memberships/:membershipId`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{Role, UserId};
use meridian_store::users::{self, MemberChange};

use super::view::OrganizationMembershipView;
use crate::errors;
use crate::memberships::read_change;

/// Changes what a user is in the organisation. Only an owner makes owners, and
/// changes them.
pub async fn update_membership(request: Request) -> Result<Reply, ApiError> {
    let id: UserId = request.own_id("membershipId", errors::no_membership_of)?;
    let wish = read_change(&json_body(&request)?)?;
    let principal = request.principal()?;
    if wish.makes_owner() {
        principal.require_organization_role(Role::Owner)?;
    }
    let change = MemberChange {
        role: wish.role,
        accepted: wish.accepted,
        disable_impersonation: wish.disable_impersonation,
        ..MemberChange::default()
    };
    let by_owner = principal.has_organization_role(Role::Owner);
    let scope = meridian_edge::scope(&request).await?;
    let changed = users::change_member(&scope, id, &change, by_owner, request.now).await?;
    let user = errors::unless_changed(changed, principal, id, &change)?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&OrganizationMembershipView::new(&user))
}

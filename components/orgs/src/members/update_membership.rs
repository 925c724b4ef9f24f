//! `PATCH /v2/organizations/:orgId/memberships/:membershipId`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::UserId;
use meridian_store::roles::Assignment;
use meridian_store::users::{self, MemberChange};

use super::view::OrganizationMembershipView;
use crate::errors;
use crate::memberships::read_change;
use crate::roles::held;

/// Changes what a user is in the organisation. Nobody makes others more than
/// they are, or changes who is.
pub async fn update_membership(request: Request) -> Result<Reply, ApiError> {
    let id: UserId = request.own_id("membershipId", errors::no_membership_of)?;
    let wish = read_change(&json_body(&request)?)?;
    let principal = request.principal()?;
    wish.raises_to().map_or(Ok(()), |role| principal.require_organization_role(role))?;
    let change = MemberChange {
        role: wish.role,
        accepted: wish.accepted,
        disable_impersonation: wish.disable_impersonation,
        custom_role: Assignment { role: wish.custom_role, held: held(principal, None) },
        ..MemberChange::default()
    };
    let by = principal.organization_rank().unwrap_or_default();
    let scope = meridian_edge::scope(&request).await?;
    let changed = users::change_member(&scope, id, &change, by, request.now).await?;
    let user = errors::unless_changed(changed, principal, id, &change)?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&OrganizationMembershipView::new(&user))
}

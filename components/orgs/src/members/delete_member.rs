//! `DELETE /v2/organizations/:orgId/users/:userId` and
//! `DELETE /v2/organizations/:orgId/memberships/:membershipId`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::UserId;
use meridian_store::users::{self, MemberChange, User};

use super::view::{OrganizationMembershipView, UserView};
use crate::errors;

/// Takes a user out of the organisation and answers the user.
pub async fn delete_user(request: Request) -> Result<Reply, ApiError> {
    let id = request.own_id("userId", errors::no_member)?;
    let user = remove(&request, id).await?;
    Reply::ok(&UserView::new(&user))
}

/// The same, and answers the membership.
pub async fn delete_membership(request: Request) -> Result<Reply, ApiError> {
    let id = request.own_id("membershipId", errors::no_membership_of)?;
    let user = remove(&request, id).await?;
    Reply::ok(&OrganizationMembershipView::new(&user))
}

/// Ends somebody's membership with all that hangs on it: keys, places in teams,
/// what they host for those. Nobody takes out who is more than they
/// are.
async fn remove(request: &Request, id: UserId) -> Result<Box<User>, ApiError> {
    let principal = request.principal()?;
    let by = principal.organization_rank().unwrap_or_default();
    let scope = meridian_edge::scope(request).await?;
    let left = users::leave(&scope, id, by, request.now).await?;
    let user = errors::unless_changed(left, principal, id, &MemberChange::default())?;
    // Their keys are refused from now on.
    guard_epoch::advance(scope.organization()).await;
    Ok(user)
}

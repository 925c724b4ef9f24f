//! `POST /v2/organizations/:orgId/memberships`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_kernel::Role;
use meridian_store::users::{self, MemberChange};

use super::view::OrganizationMembershipView;
use crate::errors;
use crate::memberships::read_new;

/// Makes a user who left a member again: whoever did not leave is one. Only an
/// owner makes owners.
pub async fn create_membership(request: Request) -> Result<Reply, ApiError> {
    let (user, wish) = read_new(&json_body(&request)?)?;
    if wish.makes_owner() {
        request.principal()?.require_organization_role(Role::Owner)?;
    }
    let change = MemberChange {
        role: wish.role,
        accepted: wish.accepted,
        disable_impersonation: wish.disable_impersonation,
        ..MemberChange::default()
    };
    let scope = meridian_edge::scope(&request).await?;
    idempotency::subject(|| format!("{}/{user}", request.path));
    if let Some(member) = users::rejoin(&scope, user, &change, request.now).await? {
        return Reply::created(&OrganizationMembershipView::new(&member));
    }
    let is_member = users::find(&scope, user).await?.is_some();
    Err(if is_member { errors::already_member(user) } else { errors::no_member(user) })
}

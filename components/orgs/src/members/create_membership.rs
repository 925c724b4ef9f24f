//! `POST /v2/organizations/:orgId/memberships`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_store::roles::Assignment;
use meridian_store::users::{self, MemberChange, MemberChanged};

use super::view::OrganizationMembershipView;
use crate::errors;
use crate::memberships::read_new;
use crate::roles::held;

/// Makes a user who left a member again: whoever did not leave is one. Nobody
/// makes others more than they are.
pub async fn create_membership(request: Request) -> Result<Reply, ApiError> {
    let (user, wish) = read_new(&json_body(&request)?)?;
    let caller = request.principal()?;
    wish.raises_to().map_or(Ok(()), |role| caller.require_organization_role(role))?;
    let change = MemberChange {
        role: wish.role,
        accepted: wish.accepted,
        disable_impersonation: wish.disable_impersonation,
        custom_role: Assignment { role: wish.custom_role, held: held(caller, None) },
        ..MemberChange::default()
    };
    let scope = meridian_edge::scope(&request).await?;
    idempotency::subject(|| format!("{}/{user}", request.path()));
    match users::rejoin(&scope, user, &change, request.now).await? {
        MemberChanged::Done(member) => Reply::created(&OrganizationMembershipView::new(&member)),
        MemberChanged::Unknown if users::find(&scope, user).await?.is_some() => {
            Err(errors::already_member(user))
        }
        refused => {
            errors::unless_changed(refused, caller, user, &change)?;
            Err(errors::no_member(user))
        }
    }
}

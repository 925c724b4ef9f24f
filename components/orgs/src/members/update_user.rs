//! `PATCH /v2/organizations/:orgId/users/:userId`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::UserId;
use meridian_store::users;

use super::input;
use super::view::UserView;
use crate::errors;

/// Changes a user of the organisation. Nobody makes others more than they are, or
/// changes who is.
pub async fn update_user(request: Request) -> Result<Reply, ApiError> {
    let id: UserId = request.own_id("userId", errors::no_member)?;
    let change = input::read_change(&json_body(&request)?)?;
    let principal = request.principal()?;
    if let Some(role) = change.role {
        principal.require_organization_role(role)?;
    }
    let by = principal.organization_rank().unwrap_or_default();
    let scope = meridian_edge::scope(&request).await?;
    let changed = users::change_member(&scope, id, &change, by, request.now).await?;
    let user = errors::unless_changed(changed, principal, id, &change)?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&UserView::new(&user))
}

//! `DELETE …/roles/:roleId`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};

use super::place::OwnRole;
use super::view::RoleView;

/// Deletes a role. Whoever had it has none from the next request on.
pub async fn delete_role(request: Request) -> Result<Reply, ApiError> {
    let role = OwnRole::of_path(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let deleted = role.delete(&scope).await?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&RoleView::custom(&deleted, scope.organization()))
}

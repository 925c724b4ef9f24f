//! `GET …/roles/:roleId`

use meridian_gateway::{ApiError, Reply, Request};

use super::place;
use super::view::RoleView;

/// One role.
pub async fn get_role(request: Request) -> Result<Reply, ApiError> {
    let place = place::of_path(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let role = place::find(&request, &scope, place).await?;
    Reply::ok(&RoleView::of(&role, place, scope.organization()))
}

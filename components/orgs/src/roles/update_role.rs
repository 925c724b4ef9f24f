//! `PATCH …/roles/:roleId`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};

use super::input;
use super::place::{self, OwnRole};
use super::view::RoleView;

/// Changes a role. Whoever has it may do other things from the next request on.
pub async fn update_role(request: Request) -> Result<Reply, ApiError> {
    let role = OwnRole::of_path(&request)?;
    let change = input::read_change(&json_body(&request)?, place::of_path(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let changed = role.change(&request, &scope, &change).await?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&RoleView::custom(&changed, scope.organization()))
}

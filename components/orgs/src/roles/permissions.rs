//! `…/roles/:roleId/permissions`

use http::StatusCode;
use meridian_edge::guard_epoch;
use meridian_gateway::validate::{json_body, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::PermissionSet;
use meridian_store::roles::{PermissionChange, RoleChange};

use super::input;
use super::place::{self, AnyRole, OwnRole};
use super::view::texts;

/// What a role allows.
pub async fn list_permissions(request: Request) -> Result<Reply, ApiError> {
    let place = place::of_path(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let permissions = match place::find(&request, &scope, place).await? {
        AnyRole::System(role) => role.permissions(place),
        AnyRole::Custom(role) => role.permissions,
    };
    Reply::ok(&texts(permissions))
}

/// Lets a role allow more.
pub async fn add_permissions(request: Request) -> Result<Reply, ApiError> {
    let wish = input::read_permissions(&json_body(&request)?, place::of_path(&request)?)?;
    Reply::ok(&texts(change(&request, PermissionChange::Add(wish)).await?))
}

/// Says anew what a role allows.
pub async fn set_permissions(request: Request) -> Result<Reply, ApiError> {
    let wish = input::read_permissions(&json_body(&request)?, place::of_path(&request)?)?;
    Reply::ok(&texts(change(&request, PermissionChange::Replace(wish)).await?))
}

/// Lets a role allow less.
pub async fn remove_permissions(request: Request) -> Result<Reply, ApiError> {
    let wish = input::read_named(&query_object(&request), place::of_path(&request)?)?;
    change(&request, PermissionChange::Remove(wish)).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Takes one permission away from a role.
pub async fn remove_permission(request: Request) -> Result<Reply, ApiError> {
    let wish = input::read_one(request.parameter("permission"), place::of_path(&request)?)?;
    change(&request, PermissionChange::Remove(wish)).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

async fn change(request: &Request, wish: PermissionChange) -> Result<PermissionSet, ApiError> {
    let role = OwnRole::of_path(request)?;
    let scope = meridian_edge::scope(request).await?;
    let changed = role.change(request, &scope, &RoleChange::of_permissions(wish)).await?;
    guard_epoch::advance(scope.organization()).await;
    Ok(changed.permissions)
}

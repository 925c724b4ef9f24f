//! `POST …/roles`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_kernel::UuidUid;
use meridian_store::roles::{self, MAX_ROLES, RoleInserted};

use super::view::RoleView;
use super::{held, input, place};
use crate::errors;

/// Makes a role that allows no more than whoever makes it holds.
pub async fn create_role(request: Request) -> Result<Reply, ApiError> {
    let place = place::of_path(&request)?;
    let new = input::read_new(&json_body(&request)?, place)?;
    errors::unless_held(new.permissions, held(request.principal()?, place))?;
    let scope = meridian_edge::scope(&request).await?;
    let id = UuidUid::generate(scope.organization());
    idempotency::subject(|| format!("{}/{}", request.path(), id.as_str()));
    match roles::insert(&scope, place, &id, &new, request.now).await? {
        RoleInserted::Inserted(role) => {
            Reply::created(&RoleView::custom(&role, scope.organization()))
        }
        RoleInserted::NameTaken => Err(errors::role_name_taken(&new.name)),
        RoleInserted::NoTeam => Err(errors::no_place(place)),
        RoleInserted::TooMany => Err(ApiError::bad_request(format!(
            "There cannot be more than {MAX_ROLES} roles. Delete one first."
        ))),
    }
}

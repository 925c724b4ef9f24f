//! `POST /v2/organizations/:orgId/users`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Role;
use meridian_store::users::{self, MemberInserted};

use super::input;
use super::view::UserView;
use crate::errors;

/// Adds a user to the organisation. Nobody makes others more than
/// they are.
pub async fn create_user(request: Request) -> Result<Reply, ApiError> {
    let new = input::read_new(&json_body(&request)?)?;
    if new.role > Role::Member {
        request.principal()?.require_organization_role(new.role)?;
    }
    let scope = meridian_edge::scope(&request).await?;
    match users::insert_member(&scope, &new, request.now).await? {
        MemberInserted::Inserted(user) => Reply::created(&UserView::new(&user)),
        MemberInserted::EmailTaken => Err(errors::email_taken(&new.email)),
        MemberInserted::UsernameTaken => Err(errors::username_taken(&new.username)),
    }
}

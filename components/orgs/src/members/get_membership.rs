//! `GET /v2/organizations/:orgId/memberships/:membershipId`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::UserId;
use meridian_store::users;

use super::view::OrganizationMembershipView;
use crate::errors;

/// One membership of the organisation.
pub async fn get_membership(request: Request) -> Result<Reply, ApiError> {
    let id: UserId = request.own_id("membershipId", errors::no_membership_of)?;
    let scope = meridian_edge::scope(&request).await?;
    let found = users::find(&scope, id).await?.ok_or_else(|| errors::no_membership_of(id))?;
    Reply::ok(&OrganizationMembershipView::new(&found))
}

//! `GET /v2/me`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::users;

use crate::errors;
use crate::me_view::MeView;

/// The caller's profile.
pub async fn get_me(request: Request) -> Result<Reply, ApiError> {
    let principal = request.principal()?;
    let scope = meridian_edge::scope(&request).await?;
    let user = users::find(&scope, principal.user_id).await?.ok_or_else(errors::no_user)?;
    Reply::ok(&MeView::new(&user, &principal.organization))
}

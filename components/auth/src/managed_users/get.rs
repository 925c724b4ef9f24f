//! `GET /v2/oauth-clients/:clientId/users/:userId`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::users::managed;

use super::view::ManagedUserView;
use super::{own_client_id, user_id};
use crate::errors;

/// One user of the client.
pub async fn get_managed_user(request: Request) -> Result<Reply, ApiError> {
    let (client, id) = (own_client_id(&request)?, user_id(&request)?);
    let scope = meridian_edge::scope(&request).await?;
    let user = managed::find(&scope, &client, id).await?;
    Reply::ok(&ManagedUserView::new(&user.ok_or_else(|| errors::not_managed(id))?))
}

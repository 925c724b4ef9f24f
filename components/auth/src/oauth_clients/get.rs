//! `GET /v2/oauth-clients/:clientId`

use meridian_gateway::{ApiError, Reply, Request};

use super::view::ClientView;
use super::{own_client, vault};

/// One client of the caller's organisation.
pub async fn get_oauth_client(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let client = own_client(&request, &scope).await?;
    Reply::ok(&ClientView::new(&client, &*vault().await?, request.now)?)
}

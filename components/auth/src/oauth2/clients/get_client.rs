//! `GET /v2/auth/oauth2/clients/:clientId`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::oauth2;

use super::own_id;
use super::view::ClientView;
use crate::errors;

/// An application of the caller's organisation, for whoever is to be asked for consent.
pub async fn get_client(request: Request) -> Result<Reply, ApiError> {
    let id = own_id(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let found = oauth2::find_client(&scope, &id).await?;
    Reply::ok(&ClientView::new(&found.ok_or_else(|| errors::no_application(id.as_str()))?))
}

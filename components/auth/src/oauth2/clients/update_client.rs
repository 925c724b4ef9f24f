//! `PATCH /v2/auth/oauth2/clients/:clientId`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::oauth2;

use super::view::ClientView;
use super::{input, looked_after};
use crate::errors;

/// Changes an application. What users allowed it before stays as they allowed it.
pub async fn update_client(request: Request) -> Result<Reply, ApiError> {
    let change = input::read_change(&json_body(&request)?)?;
    let (scope, id, _) = looked_after(&request).await?;
    let changed = oauth2::update_client(&scope, &id, &change, request.now).await?;
    Reply::ok(&ClientView::new(&changed.ok_or_else(|| errors::no_application(id.as_str()))?))
}

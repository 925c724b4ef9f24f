//! `DELETE /v2/auth/oauth2/clients/:clientId`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::oauth2;

use super::looked_after;
use super::view::ClientView;
use crate::errors;

/// Deletes an application: its codes and tokens stop working at once.
pub async fn delete_client(request: Request) -> Result<Reply, ApiError> {
    let (scope, id, _) = looked_after(&request).await?;
    let deleted = oauth2::delete_client(&scope, &id).await?;
    let deleted = deleted.ok_or_else(|| errors::no_application(id.as_str()))?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&ClientView::new(&deleted))
}

//! `DELETE /v2/api-keys/:keyId`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::ApiKeyId;
use meridian_store::api_keys;

use crate::api_key_view::ApiKeyView;
use crate::errors;

/// Deletes a key of the caller, also the one in use. It stops working at once.
pub async fn delete_api_key(request: Request) -> Result<Reply, ApiError> {
    let id: ApiKeyId = request.id("keyId")?;
    let scope = meridian_edge::scope(&request).await?;
    let deleted = api_keys::delete(&scope, request.principal()?.user_id, id).await?;
    let deleted = deleted.ok_or_else(|| errors::no_api_key(id))?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&ApiKeyView::new(&deleted))
}

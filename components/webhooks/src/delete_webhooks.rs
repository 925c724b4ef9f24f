//! `DELETE …/webhooks`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::webhooks;

use crate::access;

/// Deletes all webhooks of an event type or a platform client and tells how many there were.
pub(crate) async fn delete_webhooks(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let owner = access::owner(&request, &scope).await?;
    let deleted = webhooks::delete_all(&scope, &owner).await?;
    Reply::ok(&format!("{deleted} webhooks deleted"))
}

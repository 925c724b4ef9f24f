//! Whose webhook it is.

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::UuidUid;
use meridian_store::Scope;
use meridian_store::webhooks::{self, Webhook};

/// The caller's webhook that the path names. Unknown ones, and those of other
/// organisations, are 404; those of other users of the organisation 403.
pub(crate) async fn find_own(
    request: &Request,
    scope: &Scope<'_, WitDatabase>,
) -> Result<Webhook, ApiError> {
    let id = request.parameter("webhookId");
    let uid = UuidUid::parse(id).ok_or_else(|| not_found(request))?;
    let webhook = webhooks::find(scope, &uid).await?.ok_or_else(|| not_found(request))?;
    if webhook.user_id != request.principal()?.user_id {
        return Err(ApiError::forbidden(format!("Webhook ({id}) belongs to another user.")));
    }
    Ok(webhook)
}

/// 404 for the webhook that the path names.
pub(crate) fn not_found(request: &Request) -> ApiError {
    ApiError::not_found(format!("Webhook ({}) not found", request.parameter("webhookId")))
}

/// 409 for a URL the user has a webhook for already.
pub(crate) fn url_taken() -> ApiError {
    ApiError::conflict("A webhook with this subscriberUrl already exists.")
}

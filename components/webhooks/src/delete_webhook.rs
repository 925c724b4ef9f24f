//! `DELETE …/webhooks/:webhookId`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::webhooks;

use crate::{access, output, secrets};

pub(crate) async fn delete_webhook(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let webhook = access::find_own(&request, &scope).await?;
    let deleted = webhooks::delete(&scope, &webhook.id).await?;
    let deleted = deleted.ok_or_else(|| access::not_found(&request))?;
    Reply::ok(&output::present(deleted, &secrets::vault().await?, request.now)?)
}

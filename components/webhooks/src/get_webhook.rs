//! `GET …/webhooks/:webhookId`

use meridian_gateway::{ApiError, Reply, Request};

use crate::{access, output, secrets};

pub(crate) async fn get_webhook(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let webhook = access::find_own(&request, &scope).await?;
    Reply::ok(&output::present(webhook, &secrets::vault().await?, request.now)?)
}

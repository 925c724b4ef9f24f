//! `PATCH /v2/webhooks/:webhookId`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::deliveries;
use meridian_store::webhooks::{self, Changed, Changes};

use crate::{access, input, output, secrets};

pub(crate) async fn change_webhook(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let webhook = access::find_own(&request, &scope).await?;
    let patch = input::read_patch(&request).await?;
    let vault = secrets::vault().await?;
    let changes = Changes {
        subscriber_url: patch.subscriber_url,
        active: patch.active,
        triggers: patch.triggers,
        payload_template: patch.payload_template,
        sealed_secret: patch.secret.map(|secret| vault.seal(&secret)),
        version: patch.version,
    };
    // As when a webhook is made: see `create_webhook`.
    deliveries::mark_due(&scope, request.now).await?;
    match webhooks::update(&scope, &webhook.id, &changes, request.now).await? {
        Changed::Done(webhook) => Reply::ok(&output::present(*webhook, &vault)?),
        Changed::UrlTaken => Err(access::url_taken()),
        Changed::Gone => Err(access::not_found(&request)),
    }
}

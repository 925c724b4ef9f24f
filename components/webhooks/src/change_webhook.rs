//! `PATCH …/webhooks/:webhookId`

use meridian_domain::webhook::SECRET_OVERLAP;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{Instant, Patch};
use meridian_store::due_work;
use meridian_store::webhooks::{self, Changed, Changes, NewSecret, Webhook};
use meridian_vault::Vault;

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
        secret: new_secret(patch.secret, &webhook, &vault, request.now)?,
        version: patch.version,
    };
    // As when a webhook is made: see `create_webhook`.
    due_work::mark_due(&scope, request.now).await?;
    match webhooks::update(&scope, &webhook.id, &changes, request.now).await? {
        Changed::Done(webhook) => Reply::ok(&output::present(*webhook, &vault, request.now)?),
        Changed::UrlTaken => Err(access::url_taken()),
        Changed::Gone => Err(access::not_found(&request)),
    }
}

/// The one that is there already replaces nothing: whoever sends the whole webhook
/// back does not end the days of a secret that is being replaced.
fn new_secret(
    wish: Patch<String>,
    webhook: &Webhook,
    vault: &Vault,
    now: Instant,
) -> Result<Patch<NewSecret>, ApiError> {
    if let Some(new) = wish.value() {
        let current = secrets::open(vault, webhook.sealed_secret.as_deref())?;
        if current.is_some_and(|current| current.reveal() == new) {
            return Ok(Patch::Absent);
        }
    }
    let old_until = now.plus_millis(SECRET_OVERLAP);
    Ok(wish.map(|secret| NewSecret { sealed: vault.seal(&secret), old_until }))
}

//! A webhook as clients see it.

use meridian_gateway::ApiError;
use meridian_kernel::UserId;
use meridian_store::webhooks::Webhook;
use meridian_vault::Vault;
use serde::Serialize;

use crate::secrets;

/// A webhook as clients see it. The secret is shown, as upstream: clients compare it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookOutput {
    id: String,
    user_id: UserId,
    subscriber_url: String,
    active: bool,
    triggers: Vec<String>,
    payload_template: Option<String>,
    secret: Option<String>,
    version: String,
}

/// Presents a webhook.
pub(crate) fn present(webhook: Webhook, vault: &Vault) -> Result<WebhookOutput, ApiError> {
    let secret = secrets::open(vault, webhook.sealed_secret.as_deref())?;
    Ok(WebhookOutput {
        id: webhook.id.to_string(),
        user_id: webhook.user_id,
        subscriber_url: webhook.subscriber_url,
        active: webhook.active,
        triggers: webhook.triggers,
        payload_template: webhook.payload_template,
        secret: secret.map(|secret| secret.reveal().to_owned()),
        version: webhook.version,
    })
}

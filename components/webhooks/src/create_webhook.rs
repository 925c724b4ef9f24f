//! `POST /v2/webhooks`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::UuidUid;
use meridian_store::deliveries;
use meridian_store::webhooks::{self, Webhook};

use crate::{access, input, output, secrets};

pub(crate) async fn create_webhook(request: Request) -> Result<Reply, ApiError> {
    let user_id = request.principal()?.user_id;
    let new = input::read_new(&request).await?;
    let vault = secrets::vault().await?;
    let scope = meridian_edge::scope(&request).await?;
    let webhook = Webhook {
        id: UuidUid::generate(scope.organization()),
        user_id,
        subscriber_url: new.subscriber_url,
        active: new.active,
        triggers: new.triggers,
        payload_template: new.payload_template,
        sealed_secret: new.secret.map(|secret| vault.seal(&secret)),
        version: new.version,
        created_at: request.now,
        updated_at: request.now,
    };
    // A booking under way may have looked for subscribers already: the sweep has
    // to look here even if that booking's process dies with the delivery written.
    deliveries::mark_due(&scope, request.now).await?;
    if !webhooks::create(&scope, &webhook).await? {
        return Err(access::url_taken());
    }
    Reply::created(&output::present(webhook, &vault)?)
}

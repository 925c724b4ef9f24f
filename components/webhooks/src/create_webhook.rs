//! `POST …/webhooks`

use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_kernel::UuidUid;
use meridian_store::due_work;
use meridian_store::webhooks::{self, Created, Webhook};

use crate::{access, input, output, secrets};

pub(crate) async fn create_webhook(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let owner = access::owner(&request, &scope).await?;
    let new = input::read_new(&request).await?;
    let vault = secrets::vault().await?;
    let webhook = Webhook {
        id: UuidUid::generate(scope.organization()),
        owner,
        subscriber_url: new.subscriber_url,
        active: new.active,
        triggers: new.triggers,
        payload_template: new.payload_template,
        sealed_secret: new.secret.map(|secret| vault.seal(&secret)),
        previous_secret_until: None,
        version: new.version,
        created_at: request.now,
        updated_at: request.now,
        disabled: None,
    };
    idempotency::subject(|| format!("{}/{}", request.path(), webhook.id));
    // A booking under way may have looked for subscribers already: the sweep has
    // to look here even if that booking's process dies with the delivery written.
    due_work::mark_due(&scope, request.now).await?;
    match webhooks::create(&scope, &webhook).await? {
        Created::Done => Reply::created(&output::present(webhook, &vault, request.now)?),
        Created::UrlTaken => Err(access::url_taken()),
        Created::TooMany => Err(access::too_many(&webhook.owner, &scope)),
        Created::OwnerGone => Err(access::owner_gone(&webhook.owner, &scope)),
    }
}

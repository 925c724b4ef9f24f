//! Telling webhooks: the outbox and jobs are written with what happened; this makes
//! sure that somebody looks at them soon, and at the latest with the next sweep. Who
//! uses it is granted `http://webhooks.spin.internal` and the variable `platform_secret`.

use std::time::Duration;

use bytes::Bytes;
use meridian_domain::jobs::{EMAIL, Email, MAX_EMAIL_ATTEMPTS};
use meridian_gateway::{ApiError, Services};
use meridian_kernel::{Instant, OrganizationNumber};
use meridian_store::jobs::{NewJob, Payload};
use meridian_store::{Scope, due_work};
use meridian_vault::Vault;

use crate::{SpinServices, WitDatabase, after_response, send, variable, wake};

/// Notes that the organisation may have work, before a batch that may write some.
pub async fn mark_due(scope: &Scope<'_, WitDatabase>, now: Instant) -> Result<(), ApiError> {
    Ok(due_work::mark_due(scope, now).await?)
}

/// The job that sends an e-mail as soon as it can be sent: `jobs::enqueue` makes the
/// statement that belongs in the batch of whatever makes it necessary. It is sealed with
/// the variable `encryption_key`; nothing of it shows in the database or in a log.
pub async fn email_job(email: &Email, now: Instant) -> Result<NewJob, ApiError> {
    let keys = variable("encryption_key").await.unwrap_or_default();
    let vault = Vault::new(&keys).map_err(ApiError::internal)?;
    let payload = email.payload().map_err(ApiError::internal)?;
    let payload = Payload::Sealed(vault.seal(payload.reveal()));
    NewJob::new(EMAIL, payload, now, MAX_EMAIL_ATTEMPTS).map_err(ApiError::internal)
}

/// Has the outbox delivered and jobs done once the answer is out, where the batch wrote to it.
pub async fn deliver_after_response(
    scope: &Scope<'_, WitDatabase>,
    to_deliver: bool,
    now: Instant,
) {
    if !to_deliver {
        return;
    }
    // The mark may be missing where nobody asked for the event a moment ago. What
    // happened is committed; nothing here may refuse it any more.
    if let Err(error) = mark_due(scope, now).await {
        SpinServices.log(&format!("the outbox could not be marked as due: {error}"));
    }
    let organization = scope.organization();
    if let Some(wait) = wake::take_on(organization).await {
        after_response(deliver(organization, wait));
    }
}

/// After so many milliseconds. Failing is no harm: the sweep comes.
async fn deliver(organization: OrganizationNumber, wait: i64) {
    if let Ok(wait @ 1..) = u64::try_from(wait) {
        spin_sdk::time::sleep(Duration::from_millis(wait)).await;
    }
    let Some(secret) = variable("platform_secret").await else { return };
    let url =
        format!("http://webhooks.spin.internal/internal/organizations/{organization}/deliver");
    let request = http::Request::post(url)
        .header(http::header::AUTHORIZATION, format!("Bearer {secret}"))
        .body(Bytes::new());
    if let Ok(request) = request
        && let Err(error) = send(request).await
    {
        SpinServices.log(&format!("the outbox was not delivered at once: {error}"));
        wake::arrived(organization).await;
    }
}

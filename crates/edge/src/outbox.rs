//! Telling webhooks: the outbox is written with what happened; this makes sure that
//! somebody looks at it soon, and at the latest with the next sweep. Who uses it is
//! granted `http://webhooks.spin.internal` and the variable `platform_secret`.

use bytes::Bytes;
use meridian_gateway::{ApiError, Services};
use meridian_kernel::{Instant, OrganizationNumber};
use meridian_store::{Scope, deliveries};

use crate::{SpinServices, WitDatabase, after_response, send, variable};

/// Notes that the organisation may have work, before a batch that may write some.
pub async fn mark_due(scope: &Scope<'_, WitDatabase>, now: Instant) -> Result<(), ApiError> {
    Ok(deliveries::mark_due(scope, now).await?)
}

/// Has the outbox delivered once the answer is out, where the batch wrote to it.
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
    after_response(deliver(scope.organization()));
}

/// Failing is no harm: the sweep comes.
async fn deliver(organization: OrganizationNumber) {
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
    }
}

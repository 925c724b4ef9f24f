//! Delivers what is due of one organisation.
//!
//! A delivery is claimed with a lease of [`LEASE`]. All that is claimed is sent at
//! once, and an attempt ends well before its lease, so no two workers ever send
//! one delivery at a time; and what a crashed worker held is free again after it.

use futures::future::join_all;
use meridian_domain::webhook::next_attempt;
use meridian_kernel::{Instant, OrganizationNumber, Secret};
use meridian_store::deliveries::{self, Delivery, Failure};
use meridian_store::{Database, Scope, StoreError};
use meridian_vault::Vault;
use serde_json::json;

use crate::attempt::{self, Outcome};
use crate::secrets;

/// How long a delivery is a worker's, in milliseconds: twice what an attempt may
/// take, and short enough that a crash delays it by less than half a minute.
const LEASE: i64 = 20_000;

/// How many deliveries of one organisation are sent at a time.
const AT_A_TIME: u32 = 16;

/// What is left of an organisation's deliveries after some were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// Nothing, now or later.
    Nothing,
    /// Some are pending.
    Some,
}

/// Delivers for one organisation.
pub(crate) struct Worker<'a, D, F> {
    pub scope: Scope<'a, D>,
    pub vault: &'a Vault,
    /// Sends one delivery, signed with the secret where there is one.
    pub send: F,
}

impl<D: Database, F: AsyncFn(&Delivery, Option<&Secret>) -> Outcome> Worker<'_, D, F> {
    /// Delivers until nothing is due, or until `stop_at`.
    pub(crate) async fn deliver_until(&self, stop_at: Instant) -> Result<Left, StoreError> {
        loop {
            let now = Instant::now();
            if now >= stop_at {
                return Ok(Left::Some);
            }
            let lease_end = now.plus_millis(LEASE);
            let claim = deliveries::claim(&self.scope, now, lease_end, AT_A_TIME).await?;
            if claim.deliveries.is_empty() {
                return Ok(if claim.any_pending { Left::Some } else { Left::Nothing });
            }
            let sent = claim.deliveries.iter().map(|delivery| self.deliver_one(delivery));
            for recorded in join_all(sent).await {
                recorded?;
            }
        }
    }

    async fn deliver_one(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let organization = self.scope.organization();
        let began = Instant::now();
        let outcome = match secrets::open(self.vault, delivery.sealed_secret.as_deref()) {
            Ok(secret) => (self.send)(delivery, secret.as_ref()).await,
            Err(_) => Outcome::Failed { status: None, error: "the secret does not open".into() },
        };
        let ended = Instant::now();
        log(organization, delivery, &outcome, ended.millis() - began.millis());
        self.record(delivery, outcome, ended).await
    }

    async fn record(
        &self,
        delivery: &Delivery,
        outcome: Outcome,
        now: Instant,
    ) -> Result<(), StoreError> {
        let failure = match outcome {
            Outcome::Delivered(status) => {
                return deliveries::record_delivered(&self.scope, delivery, status, now).await;
            }
            Outcome::Failed { status, error } => {
                let key = format!("{} {}", delivery.webhook_id, delivery.id);
                Failure { status, error, retry_at: next_attempt(delivery.attempt, &key, now) }
            }
            Outcome::Hopeless(error) => Failure { status: None, error, retry_at: None },
        };
        deliveries::record_failure(&self.scope, delivery, &failure).await
    }
}

/// One line per attempt. The URL may hold a token, so only its host is named.
#[allow(clippy::print_stderr, reason = "stderr is a component's log")]
fn log(organization: OrganizationNumber, delivery: &Delivery, outcome: &Outcome, took: i64) {
    let uri: Option<http::Uri> = delivery.subscriber_url.parse().ok();
    let (level, status, error) = match outcome {
        Outcome::Delivered(status) => ("info", Some(*status), None),
        Outcome::Failed { status, error } => ("warn", *status, Some(error)),
        Outcome::Hopeless(error) => ("error", None, Some(error)),
    };
    let line = json!({
        "level": level,
        "message": "webhook delivery",
        "organization": organization.get(),
        "deliveryId": attempt::delivery_id(organization, delivery),
        "webhookId": delivery.webhook_id,
        "trigger": delivery.trigger,
        "attempt": delivery.attempt,
        "host": uri.as_ref().and_then(|uri| uri.host()),
        "status": status,
        "error": error,
        "tookMs": took,
    });
    eprintln!("{line}");
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;

//! Delivers what is due of one organisation.
//!
//! A delivery is taken with a lease of [`LEASE`]. All that is taken is sent at once,
//! and an attempt ends well before its lease, so no two workers ever send one delivery
//! at a time; and what a crashed worker held is free again after it. Whenever some are
//! done, they are recorded and others taken in their place, in one batch.

use futures::FutureExt as _;
use futures::stream::{FuturesUnordered, StreamExt as _};
use meridian_domain::webhook::{Attempt, Judgement, judge};
use meridian_gateway::ApiError;
use meridian_kernel::{Instant, OrganizationNumber};
use meridian_store::deliveries::{self, Delivery, Report, Verdict};
use meridian_store::{Database, DatabaseError, Scope, StoreError};
use meridian_vault::Vault;
use serde_json::json;

use crate::attempt::{self, Outcome, Secrets};
use crate::secrets;
use crate::tally::Tally;

/// How long a delivery is a worker's, in milliseconds: longer than an attempt may
/// take, and short enough that a crash delays it by less than half a minute.
const LEASE: i64 = 20_000;

/// How many deliveries of one organisation a worker sends at a time.
const AT_A_TIME: usize = 32;

/// How many deliveries a worker sends before others have their turn.
const MOST: usize = 500;

/// How often a batch is tried that the database has no time for.
const MOST_BATCH_TRIES: u32 = 3;

/// Why a worker stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// Nothing was due any more.
    Nothing,
    /// It sent as much as one may, or its time was over.
    Some,
}

/// Delivers for one organisation.
pub(crate) struct Worker<'a, D, F> {
    pub scope: &'a Scope<'a, D>,
    pub vault: &'a Vault,
    pub tally: &'a Tally,
    /// Sends one delivery, signed with the secrets there are.
    pub send: F,
}

impl<D: Database, F: AsyncFn(&Delivery, &Secrets) -> Outcome> Worker<'_, D, F> {
    /// Delivers until nothing is due, until it sent [`MOST`], or until `stop_at`.
    pub(crate) async fn deliver_until(&self, stop_at: Instant) -> Result<Left, StoreError> {
        let mut under_way = FuturesUnordered::new();
        let mut done: Vec<Report> = Vec::new();
        let mut sent = 0;
        loop {
            let now = Instant::now();
            let is_over = now >= stop_at || sent >= MOST;
            let room = if is_over { 0 } else { AT_A_TIME - under_way.len() };
            let taken = self.take_turn(&done, now, room).await?;
            done.clear();
            sent += taken.len();
            under_way.extend(taken.into_iter().map(|delivery| self.deliver_one(delivery)));
            match under_way.next().await {
                Some(report) => done.push(report),
                None if is_over => return Ok(Left::Some),
                None => break,
            }
            // Whatever else is done by now goes into the same batch.
            while let Some(Some(report)) = under_way.next().now_or_never() {
                done.push(report);
            }
        }
        deliveries::line_up(self.scope, Instant::now()).await?;
        Ok(Left::Nothing)
    }

    /// Reports are worth some patience: what is not recorded is sent again.
    async fn take_turn(
        &self,
        done: &[Report],
        now: Instant,
        room: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let room = u32::try_from(room).unwrap_or(0);
        let lease_end = now.plus_millis(LEASE);
        let mut tries = 1;
        loop {
            match deliveries::take_turn(self.scope, done, now, lease_end, room).await {
                Err(StoreError::Database(DatabaseError::Busy)) if tries < MOST_BATCH_TRIES => {
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn deliver_one(&self, delivery: Delivery) -> Report {
        let organization = self.scope.organization();
        let began = Instant::now();
        let outcome = match self.open_secrets(&delivery) {
            Ok(secrets) => (self.send)(&delivery, &secrets).await,
            Err(_) => Outcome::Unanswered("the secret does not open".to_owned()),
        };
        let ended = Instant::now();
        let took = (ended.millis() - began.millis()).max(0);
        let report = report(&delivery, outcome, ended, took);
        self.tally.note(&report);
        log(organization, &delivery, &report);
        report
    }

    fn open_secrets(&self, delivery: &Delivery) -> Result<Secrets, ApiError> {
        let open = |sealed: &Option<String>| secrets::open(self.vault, sealed.as_deref());
        Ok(Secrets {
            current: open(&delivery.sealed_secret)?,
            previous: open(&delivery.previous_sealed_secret)?,
        })
    }
}

/// What is to be said of an attempt.
fn report(delivery: &Delivery, outcome: Outcome, now: Instant, took: i64) -> Report {
    let (answer, error) = match outcome {
        Outcome::Answered(answer) => (Some(answer), None),
        Outcome::Unanswered(error) => (None, Some(error)),
        Outcome::Hopeless(error) => {
            let report = Report::new(delivery, Verdict::Hopeless);
            return Report { error: Some(error), took, ..report };
        }
    };
    let status = answer.as_ref().map(|answer| answer.status);
    let attempt = Attempt {
        key: &format!("{} {}", delivery.webhook_id, delivery.id),
        number: delivery.attempt,
        deferrals: delivery.deferrals,
        happened_at: delivery.happened_at,
        failing_since: delivery.failing_since,
        status,
        retry_after: answer.as_ref().and_then(|answer| answer.retry_after.as_deref()),
    };
    let verdict = match judge(&attempt, now) {
        Judgement::Delivered => Verdict::Delivered,
        Judgement::Again(at) => Verdict::Again(at),
        Judgement::Deferred(at) => Verdict::Deferred(at),
        Judgement::GivenUp => Verdict::GivenUp,
        Judgement::SwitchOff(reason) => Verdict::Disabled(reason),
    };
    let refused = status.filter(|_| verdict != Verdict::Delivered);
    let error = error.or(refused.map(|status| format!("the subscriber answered {status}")));
    Report {
        status,
        answer: answer.and_then(|answer| answer.beginning),
        error,
        took,
        ..Report::new(delivery, verdict)
    }
}

/// One line per attempt. The URL may hold a token, so only its host is named.
#[allow(clippy::print_stderr, reason = "stderr is a component's log")]
fn log(organization: OrganizationNumber, delivery: &Delivery, report: &Report) {
    let uri: Option<http::Uri> = delivery.subscriber_url.parse().ok();
    let (level, verdict, next) = match report.verdict {
        Verdict::Delivered => ("info", "delivered", None),
        Verdict::Again(at) => ("warn", "again", Some(at)),
        Verdict::Deferred(at) => ("warn", "deferred", Some(at)),
        Verdict::GivenUp => ("error", "given up", None),
        Verdict::Hopeless => ("error", "hopeless", None),
        Verdict::Disabled(_) => ("error", "webhook switched off", None),
    };
    let line = json!({
        "level": level,
        "message": "webhook delivery",
        "organization": organization.get(),
        "deliveryId": attempt::delivery_id(organization, delivery.id),
        "webhookId": delivery.webhook_id,
        "trigger": delivery.trigger,
        "attempt": delivery.attempt,
        "verdict": verdict,
        "host": uri.as_ref().and_then(|uri| uri.host()),
        "status": report.status,
        "error": report.error,
        "nextTryAt": next,
        "tookMs": report.took,
    });
    eprintln!("{line}");
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;

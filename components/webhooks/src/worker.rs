//! Delivers what is due of one organisation.
//!
//! A delivery is taken with a lease of [`LEASE`]. All that is taken is sent at once,
//! and an attempt ends well before its lease, so no two workers ever send one delivery
//! at a time; and what a crashed worker held is free again after it.

use meridian_domain::webhook::{Attempt, Judgement, judge};
use meridian_gateway::ApiError;
use meridian_kernel::{Instant, OrganizationNumber};
use meridian_store::deliveries::{self, Delivery, Report, Verdict};
use meridian_store::{Database, Scope, StoreError};
use meridian_vault::Vault;
use serde_json::json;

use crate::attempt::{self, Outcome, Secrets};
use crate::secrets;
use crate::tally::Tally;
use crate::turns::{self, LEASE, Left, Share};

/// How many deliveries of one organisation a worker sends at a time.
const AT_A_TIME: usize = 32;

/// How many deliveries a worker sends before others have their turn.
const MOST: usize = 500;

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
        let share = Share { at_a_time: AT_A_TIME, most: MOST, stop_at };
        let take = async |done: &[Report], now: Instant, room| {
            deliveries::take_turn(self.scope, done, now, now.plus_millis(LEASE), room).await
        };
        turns::work(share, take, async |one| self.deliver_one(one).await).await
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
    let reason = match report.verdict {
        Verdict::Disabled(reason) => Some(reason),
        _ => None,
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
        "reason": reason,
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

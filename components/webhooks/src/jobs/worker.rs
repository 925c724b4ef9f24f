//! Does the jobs that are due of one organisation.

use std::cell::RefCell;
use std::collections::BTreeMap;

use meridian_domain::jobs::{CALL_CHECK, EMAIL, next_attempt};
use meridian_kernel::{Instant, OrganizationNumber};
use meridian_store::deliveries::DISABLED_MAIL;
use meridian_store::jobs::{self, Job, Report, Verdict};
use meridian_store::{Database, Scope, StoreError};
use serde_json::json;

use crate::turns::{self, LEASE, Left, Share};

/// How many jobs of one organisation a worker does at a time.
const AT_A_TIME: usize = 16;

/// How many jobs a worker does before others have their turn.
const MOST: usize = 200;

/// The kinds there are, and what others count as: labels of metrics.
pub(crate) const KINDS: [&str; 4] = [EMAIL, CALL_CHECK, DISABLED_MAIL, "other"];

/// What can come of an attempt: labels of metrics.
pub(crate) const OUTCOMES: [&str; 3] = ["done", "retried", "dead"];

/// What came of an attempt. Reasons are shown to whoever runs the platform, and logged:
/// nothing of the payload may be in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done.
    Done,
    /// It may work another time.
    Failed(String),
    /// It will never work.
    Hopeless(String),
}

/// Does jobs of one organisation.
pub(crate) struct Worker<'a, D, F> {
    pub scope: &'a Scope<'a, D>,
    /// Counters by name.
    pub counts: &'a RefCell<BTreeMap<String, i64>>,
    /// Does one job.
    pub perform: F,
}

impl<D: Database, F: AsyncFn(&Job) -> Outcome> Worker<'_, D, F> {
    /// Works until nothing is due, until it did [`MOST`], or until `stop_at`.
    pub(crate) async fn work_until(&self, stop_at: Instant) -> Result<Left, StoreError> {
        let share = Share { at_a_time: AT_A_TIME, most: MOST, stop_at };
        let take = async |done: &[Report], now: Instant, room| {
            let bounds = (room, jobs::AT_A_TIME);
            jobs::take_turn(self.scope, done, now, now.plus_millis(LEASE), bounds).await
        };
        turns::work(share, take, async |job| self.do_one(job).await).await
    }

    async fn do_one(&self, job: Job) -> Report {
        let began = Instant::now();
        let outcome = if job.attempt > job.max_attempts {
            // Whoever had it last died, and may have died of it.
            Outcome::Hopeless("no attempt came to an end".to_owned())
        } else {
            (self.perform)(&job).await
        };
        let ended = Instant::now();
        let took = (ended.millis() - began.millis()).max(0);
        let verdict = judge(self.scope.organization(), &job, outcome, ended);
        self.count(&job, &verdict, took);
        log(self.scope.organization(), &job, &verdict, took);
        Report { job: job.id, claim: job.claim, verdict }
    }

    fn count(&self, job: &Job, verdict: &Verdict, took: i64) {
        let kind = kind(&job.kind);
        let outcome = match verdict {
            Verdict::Done => "done",
            Verdict::Again(..) => "retried",
            Verdict::Dead(_) => "dead",
        };
        let mut counts = self.counts.borrow_mut();
        for (what, amount) in [(outcome, 1), ("took_sum", took), ("took_count", 1)] {
            *counts.entry(counter(kind, what)).or_default() += amount;
        }
    }
}

/// The kind as a label: there are only so many.
fn kind(kind: &str) -> &'static str {
    KINDS.into_iter().find(|known| *known == kind).unwrap_or("other")
}

/// The name of a counter.
pub(crate) fn counter(kind: &str, what: &str) -> String {
    format!("job_{kind}_{what}")
}

fn judge(organization: OrganizationNumber, job: &Job, outcome: Outcome, now: Instant) -> Verdict {
    match outcome {
        Outcome::Done => Verdict::Done,
        Outcome::Hopeless(error) => Verdict::Dead(error),
        Outcome::Failed(error) => {
            let key = format!("{organization} {}", job.id);
            match next_attempt(job.attempt, job.max_attempts, &key, now) {
                Some(at) => Verdict::Again(at, error),
                None => Verdict::Dead(error),
            }
        }
    }
}

/// One line per attempt, without anything of the payload.
#[allow(clippy::print_stderr, reason = "stderr is a component's log")]
fn log(organization: OrganizationNumber, job: &Job, verdict: &Verdict, took: i64) {
    let (level, said, error, next) = match verdict {
        Verdict::Done => ("info", "done", None, None),
        Verdict::Again(at, error) => ("warn", "again", Some(error), Some(*at)),
        Verdict::Dead(error) => ("error", "dead", Some(error), None),
    };
    let line = json!({
        "level": level,
        "message": "job",
        "organization": organization.get(),
        "jobId": organization.wire_id() + job.id,
        "kind": job.kind,
        "attempt": job.attempt,
        "verdict": said,
        "error": error,
        "nextTryAt": next,
        "tookMs": took,
    });
    eprintln!("{line}");
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;

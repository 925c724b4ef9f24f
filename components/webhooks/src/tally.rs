//! Counts what workers did, until it is written to the platform's database.

use std::cell::Cell;

use meridian_edge::WitDatabase;
use meridian_store::deliveries::{Report, Verdict, metrics};
use meridian_store::{Platform, StoreError};

/// What can become of an attempt: names of counters, and labels of the metric.
pub(crate) const OUTCOMES: [&str; 6] =
    ["delivered", "retried", "deferred", "given_up", "hopeless", "switched_off"];

/// Upper bounds of how long a subscriber took, in milliseconds.
pub(crate) const BOUNDS: [i64; 8] = [10, 50, 100, 250, 500, 1_000, 5_000, 15_000];

/// Names of the counters of [`BOUNDS`]; each counts what took longer than the bound
/// before it. What took longer than all only counts to [`COUNT`].
pub(crate) const BUCKETS: [&str; 8] = [
    "took_10",
    "took_50",
    "took_100",
    "took_250",
    "took_500",
    "took_1000",
    "took_5000",
    "took_15000",
];

/// How many attempts took their time.
pub(crate) const COUNT: &str = "took_count";

/// How long all of them took, in milliseconds.
pub(crate) const SUM: &str = "took_sum";

/// The counts of one run.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    outcomes: [Cell<i64>; OUTCOMES.len()],
    buckets: [Cell<i64>; BUCKETS.len()],
    count: Cell<i64>,
    sum: Cell<i64>,
}

impl Tally {
    /// Counts an attempt.
    pub(crate) fn note(&self, report: &Report) {
        let outcome = match report.verdict {
            Verdict::Delivered => 0,
            Verdict::Again(_) => 1,
            Verdict::Deferred(_) => 2,
            Verdict::GivenUp => 3,
            Verdict::Hopeless => 4,
            Verdict::Disabled(_) => 5,
        };
        let bucket = BOUNDS.iter().position(|bound| report.took <= *bound);
        let counted = [self.outcomes.get(outcome), bucket.and_then(|at| self.buckets.get(at))];
        for counter in counted.into_iter().flatten().chain([&self.count]) {
            counter.set(counter.get() + 1);
        }
        self.sum.set(self.sum.get() + report.took);
    }

    /// What was counted, by name.
    fn amounts(&self) -> Vec<(&'static str, i64)> {
        let outcomes = OUTCOMES.iter().copied().zip(&self.outcomes);
        let buckets = BUCKETS.iter().copied().zip(&self.buckets);
        let rest = [(COUNT, &self.count), (SUM, &self.sum)];
        let all = outcomes.chain(buckets).chain(rest);
        all.map(|(name, cell)| (name, cell.get())).filter(|(_, amount)| *amount != 0).collect()
    }

    /// Adds the counts to those of the platform.
    pub(crate) async fn write(
        &self,
        platform: &Platform<'_, WitDatabase>,
    ) -> Result<(), StoreError> {
        let amounts = self.amounts();
        if amounts.is_empty() {
            return Ok(());
        }
        metrics::count(platform, &amounts).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_is_counted_once_by_what_came_of_it_and_by_its_time() {
        let tally = Tally::default();
        for (verdict, took) in [
            (Verdict::Delivered, 10),
            (Verdict::Delivered, 11),
            (Verdict::GivenUp, 20_000),
            (Verdict::Disabled("gone"), 0),
        ] {
            let report = Report {
                delivery: 1,
                claim: 1,
                webhook_id: String::new(),
                verdict,
                status: None,
                answer: None,
                error: None,
                took,
            };
            tally.note(&report);
        }
        let expected = [
            ("delivered", 2),
            ("given_up", 1),
            ("switched_off", 1),
            ("took_10", 2),
            ("took_50", 1),
            ("took_count", 4),
            ("took_sum", 20_021),
        ];
        assert_eq!(tally.amounts(), expected);
    }
}

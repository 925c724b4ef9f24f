//! `GET /platform/metrics`: the figures of all deliveries and jobs, as Prometheus reads
//! them.

use std::fmt::Write as _;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Instant;
use meridian_store::deliveries::metrics::{self, Figures};

use crate::jobs::{KINDS, OUTCOMES as JOB_OUTCOMES, counter as job_counter};
use crate::tally::{BOUNDS, BUCKETS, COUNT, OUTCOMES, SUM};

/// Prometheus's text format.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

pub(crate) async fn get_metrics(request: Request) -> Result<Reply, ApiError> {
    let figures = metrics::figures(&meridian_edge::platform().await?, request.now).await?;
    let body = show(&figures, request.now).into();
    let reply = Reply { status: StatusCode::OK, headers: HeaderMap::new(), body };
    Ok(reply.with_header(header::CONTENT_TYPE, TEXT))
}

fn show(figures: &Figures, now: Instant) -> String {
    let counter = |name: &str| {
        let found = figures.counters.iter().find(|(known, _)| known == name);
        found.map_or(0, |(_, value)| *value)
    };
    let mut text = String::new();
    let overdue = |due: Option<Instant>| due.map_or(0, |due| (now.millis() - due.millis()).max(0));
    for (name, kind, help, value) in [
        ("queue_depth", "gauge", "Deliveries that are pending.", figures.pending.to_string()),
        (
            "oldest_due_seconds",
            "gauge",
            "For how long the delivery that is overdue the longest has been due.",
            seconds(overdue(figures.oldest_due)),
        ),
        (
            "organizations_waiting",
            "gauge",
            "Organizations with work now or later.",
            figures.organizations.to_string(),
        ),
        (
            "organizations_due",
            "gauge",
            "Organizations with work now.",
            figures.organizations_due.to_string(),
        ),
        (
            "failures_total",
            "counter",
            "Deliveries that failed for good.",
            ["given_up", "hopeless", "switched_off"].map(counter).iter().sum::<i64>().to_string(),
        ),
    ] {
        head(&mut text, &format!("webhook_{name}"), kind, help);
        let _ = writeln!(text, "meridian_webhook_{name} {value}");
    }
    head(&mut text, "webhook_tries_total", "counter", "Attempts, by what came of them.");
    for outcome in OUTCOMES {
        let value = counter(outcome);
        let _ = writeln!(text, "meridian_webhook_tries_total{{outcome=\"{outcome}\"}} {value}");
    }
    head(&mut text, "webhook_latency_seconds", "histogram", "How long subscribers took to answer.");
    let mut so_far = 0;
    for (bucket, bound) in BUCKETS.iter().zip(BOUNDS) {
        so_far += counter(bucket);
        let bound = seconds(bound);
        let _ =
            writeln!(text, "meridian_webhook_latency_seconds_bucket{{le=\"{bound}\"}} {so_far}");
    }
    let count = counter(COUNT);
    let sum = seconds(counter(SUM));
    let _ = writeln!(text, "meridian_webhook_latency_seconds_bucket{{le=\"+Inf\"}} {count}");
    let _ = writeln!(text, "meridian_webhook_latency_seconds_sum {sum}");
    let _ = writeln!(text, "meridian_webhook_latency_seconds_count {count}");
    show_jobs(&mut text, figures, overdue(figures.oldest_job), counter);
    text
}

fn show_jobs(text: &mut String, figures: &Figures, overdue: i64, counter: impl Fn(&str) -> i64) {
    let help = "For how long the job that is overdue the longest has been due.";
    for (name, help, value) in [
        ("waiting", "Jobs that wait.", figures.jobs_waiting.to_string()),
        ("dead", "Jobs that failed for good and are kept.", figures.jobs_dead.to_string()),
        ("oldest_due_seconds", help, seconds(overdue)),
    ] {
        head(text, &format!("jobs_{name}"), "gauge", help);
        let _ = writeln!(text, "meridian_jobs_{name} {value}");
    }
    head(text, "jobs_tries_total", "counter", "Attempts at jobs, by what came of them.");
    for kind in KINDS {
        for outcome in JOB_OUTCOMES {
            let value = counter(&job_counter(kind, outcome));
            let labels = format!("kind=\"{kind}\",outcome=\"{outcome}\"");
            let _ = writeln!(text, "meridian_jobs_tries_total{{{labels}}} {value}");
        }
    }
    head(text, "jobs_duration_seconds", "summary", "How long attempts at jobs took.");
    for kind in KINDS {
        let sum = seconds(counter(&job_counter(kind, "took_sum")));
        let count = counter(&job_counter(kind, "took_count"));
        let _ = writeln!(text, "meridian_jobs_duration_seconds_sum{{kind=\"{kind}\"}} {sum}");
        let _ = writeln!(text, "meridian_jobs_duration_seconds_count{{kind=\"{kind}\"}} {count}");
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP meridian_{name} {help}");
    let _ = writeln!(text, "# TYPE meridian_{name} {kind}");
}

/// Of milliseconds.
fn seconds(millis: i64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_as_prometheus_reads_them() {
        let counters = [
            ("delivered", 3),
            ("given_up", 1),
            ("hopeless", 2),
            ("took_10", 2),
            ("took_100", 1),
            ("took_count", 4),
            ("took_sum", 20_250),
            ("job_email_done", 5),
            ("job_email_took_sum", 1_500),
        ];
        let figures = Figures {
            pending: 7,
            organizations: 2,
            organizations_due: 1,
            oldest_due: Some(Instant::from_millis(1_000)),
            jobs_waiting: 6,
            jobs_dead: 3,
            oldest_job: Some(Instant::from_millis(2_000)),
            counters: counters.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        };
        let text = show(&figures, Instant::from_millis(3_500));
        for line in [
            "meridian_webhook_queue_depth 7",
            "meridian_webhook_oldest_due_seconds 2.500",
            "meridian_webhook_failures_total 3",
            "meridian_webhook_tries_total{outcome=\"delivered\"} 3",
            "meridian_webhook_tries_total{outcome=\"retried\"} 0",
            "meridian_webhook_latency_seconds_bucket{le=\"0.010\"} 2",
            "meridian_webhook_latency_seconds_bucket{le=\"0.050\"} 2",
            "meridian_webhook_latency_seconds_bucket{le=\"15.000\"} 3",
            "meridian_webhook_latency_seconds_bucket{le=\"+Inf\"} 4",
            "meridian_webhook_latency_seconds_sum 20.250",
            "meridian_jobs_waiting 6",
            "meridian_jobs_dead 3",
            "meridian_jobs_oldest_due_seconds 1.500",
            "meridian_jobs_tries_total{kind=\"email\",outcome=\"done\"} 5",
            "meridian_jobs_tries_total{kind=\"other\",outcome=\"dead\"} 0",
            "meridian_jobs_duration_seconds_sum{kind=\"email\"} 1.500",
        ] {
            assert!(text.lines().any(|shown| shown == line), "{line} is not in:\n{text}");
        }
        assert!(text.lines().all(|line| line.starts_with('#') || line.split(' ').count() == 2));
    }
}

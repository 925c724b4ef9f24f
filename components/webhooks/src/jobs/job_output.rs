//! A job as whoever runs the platform sees it.

use meridian_kernel::{Instant, OrganizationNumber};
use meridian_store::jobs::{Logged, Priority};
use serde::Serialize;
use serde_json::Value;

/// A job as whoever runs the platform sees it. What it is done with may be a secret, and
/// is not shown.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobOutput {
    id: i64,
    kind: String,
    unique_key: Option<String>,
    /// `waiting` or `dead`.
    state: String,
    /// `urgent`, `usual` or `background`.
    priority: &'static str,
    attempts: u32,
    max_attempts: u32,
    created_at: Instant,
    last_try_at: Option<Instant>,
    next_try_at: Option<Instant>,
    error: Option<String>,
    history: Vec<Failure>,
}

/// One attempt that failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Failure {
    at: Option<Instant>,
    attempt: Option<u64>,
    error: Option<String>,
}

/// Presents a job.
pub(crate) fn present(organization: OrganizationNumber, job: Logged) -> JobOutput {
    let history = job.history.as_array().map(Vec::as_slice).unwrap_or_default();
    JobOutput {
        id: organization.wire_id() + job.id,
        kind: job.kind,
        unique_key: job.unique_key,
        state: job.state,
        priority: match job.priority {
            Priority::Urgent => "urgent",
            Priority::Usual => "usual",
            Priority::Background => "background",
        },
        attempts: job.attempts,
        max_attempts: job.max_attempts,
        created_at: job.created_at,
        last_try_at: job.attempted_at,
        next_try_at: job.run_at,
        error: job.error,
        history: history.iter().map(failure).collect(),
    }
}

fn failure(stored: &Value) -> Failure {
    let field = |name| stored.get(name);
    Failure {
        at: field("at").and_then(Value::as_i64).map(Instant::from_millis),
        attempt: field("attempt").and_then(Value::as_u64),
        error: field("error").and_then(Value::as_str).map(str::to_owned),
    }
}

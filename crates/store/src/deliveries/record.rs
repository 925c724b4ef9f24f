//! What came of a delivery, and what that says of its endpoint.

use meridian_kernel::Instant;
use serde_json::json;

use super::turn::{Delivery, MOST_FAILURES};
use crate::webhooks::asks_for;
use crate::{Statement, arguments, jobs};

/// How much of an error is kept, in characters.
const MAX_ERROR: usize = 500;

/// How long an endpoint is left alone when it has failed [`MOST_FAILURES`] times in a
/// row, in milliseconds. Doubled by each failure from then on.
const FIRST_REST: i64 = 15_000;

/// How long at most: a quarter of an hour.
const LONGEST_REST: i64 = 15 * 60 * 1000;

/// What other webhooks may ask for, and the contract does not know: one was switched off
/// as its subscriber is gone or does nothing but fail.
pub const DISABLED: &str = "WEBHOOK_DISABLED";

/// What those hear who asked for [`DISABLED`].
pub fn disabled_payload(webhook: &str, reason: &str, at: Instant) -> serde_json::Value {
    json!({ "webhookId": webhook, "reason": reason, "disabledAt": at })
}

/// The kind of job that writes to whoever looks after a webhook that was switched off. Its
/// payload is `{"webhookId"}`.
pub const DISABLED_MAIL: &str = "webhook_disabled_mail";

/// How often that is tried; it only reads and writes the database.
const DISABLED_MAIL_ATTEMPTS: u32 = 5;

/// What becomes of a delivery after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The subscriber has it.
    Delivered,
    /// It is tried again then.
    Again(Instant),
    /// The subscriber asked to be left alone until then.
    Deferred(Instant),
    /// It was tried often enough.
    GivenUp,
    /// It can never work, whatever the subscriber does.
    Hopeless,
    /// Its webhook is called no more, for this reason.
    Disabled(&'static str),
}

/// What a worker has to say of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Row number of the delivery.
    pub delivery: i64,
    /// The claim it was attempted under.
    pub claim: i64,
    /// Its webhook.
    pub webhook_id: String,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// The beginning of the answer, where there was one.
    pub answer: Option<String>,
    /// Why it failed, for the subscriber's owner.
    pub error: Option<String>,
    /// How long the subscriber took, in milliseconds.
    pub took: i64,
}

impl Report {
    /// A report of a delivery without an answer.
    pub fn new(delivery: &Delivery, verdict: Verdict) -> Self {
        Self {
            delivery: delivery.id,
            claim: delivery.claim,
            webhook_id: delivery.webhook_id.clone(),
            verdict,
            status: None,
            answer: None,
            error: None,
            took: 0,
        }
    }
}

/// The statements that record reports: few for what was delivered, whatever its number,
/// and some for each failure.
pub(super) fn statements(reports: &[Report], now: Instant) -> Vec<Statement> {
    let is_delivered = |report: &&Report| report.verdict == Verdict::Delivered;
    let mut batch = delivered(reports.iter().filter(is_delivered), now);
    batch.extend(reports.iter().flat_map(|report| undelivered(report, now)));
    batch
}

fn undelivered(report: &Report, now: Instant) -> Vec<Statement> {
    match report.verdict {
        Verdict::Delivered => Vec::new(),
        Verdict::Again(at) => vec![pending(report, at, false), failing(report, now)],
        Verdict::Deferred(at) => vec![pending(report, at, true), resting(report, now, at)],
        Verdict::GivenUp => vec![failed(report), failing(report, now)],
        Verdict::Hopeless => vec![failed(report)],
        Verdict::Disabled(reason) => {
            let mut all = vec![failed(report)];
            all.extend(disable(&report.webhook_id, reason, now));
            all
        }
    }
}

/// Also where the lease has ended: it was delivered. And its endpoint works.
fn delivered<'a>(reports: impl Iterator<Item = &'a Report>, now: Instant) -> Vec<Statement> {
    let row = |report: &Report| {
        json!([report.delivery, report.status, report.answer, report.took, report.webhook_id])
    };
    let rows: Vec<_> = reports.map(row).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let rows = serde_json::Value::Array(rows).to_string();
    let note = Statement::command(
        "UPDATE webhook_delivery SET state = 'delivered', response_status = report.status, \
         response_body = report.answer, last_error = NULL, took_ms = report.took, \
         delivered_at = ?2, leased_until = 0 FROM (SELECT value ->> 0 AS id, \
         value ->> 1 AS status, value ->> 2 AS answer, value ->> 3 AS took \
         FROM json_each(?1)) report \
         WHERE webhook_delivery.id = report.id AND webhook_delivery.state <> 'delivered'",
        arguments![rows.as_str(), now],
    );
    let healthy = "DELETE FROM webhook_health WHERE webhook_id IN \
                   (SELECT value ->> 4 FROM json_each(?1))";
    vec![note, Statement::command(healthy, arguments![rows.as_str()])]
}

/// Nothing, where another worker has taken over since.
fn pending(report: &Report, at: Instant, deferred: bool) -> Statement {
    Statement::command(
        "UPDATE webhook_delivery SET next_attempt_at = ?7, deferrals = deferrals + ?8, \
         response_status = ?3, response_body = ?4, last_error = ?5, took_ms = ?6, \
         leased_until = 0 WHERE id = ?1 AND claims = ?2 AND state = 'pending'",
        outcome(report).into_iter().chain(arguments![at, deferred]),
    )
}

/// Nothing, where another worker has taken over since.
fn failed(report: &Report) -> Statement {
    Statement::command(
        "UPDATE webhook_delivery SET state = 'failed', \
         response_status = ?3, response_body = ?4, last_error = ?5, took_ms = ?6, \
         leased_until = 0 WHERE id = ?1 AND claims = ?2 AND state = 'pending'",
        outcome(report),
    )
}

fn outcome(report: &Report) -> [crate::Value; 6] {
    let error = report.error.as_deref();
    let error: Option<String> = error.map(|error| error.chars().take(MAX_ERROR).collect());
    arguments![
        report.delivery,
        report.claim,
        report.status.map(i64::from),
        report.answer.as_deref(),
        error,
        report.took,
    ]
}

/// What was under way when the endpoint was found to fail too often says nothing
/// more about it.
fn failing(report: &Report, now: Instant) -> Statement {
    Statement::command(
        "INSERT INTO webhook_health (webhook_id, failures, failing_since) \
         SELECT id, 1, ?2 FROM webhook WHERE id = ?1 ON CONFLICT (webhook_id) DO UPDATE SET \
         failures = failures + (open_until <= ?2), \
         open_until = CASE WHEN open_until > ?2 OR failures + 1 < ?3 THEN open_until \
         ELSE ?2 + min(?5, ?4 << min(failures + 1 - ?3, 20)) END",
        arguments![report.webhook_id.as_str(), now, MOST_FAILURES, FIRST_REST, LONGEST_REST],
    )
}

/// It is there, so it does not fail; but it wants to be left alone.
fn resting(report: &Report, now: Instant, until: Instant) -> Statement {
    Statement::command(
        "INSERT INTO webhook_health (webhook_id, failures, failing_since, open_until) \
         SELECT id, 0, ?2, ?3 FROM webhook WHERE id = ?1 ON CONFLICT (webhook_id) DO UPDATE SET \
         open_until = max(open_until, excluded.open_until)",
        arguments![report.webhook_id.as_str(), now, until],
    )
}

/// Switches a webhook off and gives up what is pending for it. Other webhooks of its
/// owner and those of the organisation are told if they asked; whoever looks after it gets
/// a mail. All of it once, however many deliveries find out at a time. What failed can be
/// sent again once it is switched on.
fn disable(webhook: &str, reason: &str, now: Instant) -> [Statement; 6] {
    let tell = Statement::command(
        concat!(
            "INSERT INTO webhook_delivery (event_id, webhook_id, next_attempt_at) \
             SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox_event'), 0) + 1, \
             w.id, ?3 FROM webhook off CROSS JOIN webhook w ON w.of_organization = 1 \
             OR w.user_id = off.user_id OR w.event_type_id = off.event_type_id \
             OR w.oauth_client_id = off.oauth_client_id \
             WHERE off.id = ?1 AND off.active = 1 AND w.id <> off.id AND ",
            asks_for!("w", "?2")
        ),
        arguments![webhook, DISABLED, now],
    );
    let note = Statement::command(
        "INSERT INTO outbox_event (trigger_event, payload, created_at) \
         SELECT ?1, ?2, ?3 WHERE changes() > 0",
        arguments![DISABLED, disabled_payload(webhook, reason, now).to_string(), now],
    );
    let switch_off = Statement::command(
        "UPDATE webhook SET active = 0, disabled_at = ?2, disabled_reason = ?3, updated_at = ?2 \
         WHERE id = ?1 AND active = 1",
        arguments![webhook, now, reason],
    );
    let payload = json!({ "webhookId": webhook }).to_string();
    let mail =
        jobs::enqueue_if_changed(DISABLED_MAIL, webhook, payload, DISABLED_MAIL_ATTEMPTS, now);
    let give_up = Statement::command(
        "UPDATE webhook_delivery SET state = 'failed', leased_until = 0, \
         last_error = 'the webhook was switched off: ' || ?2 \
         WHERE webhook_id = ?1 AND state = 'pending'",
        arguments![webhook, reason],
    );
    // Switched on again it begins anew.
    let forget = "DELETE FROM webhook_health WHERE webhook_id = ?1";
    let forget = Statement::command(forget, arguments![webhook]);
    [tell, note, switch_off, mail, give_up, forget]
}

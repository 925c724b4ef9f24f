//! One attempt at one delivery.

use bytes::Bytes;
use http::header;
use meridian_domain::webhook::{self, Event};
use meridian_kernel::{Instant, OrganizationNumber, Secret};
use meridian_store::deliveries::Delivery;

use crate::exchange::{Answer, exchange};
use crate::target::Targets;

const USER_AGENT: &str = concat!("Meridian-Webhooks/", env!("CARGO_PKG_VERSION"));

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The subscriber answered.
    Answered(Answer),
    /// It did not, or could not be asked.
    Unanswered(String),
    /// It will never work.
    Hopeless(String),
}

/// The secrets that sign a delivery: the one of its webhook, and for a while the one
/// before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets {
    pub current: Option<Secret>,
    pub previous: Option<Secret>,
}

/// The id of a delivery as subscribers see it: the same for every attempt.
pub(crate) fn delivery_id(organization: OrganizationNumber, delivery: i64) -> i64 {
    organization.wire_id() + delivery
}

/// Sends a delivery and waits for the subscriber's answer.
pub(crate) async fn attempt(
    organization: OrganizationNumber,
    delivery: &Delivery,
    secrets: &Secrets,
    targets: &Targets,
) -> Outcome {
    // Checked again: the deployment may have become stricter since.
    if let Err(refused) = targets.check(&delivery.subscriber_url) {
        return Outcome::Hopeless(format!("the subscriberUrl {refused}"));
    }
    let request = match build(organization, delivery, secrets, Instant::now()) {
        Ok(request) => request,
        Err(error) => return Outcome::Hopeless(error),
    };
    match exchange(request, "the subscriber").await {
        Ok(answer) => Outcome::Answered(answer),
        Err(error) => Outcome::Unanswered(error),
    }
}

/// The signatures are over the exact bytes that are sent.
fn build(
    organization: OrganizationNumber,
    delivery: &Delivery,
    secrets: &Secrets,
    now: Instant,
) -> Result<http::Request<Bytes>, String> {
    let event = Event {
        trigger: &delivery.trigger,
        happened_at: delivery.happened_at,
        payload: &delivery.payload,
    };
    let body = webhook::render(event, delivery.payload_template.as_deref())
        .map_err(|error| error.to_string())?;
    let id = delivery_id(organization, delivery.id);
    let message_id = format!("msg_{id}");
    let signature = match &secrets.current {
        Some(secret) => webhook::sign(secret.reveal(), body.text.as_bytes()),
        None => webhook::UNSIGNED.to_owned(),
    };
    let all = [&secrets.current, &secrets.previous].into_iter().flatten().map(Secret::reveal);
    let standard = webhook::sign_standard(all, &message_id, now, body.text.as_bytes());
    let mut request = http::Request::post(&delivery.subscriber_url)
        .header(header::CONTENT_TYPE, body.media_type.as_str())
        .header(header::CONTENT_LENGTH, body.text.len())
        .header(header::USER_AGENT, USER_AGENT)
        .header("x-cal-signature-256", signature)
        .header("x-cal-webhook-version", &delivery.version)
        .header("x-cal-delivery-id", id)
        .header("x-cal-attempt", delivery.attempt)
        .header("x-cal-timestamp", webhook::timestamp(now))
        .header("webhook-id", message_id)
        .header("webhook-timestamp", webhook::timestamp(now));
    if let Some(standard) = standard {
        request = request.header("webhook-signature", standard);
    }
    request.body(Bytes::from(body.text)).map_err(|error| error.to_string())
}

#[cfg(test)]
#[path = "trigger_tests.rs"]
mod trigger_tests;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_700_000_000_500);

    fn delivery() -> Delivery {
        Delivery {
            id: 9,
            claim: 2,
            attempt: 2,
            deferrals: 0,
            trigger: "BOOKING_CREATED".to_owned(),
            payload: r#"{"uid":"x"}"#.to_owned(),
            happened_at: Instant::from_millis(0),
            webhook_id: "w".to_owned(),
            subscriber_url: "https://example.org/hook".to_owned(),
            payload_template: None,
            sealed_secret: None,
            previous_sealed_secret: None,
            version: "2021-10-20".to_owned(),
            failing_since: None,
        }
    }

    fn secrets(current: &str, previous: Option<&str>) -> Secrets {
        Secrets { current: Some(Secret::new(current)), previous: previous.map(Secret::new) }
    }

    #[test]
    fn the_signatures_are_over_the_exact_body() {
        let organization = OrganizationNumber::new(1).unwrap();
        let request = build(organization, &delivery(), &secrets("s", None), NOW).unwrap();
        let headers = request.headers();
        assert_eq!(headers["x-cal-signature-256"], webhook::sign("s", request.body()));
        assert_eq!(headers["x-cal-delivery-id"], "4294967305");
        assert_eq!(headers["x-cal-attempt"], "2");
        assert_eq!(headers["x-cal-webhook-version"], "2021-10-20");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["webhook-id"], "msg_4294967305");
        assert_eq!(headers["webhook-timestamp"], "1700000000");
        assert_eq!(headers["x-cal-timestamp"], "1700000000");
        let standard = webhook::sign_standard(["s"], "msg_4294967305", NOW, request.body());
        assert_eq!(headers["webhook-signature"], standard.unwrap());
    }

    #[test]
    fn while_a_secret_is_replaced_the_old_one_signs_as_well() {
        let secrets = secrets("new", Some("old"));
        let request = build(OrganizationNumber::NONE, &delivery(), &secrets, NOW).unwrap();
        let standard = webhook::sign_standard(["new", "old"], "msg_9", NOW, request.body());
        assert_eq!(request.headers()["webhook-signature"], standard.unwrap());
        let upstream = &request.headers()["x-cal-signature-256"];
        assert_eq!(upstream, &webhook::sign("new", request.body()));
    }

    #[test]
    fn without_a_secret_the_signature_says_so() {
        let none = Secrets::default();
        let request = build(OrganizationNumber::NONE, &delivery(), &none, NOW).unwrap();
        assert_eq!(request.headers()["x-cal-signature-256"], "no-secret-provided");
        assert!(!request.headers().contains_key("webhook-signature"));
    }

    #[test]
    fn a_template_decides_the_content_type() {
        let template = Some("title={{uid}}".to_owned());
        let delivery = Delivery { payload_template: template, ..delivery() };
        let none = Secrets::default();
        let request = build(OrganizationNumber::NONE, &delivery, &none, NOW).unwrap();
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(request.body(), "title=x");
    }
}

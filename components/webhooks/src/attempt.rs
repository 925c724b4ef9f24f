//! One attempt at one delivery.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use http::header;
use meridian_domain::webhook::{self, Event};
use meridian_kernel::{OrganizationNumber, Secret};
use meridian_store::deliveries::Delivery;

use crate::target;

/// How long a subscriber may take to answer.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

const USER_AGENT: &str = concat!("Meridian-Webhooks/", env!("CARGO_PKG_VERSION"));

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The subscriber took it, with this status.
    Delivered(u16),
    /// It is worth another try.
    Failed { status: Option<u16>, error: String },
    /// It will never work.
    Hopeless(String),
}

/// The id of a delivery as subscribers see it: the same for every attempt.
pub(crate) fn delivery_id(organization: OrganizationNumber, delivery: &Delivery) -> i64 {
    organization.wire_id() + delivery.id
}

/// Sends a delivery and waits for the subscriber's status.
pub(crate) async fn attempt(
    organization: OrganizationNumber,
    delivery: &Delivery,
    secret: Option<&Secret>,
    private_allowed: bool,
) -> Outcome {
    // Checked again: the deployment may have become stricter since.
    if let Err(refused) = target::check_url(&delivery.subscriber_url, private_allowed) {
        return Outcome::Hopeless(format!("the subscriberUrl {refused}"));
    }
    let request = match build(organization, delivery, secret) {
        Ok(request) => request,
        Err(error) => return Outcome::Hopeless(error),
    };
    let answer = pin!(meridian_edge::send_for_status(request));
    let timeout = pin!(spin_sdk::time::sleep(TIMEOUT));
    match select(answer, timeout).await {
        Either::Left((Ok(status), _)) if status.is_success() => Outcome::Delivered(status.as_u16()),
        Either::Left((Ok(status), _)) => Outcome::Failed {
            status: Some(status.as_u16()),
            error: format!("the subscriber answered {}", status.as_u16()),
        },
        Either::Left((Err(error), _)) => Outcome::Failed { status: None, error: error.to_string() },
        Either::Right(_) => Outcome::Failed {
            status: None,
            error: format!("the subscriber did not answer within {} s", TIMEOUT.as_secs()),
        },
    }
}

/// The signature is over the exact bytes that are sent.
fn build(
    organization: OrganizationNumber,
    delivery: &Delivery,
    secret: Option<&Secret>,
) -> Result<http::Request<Bytes>, String> {
    let event = Event {
        trigger: &delivery.trigger,
        happened_at: delivery.happened_at,
        payload: &delivery.payload,
    };
    let body = webhook::render(event, delivery.payload_template.as_deref())
        .map_err(|error| error.to_string())?;
    let signature = match secret {
        Some(secret) => webhook::sign(secret.reveal(), body.text.as_bytes()),
        None => webhook::UNSIGNED.to_owned(),
    };
    http::Request::post(&delivery.subscriber_url)
        .header(header::CONTENT_TYPE, body.media_type.as_str())
        .header(header::CONTENT_LENGTH, body.text.len())
        .header(header::USER_AGENT, USER_AGENT)
        .header("x-cal-signature-256", signature)
        .header("x-cal-delivery-id", delivery_id(organization, delivery))
        .header("x-cal-attempt", delivery.attempt)
        .header("x-cal-webhook-version", &delivery.version)
        .body(Bytes::from(body.text))
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::Instant;

    fn delivery() -> Delivery {
        Delivery {
            id: 9,
            attempt: 2,
            trigger: "BOOKING_CREATED".to_owned(),
            payload: r#"{"uid":"x"}"#.to_owned(),
            happened_at: Instant::from_millis(0),
            webhook_id: "w".to_owned(),
            subscriber_url: "https://example.org/hook".to_owned(),
            payload_template: None,
            sealed_secret: None,
            version: "2021-10-20".to_owned(),
        }
    }

    #[test]
    fn the_signature_is_over_the_exact_body() {
        let organization = OrganizationNumber::new(1).unwrap();
        let request = build(organization, &delivery(), Some(&Secret::new("s"))).unwrap();
        assert_eq!(request.headers()["x-cal-signature-256"], webhook::sign("s", request.body()));
        assert_eq!(request.headers()["x-cal-delivery-id"], "4294967305");
        assert_eq!(request.headers()["x-cal-attempt"], "2");
        assert_eq!(request.headers()["x-cal-webhook-version"], "2021-10-20");
        assert_eq!(request.headers()["content-type"], "application/json");
    }

    #[test]
    fn without_a_secret_the_signature_says_so() {
        let request = build(OrganizationNumber::NONE, &delivery(), None).unwrap();
        assert_eq!(request.headers()["x-cal-signature-256"], "no-secret-provided");
    }

    #[test]
    fn a_template_decides_the_content_type() {
        let template = Some("title={{uid}}".to_owned());
        let delivery = Delivery { payload_template: template, ..delivery() };
        let request = build(OrganizationNumber::NONE, &delivery, None).unwrap();
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(request.body(), "title=x");
    }
}

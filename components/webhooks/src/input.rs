//! What clients send of a webhook.

use meridian_domain::webhook::{PAYLOAD_VERSION, TRIGGERS, check_template};
use meridian_gateway::validate::{self, Fields, Violation, array, boolean, one_of, text};
use meridian_gateway::{ApiError, Request};
use meridian_kernel::Patch;
use meridian_store::deliveries::DISABLED;
use serde_json::Value;

use crate::target::{Targets, subscriber_url};

/// How long a template may be, in characters.
const MAX_TEMPLATE: usize = 20_000;

/// How long a secret may be, in characters.
const MAX_SECRET: usize = 1_000;

/// How many triggers one request may name, repetitions included.
const MAX_TRIGGERS: usize = 100;

const VERSIONS: &[&str] = &[PAYLOAD_VERSION];

/// What a webhook can ask for: what the contract has, and to hear of others that were
/// switched off.
pub(crate) const ASKABLE: &[&str] = &{
    let mut all = [DISABLED; TRIGGERS.len() + 1];
    let (known, _) = all.split_at_mut(TRIGGERS.len());
    known.copy_from_slice(TRIGGERS);
    all
};

/// A webhook to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewWebhook {
    pub subscriber_url: String,
    pub active: bool,
    pub triggers: Vec<String>,
    pub payload_template: Option<String>,
    pub secret: Option<String>,
    pub version: String,
}

/// A webhook to be changed. An empty secret or template is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WebhookPatch {
    pub subscriber_url: Option<String>,
    pub active: Option<bool>,
    pub triggers: Option<Vec<String>>,
    pub payload_template: Patch<String>,
    pub secret: Patch<String>,
    pub version: Option<String>,
}

/// Reads the body of a request that makes a webhook.
pub(crate) async fn read_new(request: &Request) -> Result<NewWebhook, ApiError> {
    new_webhook(&validate::json_body(request)?, &Targets::load().await)
}

/// Reads the body of a request that changes a webhook.
pub(crate) async fn read_patch(request: &Request) -> Result<WebhookPatch, ApiError> {
    webhook_patch(&validate::json_body(request)?, &Targets::load().await)
}

fn new_webhook(body: &Value, targets: &Targets) -> Result<NewWebhook, ApiError> {
    let mut fields = Fields::of(body);
    let webhook = NewWebhook {
        subscriber_url: fields.required("subscriberUrl", subscriber_url(targets)),
        active: fields.required("active", boolean()),
        triggers: fields.required("triggers", triggers()),
        payload_template: fields
            .optional("payloadTemplate", template())
            .filter(|template| !template.is_empty()),
        secret: fields.optional("secret", text(0, MAX_SECRET)).filter(|secret| !secret.is_empty()),
        version: fields.optional("version", one_of(VERSIONS)).unwrap_or(PAYLOAD_VERSION).to_owned(),
    };
    fields.finish()?;
    Ok(webhook)
}

fn webhook_patch(body: &Value, targets: &Targets) -> Result<WebhookPatch, ApiError> {
    let mut fields = Fields::of(body);
    let patch = WebhookPatch {
        subscriber_url: fields.optional("subscriberUrl", subscriber_url(targets)),
        active: fields.optional("active", boolean()),
        triggers: fields.optional("triggers", triggers()),
        payload_template: none_if_empty(fields.patch("payloadTemplate", template())),
        secret: none_if_empty(fields.patch("secret", text(0, MAX_SECRET))),
        version: fields.optional("version", one_of(VERSIONS)).map(str::to_owned),
    };
    fields.finish()?;
    Ok(patch)
}

fn none_if_empty(patch: Patch<String>) -> Patch<String> {
    match patch {
        Patch::Value(text) if text.is_empty() => Patch::Null,
        other => other,
    }
}

/// A template of a bounded size, whose variables end.
fn template() -> impl Fn(&Value) -> Result<String, Violation> {
    let is_text = text(0, MAX_TEMPLATE);
    move |value| {
        let template = is_text(value)?;
        match check_template(&template) {
            Ok(()) => Ok(template),
            Err(refusal) => Err(Violation::new("isTemplate", refusal.to_string())),
        }
    }
}

/// Triggers, each once, in the order they were first named.
fn triggers() -> impl Fn(&Value) -> Result<Vec<String>, Violation> {
    let known = array(MAX_TRIGGERS, one_of(ASKABLE));
    move |value| {
        let mut each_once: Vec<String> = Vec::new();
        for trigger in known(value)? {
            if !each_once.iter().any(|seen| seen == trigger) {
                each_once.push(trigger.to_owned());
            }
        }
        Ok(each_once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patch(body: Value) -> WebhookPatch {
        webhook_patch(&body, &Targets::default()).unwrap()
    }

    #[test]
    fn a_whole_webhook_is_read() {
        let body = json!({
            "subscriberUrl": "https://example.org/hook", "active": true,
            "triggers": ["BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_CREATED"],
            "secret": "s", "payloadTemplate": "{{title}}", "unknown": 1
        });
        let webhook = new_webhook(&body, &Targets::default()).unwrap();
        assert_eq!(webhook.triggers, ["BOOKING_CREATED", "BOOKING_CANCELLED"]);
        assert_eq!(webhook.version, "2021-10-20");
        assert_eq!(webhook.secret.as_deref(), Some("s"));
    }

    #[test]
    fn every_mistake_is_named() {
        let body = json!({"subscriberUrl": "http://localhost/", "triggers": ["BOOKING_MADE"]});
        let message = new_webhook(&body, &Targets::default()).unwrap_err().message;
        assert!(message.contains("subscriberUrl must not point to a private"), "{message}");
        assert!(message.contains("active must be a boolean value"), "{message}");
        let triggers = "triggers each value must be one of the following values: BOOKING_CREATED, ";
        assert!(message.contains(triggers), "{message}");
    }

    #[test]
    fn templates_that_never_end_or_are_too_long_are_refused() {
        let said = |template: String| {
            let patch = webhook_patch(&json!({ "payloadTemplate": template }), &Targets::default());
            patch.unwrap_err().message
        };
        assert!(said("{{title".to_owned()).starts_with("payloadTemplate must close every {{"));
        assert!(said("{{a.".to_owned() + &"b.".repeat(20) + "c}}").contains("payloadTemplate"));
        assert!(said("x".repeat(MAX_TEMPLATE + 1)).contains("payloadTemplate"));
        assert!(said("{{a}}".repeat(1000)).contains("payloadTemplate"));
    }

    #[test]
    fn a_patch_leaves_absent_fields_and_removes_empty_ones() {
        let changed = patch(json!({"secret": "", "payloadTemplate": null}));
        assert_eq!(changed.secret, Patch::Null);
        assert_eq!(changed.payload_template, Patch::Null);
        assert_eq!(changed.subscriber_url, None);
        assert_eq!(patch(json!({})), WebhookPatch::default());
    }
}

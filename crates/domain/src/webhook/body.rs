//! The body of a delivery.

use std::fmt;

use meridian_kernel::Instant;
use serde_json::{Map, Value};

use super::events::has_answers_at_root;
use super::template::{self, Escape};

/// How long a body may be, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// What happened.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Such as `BOOKING_CREATED`.
    pub trigger: &'a str,
    /// When it happened.
    pub happened_at: Instant,
    /// JSON object, as stored.
    pub payload: &'a str,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
}

impl MediaType {
    /// For `Content-Type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
        }
    }
}

/// A body, ready to be signed and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The exact text.
    pub text: String,
    /// What it is.
    pub media_type: MediaType,
}

/// A filled template is longer than a megabyte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the filled payload template is longer than a megabyte")
    }
}

impl std::error::Error for TooLong {}

/// The body of an event: the standard one, or the filled template. A template is
/// JSON where it reads as JSON once filled, else it is sent as a form. In both, no
/// value can be read as more than a value; other text has them as they are.
pub fn render(event: Event<'_>, template: Option<&str>) -> Result<Body, TooLong> {
    let Some(template) = template else {
        return Ok(Body { text: standard(event), media_type: MediaType::Json });
    };
    let values = values(event);
    let text = template::fill(template, &values, Escape::Json, MAX_BODY)?;
    if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() {
        return Ok(Body { text, media_type: MediaType::Json });
    }
    let escape = if template::is_form(template) { Escape::Form } else { Escape::None };
    let text = template::fill(template, &values, escape, MAX_BODY)?;
    Ok(Body { text, media_type: MediaType::Form })
}

/// The payload goes in as it is stored: no number changes its form on the way.
fn standard(event: Event<'_>) -> String {
    let trigger = Value::from(event.trigger);
    let created_at = Value::from(event.happened_at.to_iso());
    let payload = event.payload;
    let mut body =
        format!(r#"{{"triggerEvent":{trigger},"createdAt":{created_at},"payload":{payload}"#);
    for (name, answer) in answers_at_root(event) {
        body.push(',');
        body.push_str(&Value::from(name).to_string());
        body.push(':');
        body.push_str(&answer.to_string());
    }
    body.push('}');
    body
}

/// The names the body itself has; no answer of a form takes their place.
const OWN_NAMES: [&str; 3] = ["triggerEvent", "createdAt", "payload"];

/// The answers of a filled-in form by their names, for the root of the body (contract:
/// webhooks, "Default body").
fn answers_at_root(event: Event<'_>) -> Map<String, Value> {
    if !has_answers_at_root(event.trigger) {
        return Map::new();
    }
    let payload: Option<Map<String, Value>> = serde_json::from_str(event.payload).ok();
    let Some(Value::Object(responses)) = payload.and_then(|mut all| all.remove("responses")) else {
        return Map::new();
    };
    let answer = |(name, response): (String, Value)| {
        let value = response.get("value").or_else(|| response.get("response"))?.clone();
        (!OWN_NAMES.contains(&name.as_str())).then_some((name, value))
    };
    responses.into_iter().filter_map(answer).collect()
}

/// What a template can name: the payload's fields, and the event's own.
fn values(event: Event<'_>) -> Value {
    let payload = serde_json::from_str::<Map<String, Value>>(event.payload);
    let mut values = payload.unwrap_or_default();
    values.insert("triggerEvent".to_owned(), Value::from(event.trigger));
    values.insert("createdAt".to_owned(), Value::from(event.happened_at.to_iso()));
    Value::Object(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(payload: &str) -> Event<'_> {
        let happened_at = Instant::parse("2026-11-25T12:00:00Z").unwrap();
        Event { trigger: "BOOKING_CREATED", happened_at, payload }
    }

    fn filled(template: &str) -> Body {
        let payload = r#"{"title":"Say \"hi\"\n","length":30,"organizer":{"name":"Ada"},
            "attendees":[{"name":"Bob"}],"location":null}"#;
        render(event(payload), Some(template)).unwrap()
    }

    #[test]
    fn the_standard_body_has_trigger_time_and_payload() {
        let body = render(event(r#"{"uid":"x","n":1.0}"#), None).unwrap();
        assert_eq!(body.media_type.as_str(), "application/json");
        assert_eq!(
            body.text,
            "{\"triggerEvent\":\"BOOKING_CREATED\",\"createdAt\":\"2026-11-25T12:00:00.000Z\",\
             \"payload\":{\"uid\":\"x\",\"n\":1.0}}"
        );
    }

    #[test]
    fn answers_of_a_form_stand_at_the_root_as_well_and_take_nobodys_place() {
        let payload = r#"{"formId":"f","responses":{"email":{"value":"a@x.org"},
            "team":{"response":"Sales"},"payload":{"value":"mine"},"n":{"value":[1,2]}}}"#;
        for trigger in ["FORM_SUBMITTED", "FORM_SUBMITTED_NO_EVENT", "ROUTING_FORM_FALLBACK_HIT"] {
            let body = render(Event { trigger, ..event(payload) }, None).unwrap();
            let body: Value = serde_json::from_str(&body.text).unwrap();
            assert_eq!(body["email"], "a@x.org", "{trigger}");
            assert_eq!((&body["team"], &body["n"][1]), (&"Sales".into(), &2.into()));
            assert_eq!(
                (&body["triggerEvent"], &body["payload"]["formId"]),
                (&trigger.into(), &"f".into())
            );
        }
        let other: Value = serde_json::from_str(&standard(event(payload))).unwrap();
        assert_eq!(other.get("email"), None);
    }

    #[test]
    fn a_template_that_reads_as_json_is_json_and_its_values_are_escaped() {
        let body = filled(
            r#"{"t":"{{title}}","who":"{{ organizer.name }}","first":"{{attendees.0.name}}","m":{{length}},"e":"{{triggerEvent}}"}"#,
        );
        assert_eq!(body.media_type, MediaType::Json);
        let value: Value = serde_json::from_str(&body.text).unwrap();
        let expected = serde_json::json!({
            "t": "Say \"hi\"\n", "who": "Ada", "first": "Bob", "m": 30, "e": "BOOKING_CREATED"
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn objects_and_lists_stand_in_json_as_they_are_and_texts_never_do() {
        let body =
            filled(r#"{"t":"{{title}}","o":{{organizer}},"l":{{attendees}},"s":"{{organizer}}"}"#);
        assert_eq!(body.media_type, MediaType::Json);
        let read: Value = serde_json::from_str(&body.text).unwrap();
        assert_eq!(read["t"], "Say \"hi\"\n");
        assert_eq!((&read["o"]["name"], &read["l"][0]["name"]), (&"Ada".into(), &"Bob".into()));
        assert_eq!(read["s"], r#"{"name":"Ada"}"#);
        // A text that would add a field to the body.
        let payload = r#"{"title":"1,\"admin\":true"}"#;
        let body = render(event(payload), Some(r#"{"quote\"":"x","t":{{title}}}"#)).unwrap();
        assert_eq!(body.media_type, MediaType::Form);
    }

    #[test]
    fn a_template_that_does_not_is_a_form_with_plain_values() {
        let body = filled("who={{organizer.name}}&title={{title}}");
        assert_eq!(body.media_type.as_str(), "application/x-www-form-urlencoded");
        assert_eq!(body.text, "who=Ada&title=Say \"hi\"\n");
    }

    #[test]
    fn a_value_of_a_form_cannot_become_two_and_other_text_has_it_as_it_is() {
        let payload = r#"{"title":"1+1 & 100%&admin=1"}"#;
        let form = render(event(payload), Some("t={{title}}&x=y")).unwrap();
        assert_eq!(form.text, "t=1%2B1 %26 100%25%26admin=1&x=y");
        let read: Vec<(String, String)> = form_urlencoded::parse(form.text.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read, [field("t", "1+1 & 100%&admin=1"), field("x", "y")]);
        let text = render(event(payload), Some("New: {{title}}")).unwrap();
        assert_eq!(text.text, "New: 1+1 & 100%&admin=1");
    }

    #[test]
    fn what_is_missing_is_empty_and_single_braces_stay() {
        assert_eq!(filled("a={{nothing}}&b={{attendees.7.name}}&c={{location}}").text, "a=&b=&c=");
        assert_eq!(filled("a={{title").text, "a={{title");
        assert_eq!(filled("{a}={{length}}").text, "{a}=30");
    }

    #[test]
    fn a_template_cannot_grow_without_bound() {
        let payload = format!(r#"{{"big":"{}"}}"#, "x".repeat(100_000));
        let template = "{{big}}".repeat(20);
        assert_eq!(render(event(&payload), Some(&template)), Err(TooLong));
    }
}

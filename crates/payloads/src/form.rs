//! Filled-in routing forms.

use meridian_domain::webhook::{FormAction, FormAnswer, FormEvent, FormOutcome};
use meridian_store::deliveries::UserEvent;
use serde_json::{Map, Value, json};

/// Somebody filled in a form. The answers stand under `responses`, and by their names
/// beside it where no field of the payload has that name.
pub fn form(event: &FormEvent) -> UserEvent {
    let mut fields = Map::new();
    let responses: Map<String, Value> =
        event.answers.iter().map(|answer| (answer.name.clone(), response(answer))).collect();
    for (name, value) in [
        ("formId", json!(event.form_id)),
        ("formName", json!(event.form_name)),
        ("teamId", json!(event.team)),
        ("responseId", json!(event.response_id)),
        ("responses", Value::Object(responses)),
    ] {
        fields.insert(name.to_owned(), value);
    }
    let (name, value) = match &event.outcome {
        FormOutcome::Submitted => (None, Value::Null),
        FormOutcome::NoEvent(redirect) => {
            (Some("redirect"), redirect.as_ref().map_or(Value::Null, action))
        }
        FormOutcome::FallbackHit(fallback) => (Some("fallbackAction"), action(fallback)),
    };
    if let Some(name) = name {
        fields.insert(name.to_owned(), value);
    }
    for answer in &event.answers {
        fields.entry(answer.name.clone()).or_insert_with(|| answer.value.clone());
    }
    let payload = Value::Object(fields).to_string();
    UserEvent { trigger: event.trigger(), user: event.owner, payload }
}

fn response(answer: &FormAnswer) -> Value {
    json!({ "label": answer.label, "value": answer.value, "response": answer.response })
}

fn action(action: &FormAction) -> Value {
    let mut shown = json!({ "type": action.kind.as_str(), "value": action.value });
    if let Some((object, id)) = shown.as_object_mut().zip(action.event_type) {
        object.insert("eventTypeId".to_owned(), json!(id));
    }
    shown
}

//! The booker's answers against the booking form of the event type.

use serde_json::{Map, Value};

use crate::event_type::{BookingField, EventTypeSettings, FieldType};

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// A required field was not answered.
    Missing {
        /// The field.
        slug: String,
    },
    /// A phone number is required; it is part of the attendee, not an answer.
    MissingPhoneNumber,
    /// The answer has the wrong JSON type.
    WrongType {
        /// The field.
        slug: String,
        /// The field's type.
        field_type: &'static str,
        /// The JSON type it takes.
        expected: &'static str,
        /// The JSON type that came.
        received: &'static str,
    },
    /// The answer is not one of the options.
    NotAnOption {
        /// The field.
        slug: String,
        /// The answer.
        given: String,
        /// The options.
        allowed: Vec<String>,
    },
    /// One of the answers is not one of the options.
    NotAllOptions {
        /// The field.
        slug: String,
        /// The options.
        allowed: Vec<String>,
    },
}

/// What the booker answered, wherever in the request it stood.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answers<'a> {
    pub responses: &'a Map<String, Value>,
    pub has_email: bool,
    pub has_phone: bool,
    pub has_guests: bool,
}

/// The fields whose answer is the attendee's phone number.
const PHONE_SLUGS: [&str; 2] = ["attendeePhoneNumber", "smsReminderNumber"];

/// Checks every field the booker sees. Answers to hidden and unknown fields are
/// kept as they came.
pub(super) fn check(settings: &EventTypeSettings, answers: Answers<'_>) -> Result<(), AnswerError> {
    for field in settings.visible_form() {
        let answer = answers.responses.get(&field.slug).filter(|answer| !answer.is_null());
        match answer {
            Some(answer) => check_answer(&field, answer)?,
            None => check_unanswered(&field, answers)?,
        }
    }
    Ok(())
}

/// Whether a field may go without an answer of its own.
fn check_unanswered(field: &BookingField, answers: Answers<'_>) -> Result<(), AnswerError> {
    let answered_elsewhere = match field.slug.as_str() {
        // The name is always there; a place is found without one; the reason for
        // rescheduling is asked when rescheduling.
        "name" | "location" | "rescheduleReason" => true,
        "email" => answers.has_email,
        "guests" => answers.has_guests,
        slug if PHONE_SLUGS.contains(&slug) => answers.has_phone,
        _ => false,
    };
    if answered_elsewhere || !field.required {
        return Ok(());
    }
    if PHONE_SLUGS.contains(&field.slug.as_str()) {
        return Err(AnswerError::MissingPhoneNumber);
    }
    Err(AnswerError::Missing { slug: field.slug.clone() })
}

fn check_answer(field: &BookingField, answer: &Value) -> Result<(), AnswerError> {
    check_type(field, answer)?;
    if field.required && is_blank(answer) {
        return Err(AnswerError::Missing { slug: field.slug.clone() });
    }
    if !field.kind.has_options() || field.options.is_empty() {
        return Ok(());
    }
    let slug = || field.slug.clone();
    match answer {
        Value::Array(given) => {
            if given.iter().all(|value| is_option(field, value)) {
                return Ok(());
            }
            Err(AnswerError::NotAllOptions { slug: slug(), allowed: field.options.clone() })
        }
        // A question that may be left open may be answered with nothing.
        given if is_blank(given) || is_option(field, given) => Ok(()),
        given => {
            let allowed = field.options.clone();
            Err(AnswerError::NotAnOption { slug: slug(), given: as_text(given), allowed })
        }
    }
}

fn check_type(field: &BookingField, answer: &Value) -> Result<(), AnswerError> {
    use FieldType::{
        Address, Boolean, Checkbox, Email, Multiemail, Multiselect, Name, Number, Phone, Radio,
        RadioInput, Select, Text, Textarea, Url,
    };
    let (expected, fits) = match field.kind {
        Phone | Address | Text | Textarea | Url => ("string", answer.is_string()),
        Number => ("number", answer.is_number()),
        Boolean => ("boolean", answer.is_boolean()),
        Multiemail | Multiselect | Checkbox => ("array", answer.is_array()),
        Select | Radio => ("string or number", answer.is_string() || answer.is_number()),
        // Answered outside the answers; what stands here is ignored.
        Name | Email | RadioInput => ("", true),
    };
    if fits {
        return Ok(());
    }
    Err(AnswerError::WrongType {
        slug: field.slug.clone(),
        field_type: type_name(field.kind),
        expected,
        received: json_type(answer),
    })
}

fn is_blank(answer: &Value) -> bool {
    match answer {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    }
}

fn is_option(field: &BookingField, given: &Value) -> bool {
    let given = as_text(given);
    field.options.contains(&given)
}

/// Options are texts; a number chosen from them is compared by its digits.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

const fn type_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Name => "name",
        FieldType::Email => "email",
        FieldType::Phone => "phone",
        FieldType::Address => "address",
        FieldType::Text => "text",
        FieldType::Number => "number",
        FieldType::Textarea => "textarea",
        FieldType::Select => "select",
        FieldType::Multiselect => "multiselect",
        FieldType::Multiemail => "multiemail",
        FieldType::Checkbox => "checkbox",
        FieldType::Radio => "radio",
        FieldType::Boolean => "boolean",
        FieldType::Url => "url",
        FieldType::RadioInput => "radioInput",
    }
}

const fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(kind: FieldType, slug: &str, options: &[&str]) -> BookingField {
        BookingField {
            kind,
            slug: slug.to_owned(),
            required: true,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
            is_default: false,
            ..BookingField::default_of("title").unwrap()
        }
    }

    fn verdict(field: &BookingField, responses: &Value) -> Result<(), AnswerError> {
        let booking_fields = vec![field.clone()];
        let settings = EventTypeSettings { booking_fields, ..EventTypeSettings::default() };
        let responses = responses.as_object().unwrap();
        let answers = Answers { responses, has_email: true, has_phone: false, has_guests: false };
        check(&settings, answers)
    }

    #[test]
    fn a_required_field_is_answered() {
        let topic = field(FieldType::Text, "topic", &[]);
        let missing = Err(AnswerError::Missing { slug: "topic".to_owned() });
        for responses in [json!({}), json!({"topic": null}), json!({"topic": "  "})] {
            assert_eq!(verdict(&topic, &responses), missing, "{responses}");
        }
        assert_eq!(verdict(&topic, &json!({"topic": "bees"})), Ok(()));
        let optional = BookingField { required: false, ..topic.clone() };
        assert_eq!(verdict(&optional, &json!({})), Ok(()));
        let hidden = BookingField { hidden: true, ..topic };
        assert_eq!(verdict(&hidden, &json!({"topic": 5, "unknown": []})), Ok(()));
    }

    #[test]
    fn a_required_phone_number_belongs_to_the_attendee() {
        for slug in PHONE_SLUGS {
            let phone = field(FieldType::Phone, slug, &[]);
            assert_eq!(verdict(&phone, &json!({})), Err(AnswerError::MissingPhoneNumber));
        }
    }

    #[test]
    fn answers_have_the_type_of_their_field() {
        for (kind, good, bad, expected, received) in [
            (FieldType::Phone, json!("+39061"), json!(12345), "string", "number"),
            (FieldType::Address, json!("Rome"), json!(true), "string", "boolean"),
            (FieldType::Textarea, json!("a"), json!({"b": 1}), "string", "object"),
            (FieldType::Url, json!("https://a.b"), json!(["x"]), "string", "array"),
            (FieldType::Number, json!(4), json!("4"), "number", "string"),
            (FieldType::Boolean, json!(false), json!("no"), "boolean", "string"),
            (FieldType::Multiemail, json!(["a@b.c"]), json!("a@b.c"), "array", "string"),
            (FieldType::Select, json!("a"), json!(true), "string or number", "boolean"),
        ] {
            let field = field(kind, "x", &[]);
            assert_eq!(verdict(&field, &json!({ "x": good })), Ok(()), "{kind:?}");
            let refused = verdict(&field, &json!({ "x": bad })).unwrap_err();
            let field_type = type_name(kind);
            let slug = "x".to_owned();
            assert_eq!(refused, AnswerError::WrongType { slug, field_type, expected, received });
        }
    }

    #[test]
    fn options_are_those_of_the_field() {
        let size = field(FieldType::Select, "size", &["S", "40"]);
        assert_eq!(verdict(&size, &json!({"size": "S"})), Ok(()));
        assert_eq!(verdict(&size, &json!({"size": 40})), Ok(()));
        let allowed = vec!["S".to_owned(), "40".to_owned()];
        let slug = || "size".to_owned();
        assert_eq!(
            verdict(&size, &json!({"size": "XL"})),
            Err(AnswerError::NotAnOption {
                slug: slug(),
                given: "XL".to_owned(),
                allowed: allowed.clone(),
            })
        );
        let sizes = field(FieldType::Multiselect, "size", &["S", "40"]);
        assert_eq!(verdict(&sizes, &json!({"size": ["S", 40]})), Ok(()));
        assert_eq!(
            verdict(&sizes, &json!({"size": ["S", "XL"]})),
            Err(AnswerError::NotAllOptions { slug: slug(), allowed })
        );
        let open = field(FieldType::Radio, "size", &[]);
        assert_eq!(verdict(&open, &json!({"size": "anything"})), Ok(()));
    }
}

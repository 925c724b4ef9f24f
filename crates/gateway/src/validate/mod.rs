//! Validation once, at the edge, with the path of the field.
//!
//! A body is read field by field; every mistake is noted and reading goes on, so
//! that the client hears of all of them at once:
//!
//! ```
//! # use meridian_gateway::validate::{Fields, integer, text};
//! # let body = serde_json::json!({"title": "Intro", "lengthInMinutes": 0});
//! let mut fields = Fields::of(&body);
//! let title = fields.required("title", text(1, 255));
//! let length = fields.required("lengthInMinutes", integer(1, 1_440));
//! let refused = fields.finish().unwrap_err();
//! assert_eq!(refused.message, "lengthInMinutes must not be less than 1");
//! assert_eq!(title, "Intro");
//! # let _: i64 = length;
//! ```
//!
//! Unknown properties are ignored, as upstream.

mod many;
mod profile;
mod rules;
mod url;

use meridian_kernel::Patch;
use serde_json::{Map, Value, json};

use crate::{ApiError, Request};

pub use many::read_many;
pub use profile::{color, locale, role, time_format, username, username_of, week_day};
pub use rules::{
    array, boolean, count, email, instant, integer, metadata, one_of, slugify, text, zone,
};
pub use url::url;

/// How many mistakes one answer lists at most.
const MAX_LISTED_ERRORS: usize = 50;

/// How much of a wrong value is shown back, in characters.
const MAX_SHOWN_VALUE: usize = 200;

/// Fields whose wrong value is not shown back: answers end up in logs.
const SECRET_FIELDS: &[&str] =
    &["password", "currentPassword", "newPassword", "secret", "calApiKey"];

/// What is wrong with a value: the rule's name, and the text after the field's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule, such as `isString`.
    pub rule: &'static str,
    /// Such as `must be a string`.
    pub text: String,
}

impl Violation {
    /// From a rule's name and a text that goes behind the field's name.
    pub fn new(rule: &'static str, text: impl Into<String>) -> Self {
        Self { rule, text: text.into() }
    }
}

#[derive(Clone, Debug)]
struct Mistake {
    path: String,
    value: Value,
    rule: String,
    /// Whole sentence, beginning with the path.
    text: String,
}

/// The mistakes found so far.
#[derive(Clone, Debug, Default)]
pub struct Errors(Vec<Mistake>);

impl Errors {
    /// Notes a mistake; `text` goes behind the path.
    pub fn add(&mut self, path: &str, value: Value, rule: &str, text: &str) {
        if self.0.len() < MAX_LISTED_ERRORS {
            let text = format!("{path} {text}");
            let (path, rule) = (path.to_owned(), rule.to_owned());
            self.0.push(Mistake { path, value: shorten(value), rule, text });
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The 400 that lists them all: texts joined in `message`, and the tree of
    /// fields in `details.errors`.
    pub fn into_api_error(self) -> ApiError {
        let texts: Vec<&str> = self.0.iter().map(|mistake| mistake.text.as_str()).collect();
        let message = texts.join(", ");
        let mut tree = Vec::new();
        for mistake in &self.0 {
            let segments: Vec<&str> = mistake.path.split('.').collect();
            insert(&mut tree, &segments, mistake);
        }
        ApiError::bad_request(message).with_details(json!({ "errors": tree }))
    }
}

/// Puts a mistake where its path leads, making the nodes on the way.
fn insert(nodes: &mut Vec<Value>, segments: &[&str], mistake: &Mistake) {
    let Some((property, rest)) = segments.split_first() else { return };
    let known = nodes.iter().position(|node| node.get("property") == Some(&json!(property)));
    let at = known.unwrap_or_else(|| {
        nodes.push(json!({ "property": property, "children": [] }));
        nodes.len() - 1
    });
    let Some(node) = nodes.get_mut(at).and_then(Value::as_object_mut) else { return };
    if rest.is_empty() {
        node.insert("value".to_owned(), mistake.value.clone());
        let constraints = node.entry("constraints").or_insert_with(|| json!({}));
        if let Some(constraints) = constraints.as_object_mut() {
            constraints.insert(mistake.rule.clone(), Value::from(mistake.text.as_str()));
        }
    } else if let Some(children) = node.get_mut("children").and_then(Value::as_array_mut) {
        insert(children, rest, mistake);
    }
}

/// Long values are cut: an answer is no mirror for a megabyte of request.
fn shorten(value: Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > MAX_SHOWN_VALUE => {
            Value::String(text.chars().take(MAX_SHOWN_VALUE).collect::<String>() + "…")
        }
        Value::Array(_) | Value::Object(_) if value.to_string().len() > MAX_SHOWN_VALUE => {
            Value::Null
        }
        other => other,
    }
}

/// An object being read field by field.
#[derive(Debug)]
pub struct Fields<'a> {
    object: Option<&'a Map<String, Value>>,
    path: String,
    errors: Errors,
}

impl<'a> Fields<'a> {
    /// Reads a JSON value that must be an object.
    pub fn of(value: &'a Value) -> Self {
        let mut errors = Errors::default();
        let object = value.as_object();
        if object.is_none() {
            errors.add("body", value.clone(), "isObject", "must be a JSON object");
        }
        Self { object, path: String::new(), errors }
    }

    fn nested(object: Option<&'a Map<String, Value>>, path: String) -> Self {
        Self { object, path, errors: Errors::default() }
    }

    fn full_path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The raw value; `None` where absent.
    pub fn raw(&self, name: &str) -> Option<&'a Value> {
        self.object.and_then(|object| object.get(name))
    }

    /// The names of all fields that came.
    pub fn names(&self) -> Vec<&'a str> {
        let names = self.object.into_iter().flat_map(|object| object.keys());
        names.map(String::as_str).collect()
    }

    /// Whether the client sent the field with anything but `null`.
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|value| !value.is_null())
    }

    /// Notes a mistake about a field: for rules between fields.
    pub fn refuse(&mut self, name: &str, violation: &Violation) {
        let shown = self.raw(name).filter(|_| !SECRET_FIELDS.contains(&name));
        let value = shown.cloned().unwrap_or(Value::Null);
        let path = self.full_path(name);
        self.errors.add(&path, value, violation.rule, &violation.text);
    }

    fn read<T>(
        &mut self,
        name: &str,
        value: &Value,
        rule: &impl Fn(&Value) -> Result<T, Violation>,
    ) -> Option<T> {
        rule(value).map_err(|violation| self.refuse(name, &violation)).ok()
    }

    /// A field that must be there. Where it is wrong, the mistake is noted and the
    /// type's default stands in until [`Self::finish`] refuses the whole.
    pub fn required<T: Default>(
        &mut self,
        name: &str,
        rule: impl Fn(&Value) -> Result<T, Violation>,
    ) -> T {
        let value = self.raw(name).unwrap_or(&Value::Null);
        self.read(name, value, &rule).unwrap_or_default()
    }

    /// A field that must be there, of a type without a default.
    pub fn required_some<T>(
        &mut self,
        name: &str,
        rule: impl Fn(&Value) -> Result<T, Violation>,
    ) -> Option<T> {
        let value = self.raw(name).unwrap_or(&Value::Null);
        self.read(name, value, &rule)
    }

    /// A field that may be absent or `null`.
    pub fn optional<T>(
        &mut self,
        name: &str,
        rule: impl Fn(&Value) -> Result<T, Violation>,
    ) -> Option<T> {
        let value = self.raw(name).filter(|value| !value.is_null())?;
        self.read(name, value, &rule)
    }

    /// A field of a partial update.
    pub fn patch<T>(
        &mut self,
        name: &str,
        rule: impl Fn(&Value) -> Result<T, Violation>,
    ) -> Patch<T> {
        match self.raw(name) {
            None => Patch::Absent,
            Some(Value::Null) => Patch::Null,
            Some(value) => self.read(name, value, &rule).map_or(Patch::Absent, Patch::Value),
        }
    }

    /// A nested object that may be absent or `null`.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        let value = self.raw(name).filter(|value| !value.is_null())?;
        let Some(object) = value.as_object() else {
            self.refuse(name, &Violation::new("isObject", "must be an object"));
            return None;
        };
        let mut nested = Fields::nested(Some(object), self.full_path(name));
        let result = read(&mut nested);
        self.errors.0.extend(nested.errors.0);
        Some(result)
    }

    /// An array of objects that may be absent or `null`, of at most `most` elements.
    pub fn objects<T>(
        &mut self,
        name: &str,
        most: usize,
        read: impl Fn(&mut Fields<'_>) -> T,
    ) -> Option<Vec<T>> {
        let value = self.raw(name).filter(|value| !value.is_null())?;
        let Some(elements) = value.as_array() else {
            self.refuse(name, &Violation::new("isArray", "must be an array"));
            return None;
        };
        if elements.len() > most {
            let text = format!("must contain no more than {most} elements");
            self.refuse(name, &Violation::new("arrayMaxSize", text));
            return None;
        }
        let mut results = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let path = format!("{}.{index}", self.full_path(name));
            let Some(object) = element.as_object() else {
                self.errors.add(&path, element.clone(), "isObject", "must be an object");
                continue;
            };
            let mut nested = Fields::nested(Some(object), path);
            results.push(read(&mut nested));
            self.errors.0.extend(nested.errors.0);
        }
        Some(results)
    }

    /// Ends the reading: 400 where anything was wrong.
    pub fn finish(self) -> Result<(), ApiError> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors.into_api_error()) }
    }
}

/// Parses a request's JSON body. An empty body is an empty object.
pub fn json_body(request: &Request) -> Result<Value, ApiError> {
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(&request.body).map_err(|error| {
        ApiError::bad_request(format!("The request body is not valid JSON: {error}."))
    })
}

/// The query as an object of texts, so that query parameters are read like a
/// body; a name that comes twice becomes an array. Rules accept numbers and
/// booleans in decimal text.
pub fn query_object(request: &Request) -> Value {
    let mut object = Map::new();
    for (name, value) in &request.query {
        match object.get_mut(name) {
            None => {
                object.insert(name.clone(), Value::from(value.as_str()));
            }
            Some(Value::Array(values)) => values.push(Value::from(value.as_str())),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_named_with_its_path() {
        let body = json!({"attendee": {"name": 5, "timeZone": "Mars"}, "guests": ["a@b.c", "x"]});
        let mut fields = Fields::of(&body);
        fields.required_some("start", instant());
        fields.object("attendee", |fields| {
            fields.required("name", text(1, 10));
            fields.required_some("timeZone", zone());
        });
        fields.optional("guests", array(3, email()));
        let error = fields.finish().unwrap_err();
        assert_eq!(
            error.message,
            "start must be a valid ISO 8601 date string, such as 2050-09-05T07:00:00.000Z, \
             attendee.name must be a string, \
             attendee.timeZone must be a valid IANA time zone, such as Europe/Rome, \
             guests each value must be an email"
        );
        let errors = &error.details.unwrap()["errors"];
        assert_eq!(errors[1]["property"], "attendee");
        assert_eq!(
            errors[1]["children"][0]["constraints"]["isString"],
            "attendee.name must be a string"
        );
    }

    #[test]
    fn a_wrong_secret_is_not_shown_back() {
        let body = json!({"password": "hunter2"});
        let mut fields = Fields::of(&body);
        fields.required("password", text(8, 128));
        let error = fields.finish().unwrap_err();
        assert!(error.message.starts_with("password must be longer"));
        assert!(!error.details.unwrap().to_string().contains("hunter2"));
    }

    #[test]
    fn absent_null_and_value_are_told_apart() {
        let body = json!({"bio": null, "name": "Ada"});
        let mut fields = Fields::of(&body);
        assert_eq!(fields.patch("bio", text(0, 10)), Patch::Null);
        assert_eq!(fields.patch("name", text(0, 10)), Patch::Value("Ada".to_owned()));
        assert_eq!(fields.patch("email", email()), Patch::Absent);
        assert!(fields.finish().is_ok());
    }

    #[test]
    fn addresses_are_checked() {
        for good in ["a@b.co", "first.last+tag@sub.example.org"] {
            assert!(email()(&json!(good)).is_ok(), "{good}");
        }
        for bad in ["", "a", "a@b", "a@@b.co", "@b.co", "a b@c.de", "a@b..c"] {
            assert!(email()(&json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slugify("  Intro Call (30 min)! "), "intro-call-30-min");
    }
}

//! Settings that are objects and can be taken back.

use meridian_gateway::validate::{Fields, Violation};
use serde_json::Value;

/// An object that `null` takes back.
pub fn object<T>(
    fields: &mut Fields<'_>,
    name: &str,
    stored: Option<T>,
    read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
) -> Option<T> {
    match fields.raw(name) {
        None => stored,
        Some(Value::Null) => None,
        Some(_) => fields.object(name, read).flatten(),
    }
}

/// An object that `null` and `{"disabled":true}` take back. With `disabled` false
/// it must be a whole setting.
pub fn resettable<T>(
    fields: &mut Fields<'_>,
    name: &str,
    stored: Option<T>,
    read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
) -> Option<T> {
    object(fields, name, stored, |inner| match inner.raw("disabled") {
        Some(Value::Bool(true)) => None,
        None | Some(Value::Null | Value::Bool(false)) => read(inner),
        Some(_) => {
            inner.refuse("disabled", &Violation::new("isBoolean", "must be a boolean value"));
            None
        }
    })
}

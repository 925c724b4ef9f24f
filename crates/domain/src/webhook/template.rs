//! Custom payload templates: `{{path}}` stands for a value of the payload.

use serde_json::Value;

use super::TooLong;

/// How values are put into the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// As they are.
    None,
    /// So that they may stand inside the quotes of a JSON text.
    Json,
}

/// Fills a template in. A path that leads nowhere is empty; braces that are not a
/// pair stay as they are.
pub(super) fn fill(
    template: &str,
    values: &Value,
    escape: Escape,
    most: usize,
) -> Result<String, TooLong> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((path, after)) = behind.split_once("}}") else { break };
        text.push_str(before);
        let value = look_up(values, path.trim()).map(show).unwrap_or_default();
        match escape {
            Escape::None => text.push_str(&value),
            Escape::Json => text.push_str(&escape_json(&value)),
        }
        if text.len() > most {
            return Err(TooLong);
        }
        rest = after;
    }
    text.push_str(rest);
    if text.len() > most { Err(TooLong) } else { Ok(text) }
}

/// Follows a path such as `attendees.0.name`.
fn look_up<'a>(values: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(values, |value, name| match value {
        Value::Array(elements) => elements.get(name.parse::<usize>().ok()?),
        _ => value.get(name),
    })
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn escape_json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
}

//! Custom payload templates: `{{path}}` stands for a value of the payload.

use std::fmt;

use serde_json::Value;

use super::TooLong;

/// How many values a template may name, repetitions included.
const MAX_VARIABLES: usize = 500;

/// How long a path may be, in characters.
const MAX_PATH: usize = 200;

/// How many names a path may have.
const MAX_DEPTH: usize = 10;

/// Why a template is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateRefusal {
    /// The `{{` at this character, counted from 1, has no `}}`.
    NeverEnds(usize),
    /// What stands between the braces at this character is no path.
    NoPath(usize),
    /// The path at this character is too long or too deep.
    PathTooLong(usize),
    /// It names too many values.
    TooManyVariables,
}

impl fmt::Display for TemplateRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverEnds(at) => {
                write!(f, "must close every {{{{ with }}}}: the one at character {at} never ends")
            }
            Self::NoPath(at) => write!(
                f,
                "must have a path such as {{{{attendees.0.name}}}} between double braces: \
                 there is none at character {at}"
            ),
            Self::PathTooLong(at) => write!(
                f,
                "must not have paths of more than {MAX_PATH} characters or {MAX_DEPTH} names: \
                 there is one at character {at}"
            ),
            Self::TooManyVariables => {
                write!(f, "must not have more than {MAX_VARIABLES} variables")
            }
        }
    }
}

/// Judges a template before it is stored.
pub fn check_template(template: &str) -> Result<(), TemplateRefusal> {
    let mut rest = template;
    let mut at = 1_usize;
    for _ in 0..=MAX_VARIABLES {
        let Some((before, behind)) = rest.split_once("{{") else { return Ok(()) };
        at += before.chars().count();
        let Some((path, after)) = behind.split_once("}}") else {
            return Err(TemplateRefusal::NeverEnds(at));
        };
        check_path(path.trim(), at)?;
        at += path.chars().count() + 4;
        rest = after;
    }
    Err(TemplateRefusal::TooManyVariables)
}

fn check_path(path: &str, at: usize) -> Result<(), TemplateRefusal> {
    if path.is_empty() || path.contains(['{', '}']) || path.contains(char::is_control) {
        return Err(TemplateRefusal::NoPath(at));
    }
    if path.chars().count() > MAX_PATH || path.split('.').count() > MAX_DEPTH {
        return Err(TemplateRefusal::PathTooLong(at));
    }
    Ok(())
}

/// How values are put into the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// As they are.
    None,
    /// So that they may stand inside the quotes of a JSON text.
    Json,
    /// So that they stay one value of a form.
    Form,
}

/// Whether a template has the shape of a form: `name=…&name=…`.
pub(super) fn is_form(template: &str) -> bool {
    template.split('&').all(|field| {
        let name = field.split_once('=').map_or("", |(name, _)| name);
        !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "{}\"<>".contains(c))
    })
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
    let mut is_within_string = false;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((path, after)) = behind.split_once("}}") else { break };
        text.push_str(before);
        is_within_string = ends_within_string(before, is_within_string);
        let found = look_up(values, path.trim());
        // What is shown of an object or a list is JSON already. A text is none: it could
        // be read as more than a value.
        let is_json = found.is_some_and(|value| value.is_object() || value.is_array());
        let value = found.map(show).unwrap_or_default();
        match escape {
            Escape::None => text.push_str(&value),
            Escape::Json if is_json && !is_within_string => text.push_str(&value),
            Escape::Json => text.push_str(&escape_json(&value)),
            Escape::Form => escape_form(&value, &mut text),
        }
        if text.len() > most {
            return Err(TooLong);
        }
        rest = after;
    }
    text.push_str(rest);
    if text.len() > most { Err(TooLong) } else { Ok(text) }
}

/// Whether a string of JSON is open at the end of a part of it, where it was open or not
/// at its beginning.
fn ends_within_string(part: &str, mut is_open: bool) -> bool {
    let mut is_escaped = false;
    for character in part.chars() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_open => is_escaped = true,
            '"' => is_open = !is_open,
            _ => {}
        }
    }
    is_open
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

/// Escapes what would end the value or be read as something else, and nothing more,
/// so that the text stays readable.
fn escape_form(value: &str, text: &mut String) {
    for character in value.chars() {
        match character {
            '%' => text.push_str("%25"),
            '&' => text.push_str("%26"),
            '+' => text.push_str("%2B"),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_json_forms_and_plain_text_are_good() {
        for template in [
            "",
            r#"{"a":"{{title}}","b":{"c":{{length}}}}"#,
            "who={{ organizer.name }}&title={{title}}",
            "Somebody booked: {{title}} }}",
            "{ single }",
        ] {
            assert_eq!(check_template(template), Ok(()), "{template}");
        }
    }

    #[test]
    fn a_variable_that_never_ends_is_named_by_its_place() {
        assert_eq!(check_template("a={{title"), Err(TemplateRefusal::NeverEnds(3)));
        assert_eq!(check_template("é={{title}}{{"), Err(TemplateRefusal::NeverEnds(12)));
        let said = TemplateRefusal::NeverEnds(3).to_string();
        assert!(said.contains("{{") && said.contains("character 3"), "{said}");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for template in ["{{}}", "{{ }}", "{{a{{b}}}}", "{{a\u{0}b}}", "{{{a}}}"] {
            assert!(
                matches!(check_template(template), Err(TemplateRefusal::NoPath(1))),
                "{template}"
            );
        }
    }

    #[test]
    fn paths_and_their_number_are_bounded() {
        let deep = ["a"; MAX_DEPTH].join(".");
        assert_eq!(check_template(&format!("{{{{{deep}}}}}")), Ok(()));
        let deeper = format!("{{{{{deep}.a}}}}");
        assert_eq!(check_template(&deeper), Err(TemplateRefusal::PathTooLong(1)));
        let long = format!("{{{{{}}}}}", "a".repeat(MAX_PATH + 1));
        assert_eq!(check_template(&long), Err(TemplateRefusal::PathTooLong(1)));
        assert_eq!(check_template(&"{{a}}".repeat(MAX_VARIABLES)), Ok(()));
        let more = "{{a}}".repeat(MAX_VARIABLES + 1);
        assert_eq!(check_template(&more), Err(TemplateRefusal::TooManyVariables));
    }

    #[test]
    fn only_what_looks_like_a_form_is_one() {
        for form in ["a={{b}}", "a=1&b={{c}}", "a[0]=x&b="] {
            assert!(is_form(form), "{form}");
        }
        for other in ["", "Hello & welcome", "a={{b}}&c", "New: {{a}}", "=x", "{{a}}={{b}}"] {
            assert!(!is_form(other), "{other}");
        }
    }
}

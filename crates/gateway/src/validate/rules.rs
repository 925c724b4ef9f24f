//! The rules a value is read by: what it must be, and what is said where it is not.

use meridian_kernel::{Instant, Zone};
use serde_json::{Map, Value};

use super::Violation;

/// A text of so many characters.
pub fn text(least: usize, most: usize) -> impl Fn(&Value) -> Result<String, Violation> {
    move |value| {
        let text = value.as_str().ok_or_else(|| Violation::new("isString", "must be a string"))?;
        let length = text.chars().count();
        if length < least && least == 1 {
            return Err(Violation::new("isNotEmpty", "should not be empty"));
        }
        if length < least {
            let text = format!("must be longer than or equal to {least} characters");
            return Err(Violation::new("minLength", text));
        }
        if length > most {
            let text = format!("must be shorter than or equal to {most} characters");
            return Err(Violation::new("maxLength", text));
        }
        Ok(text.to_owned())
    }
}

/// A whole number within bounds. Decimal text counts, for query parameters.
pub fn integer(least: i64, most: i64) -> impl Fn(&Value) -> Result<i64, Violation> {
    move |value| {
        let whole =
            |number: f64| (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
        let number = match value {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.ok_or_else(|| Violation::new("isInt", "must be an integer number"))?;
        if number < least {
            return Err(Violation::new("min", format!("must not be less than {least}")));
        }
        if number > most {
            return Err(Violation::new("max", format!("must not be greater than {most}")));
        }
        Ok(number)
    }
}

/// The same, as a count of 32 bits.
pub fn count(least: u32, most: u32) -> impl Fn(&Value) -> Result<u32, Violation> {
    let rule = integer(i64::from(least), i64::from(most));
    move |value| rule(value).map(|number| u32::try_from(number).unwrap_or(most))
}

/// `true` or `false`; their texts count, for query parameters.
pub fn boolean() -> impl Fn(&Value) -> Result<bool, Violation> {
    |value| match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        _ => Err(Violation::new("isBoolean", "must be a boolean value")),
    }
}

/// One of a list of texts.
pub fn one_of(
    choices: &'static [&'static str],
) -> impl Fn(&Value) -> Result<&'static str, Violation> {
    move |value| {
        let text = value.as_str();
        choices.iter().copied().find(|choice| Some(*choice) == text).ok_or_else(|| {
            let text = format!("must be one of the following values: {}", choices.join(", "));
            Violation::new("isIn", text)
        })
    }
}

/// A point in time in ISO 8601.
pub fn instant() -> impl Fn(&Value) -> Result<Instant, Violation> {
    |value| {
        value.as_str().and_then(|text| Instant::parse(text).ok()).ok_or_else(|| {
            Violation::new("isDateString", meridian_kernel::InstantError.to_string())
        })
    }
}

/// An IANA time zone, in any case.
pub fn zone() -> impl Fn(&Value) -> Result<Zone, Violation> {
    |value| {
        value
            .as_str()
            .and_then(|name| Zone::parse(name).ok())
            .ok_or_else(|| Violation::new("isTimeZone", meridian_kernel::ZoneError.to_string()))
    }
}

/// How long an e-mail address may be (RFC 5321, 4.5.3.1.3, less the brackets).
const MAX_EMAIL: usize = 254;

/// An e-mail address: one `@`, something before it, a dotted domain behind it.
pub fn email() -> impl Fn(&Value) -> Result<String, Violation> {
    |value| {
        let wrong = || Violation::new("isEmail", "must be an email");
        let text = value.as_str().ok_or_else(wrong)?.trim();
        let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
        let printable = text.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != ',');
        let dotted =
            domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty());
        let fits = !local.is_empty() && !local.contains('@') && text.len() <= MAX_EMAIL;
        if printable && dotted && fits { Ok(text.to_owned()) } else { Err(wrong()) }
    }
}

/// An array whose every element fits a rule.
pub fn array<T>(
    most: usize,
    rule: impl Fn(&Value) -> Result<T, Violation>,
) -> impl Fn(&Value) -> Result<Vec<T>, Violation> {
    move |value| {
        let wrong = || Violation::new("isArray", "must be an array");
        let elements = value.as_array().ok_or_else(wrong)?;
        if elements.len() > most {
            let text = format!("must contain no more than {most} elements");
            return Err(Violation::new("arrayMaxSize", text));
        }
        let read = elements.iter().map(&rule).collect::<Result<_, _>>();
        read.map_err(|violation: Violation| Violation {
            text: format!("each value {}", violation.text),
            ..violation
        })
    }
}

/// A slug made of a text: lower case, runs of anything else become one dash.
pub fn slugify(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.to_lowercase().chars() {
        if letter.is_alphanumeric() || letter == '_' {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Metadata: at most 50 keys of at most 40 characters with texts of at most 500
/// (contract: bookings, "metadata").
pub fn metadata() -> impl Fn(&Value) -> Result<Map<String, Value>, Violation> {
    const MOST_KEYS: usize = 50;
    const LONGEST_KEY: usize = 40;
    const LONGEST_VALUE: usize = 500;
    |value| {
        let text = "must be an object with at most 50 keys of at most 40 characters, whose values \
                    are strings of at most 500 characters";
        let wrong = || Violation::new("isMetadata", text);
        let object = value.as_object().ok_or_else(wrong)?;
        let fits = object.len() <= MOST_KEYS
            && object.iter().all(|(key, value)| {
                let short = |text: &str| text.chars().count() <= LONGEST_VALUE;
                key.chars().count() <= LONGEST_KEY && value.as_str().is_some_and(short)
            });
        if fits { Ok(object.clone()) } else { Err(wrong()) }
    }
}

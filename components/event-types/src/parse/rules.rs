//! Rules of single values that only event types have.

use meridian_gateway::validate::{Violation, one_of, slugify, text};
use meridian_kernel::WireId;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::bounds;

/// A slug, made of whatever text came.
pub fn slug() -> impl Fn(&Value) -> Result<String, Violation> {
    |value| {
        let slug = slugify(&text(1, bounds::SLUG)(value)?);
        if slug.is_empty() {
            return Err(Violation::new("isSlug", "must contain a letter or a digit"));
        }
        Ok(slug)
    }
}

/// An integer id.
pub fn id<I: WireId>() -> impl Fn(&Value) -> Result<I, Violation> {
    |value| {
        let wrong = || Violation::new("isInt", meridian_kernel::IdError.to_string());
        value.as_i64().and_then(|id| I::from_wire(id).ok()).ok_or_else(wrong)
    }
}

/// One of a list of texts, as the variant of an enum that is written like it.
pub fn variant<T: DeserializeOwned>(
    choices: &'static [&'static str],
) -> impl Fn(&Value) -> Result<T, Violation> {
    move |value| {
        let choice = one_of(choices)(value)?;
        let wrong = |_| Violation::new("isIn", "is not supported");
        serde_json::from_value(Value::from(choice)).map_err(wrong)
    }
}

/// A phone number in E.164: a plus sign and 2 to 15 digits, the first not 0.
pub fn phone() -> impl Fn(&Value) -> Result<String, Violation> {
    |value| {
        let wrong = || {
            let text = "must be a valid phone number in E.164 form, such as +37120993151";
            Violation::new("isPhoneNumber", text)
        };
        let text = value.as_str().ok_or_else(wrong)?;
        let digits = text.strip_prefix('+').ok_or_else(wrong)?;
        let fits = (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit());
        if fits { Ok(text.to_owned()) } else { Err(wrong()) }
    }
}

/// A colour: `#rrggbb` or `#rgb`.
pub fn color() -> impl Fn(&Value) -> Result<String, Violation> {
    |value| {
        let wrong = || Violation::new("isHexColor", "must be a hexadecimal color, such as #292929");
        let text = value.as_str().ok_or_else(wrong)?;
        let digits = text.strip_prefix('#').ok_or_else(wrong)?;
        let fits =
            matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if fits { Ok(text.to_owned()) } else { Err(wrong()) }
    }
}

//! Rules for what users, teams and organisations say about themselves.

use meridian_kernel::Role;
use serde_json::Value;

use super::Violation;

const WEEK_DAYS: &[&str] =
    &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The languages of the API's own list.
const LOCALES: &[&str] = &[
    "ar", "ca", "de", "es", "eu", "he", "id", "ja", "lv", "pl", "ro", "sr", "th", "vi", "az", "cs",
    "el", "es-419", "fi", "hr", "it", "km", "nl", "pt", "ru", "sv", "tr", "zh-CN", "bg", "da",
    "en", "et", "fr", "hu", "iw", "ko", "no", "pt-BR", "sk", "ta", "uk", "zh-TW", "bn",
];

/// Roles, the least first.
const ROLES: &[&str] = &[Role::Member.as_str(), Role::Admin.as_str(), Role::Owner.as_str()];

/// How long a username may be.
const MAX_USERNAME: usize = 63;

/// A day of the week, such as `Monday`.
pub fn week_day() -> impl Fn(&Value) -> Result<String, Violation> {
    let rule = super::one_of(WEEK_DAYS);
    move |value| rule(value).map(str::to_owned)
}

/// A language, such as `en`.
pub fn locale() -> impl Fn(&Value) -> Result<String, Violation> {
    let rule = super::one_of(LOCALES);
    move |value| rule(value).map(str::to_owned)
}

/// The hours of a clock: 12 or 24.
pub fn time_format() -> impl Fn(&Value) -> Result<u32, Violation> {
    |value| match value.as_u64() {
        Some(12) => Ok(12),
        Some(24) => Ok(24),
        _ => Err(Violation::new("isIn", "must be one of the following values: 12, 24")),
    }
}

/// A member's role, such as `MEMBER`.
pub fn role() -> impl Fn(&Value) -> Result<Role, Violation> {
    let rule = super::one_of(ROLES);
    move |value| rule(value).map(|text| Role::parse(text).unwrap_or_default())
}

/// A colour of three or six hexadecimal digits.
pub fn color() -> impl Fn(&Value) -> Result<String, Violation> {
    |value| {
        let color = value.as_str().unwrap_or_default();
        let digits = color.strip_prefix('#').unwrap_or_default();
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_hex && matches!(digits.len(), 3 | 6) {
            Ok(color.to_owned())
        } else {
            Err(Violation::new("isHexColor", "must be a color such as #1a2b3c"))
        }
    }
}

/// The name of a user in links.
pub fn username() -> impl Fn(&Value) -> Result<String, Violation> {
    |value| {
        let rule = "must be 1 to 63 of the characters a-z, 0-9, -, _ and .";
        let name = value.as_str().unwrap_or_default();
        let fits = (1..=MAX_USERNAME).contains(&name.len()) && name.bytes().all(is_of_usernames);
        if fits { Ok(name.to_owned()) } else { Err(Violation::new("isUsername", rule)) }
    }
}

/// A username made of a text, such as the first part of an address.
pub fn username_of(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let name: String = lower
        .bytes()
        .map(|byte| if is_of_usernames(byte) { char::from(byte) } else { '-' })
        .take(MAX_USERNAME)
        .collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "user".to_owned() } else { name.to_owned() }
}

const fn is_of_usernames(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_none_of_the_choices_is_refused() {
        assert_eq!(week_day()(&json!("Monday")), Ok("Monday".to_owned()));
        assert!(week_day()(&json!("monday")).is_err());
        assert_eq!(role()(&json!("ADMIN")), Ok(Role::Admin));
        for bad in [json!("admin"), json!("GOD"), json!(1)] {
            let refused = role()(&bad).unwrap_err();
            assert_eq!(refused.text, "must be one of the following values: MEMBER, ADMIN, OWNER");
        }
        assert!(time_format()(&json!("12")).is_err());
        assert!(locale()(&json!("xx")).is_err());
    }

    #[test]
    fn colours_have_three_or_six_digits() {
        for good in ["#fff", "#1A2b3c"] {
            assert!(color()(&json!(good)).is_ok(), "{good}");
        }
        for bad in ["fff", "#ff", "#ggg", "#1a2b3c4d", "red", ""] {
            assert!(color()(&json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_username_can_be_made_of_any_address() {
        for (text, name) in [
            ("ada.lovelace", "ada.lovelace"),
            ("Ada+Work", "ada-work"),
            ("äöü", "user"),
            ("", "user"),
            (&"x".repeat(100), &"x".repeat(63)),
        ] {
            assert_eq!(username_of(text), name);
            assert!(username()(&json!(username_of(text))).is_ok(), "{text}");
        }
    }
}

//! `{{ name }}` in values of the manifest.

use std::collections::BTreeMap;

/// Puts the variables' values in. The error says what is wrong.
pub(crate) fn render(text: &str, variables: &BTreeMap<String, String>) -> Result<String, String> {
    let mut rendered = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else {
            return Err(format!("{text:?} has a {{{{ without its }}}}"));
        };
        let name = name.trim();
        let Some(value) = variables.get(name) else {
            return Err(format!("{name:?} is not one of the application's variables"));
        };
        rendered.push_str(before);
        rendered.push_str(value);
        rest = tail;
    }
    rendered.push_str(rest);
    Ok(rendered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> BTreeMap<String, String> {
        [("host".to_owned(), "example.com".to_owned()), ("port".to_owned(), "81".to_owned())].into()
    }

    #[test]
    fn names_are_replaced_by_their_values() {
        let rendered = render("http://{{ host }}:{{port}}/x", &variables());
        assert_eq!(rendered.as_deref(), Ok("http://example.com:81/x"));
        assert_eq!(render("plain", &variables()).as_deref(), Ok("plain"));
    }

    #[test]
    fn unknown_names_and_open_braces_are_refused() {
        assert!(render("{{ hots }}", &variables()).unwrap_err().contains("hots"));
        assert!(render("{{ host", &variables()).is_err());
    }

    #[test]
    fn a_value_is_not_rendered_again() {
        let variables = [("a".to_owned(), "{{ b }}".to_owned())].into();
        assert_eq!(render("{{ a }}", &variables).as_deref(), Ok("{{ b }}"));
    }
}

//! Query parameters of several values.

use serde_json::Value;

use super::{Fields, Violation};

/// A parameter of several values, given apart by commas or as often as there are
/// values; `None` where it is absent.
pub fn read_many<T>(
    fields: &mut Fields<'_>,
    name: &str,
    most: usize,
    rule: impl Fn(&Value) -> Result<T, Violation>,
) -> Option<Vec<T>> {
    let values = fields.raw(name)?;
    let texts: Vec<&str> = match values {
        Value::Array(values) => values.iter().filter_map(|v| v.as_str()).collect(),
        value => value.as_str().into_iter().collect(),
    };
    let items = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
    let items: Vec<&str> = items.filter(|item| !item.is_empty()).collect();
    if items.len() > most {
        let text = format!("must contain no more than {most} elements");
        fields.refuse(name, &Violation::new("arrayMaxSize", text));
        return None;
    }
    match items.into_iter().map(|item| rule(&item.into())).collect::<Result<Vec<T>, _>>() {
        Ok(items) => Some(items).filter(|items| !items.is_empty()),
        Err(violation) => {
            let text = format!("each value {}", violation.text);
            fields.refuse(name, &Violation { text, ..violation });
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::email;
    use serde_json::json;

    fn emails(query: &Value) -> Result<Option<Vec<String>>, String> {
        let mut fields = Fields::of(query);
        let emails = read_many(&mut fields, "emails", 2, email());
        fields.finish().map(|()| emails).map_err(|error| error.message)
    }

    #[test]
    fn values_come_apart_by_commas_or_one_by_one() {
        let both = Some(vec!["a@b.co".to_owned(), "c@d.co".to_owned()]);
        assert_eq!(emails(&json!({"emails": "a@b.co, c@d.co"})), Ok(both.clone()));
        assert_eq!(emails(&json!({"emails": ["a@b.co", "c@d.co"]})), Ok(both));
        assert_eq!(emails(&json!({"emails": ""})), Ok(None));
        assert_eq!(emails(&json!({})), Ok(None));
    }

    #[test]
    fn what_is_wrong_or_too_much_is_named() {
        let refused = emails(&json!({"emails": "a@b.co,x"})).unwrap_err();
        assert_eq!(refused, "emails each value must be an email");
        let refused = emails(&json!({"emails": "a@b.co,c@d.co,e@f.co"})).unwrap_err();
        assert_eq!(refused, "emails must contain no more than 2 elements");
    }
}

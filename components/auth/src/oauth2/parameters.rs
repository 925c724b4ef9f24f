//! The parameters of a request in whatever form they come: a query, a form or JSON.

use meridian_domain::oauth2::AskedConsent;
use meridian_gateway::{Request, validate};
use serde_json::Value;

/// Longer values are no values of ours, in bytes.
pub const MAX_VALUE: usize = 8_192;

/// Names and values, in order; none is longer than [`MAX_VALUE`].
#[derive(Clone, Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

/// What is wrong with a body: a text for whoever sent it.
pub type Malformed = String;

impl Parameters {
    /// From pairs that were read already.
    pub fn of(pairs: &[(String, String)]) -> Result<Self, Malformed> {
        let long = pairs.iter().find(|(_, value)| value.len() > MAX_VALUE);
        match long {
            Some((name, _)) => {
                let name: String = name.chars().take(50).collect();
                Err(format!("{name} must not be longer than {MAX_VALUE} bytes"))
            }
            None => Ok(Self(pairs.to_vec())),
        }
    }

    /// From a body, a form (RFC 6749) or JSON.
    pub fn of_body(request: &Request) -> Result<Self, Malformed> {
        let kind = request.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" => {
                let pairs = form_urlencoded::parse(&request.body).into_owned();
                Self::of(&pairs.collect::<Vec<_>>())
            }
            "application/json" => Self::of_json(request),
            _ => Err("Content-Type must be application/x-www-form-urlencoded or \
                      application/json"
                .to_owned()),
        }
    }

    fn of_json(request: &Request) -> Result<Self, Malformed> {
        let body = validate::json_body(request).map_err(|error| error.message)?;
        let object = body.as_object().ok_or("the body must be a JSON object")?;
        let mut pairs = Vec::with_capacity(object.len());
        for (name, value) in object {
            match value {
                Value::String(text) => pairs.push((name.clone(), text.clone())),
                Value::Null => {}
                _ => return Err(format!("{name} must be a string")),
            }
        }
        Self::of(&pairs)
    }

    /// A value; `None` where it is absent or empty (RFC 6749, 3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The first of some names that came more than once.
    pub fn repeated(&self, names: &[&'static str]) -> Option<&'static str> {
        let times = |name: &str| self.0.iter().filter(|(known, _)| known == name).count();
        names.iter().copied().find(|name| times(name) > 1)
    }

    /// What an application asks a user for.
    pub fn consent(&self) -> AskedConsent<'_> {
        AskedConsent {
            repeated: self.repeated(&CONSENT),
            response_type: self.get("response_type"),
            redirect_uri: self.get("redirect_uri"),
            state: self.get("state"),
            scope: self.get("scope"),
            code_challenge: self.get("code_challenge"),
            code_challenge_method: self.get("code_challenge_method"),
        }
    }
}

/// The parameters of a request for a consent. The address comes first: one that came
/// twice leads nowhere.
pub const CONSENT: [&str; 7] = [
    "redirect_uri",
    "client_id",
    "response_type",
    "state",
    "scope",
    "code_challenge",
    "code_challenge_method",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Parameters, Malformed> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Parameters::of(&pairs.iter().map(pair).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_empty_is_absent_and_what_comes_twice_is_named() {
        let parameters = of(&[("state", ""), ("scope", "A"), ("scope", "A")]).unwrap();
        assert_eq!((parameters.get("state"), parameters.get("scope")), (None, Some("A")));
        assert_eq!(parameters.repeated(&CONSENT), Some("scope"));
        assert_eq!(parameters.repeated(&["state"]), None);
    }

    #[test]
    fn what_is_too_long_is_refused_by_name() {
        let long = "x".repeat(MAX_VALUE + 1);
        let refused = of(&[("state", &long)]).unwrap_err();
        assert_eq!(refused, "state must not be longer than 8192 bytes");
    }
}

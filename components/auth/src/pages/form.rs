//! What a form of ours sends, and the proof that it was one of ours.
//!
//! A page without a session proves it by a token that stands in its form and in a
//! cookie that only this host can read; a page of a session by a token made of the
//! session. Either way a browser that says where the form stood must say: here.

use meridian_gateway::session::{Sender, csrf_token, not_meant, sender};
use meridian_gateway::{ApiError, Principal, Reply, Request};
use meridian_kernel::{random_secret, same_secret};

use crate::sessions::cookies;

/// The name of the field with the token.
pub const TOKEN_FIELD: &str = "csrf_token";

/// How long a page may be left open before its form is sent, in seconds.
const TOKEN_LIFE: i64 = 60 * 60;

/// Fields a form has at most.
const MAX_FIELDS: usize = 50;

/// A form as it was sent, each field once.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body; 400 where it is no form, or a field came twice.
    pub fn read(request: &Request) -> Result<Self, ApiError> {
        let kind = request.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(ApiError::bad_request(
                "The header 'Content-Type' must be application/x-www-form-urlencoded.",
            ));
        }
        let pairs = form_urlencoded::parse(&request.body).into_owned();
        let pairs: Vec<(String, String)> = pairs.take(MAX_FIELDS + 1).collect();
        if pairs.len() > MAX_FIELDS {
            return Err(ApiError::bad_request(format!(
                "The form has more than {MAX_FIELDS} fields."
            )));
        }
        let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        let twice = names.iter().zip(names.iter().skip(1)).find(|(one, other)| one == other);
        if let Some((name, _)) = twice {
            let name: String = name.chars().take(50).collect();
            return Err(ApiError::bad_request(format!("{name} must not be given more than once")));
        }
        Ok(Self(pairs))
    }

    /// A field; `None` where it is absent or empty.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All fields.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// 403 where the form may be another site's: for pages of a session.
    pub fn check_session(&self, request: &Request, visitor: &Principal) -> Result<(), ApiError> {
        self.check(request, Some(&csrf_token(visitor)))
    }

    fn check(&self, request: &Request, expected: Option<&str>) -> Result<(), ApiError> {
        let origin = request.origin();
        let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
        let given = self.field(TOKEN_FIELD);
        let is_known = given.zip(expected).is_some_and(|(given, token)| same_secret(given, token));
        let is_ours = sender(&request.headers, authority) != Sender::Other;
        if is_known && is_ours { Ok(()) } else { Err(not_meant()) }
    }
}

/// The token of a page that has no session.
pub struct FormToken(String);

impl FormToken {
    /// The browser's token, or a new one.
    pub fn of(request: &Request) -> Self {
        let known = request.cookie(cookie_name(request)).filter(|token| is_token(token));
        Self(known.map_or_else(|| random_secret().reveal().to_owned(), str::to_owned))
    }

    /// The text, for the form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same answer, with the token in a cookie.
    pub fn keep(&self, reply: Reply, request: &Request) -> Result<Reply, ApiError> {
        cookies::put(reply, request, cookie_name(request), &self.0, TOKEN_LIFE)
    }

    /// 403 where a form may be another site's.
    pub fn check(form: &Form, request: &Request) -> Result<(), ApiError> {
        form.check(request, request.cookie(cookie_name(request)).filter(|token| is_token(token)))
    }
}

/// Over https no neighbouring host can plant it.
fn cookie_name(request: &Request) -> &'static str {
    if cookies::is_secure(request) { "__Host-meridian.form-token" } else { "meridian.form-token" }
}

fn is_token(text: &str) -> bool {
    text.len() == 44 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

//! Sessions as the gateway sees them: which cookie is one, and whether a request
//! that a browser sent along with it was really meant by whoever signed in.

use http::{HeaderMap, Method as HttpMethod};
use meridian_kernel::{hash_hex, same_secret};

use crate::{ApiError, Incoming, Method, Principal};

/// The cookie over https, which only https can set.
pub const SECURE_COOKIE: &str = "__Secure-next-auth.session-token";

/// The cookie over http.
pub const PLAIN_COOKIE: &str = "next-auth.session-token";

/// The header with the session's own token, for clients that are no browsers.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Pieces a long cookie may come in.
const MAX_CHUNKS: usize = 16;

/// The session in a `Cookie` header, whole or put together from its pieces (`.0`,
/// `.1`…); `None` where there is none. One of https counts before one of http. A name
/// that came with two values counts as none: a page of a neighbouring host may have
/// planted one of them.
pub fn session_cookie(header: &str) -> Option<String> {
    [SECURE_COOKIE, PLAIN_COOKIE].into_iter().find_map(|name| whole(header, name))
}

fn whole(header: &str, name: &str) -> Option<String> {
    if let Some(value) = only_value(header, name) {
        return Some(value.to_owned());
    }
    let chunks: Vec<&str> =
        (0..MAX_CHUNKS).map_while(|index| only_value(header, &format!("{name}.{index}"))).collect();
    (!chunks.is_empty()).then(|| chunks.concat())
}

/// The value of a cookie, where it came with one value only.
fn only_value<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    let first = values.next().filter(|value| !value.is_empty())?;
    values.all(|other| other == first).then_some(first)
}

/// The token that proves a request knows the session it comes with. It is made of
/// the session's hash, which never leaves the server.
pub fn csrf_token(principal: &Principal) -> String {
    csrf_token_for(&principal.credential)
}

/// The same, of the session's hash.
pub fn csrf_token_for(credential: &str) -> String {
    hash_hex(format!("csrf {credential}").as_bytes())
}

/// Where a browser says a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A page of ours.
    SameOrigin,
    /// Another page.
    Other,
    /// It does not say: an old browser, or none.
    Unknown,
}

/// Reads what a browser says of a page: `Sec-Fetch-Site`, else `Origin`.
pub fn sender(headers: &HeaderMap, authority: &str) -> Sender {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some("same-origin"), _) => Sender::SameOrigin,
        (Some(_), _) => Sender::Other,
        (None, Some(origin)) => {
            let of_origin = origin.split_once("://").map(|(_, authority)| authority);
            let is_ours = of_origin.is_some_and(|of| of.eq_ignore_ascii_case(authority));
            if is_ours { Sender::SameOrigin } else { Sender::Other }
        }
        (None, None) => Sender::Unknown,
    }
}

/// 403 where a request that changes something was proven by a cookie, which browsers
/// send along for every page, and neither came from a page of ours nor has the
/// session's token.
pub(crate) fn check_meant(incoming: &Incoming, principal: &Principal) -> Result<(), ApiError> {
    let is_safe =
        matches!(incoming.method, HttpMethod::GET | HttpMethod::HEAD | HttpMethod::OPTIONS);
    if is_safe || principal.method != Method::Session {
        return Ok(());
    }
    let given = incoming.headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    let is_meant = match given {
        Some(token) => same_secret(token, &csrf_token(principal)),
        None => sender(&incoming.headers, incoming.authority()) == Sender::SameOrigin,
    };
    if is_meant { Ok(()) } else { Err(not_meant()) }
}

/// 403 for a request that some other page may have made.
pub fn not_meant() -> ApiError {
    ApiError::forbidden(format!(
        "Requests by session cookie that change something must come from this origin or have the \
         session's token in the header '{CSRF_HEADER}' (GET /v2/auth/session shows it)."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_whole_and_in_pieces() {
        for (header, found) in [
            ("next-auth.session-token=abc", Some("abc")),
            ("a=b; __Secure-next-auth.session-token=abc; c=d", Some("abc")),
            ("next-auth.session-token=x; __Secure-next-auth.session-token=abc", Some("abc")),
            ("next-auth.session-token.1=b; next-auth.session-token.0=a", Some("ab")),
            ("next-auth.session-token=a; next-auth.session-token=a", Some("a")),
            ("next-auth.session-token=a; next-auth.session-token=b", None),
            ("next-auth.session-token.1=b", None),
            ("next-auth.session-token=", None),
            ("next-auth.csrf-token=a; xnext-auth.session-token=b", None),
            ("", None),
        ] {
            assert_eq!(session_cookie(header).as_deref(), found, "{header}");
        }
    }

    #[test]
    fn a_browser_says_where_a_request_comes_from() {
        let from = |pairs: &[(&'static str, &str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()));
            sender(&pairs.collect(), "cal.example.org:3000")
        };
        let ours = "http://cal.example.org:3000";
        assert_eq!(from(&[("origin", ours)]), Sender::SameOrigin);
        assert_eq!(from(&[("sec-fetch-site", "same-origin")]), Sender::SameOrigin);
        assert_eq!(from(&[]), Sender::Unknown);
        for origin in ["https://evil.example", "http://cal.example.org", "null", ""] {
            assert_eq!(from(&[("origin", origin)]), Sender::Other, "{origin}");
        }
        for site in ["cross-site", "same-site", "none"] {
            let pairs = [("sec-fetch-site", site), ("origin", ours)];
            assert_eq!(from(&pairs), Sender::Other, "{site}");
        }
    }
}

//! The session's cookie, with the flags that NextAuth gives it.

use http::{HeaderValue, header};
use meridian_gateway::session::{PLAIN_COOKIE, SECURE_COOKIE};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_token::SESSION_DAYS;

const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Whether the browser came by https, and so gets cookies that only https sends.
pub fn is_secure(request: &Request) -> bool {
    request.origin().starts_with("https://")
}

/// The same answer, beginning a session.
pub fn begin(reply: Reply, request: &Request, session: &str) -> Result<Reply, ApiError> {
    let name = if is_secure(request) { SECURE_COOKIE } else { PLAIN_COOKIE };
    // Pieces of a cookie that another application wrote would outlive the new one.
    let reply = clear(reply, request, |present| present != name)?;
    let reply = put(reply, request, name, session, SESSION_DAYS * SECONDS_A_DAY)?;
    Ok(reply.with_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

/// The same answer, taking the session's cookie away, in whatever pieces it came.
pub fn end(reply: Reply, request: &Request) -> Result<Reply, ApiError> {
    clear(reply, request, |_| true)
}

fn clear(
    mut reply: Reply,
    request: &Request,
    which: impl Fn(&str) -> bool,
) -> Result<Reply, ApiError> {
    for name in names(request).into_iter().filter(|name| which(name)) {
        reply = put(reply, request, &name, "", 0)?;
    }
    Ok(reply)
}

/// The session cookies a browser sent, each name once.
fn names(request: &Request) -> Vec<String> {
    let sent = request.header(header::COOKIE.as_str()).unwrap_or_default();
    let names = sent.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut names: Vec<String> =
        names.map(|(name, _)| name).filter(|name| is_session(name)).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn is_session(name: &str) -> bool {
    [SECURE_COOKIE, PLAIN_COOKIE].into_iter().any(|known| {
        let piece = name.strip_prefix(known).map(|rest| rest.strip_prefix('.'));
        match piece {
            Some(None) => name == known,
            Some(Some(index)) => index.len() <= 2 && index.bytes().all(|b| b.is_ascii_digit()),
            None => false,
        }
    })
}

/// The same answer with a cookie that no script reads and no other site's form sends
/// along.
pub fn put(
    reply: Reply,
    request: &Request,
    name: &str,
    value: &str,
    seconds: i64,
) -> Result<Reply, ApiError> {
    let secure = if is_secure(request) { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let cookie = HeaderValue::try_from(cookie).map_err(ApiError::internal)?;
    Ok(reply.and_header(header::SET_COOKIE, cookie))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sessions_own_cookies_are_taken_away() {
        for name in [PLAIN_COOKIE, SECURE_COOKIE, "next-auth.session-token.0"] {
            assert!(is_session(name), "{name}");
        }
        for name in [
            "next-auth.csrf-token",
            "next-auth.session-tokens",
            "next-auth.session-token.x",
            "next-auth.session-token.123",
            "a",
        ] {
            assert!(!is_session(name), "{name}");
        }
    }
}

//! The one envelope of every error.

use http::{HeaderMap, HeaderValue, header};
use meridian_kernel::Instant;
use serde_json::{Value, json};

use crate::{ApiError, Reply};

/// What an error's answer needs to know of its request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// Path and query as the client sent them.
    pub target: &'a str,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The clock of the request.
    pub now: Instant,
}

/// `{"status":"error",…}`, or RFC 9457 where the client asks for it.
pub(crate) fn render(error: &ApiError, asked: Asked<'_>) -> Reply {
    let (media_type, body) = if wants_problem(asked.headers) {
        ("application/problem+json", problem(error, asked))
    } else {
        ("application/json; charset=utf-8", envelope(error, asked))
    };
    let mut reply = Reply::empty(error.status);
    reply.body = body.to_string().into();
    reply.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Some(seconds) = error.retry_after {
        reply.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(methods) = allow(&error.allow) {
        reply.headers.insert(header::ALLOW, methods);
    }
    if error.status == http::StatusCode::UNAUTHORIZED {
        reply.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    reply
}

/// Whoever may GET may HEAD, and anybody may ask with OPTIONS.
fn allow(methods: &[http::Method]) -> Option<HeaderValue> {
    let mut names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    if names.contains(&"GET") {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    names.sort_unstable();
    names.dedup();
    HeaderValue::try_from(names.join(", ")).ok()
}

fn wants_problem(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.into_iter().any(|value| value.contains("application/problem+json"))
}

fn envelope(error: &ApiError, asked: Asked<'_>) -> Value {
    json!({
        "status": "error",
        "timestamp": asked.now.to_iso(),
        "path": asked.target,
        "error": {
            "code": error.code,
            "message": error.message,
            "details": details(error),
        },
        "message": error.message,
    })
}

fn problem(error: &ApiError, asked: Asked<'_>) -> Value {
    json!({
        "type": "about:blank",
        "title": error.status.canonical_reason().unwrap_or("Error"),
        "status": error.status.as_u16(),
        "detail": error.message,
        "instance": asked.target,
        "code": error.code,
        "details": details(error),
    })
}

fn details(error: &ApiError) -> Value {
    error.details.clone().unwrap_or_else(|| error.standard_details())
}

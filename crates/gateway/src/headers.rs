//! Headers every answer carries: CORS and the usual security defaults.

use std::sync::LazyLock;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::Reply;

const ALLOWED_METHODS: &str = "GET,PATCH,DELETE,HEAD,POST,PUT,OPTIONS";

const ALLOWED_HEADERS: &str = "x-cal-client-id,x-cal-secret-key,x-cal-platform-embed,\
    cal-api-version,Accept,Authorization,Content-Type,Origin,Idempotency-Key,x-cal-reservation-uid";

const EXPOSED_HEADERS: &str = "X-Request-Id,X-RateLimit-Limit-Default,\
    X-RateLimit-Remaining-Default,X-RateLimit-Reset-Default,Retry-After,cal-api-version-used,\
    Idempotency-Replayed";

/// How long a browser may remember a preflight, in seconds.
const PREFLIGHT_AGE: &str = "86400";

/// CORS, and what Helmet sets by default.
const ALWAYS: [(&str, &str); 14] = [
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", EXPOSED_HEADERS),
    (
        "content-security-policy",
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';\
         frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';\
         script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-dns-prefetch-control", "off"),
    ("x-download-options", "noopen"),
    ("x-frame-options", "SAMEORIGIN"),
    ("x-permitted-cross-domain-policies", "none"),
    ("x-xss-protection", "0"),
];

/// Lets pages read the headers of windows that not everybody has.
pub(crate) fn expose_limits<'a>(names: impl Iterator<Item = &'a str>, headers: &mut HeaderMap) {
    let mut exposed = String::new();
    for name in names.filter(|name| *name != "default") {
        for what in ["Limit", "Remaining", "Reset"] {
            exposed.push_str(&format!(",X-RateLimit-{what}-{name}"));
        }
    }
    if exposed.is_empty() {
        return;
    }
    if let Ok(value) = HeaderValue::try_from(format!("{EXPOSED_HEADERS}{exposed}")) {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, value);
    }
}

/// Puts them on, where the handler has not set its own.
pub(crate) fn add_standard(headers: &mut HeaderMap) {
    /// Each name and value is looked at once, and not for every answer.
    static CHECKED: LazyLock<[(HeaderName, HeaderValue); ALWAYS.len()]> = LazyLock::new(|| {
        ALWAYS.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
    });
    headers.reserve(ALWAYS.len());
    for (name, value) in CHECKED.iter() {
        headers.entry(name).or_insert_with(|| value.clone());
    }
}

/// The answer to a browser that asks first.
pub(crate) fn preflight() -> Reply {
    let mut reply = Reply::empty(http::StatusCode::NO_CONTENT);
    for (name, value) in [
        ("access-control-allow-methods", ALLOWED_METHODS),
        ("access-control-allow-headers", ALLOWED_HEADERS),
        ("access-control-max-age", PREFLIGHT_AGE),
    ] {
        reply.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    reply
}

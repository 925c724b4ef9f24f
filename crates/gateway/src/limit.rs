//! Rate limits: a fixed window per tracker (credential or address), and a block
//! once it is exceeded (contract: 00-overview, "Rate limiting").
//!
//! A tracker is one shared counter, `second at which the window ends × 2^24 +
//! requests`. Counting is one atomic increment; a new window, or a block, is one
//! swap, which whoever comes second finds done.

use std::cell::Cell;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use meridian_kernel::Instant;

use crate::{ApiError, Method, Request, Services};

/// How long a window is, in seconds.
const WINDOW: i64 = 60;

/// How long a tracker is blocked once it has exceeded its limit, in seconds.
const BLOCK: i64 = 60;

/// Bits of the counter that count.
const COUNT_BITS: u32 = 24;
const COUNT_MASK: i64 = (1 << COUNT_BITS) - 1;

/// Whom to count, and the variable with the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tracker {
    key: String,
    variable: &'static str,
    default: i64,
}

impl Tracker {
    /// A proven credential, by its hash.
    pub(crate) fn of_credential(credential: &str, method: Method) -> Self {
        let (variable, default) = match method {
            Method::ApiKey => ("rate_limit_api_key", 120),
            Method::OAuthClient => ("rate_limit_oauth_client", 500),
            Method::AccessToken | Method::ThirdPartyToken | Method::Session => {
                ("rate_limit_access_token", 500)
            }
        };
        Self { key: format!("limit:{credential}"), variable, default }
    }

    /// Whoever has proven nothing, by address.
    pub(crate) fn of_address(address: &str) -> Self {
        let hash = meridian_kernel::hash_hex(format!("address {address}").as_bytes());
        Self { key: format!("limit:{hash}"), variable: "rate_limit_ip", default: 120 }
    }
}

/// Where a tracker stands after this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    limit: i64,
    remaining: i64,
    /// Seconds until the window or block ends.
    reset: i64,
    exceeded: bool,
}

impl Standing {
    /// The headers that tell it.
    pub(crate) fn add_to(self, headers: &mut HeaderMap) {
        for (name, value) in [
            ("x-ratelimit-limit-default", self.limit),
            ("x-ratelimit-remaining-default", self.remaining),
            ("x-ratelimit-reset-default", self.reset),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }

    /// 429 where the limit is exceeded.
    pub(crate) fn check(self) -> Result<(), ApiError> {
        if !self.exceeded {
            return Ok(());
        }
        let message = "Too many requests. Please try again later.";
        Err(ApiError {
            retry_after: Some(u64::try_from(self.reset).unwrap_or(1).max(1)),
            ..ApiError::new(StatusCode::TOO_MANY_REQUESTS, message)
        })
    }
}

/// Counts a request; `None` where the tracker is not limited. A store that fails
/// stops nobody.
pub(crate) async fn count(
    services: &impl Services,
    tracker: &Tracker,
    now: Instant,
) -> Option<Standing> {
    let limit = services.variable(tracker.variable).await;
    let limit = limit.and_then(|text| text.trim().parse().ok()).unwrap_or(tracker.default);
    if limit <= 0 {
        return None;
    }
    Some(standing_of(services, &tracker.key, limit, now).await)
}

/// A route's own limit of calls a minute by one credential, beside what the
/// credential may do altogether.
pub async fn check_own_limit(
    services: &impl Services,
    request: &Request,
    name: &str,
    limit: i64,
) -> Result<(), ApiError> {
    let key = format!("limit:{}:{name}", request.principal()?.credential);
    standing_of(services, &key, limit, request.now).await.check()
}

async fn standing_of(services: &impl Services, key: &str, limit: i64, now: Instant) -> Standing {
    let second = now.millis().div_euclid(1000);
    let counter = advance(services, key, limit, second).await;
    let Some(counter) = counter else {
        return Standing { limit, remaining: limit, reset: WINDOW, exceeded: false };
    };
    let count = counter & COUNT_MASK;
    Standing {
        limit,
        remaining: (limit - count).max(0),
        reset: ((counter >> COUNT_BITS) - second).max(0),
        exceeded: count > limit,
    }
}

/// The counter after this request.
async fn advance(services: &impl Services, key: &str, limit: i64, second: i64) -> Option<i64> {
    let counted = services.increment(key, 1).await?;
    if counted >> COUNT_BITS <= second {
        let ours = Cell::new(false);
        let open = |current| {
            let opened = open_window(current, second);
            ours.set(opened.is_some());
            opened
        };
        let opened = services.update(key, open).await?;
        // Whoever opened it is counted in it; whoever came second counts once more.
        return if ours.get() { Some(opened) } else { services.increment(key, 1).await };
    }
    if counted & COUNT_MASK == limit + 1 {
        return services.update(key, |current| block(current, counted, second)).await;
    }
    Some(counted)
}

/// A window that begins now, with one request in it.
fn open_window(current: i64, second: i64) -> Option<i64> {
    (current >> COUNT_BITS <= second).then(|| ((second + WINDOW) << COUNT_BITS) | 1)
}

/// From the request that exceeds the limit on, a block runs for its whole length.
fn block(current: i64, counted: i64, second: i64) -> Option<i64> {
    let same_window = current >> COUNT_BITS == counted >> COUNT_BITS;
    same_window.then(|| ((second + BLOCK) << COUNT_BITS) | (current & COUNT_MASK))
}

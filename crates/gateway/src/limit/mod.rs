//! Rate limits: fixed windows per tracker (credential or address), and a block once
//! one is exceeded (contract: 00-overview, "Rate limiting").
//!
//! Who has no windows of their own has one, `default`, which costs one atomic
//! increment per request. Who has several is let through as long as any of them
//! has room, as upstream does.

mod counter;
mod ring;
pub mod throttle;

use std::borrow::Cow;
use std::net::Ipv6Addr;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use meridian_kernel::{Instant, Rate, hash_hex};

use crate::{ApiError, Method, Principal, Services};
use counter::Counter;
pub use ring::keep_bounded;

/// How long the default window is, in milliseconds.
const DEFAULT_PERIOD: u32 = 60_000;

/// How long the default block is, in seconds, where its variable says nothing.
const DEFAULT_BLOCK_SECONDS: u32 = 60;

/// Its variable.
const BLOCK_VARIABLE: &str = "rate_limit_block_seconds";

/// The name of the window of who has none of their own.
const DEFAULT: &str = "default";

/// Whom to count, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tracker<'a> {
    /// A hash: neither credentials nor addresses are kept.
    subject: Cow<'a, str>,
    /// Windows of their own; none: the default one.
    rates: &'a [Rate],
    /// The variable with the limit of the default window.
    variable: &'static str,
    /// The limit where that says nothing.
    default: i64,
}

impl<'a> Tracker<'a> {
    /// A proven credential.
    pub(crate) fn of_principal(principal: &'a Principal) -> Self {
        let (variable, default) = match principal.method {
            Method::ApiKey => ("rate_limit_api_key", 120),
            Method::OAuthClient => ("rate_limit_oauth_client", 500),
            Method::AccessToken | Method::ThirdPartyToken | Method::Session => {
                ("rate_limit_access_token", 500)
            }
        };
        let subject = Cow::Borrowed(principal.credential.as_str());
        Self { subject, rates: &principal.rates, variable, default }
    }

    /// Whoever has proven nothing, by address.
    pub(crate) fn of_address(address: &str) -> Self {
        let subject = Cow::Owned(hash_of_address(address));
        Self { subject, rates: &[], variable: "rate_limit_ip", default: 120 }
    }
}

/// The first half of an IPv6 address is whose it is; the other half they choose.
fn hash_of_address(address: &str) -> String {
    let bare = address.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<Ipv6Addr>().ok().filter(|v6| v6.to_ipv4_mapped().is_none()) {
        Some(v6) => hash_hex(format!("network {:x}", v6.to_bits() >> 64).as_bytes()),
        None => hash_hex(format!("address {address}").as_bytes()),
    }
}

/// Where a tracker stands in one window after this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    name: Cow<'static, str>,
    limit: i64,
    remaining: i64,
    /// Seconds until the window or block ends.
    reset: i64,
    exceeded: bool,
}

impl Standing {
    fn new(name: Cow<'static, str>, limit: i64, counter: Counter, now: i64) -> Self {
        let millis = counter.ends_at().saturating_sub(now).max(0);
        Self {
            name,
            limit,
            remaining: limit.saturating_sub(counter.times()).max(0),
            reset: millis.div_euclid(1000) + i64::from(millis % 1000 != 0),
            exceeded: counter.times() > limit,
        }
    }

    /// The headers that tell it.
    fn add_to(&self, headers: &mut HeaderMap) {
        let told = [("limit", self.limit), ("remaining", self.remaining), ("reset", self.reset)];
        for ((what, value), default) in told.into_iter().zip(DEFAULT_HEADERS) {
            let name = match &*self.name {
                DEFAULT => Ok(default),
                name => HeaderName::try_from(format!("x-ratelimit-{what}-{name}")),
            };
            if let Ok(name) = name {
                headers.insert(name, HeaderValue::from(value));
            }
        }
    }
}

/// As above, of the default window.
const DEFAULT_HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("x-ratelimit-limit-default"),
    HeaderName::from_static("x-ratelimit-remaining-default"),
    HeaderName::from_static("x-ratelimit-reset-default"),
];

/// The headers of all windows.
pub(crate) fn add_headers(standings: &[Standing], headers: &mut HeaderMap) {
    standings.iter().for_each(|standing| standing.add_to(headers));
    crate::headers::expose_limits(standings.iter().map(|standing| &*standing.name), headers);
}

/// 429 where every window is exceeded: come back when the first has room again.
fn check(standings: &[Standing]) -> Result<(), ApiError> {
    if standings.iter().any(|standing| !standing.exceeded) {
        return Ok(());
    }
    let first = standings.iter().map(|standing| standing.reset).min();
    first.map_or(Ok(()), |seconds| Err(too_many(seconds)))
}

/// 429 with `Retry-After` in seconds.
fn too_many(seconds: i64) -> ApiError {
    let message = "Too many requests. Please try again later.";
    ApiError {
        retry_after: Some(u64::try_from(seconds).unwrap_or(1).max(1)),
        ..ApiError::new(StatusCode::TOO_MANY_REQUESTS, message)
    }
}

/// Counts a request and adds where it stands; 429 where it is too many. Who is not
/// limited stands nowhere, and a store that fails stops nobody.
pub(crate) async fn count(
    services: &impl Services,
    tracker: &Tracker<'_>,
    now: Instant,
    standings: &mut Vec<Standing>,
) -> Result<(), ApiError> {
    if tracker.rates.is_empty() {
        standings.extend(count_default(services, tracker, now).await);
        return check(standings);
    }
    for rate in tracker.rates {
        let key = format!("limit:{}:{}", tracker.subject, rate.name);
        standings.push(count_rate(services, &key, rate, now).await);
    }
    check(standings)
}

async fn count_default(
    services: &impl Services,
    tracker: &Tracker<'_>,
    now: Instant,
) -> Option<Standing> {
    let limit = services.variable(tracker.variable).await;
    let limit = limit.and_then(|text| text.trim().parse().ok()).unwrap_or(tracker.default);
    if limit <= 0 {
        return None;
    }
    let key = format!("limit:{}", tracker.subject);
    let now = now.millis();
    let counted = counter::count(services, &key, DEFAULT_PERIOD.into(), now).await;
    let counted = match counted {
        Some(counted) if counted.times() == limit + 1 => {
            block(services, &key, counted, block_millis(services).await, now).await
        }
        counted => counted,
    };
    Some(standing(Cow::Borrowed(DEFAULT), limit, DEFAULT_PERIOD, counted, now))
}

async fn block_millis(services: &impl Services) -> i64 {
    let seconds = services.variable(BLOCK_VARIABLE).await;
    let seconds = seconds.and_then(|text| text.trim().parse::<u32>().ok());
    1000 * i64::from(seconds.unwrap_or(DEFAULT_BLOCK_SECONDS))
}

/// The window that was just exceeded, ending with the block instead.
async fn block(
    services: &impl Services,
    key: &str,
    counted: Counter,
    millis: i64,
    now: i64,
) -> Option<Counter> {
    if millis == 0 {
        return Some(counted);
    }
    counter::block_until(services, key, counted, now.saturating_add(millis)).await
}

/// Counts once in one window.
async fn count_rate(services: &impl Services, key: &str, rate: &Rate, now: Instant) -> Standing {
    let now = now.millis();
    let limit = i64::from(rate.limit);
    let counted = counter::count(services, key, rate.period.into(), now).await;
    let counted = match counted {
        Some(counted) if counted.times() == limit + 1 => {
            block(services, key, counted, rate.block.into(), now).await
        }
        counted => counted,
    };
    standing(rate.name.clone(), limit, rate.period, counted, now)
}

/// Where nothing could be counted, as if nothing had been.
fn standing(
    name: Cow<'static, str>,
    limit: i64,
    period: u32,
    counted: Option<Counter>,
    now: i64,
) -> Standing {
    match counted {
        Some(counter) => Standing::new(name, limit, counter, now),
        None => {
            let reset = i64::from(period).div_euclid(1000);
            Standing { name, limit, remaining: limit, reset, exceeded: false }
        }
    }
}

/// A route's own limit, beside what its callers may do altogether: counts the
/// request and adds where it stands; 429 where it is too many.
pub(crate) async fn count_route(
    services: &impl Services,
    rate: &Rate,
    subject: &Tracker<'_>,
    now: Instant,
    standings: &mut Vec<Standing>,
) -> Result<(), ApiError> {
    let key = format!("limit:{}:{}", subject.subject, rate.name);
    let standing = count_rate(services, &key, rate, now).await;
    let refused = standing.exceeded.then(|| too_many(standing.reset));
    standings.push(standing);
    refused.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_caller_is_its_network_and_an_ipv4_caller_its_address() {
        let same = |left, right| hash_of_address(left) == hash_of_address(right);
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(same("[2001:db8::1]", "2001:db8::1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(!same("10.0.0.1", "10.0.0.2"));
        assert!(!same("::ffff:10.0.0.1", "::ffff:10.0.0.2"));
    }
}

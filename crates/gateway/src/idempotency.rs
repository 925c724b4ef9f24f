//! `Idempotency-Key`: a write that is sent again happens once and is answered the
//! same, byte for byte.
//!
//! Handlers know nothing of it. The pipeline runs a handler *within* an
//! [`Attempt`]; whoever opens an organisation's database for a request passes it
//! through [`enter`], which claims the key there and marks the writes; and the
//! pipeline keeps the answer before it is sent. So a crash at any line leaves the
//! key free, or a write that is known to have happened: its answer is then made
//! again from what the write left behind.

mod ambient;
mod attempt;

use std::rc::Rc;

use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use meridian_kernel::Instant;
use meridian_vault::Vault;

use crate::envelope::{self, Asked};
use crate::table::Found;
use crate::{ApiError, Reply, Request, Route, RouteTable, Services};

pub use ambient::subject;
pub(crate) use attempt::Attempt;
use attempt::Verdict;

pub use attempt::enter;

/// The header that names a write.
const KEY: &str = "idempotency-key";

/// The header that says an answer is not the first one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How long a key may be.
pub const MAX_KEY_LENGTH: usize = 255;

/// Longer answers are not kept: a repeat then reads what was written.
pub const MAX_KEPT_ANSWER: usize = 512 * 1024;

/// The attempt a request is, where it is a write and names itself.
pub(crate) async fn attempt_of(
    request: &Request,
    services: &impl Services,
) -> Result<Option<Rc<Attempt>>, ApiError> {
    let is_write =
        matches!(request.method, Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
    let Some(key) = read_key(request)?.filter(|_| is_write && request.path().starts_with("/v2/"))
    else {
        return Ok(None);
    };
    let keys = services.variable("encryption_key").await.unwrap_or_default();
    let vault = Vault::new(&keys).map_err(ApiError::internal)?;
    Ok(Some(Rc::new(Attempt::new(request, key, request.client_address(), vault))))
}

fn read_key(request: &Request) -> Result<Option<&str>, ApiError> {
    let mut values = request.headers.get_all(KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(ApiError::bad_request(
            "The request has more than one 'Idempotency-Key' header. Send exactly one.",
        ));
    }
    let key = value.to_str().ok().map(str::trim);
    let key = key.filter(|key| (1..=MAX_KEY_LENGTH).contains(&key.len()));
    key.map(Some).ok_or_else(|| {
        ApiError::bad_request(format!(
            "The header 'Idempotency-Key' must be 1 to {MAX_KEY_LENGTH} characters of plain text, \
             such as a UUID."
        ))
    })
}

/// Runs a handler within an attempt, or answers as it was answered before.
pub(crate) async fn run(
    table: &'static RouteTable,
    route: &'static Route,
    request: Request,
    attempt: Rc<Attempt>,
) -> Result<Reply, ApiError> {
    if request.method == Method::DELETE {
        attempt.plan(show(table, &request, request.path()).await);
    }
    let repeat = request.clone();
    let asked = Asked { target: repeat.target(), headers: &repeat.headers, now: repeat.now };
    let outcome = ambient::Within::new(Rc::clone(&attempt), (route.handler)(request)).await;
    match attempt.take_verdict() {
        // No database was opened, so nothing can have been written.
        None => outcome,
        Some(Verdict::Answered(reply)) => Ok(replayed(reply)),
        Some(Verdict::Unanswered { subject, planned }) => {
            let reply = answer_again(table, &repeat, subject, planned).await?;
            Ok(replayed(attempt.keep(reply).await))
        }
        Some(Verdict::Ours) => Ok(settle(&attempt, outcome, asked).await?),
    }
}

/// Keeps an answer that stands, or gives the key back.
async fn settle(
    attempt: &Attempt,
    outcome: Result<Reply, ApiError>,
    asked: Asked<'_>,
) -> Result<Reply, ApiError> {
    match outcome {
        Ok(reply) => Ok(attempt.keep(reply).await),
        Err(error) if error.is_settled() => {
            attempt.keep(envelope::render(&error, asked)).await;
            Err(error)
        }
        Err(error) => {
            attempt.release().await;
            Err(error)
        }
    }
}

/// The answer to a write that happened but was never answered: what it left behind,
/// as its reader shows it.
async fn answer_again(
    table: &'static RouteTable,
    request: &Request,
    subject: Option<String>,
    planned: Option<Reply>,
) -> Result<Reply, ApiError> {
    if let Some(reply) = planned {
        return Ok(reply);
    }
    let subject = subject.unwrap_or_else(|| shown_by(&request.method, request.path()).to_owned());
    let shown = show(table, request, &subject).await;
    shown
        .map(|reply| Reply { status: first_status(&request.method, request.path()), ..reply })
        .ok_or_else(|| {
            ApiError::conflict(
                "This request was carried out, but its answer was lost. Read what it made instead \
                 of sending it again.",
            )
        })
}

/// What shows the outcome of a write that named nothing else: itself, or for an
/// action (`…/cancel`) what it was done to.
fn shown_by<'a>(method: &Method, path: &'a str) -> &'a str {
    match method {
        &Method::POST => path.rsplit_once('/').map_or(path, |(parent, _)| parent),
        _ => path,
    }
}

/// What makes something answers 201; an action and a change answer 200.
fn first_status(method: &Method, path: &str) -> StatusCode {
    let is_action = path.rsplit('/').next().is_some_and(|last| ACTIONS.contains(&last));
    if method == Method::POST && !is_action { StatusCode::CREATED } else { StatusCode::OK }
}

/// Last words of the paths whose POST answers 200.
const ACTIONS: [&str; 10] = [
    "cancel",
    "confirm",
    "decline",
    "mark-absent",
    "reassign",
    "guests",
    "invite",
    "rotate-secret",
    "force-refresh",
    "refresh",
];

/// What GET answers there, where there is such a route and something to show.
async fn show(table: &'static RouteTable, request: &Request, path: &str) -> Option<Reply> {
    let Found::Route(route, parameters) = table.find(&Method::GET, path, request.version) else {
        return None;
    };
    let mut parts = request.uri.clone().into_parts();
    parts.path_and_query = Some(path.parse().ok()?);
    let uri = Uri::from_parts(parts).ok()?;
    let request = Request {
        method: Method::GET,
        uri,
        query: Vec::new(),
        body: bytes::Bytes::new(),
        parameters,
        ..request.clone()
    };
    (route.handler)(request).await.ok().filter(|reply| reply.status == StatusCode::OK)
}

fn replayed(reply: Reply) -> Reply {
    reply.with_header(REPLAYED, HeaderValue::from_static("true"))
}

/// 409 while the first attempt is at work.
fn in_flight(until: Instant, now: Instant) -> ApiError {
    let seconds = (until.millis() - now.millis()).max(0).div_euclid(1000);
    ApiError {
        retry_after: Some(u64::try_from(seconds).unwrap_or(1).clamp(1, 60)),
        ..ApiError::conflict(
            "A request with this Idempotency-Key is still at work. Try again in a moment.",
        )
    }
}

/// 422 where the key named something else.
fn other_request() -> ApiError {
    ApiError::unprocessable(
        "This Idempotency-Key was used for another request. Use a new key for a new request, and \
         the same body with the same key.",
    )
}

fn content_type(reply: &Reply) -> Option<String> {
    let value = reply.headers.get(header::CONTENT_TYPE)?;
    value.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_shown_by_what_it_was_done_to() {
        assert_eq!(shown_by(&Method::POST, "/v2/bookings/abc/cancel"), "/v2/bookings/abc");
        assert_eq!(shown_by(&Method::PATCH, "/v2/schedules/7"), "/v2/schedules/7");
        assert_eq!(first_status(&Method::POST, "/v2/bookings"), StatusCode::CREATED);
        assert_eq!(first_status(&Method::POST, "/v2/bookings/abc/reschedule"), StatusCode::CREATED);
        assert_eq!(first_status(&Method::POST, "/v2/bookings/abc/cancel"), StatusCode::OK);
        assert_eq!(first_status(&Method::PATCH, "/v2/schedules/7"), StatusCode::OK);
    }
}

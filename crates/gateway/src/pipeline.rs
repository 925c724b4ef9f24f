//! A request on its whole way: in, through the guard, to its handler, and out.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use meridian_kernel::Instant;
use serde_json::json;

use crate::door::Door;
use crate::envelope::{self, Asked};
use crate::limit::{self, Standing};
use crate::table::Found;
use crate::{
    ApiError, ApiVersion, BODY_LIMIT, Body, Guard, Incoming, Reply, Request, Route, RouteTable,
    Services, headers, idempotency, operations, session,
};

const VERSION: HeaderName = HeaderName::from_static("cal-api-version");
const VERSION_USED: HeaderName = HeaderName::from_static("cal-api-version-used");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is learnt of a request on the way and told on its answer.
struct Journey {
    now: Instant,
    request_id: String,
    version: ApiVersion,
    standings: Vec<Standing>,
}

/// Serves one request of a component.
///
/// `cal-api-version-used` on the answer is the version the request was taken for:
/// the one it asked for, else the oldest.
pub async fn serve<G: Guard, S: Services>(
    table: &'static RouteTable,
    guard: &G,
    services: &S,
    incoming: Incoming,
) -> Response<Bytes> {
    let mut response = serve_bare(table, guard, services, incoming).await;
    headers::add_standard(response.headers_mut());
    response
}

/// The same, for a host that puts on itself what every answer carries
/// ([`add_standard_headers`]): what is always the same need not come from a guest.
pub async fn serve_bare<G: Guard, S: Services>(
    table: &'static RouteTable,
    guard: &G,
    services: &S,
    incoming: Incoming,
) -> Response<Bytes> {
    let asked_version = incoming.headers.get(VERSION).and_then(|value| value.to_str().ok());
    let mut journey = Journey {
        now: services.now(),
        // The client's own id is ignored: two clients may choose the same.
        request_id: uuid::Uuid::new_v4().to_string(),
        version: ApiVersion::from_header(asked_version),
        standings: Vec::new(),
    };
    let outcome = match incoming.method {
        Method::OPTIONS => Ok(headers::preflight()),
        _ => answer(table, guard, services, &incoming, &mut journey).await,
    };
    let reply = outcome.unwrap_or_else(|error| {
        log_cause(services, &error, &incoming, &journey);
        let asked =
            Asked { target: incoming.target(), headers: &incoming.headers, now: journey.now };
        envelope::render(&error, asked)
    });
    finish(reply, &incoming.method, journey)
}

/// The answer to a request that fails before it reaches any component, with the
/// envelope and headers of all others: for the host's own limits.
pub fn error_response(
    error: &ApiError,
    method: &Method,
    target: &str,
    request_headers: &HeaderMap,
    now: Instant,
) -> Response<Bytes> {
    let version = request_headers.get(VERSION).and_then(|value| value.to_str().ok());
    let journey = Journey {
        now,
        request_id: uuid::Uuid::new_v4().to_string(),
        version: ApiVersion::from_header(version),
        standings: Vec::new(),
    };
    let asked = Asked { target, headers: request_headers, now };
    let mut response = finish(envelope::render(error, asked), method, journey);
    headers::add_standard(response.headers_mut());
    response
}

/// Puts on what every answer carries, where the handler has not set its own.
pub fn add_standard_headers(headers: &mut HeaderMap) {
    headers::add_standard(headers);
}

async fn answer<G: Guard, S: Services>(
    table: &'static RouteTable,
    guard: &G,
    services: &S,
    incoming: &Incoming,
    journey: &mut Journey,
) -> Result<Reply, ApiError> {
    let path = incoming.path();
    let found = table.find(&incoming.method, path, journey.version);
    let mut door = Door {
        guard,
        services,
        incoming,
        now: journey.now,
        // Health checks are not counted; the platform's own routes count only
        // whoever guesses at their secret.
        limited: path.starts_with("/v2/") || path.starts_with("/auth/"),
        standings: Vec::new(),
    };
    let passed = match found {
        Found::Route(route, parameters) => match door.pass(route.access, &parameters).await {
            Ok(principal) => {
                let counted = door.count_route(route, principal.as_ref()).await;
                counted.map(|()| (route, parameters, principal))
            }
            Err(error) => Err(error),
        },
        unmatched => {
            let counted = door.count_address().await;
            counted.and_then(|()| Err(refuse(unmatched, &incoming.method, path)))
        }
    };
    journey.standings = door.standings;
    let (route, parameters, principal) = passed?;
    if let Some(principal) = &principal {
        session::check_meant(incoming, principal)?;
    }
    let request = Request {
        method: incoming.method.clone(),
        uri: incoming.uri.clone(),
        query: incoming.query(),
        headers: Rc::clone(&incoming.headers),
        body: whole(&incoming.body)?,
        request_id: journey.request_id.clone(),
        version: journey.version,
        now: journey.now,
        parameters,
        principal,
    };
    match idempotency::attempt_of(&request, services).await? {
        None => (route.handler)(request).await,
        Some(attempt) => idempotency::run(table, route, request, attempt).await,
    }
}

fn whole(body: &Body) -> Result<Bytes, ApiError> {
    match body {
        Body::Whole(bytes) => Ok(bytes.clone()),
        Body::Broken => Err(ApiError::bad_request("The request body broke off.")),
        Body::TooLarge => Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The request body is longer than {BODY_LIMIT} bytes."),
        )),
    }
}

/// Why no route serves a request: 501 where the API documents it, 405 where the
/// path has other methods, else 404.
fn refuse(found: Found, method: &Method, path: &str) -> ApiError {
    if let Found::OtherVersions(route) = found {
        return refuse_version(route, method, path);
    }
    if let Some(operation) = operations::find(method, path) {
        let message = format!(
            "{} {} ({}) is part of the API but not built yet.",
            operation.method, operation.path, operation.id
        );
        return ApiError::new(StatusCode::NOT_IMPLEMENTED, message);
    }
    let mut methods = match found {
        Found::OtherMethods(methods) => methods,
        _ => Vec::new(),
    };
    methods.extend(operations::methods(path));
    if methods.is_empty() {
        return ApiError::not_found(format!("Cannot {method} {path}"));
    }
    let message = format!("{path} does not support {method}.");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, message).with_allow(methods)
}

/// A known version the resource has nothing for: the route does not exist there.
fn refuse_version(route: &Route, method: &Method, path: &str) -> ApiError {
    let error = ApiError::not_found(format!("Cannot {method} {path}"));
    let served: Vec<&str> =
        route.resource.versions().iter().map(|version| version.as_str()).collect();
    let mut details = error.standard_details();
    if let Some(details) = details.as_object_mut() {
        let hint = "Set the header cal-api-version to one of these versions.";
        details.insert("versions".to_owned(), json!(served));
        details.insert("hint".to_owned(), json!(hint));
    }
    error.with_details(details)
}

/// One line with what went wrong inside; the query may hold what is nobody's
/// business, so only the path is named.
fn log_cause(services: &impl Services, error: &ApiError, incoming: &Incoming, journey: &Journey) {
    let Some(cause) = &error.cause else { return };
    let line = json!({
        "level": "error",
        "message": "a request failed inside",
        "requestId": journey.request_id,
        "method": incoming.method.as_str(),
        "path": incoming.path(),
        "status": error.status.as_u16(),
        "cause": cause,
    });
    services.log(&line.to_string());
}

/// Puts on what is learnt of the request.
fn finish(reply: Reply, method: &Method, journey: Journey) -> Response<Bytes> {
    let Reply { status, mut headers, body } = reply;
    if let Ok(id) = HeaderValue::try_from(journey.request_id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(VERSION_USED, HeaderValue::from_static(journey.version.as_str()));
    limit::add_headers(&journey.standings, &mut headers);
    if body.is_empty() {
        headers.remove(header::CONTENT_TYPE);
    }
    let body = if method == Method::HEAD { Bytes::new() } else { body };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

//! One request: limits, the way to its component, the answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};
use hyper::body::Incoming;
use meridian_gateway::{ApiError, BODY_LIMIT};
use meridian_kernel::Instant;
use meridian_manifest::Router;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::AnswerBody;
use super::body::{self, BadBody};
use super::head::make_absolute;
use super::request_log::RequestLog;
use crate::runtime::{Asked, Body, CallError, Components};

/// How much memory the bodies of all requests may need at a time.
const MEMORY_FOR_BODIES: usize = 128 << 20;

/// What a client is told to wait where there is no room.
const RETRY_AFTER_SECONDS: u64 = 1;

/// Answers requests from outside.
pub struct Front {
    components: Arc<Components>,
    routes: Arc<Router>,
    in_flight: Arc<Semaphore>,
    body_memory: Arc<Semaphore>,
    body_timeout: Duration,
    local: SocketAddr,
}

/// Where a request comes from.
#[derive(Clone)]
pub struct Peer {
    /// The client's end of the connection: address and port.
    pub address: Arc<str>,
    /// Set where the answer goes out before the request came in: the connection
    /// must not be closed on the rest of it, or the client never sees the answer.
    pub unread: Arc<AtomicBool>,
}

impl Front {
    /// A front before those components.
    pub fn new(
        components: Arc<Components>,
        routes: Arc<Router>,
        requests_in_flight: usize,
        request_timeout: Duration,
        local: SocketAddr,
    ) -> Self {
        Self {
            components,
            routes,
            in_flight: Arc::new(Semaphore::new(requests_in_flight.min(Semaphore::MAX_PERMITS))),
            body_memory: Arc::new(Semaphore::new(MEMORY_FOR_BODIES)),
            body_timeout: request_timeout,
            local,
        }
    }

    /// Answers one request.
    pub async fn answer(
        &self,
        request: http::Request<Incoming>,
        peer: &Peer,
    ) -> Response<AnswerBody> {
        let mut log = RequestLog::start(request.method(), request.uri().path());
        let (mut parts, body) = request.into_parts();
        let response = match self.serve(&mut parts, body, peer, &mut log).await {
            Ok(response) => response,
            Err(error) => refuse(&error, &parts).map(AnswerBody::whole),
        };
        log.finish(&response);
        response
    }

    async fn serve(
        &self,
        parts: &mut Parts,
        body: Incoming,
        peer: &Peer,
        log: &mut RequestLog,
    ) -> Result<Response<AnswerBody>, ApiError> {
        make_absolute(parts, self.local).map_err(|bad| ApiError::bad_request(bad.message()))?;
        let route = self.routes.find(parts.uri.path()).ok_or_else(|| no_route(parts))?;
        log.component.push_str(route.component);
        let (body, _body_memory) = self.read_body(body, peer).await?;
        let permit = self.in_flight.clone().try_acquire_owned().map_err(|_| no_room())?;
        let asked = Asked { parts, body, route: &route, client: &peer.address };
        let (parts, body) = self.components.call(asked).await.map_err(call_error)?.into_parts();
        let body = match body {
            Body::Whole(bytes) => AnswerBody::whole(bytes),
            Body::Streaming(body) => {
                AnswerBody::gather(body, permit).await.map_err(ApiError::internal)?
            }
        };
        Ok(Response::from_parts(parts, body))
    }

    async fn read_body(
        &self,
        body: Incoming,
        peer: &Peer,
    ) -> Result<(Bytes, Option<OwnedSemaphorePermit>), ApiError> {
        let room = body::room_for(&body);
        if room == Ok(0) {
            return Ok((Bytes::new(), None));
        }
        // Until the end is read, an answer may overtake the request.
        peer.unread.store(true, Ordering::Relaxed);
        let room = u32::try_from(room.map_err(body_error)?).unwrap_or(u32::MAX);
        let memory = self.body_memory.clone().try_acquire_many_owned(room);
        let memory = memory.map_err(|_| no_room())?;
        let bytes = tokio::time::timeout(self.body_timeout, body::read(body)).await;
        let bytes = bytes.map_err(|_| too_slow())?.map_err(body_error)?;
        peer.unread.store(false, Ordering::Relaxed);
        Ok((bytes, Some(memory)))
    }
}

fn refuse(error: &ApiError, parts: &Parts) -> Response<Bytes> {
    if let Some(cause) = &error.cause {
        tracing::error!("{error}: {cause}");
    }
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let now = Instant::now();
    meridian_gateway::error_response(error, &parts.method, target, &parts.headers, now)
}

fn no_route(parts: &Parts) -> ApiError {
    ApiError::not_found(format!("Cannot {} {}", parts.method, parts.uri.path()))
}

fn no_room() -> ApiError {
    ApiError::unavailable("The service is busy. Please try again later.", RETRY_AFTER_SECONDS)
}

fn too_slow() -> ApiError {
    ApiError::new(StatusCode::REQUEST_TIMEOUT, "The request body did not arrive in time.")
        .with_code("RequestTimeoutException")
}

fn body_error(bad: BadBody) -> ApiError {
    match bad {
        BadBody::TooLarge => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The request body is longer than {BODY_LIMIT} bytes."),
        ),
        BadBody::Broken => ApiError::bad_request("The request body broke off."),
    }
}

fn call_error(error: CallError) -> ApiError {
    match error {
        CallError::Timeout => {
            ApiError::new(StatusCode::GATEWAY_TIMEOUT, "The request took too long.")
                .with_code("GatewayTimeoutException")
        }
        CallError::Busy(cause) => ApiError { cause: Some(cause), ..no_room() },
        CallError::Failed(_) | CallError::UnknownComponent => ApiError::internal(error),
    }
}

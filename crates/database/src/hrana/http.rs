//! Which request is what, and who may make it.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use meridian_hrana_client::NAMESPACE_HEADER;
use meridian_store::DatabaseError;
use subtle::ConstantTimeEq;

use super::{Door, Side, pipeline};
use crate::Databases;

/// The longest request that is read.
const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;

type Answer = Response<Full<Bytes>>;

/// Answers any request.
pub(crate) async fn answer(door: &Door, side: Side, request: Request<Incoming>) -> Answer {
    if !may_enter(door.token.as_deref(), request.headers()) && request.uri().path() != "/health" {
        return refuse(StatusCode::UNAUTHORIZED, "the bearer token is missing or wrong");
    }
    match side {
        Side::Data => data(&door.databases, request).await,
        Side::Admin => admin(&door.databases, request).await,
    }
}

fn may_enter(token: Option<&str>, headers: &HeaderMap) -> bool {
    let Some(token) = token else { return true };
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(token.as_bytes()).into()
}

async fn data(databases: &Databases, request: Request<Incoming>) -> Answer {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/health" | "/v2" | "/v3") => reply(StatusCode::OK, Bytes::new()),
        (&Method::POST, "/v2/pipeline" | "/v3/pipeline") => {
            let database = namespace(request.headers());
            let body = Limited::new(request.into_body(), MAX_REQUEST_BYTES).collect().await;
            match body {
                Ok(body) => run_pipeline(databases, &database, &body.to_bytes()).await,
                Err(_) => refuse(StatusCode::PAYLOAD_TOO_LARGE, "the request is too long"),
            }
        }
        _ => refuse(StatusCode::NOT_FOUND, "there is nothing here"),
    }
}

/// The header wins; else the first label of the host.
fn namespace(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let header = text(http::HeaderName::from_static(NAMESPACE_HEADER));
    let host = || text(HOST).and_then(|host| host.split(['.', ':']).next());
    header.or_else(host).unwrap_or_default().to_owned()
}

async fn run_pipeline(databases: &Databases, database: &str, body: &[u8]) -> Answer {
    let Ok(request) = serde_json::from_slice::<libsql_hrana::proto::PipelineReqBody>(body) else {
        return refuse(StatusCode::BAD_REQUEST, "the body is no pipeline request");
    };
    if request.baton.is_some() {
        return refuse(StatusCode::BAD_REQUEST, "streams end with their request here");
    }
    let answered = pipeline::run(databases, database, request.requests).await;
    let encoded = answered.map(|answer| serde_json::to_vec(&answer));
    match encoded {
        Ok(Ok(body)) => json(StatusCode::OK, body),
        Ok(Err(_)) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "the answer cannot be written"),
        Err(error) => refuse_for(database, &error),
    }
}

async fn admin(databases: &Databases, request: Request<Incoming>) -> Answer {
    let path = request.uri().path();
    let name = path.strip_prefix("/v1/namespaces/").unwrap_or_default();
    let made = name.strip_suffix("/create");
    let outcome = match (request.method(), made) {
        (&Method::GET, _) if path == "/health" => return reply(StatusCode::OK, Bytes::new()),
        (&Method::POST, Some(name)) => {
            if !is_json(request.headers()) {
                let text = "the content type must be application/json";
                return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
            }
            databases.create(name).await.map_err(|error| refuse_for(name, &error))
        }
        (&Method::DELETE, None) if !name.is_empty() => {
            databases.delete(name).await.map_err(|error| refuse_for(name, &error))
        }
        _ => return refuse(StatusCode::NOT_FOUND, "there is nothing here"),
    };
    outcome.map_or_else(|refused| refused, |()| reply(StatusCode::OK, Bytes::new()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// The status for what concerns the database as a whole.
fn refuse_for(database: &str, error: &DatabaseError) -> Answer {
    match error {
        DatabaseError::NotFound => {
            refuse(StatusCode::NOT_FOUND, &format!("Namespace `{database}` doesn't exist"))
        }
        DatabaseError::AlreadyExists => {
            refuse(StatusCode::BAD_REQUEST, &format!("Namespace `{database}` already exists"))
        }
        DatabaseError::InvalidName => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
        DatabaseError::Busy => refuse(StatusCode::TOO_MANY_REQUESTS, &error.to_string()),
        _ => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn refuse(status: StatusCode, text: &str) -> Answer {
    json(status, serde_json::json!({ "error": text }).to_string().into_bytes())
}

fn json(status: StatusCode, body: Vec<u8>) -> Answer {
    let mut answer = reply(status, body.into());
    let kind = http::HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

fn reply(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    answer
}

//! The native floor: the measured requests served by hyper, with the same SQL, the
//! same rules and answers of the same form down to their heads, and nothing between
//! them. No WASM, no route table, no limits, no log.

mod booking_view;
mod create_booking;
mod handlers;
mod me_view;
mod slots_text;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use meridian_database::{Databases, Options};
use tokio::net::TcpListener;

/// A failure is told to whoever asked: the table then shows it.
type Answer = anyhow::Result<(StatusCode, Vec<u8>)>;

/// Serves until it is killed, on a runtime like the host's.
pub fn main(listen: SocketAddr, folder: PathBuf) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // As the host opens them.
        let databases = Databases::open(folder, Options::default())?;
        // The process has one, as long as it lives.
        let databases: &'static Databases = Box::leak(Box::new(databases));
        serve(TcpListener::bind(listen).await?, databases).await
    })
}

async fn serve(listener: TcpListener, databases: &'static Databases) -> anyhow::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = service_fn(move |request| answer(databases, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        // A connection that breaks is the client's to tell of.
        tokio::spawn(connection);
    }
}

async fn answer(
    databases: &'static Databases,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, body) = match handlers::handle(databases, request).await {
        Ok(answer) => answer,
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}").into_bytes()),
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    add_head(response.headers_mut());
    Ok(response)
}

/// What heads of answers hold: clients of the API get a kilobyte of it with each, and
/// whoever serves them has to write and send it.
fn add_head(headers: &mut HeaderMap) {
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, json);
    if let Ok(id) = HeaderValue::try_from(uuid::Uuid::new_v4().to_string()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    let version = HeaderValue::from_static("2024-08-13");
    headers.insert(HeaderName::from_static("cal-api-version-used"), version);
    meridian_gateway::add_standard_headers(headers);
}

//! `wasi:http/client` of one instance.

use std::sync::{Arc, Weak};

use http::header;
use http_body_util::{BodyExt, Full, Limited};
use meridian_gateway::BODY_LIMIT;
use meridian_manifest::RouteMatch;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::connector::Reach;
use crate::runtime::{Asked, Body, CallError, Directory, Grants};

/// Hosts of this suffix are the application's own components.
const INTERNAL_SUFFIX: &str = ".spin.internal";

/// Where calls between components come from.
const INTERNAL_CLIENT: &str = "0.0.0.0:0";

/// The way out of one instance.
pub struct Outbound {
    grants: Arc<Grants>,
    directory: Directory,
}

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sending = Box<dyn Future<Output = Result<(http::Response<WasiBody>, Io), Error>> + Send>;

impl Outbound {
    /// The way out with those grants.
    pub fn new(grants: Arc<Grants>, directory: Directory) -> Self {
        Self { grants, directory }
    }
}

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _result: Io,
    ) -> Sending {
        let grants = self.grants.clone();
        let directory = self.directory.clone();
        Box::new(async move {
            let response = send(grants, directory, request, options.unwrap_or_default()).await?;
            Ok((response, Box::new(std::future::ready(Ok(()))) as Io))
        })
    }
}

async fn send(
    grants: Arc<Grants>,
    directory: Directory,
    request: http::Request<WasiBody>,
    options: RequestOptions,
) -> Result<http::Response<WasiBody>, Error> {
    let host = request.uri().host().ok_or(Error::HttpRequestUriInvalid)?.to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let scheme = request.uri().scheme_str().unwrap_or("https");
    let allowed = &grants.component.allowed_outbound_hosts;
    let port = request.uri().port_u16();
    if !allowed.allows(scheme, bare, port) {
        tracing::warn!(
            component = &*grants.id,
            "{scheme}://{host} is not among the component's allowed_outbound_hosts"
        );
        return Err(Error::HttpRequestDenied);
    }
    if let Some(id) = host.strip_suffix(INTERNAL_SUFFIX) {
        return call_component(&directory, id, request).await;
    }
    // A private address that the manifest names is meant.
    let public_only = grants.component.refuse_private_targets && !allowed.names(scheme, bare, port);
    let reach = if public_only { Reach::PublicOnly } else { Reach::Everywhere };
    grants.shared.clients.send(reach, request, options).await
}

async fn call_component(
    directory: &Directory,
    id: &str,
    request: http::Request<WasiBody>,
) -> Result<http::Response<WasiBody>, Error> {
    let components =
        directory.get().and_then(Weak::upgrade).ok_or(Error::DestinationUnavailable)?;
    let (mut parts, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let body = body.map_err(|_| Error::HttpRequestBodySize(None))?.to_bytes();
    parts.headers.remove(header::HOST);
    let component = id.to_owned();
    // In a task of its own: this one is running an instance, and one instance cannot
    // be run from within another.
    let call = tokio::spawn(async move {
        let route = RouteMatch::internal(&component, parts.uri.path());
        components.call(Asked { parts: &parts, body, route: &route, client: INTERNAL_CLIENT }).await
    });
    let answer = call.await.map_err(|_| Error::HttpResponseIncomplete)?;
    let answer = answer.map_err(|error| match error {
        CallError::UnknownComponent => Error::DestinationNotFound,
        CallError::Busy(_) => Error::DestinationUnavailable,
        CallError::Timeout => Error::HttpResponseTimeout,
        CallError::Failed(cause) => {
            tracing::warn!(component = id, "a call from another component failed: {cause}");
            Error::HttpResponseIncomplete
        }
    })?;
    Ok(answer.map(|body| match body {
        Body::Whole(bytes) => Full::new(bytes).map_err(|never| match never {}).boxed_unsync(),
        Body::Streaming(body) => body,
    }))
}

//! Components that are reached by `wasi:http`, as every runtime does.

use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use wasmtime::component::{Component as Compiled, Linker};
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{
    ExpirationError, InstantiationError, ProxyHandler, TrapOrPanicError,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

use super::instances::{Blueprint, Factory};
use super::{Asked, Body, CallError, Guest, Limits};
use crate::front::add_spin_headers;

/// The instances of one component.
pub struct Web {
    handler: ProxyHandler<Factory>,
    limits: Limits,
}

impl Web {
    /// No instance yet.
    pub fn new(
        blueprint: Blueprint,
        linker: &Linker<Guest>,
        component: &Compiled,
    ) -> wasmtime::Result<Self> {
        let limits = blueprint.limits;
        let service = ServicePre::new(linker.instantiate_pre(component)?)?;
        Ok(Self { handler: ProxyHandler::new(Factory { blueprint, service }), limits })
    }

    /// Has an instance answer.
    pub async fn call(&self, asked: Asked<'_>) -> Result<Response<Body>, CallError> {
        let mut parts = asked.parts.clone();
        add_spin_headers(&mut parts, asked.route, asked.client);
        let body: WasiBody = Full::new(asked.body).map_err(|never| match never {}).boxed_unsync();
        let answer = self.handler.handle((), Request::from_parts(parts, body));
        match tokio::time::timeout(self.limits.request_timeout, answer).await {
            Err(_) => Err(CallError::Timeout),
            Ok(answer) => Ok(answer.map_err(call_error)?.map(Body::Streaming)),
        }
    }
}

fn call_error(error: wasmtime::Error) -> CallError {
    if error.is::<ExpirationError>() {
        CallError::Timeout
    } else if let Some(error) = error.downcast_ref::<InstantiationError<()>>() {
        CallError::Busy(format!("{:#}", error.error))
    } else if error.is::<TrapOrPanicError>() {
        CallError::Failed("an instance trapped".to_owned())
    } else {
        CallError::Failed(format!("{error:#}"))
    }
}

//! Calls into components, from outside and from each other.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use anyhow::Context;
use meridian_manifest::Component;
use wasmtime::Engine;
use wasmtime::component::{Component as Compiled, Linker};
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{
    ExpirationError, InstantiationError, ProxyHandler, TrapOrPanicError,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

use super::instances::Factory;
use super::{Grants, Guest, Limits, Shared};

/// All components of the application, ready for calls.
pub struct Components {
    handlers: HashMap<String, ProxyHandler<Factory>>,
    limits: Limits,
    busy: Arc<AtomicUsize>,
}

/// Where components find each other. Weak: an instance that outlives the
/// application must not keep it.
pub type Directory = Arc<OnceLock<Weak<Components>>>;

/// Why a call has no answer.
#[derive(Debug)]
pub enum CallError {
    /// No component has that id.
    UnknownComponent,
    /// No instance could be made: the pool is empty.
    Busy(String),
    /// No answer within the request timeout.
    Timeout,
    /// The guest trapped, or failed to make an answer.
    Failed(String),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownComponent => f.write_str("there is no such component"),
            Self::Busy(cause) => write!(f, "no instance could be made: {cause}"),
            Self::Timeout => f.write_str("the component did not answer in time"),
            Self::Failed(cause) => write!(f, "the component failed: {cause}"),
        }
    }
}

impl std::error::Error for CallError {}

impl Components {
    /// Links the components: from now on they can be called.
    pub fn link(
        engine: &Engine,
        linker: &Linker<Guest>,
        components: Vec<(Component, Compiled)>,
        shared: &Arc<Shared>,
        limits: Limits,
    ) -> anyhow::Result<Arc<Self>> {
        let directory = Directory::default();
        let busy = Arc::new(AtomicUsize::new(0));
        let mut handlers = HashMap::with_capacity(components.len());
        for (component, compiled) in components {
            let id = component.id.clone();
            let service = linker
                .instantiate_pre(&compiled)
                .and_then(ServicePre::new)
                .map_err(anyhow::Error::from)
                .with_context(|| format!("component {id} does not fit the host"))?;
            let grants = Grants { component, id: id.as_str().into(), shared: shared.clone() };
            let factory = Factory {
                engine: engine.clone(),
                service,
                grants: Arc::new(grants),
                directory: directory.clone(),
                limits,
                busy: busy.clone(),
            };
            handlers.insert(id, ProxyHandler::new(factory));
        }
        let components = Arc::new(Self { handlers, limits, busy });
        // Set once, here.
        let _ = directory.set(Arc::downgrade(&components));
        Ok(components)
    }

    /// Has a component answer a request.
    ///
    /// # Errors
    /// See [`CallError`]. After a timeout the component may still run on.
    pub async fn call(
        &self,
        id: &str,
        request: http::Request<WasiBody>,
    ) -> Result<http::Response<WasiBody>, CallError> {
        let handler = self.handlers.get(id).ok_or(CallError::UnknownComponent)?;
        let answer = handler.handle((), request);
        match tokio::time::timeout(self.limits.request_timeout, answer).await {
            Err(_) => Err(CallError::Timeout),
            Ok(answer) => answer.map_err(call_error),
        }
    }

    /// Waits until no instance works any more, at most so long. Work after an
    /// answer counts.
    pub async fn quiet(&self, at_most: Duration) {
        let quiet = async {
            while self.busy.load(Ordering::Relaxed) > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        // What still runs then is found again in the outbox.
        let _ = tokio::time::timeout(at_most, quiet).await;
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

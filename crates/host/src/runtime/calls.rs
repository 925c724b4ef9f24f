//! Calls into components, from outside and from each other.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::Response;
use http::request::Parts;
use meridian_manifest::{Component, RouteMatch};
use wasmtime::Engine;
use wasmtime::component::{Component as Compiled, Linker};
use wasmtime_wasi_http::WasiBody;

use super::direct::{self, Pool};
use super::instances::Blueprint;
use super::web::Web;
use super::{Grants, Guest, Limits, Shared};

/// How often it is looked for instances that have idled for long enough.
const TIDY_INTERVAL: Duration = Duration::from_millis(250);

/// All components of the application, ready for calls.
pub struct Components {
    services: HashMap<String, Service>,
    busy: Arc<AtomicUsize>,
}

/// The way into a component.
enum Service {
    /// What it exports for this host.
    Direct(Arc<Pool>),
    /// `wasi:http`, which every component has.
    Web(Web),
}

/// A request to a component, with an absolute URI and all of its body.
pub struct Asked<'a> {
    /// The head.
    pub parts: &'a Parts,
    /// The body.
    pub body: Bytes,
    /// The route that won; it names the component.
    pub route: &'a RouteMatch<'a>,
    /// Who asks: address and port.
    pub client: &'a str,
}

/// The body of a component's answer.
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// As it comes.
    Streaming(WasiBody),
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
        let mut services = HashMap::with_capacity(components.len());
        for (component, compiled) in components {
            let id = component.id.clone();
            let grants = Grants { component, id: id.as_str().into(), shared: shared.clone() };
            let blueprint = Blueprint {
                engine: engine.clone(),
                grants: Arc::new(grants),
                directory: directory.clone(),
                limits,
                busy: busy.clone(),
            };
            let service = Service::new(blueprint, linker, &compiled)
                .map_err(anyhow::Error::from)
                .with_context(|| format!("component {id} does not fit the host"))?;
            services.insert(id, service);
        }
        let components = Arc::new(Self { services, busy });
        // Set once, here.
        let _ = directory.set(Arc::downgrade(&components));
        tokio::spawn(tidy(Arc::downgrade(&components)));
        Ok(components)
    }

    /// Has a component answer a request.
    ///
    /// # Errors
    /// See [`CallError`]. After a timeout the component may still run on.
    pub async fn call(&self, asked: Asked<'_>) -> Result<Response<Body>, CallError> {
        let component = asked.route.component;
        match self.services.get(component).ok_or(CallError::UnknownComponent)? {
            Service::Direct(pool) => direct::call(pool, asked).await,
            Service::Web(web) => web.call(asked).await,
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

impl Service {
    fn new(
        blueprint: Blueprint,
        linker: &Linker<Guest>,
        component: &Compiled,
    ) -> wasmtime::Result<Self> {
        Ok(match direct::is_offered_by(component) {
            true => Self::Direct(Pool::new(blueprint, linker, component)?),
            false => Self::Web(Web::new(blueprint, linker, component)?),
        })
    }
}

/// Ends instances that nobody needs, as long as there is an application.
async fn tidy(components: Weak<Components>) {
    let mut ticks = tokio::time::interval(TIDY_INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(components) = components.upgrade() else { return };
        for service in components.services.values() {
            if let Service::Direct(pool) = service {
                pool.end_idle();
            }
        }
    }
}

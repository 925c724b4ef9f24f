//! Components that are called directly: a request runs where it was read, on a warm
//! instance it has for itself, and no other task is woken for it.
//!
//! An instance goes back to the pool once nothing runs in it any more. Work after
//! the answer is driven on by a task of its own.

mod attended;
mod instance;
mod message;
mod own_wakes;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use wasmtime::component::{Component as Compiled, Linker};

use super::instances::{AFTER_RESPONSE, Blueprint, Busy, IDLE_TIMEOUT, REQUESTS_PER_INSTANCE};
use super::{CallError, Guest};
use attended::Attended;
use generated::ServedPre;
use instance::Instance;

use generated::exports::meridian::direct::handler::Message;
pub use message::call;

/// Bindings generated from the WIT.
#[allow(missing_docs, reason = "generated")]
mod generated {
    wasmtime::component::bindgen!({ path: "../../wit/direct", world: "served" });
}

/// What a component exports that is called directly.
const EXPORT: &str = "meridian:direct/handler@0.1.0";

/// Whether a component can be called directly.
pub fn is_offered_by(component: &Compiled) -> bool {
    component.get_export_index(None, EXPORT).is_some()
}

/// The instances of one component.
pub struct Pool {
    blueprint: Blueprint,
    component: ServedPre<Guest>,
    idle: Mutex<Vec<Idle>>,
}

/// An instance that waits for the next request.
struct Idle {
    instance: Instance,
    since: Instant,
}

impl Pool {
    /// No instance yet.
    pub fn new(
        blueprint: Blueprint,
        linker: &Linker<Guest>,
        component: &Compiled,
    ) -> wasmtime::Result<Arc<Self>> {
        let component = ServedPre::new(linker.instantiate_pre(component)?)?;
        Ok(Arc::new(Self { blueprint, component, idle: Mutex::default() }))
    }

    /// Has an instance answer.
    ///
    /// A caller that leaves before the answer, or is told that it took too long,
    /// leaves the request running: what began is brought to its end, in bounds.
    pub async fn call(self: &Arc<Self>, request: Message) -> Result<Message, CallError> {
        let work = Box::pin(self.clone().work(request));
        Attended::new(work, self.blueprint.limits.request_timeout).await
    }

    async fn work(self: Arc<Self>, request: Message) -> Result<Message, CallError> {
        let busy = Busy::begin(&self.blueprint.busy);
        let mut instance = match self.take() {
            Some(instance) => instance,
            None => self.make().await?,
        };
        match instance.answer(request).await {
            Ok((answer, true)) => {
                self.put(instance);
                Ok(answer)
            }
            Ok((answer, false)) => {
                tokio::spawn(self.settle(instance, busy));
                Ok(answer)
            }
            Err(error) => {
                self.log_end(&error);
                Err(CallError::Failed("an instance trapped".to_owned()))
            }
        }
    }

    /// Drives on what an instance does after its answer, until it is quiet.
    async fn settle(self: Arc<Self>, mut instance: Instance, _busy: Busy) {
        match tokio::time::timeout(AFTER_RESPONSE, instance.quiet()).await {
            Ok(Ok(())) => self.put(instance),
            Ok(Err(error)) => self.log_end(&error),
            Err(_) => tracing::warn!(
                component = &*self.blueprint.grants.id,
                "an instance was ended: it worked on for too long after its answer"
            ),
        }
    }

    fn log_end(&self, error: &wasmtime::Error) {
        tracing::error!(component = &*self.blueprint.grants.id, "an instance ended: {error:?}");
    }

    async fn make(&self) -> Result<Instance, CallError> {
        let mut store = self.blueprint.store();
        match self.component.instantiate_async(&mut store).await {
            Ok(exports) => Ok(Instance::new(store, exports)),
            Err(error) => Err(CallError::Busy(format!("{error:#}"))),
        }
    }

    /// The one that was used last: the rest may go on idling to their end.
    fn take(&self) -> Option<Instance> {
        self.lock().pop().map(|idle| idle.instance)
    }

    /// Gives a quiet instance back. One that has served enough is followed by a new
    /// one, and no request waits for that.
    fn put(self: &Arc<Self>, instance: Instance) {
        if instance.calls() < REQUESTS_PER_INSTANCE {
            self.lock().push(Idle { instance, since: Instant::now() });
            return;
        }
        let pool = self.clone();
        tokio::spawn(async move {
            drop(instance);
            // Where there is no room for it now, a request will try again.
            if let Ok(new) = pool.make().await {
                pool.put(new);
            }
        });
    }

    /// Ends instances that have idled for long enough.
    pub fn end_idle(&self) {
        let mut idle = self.lock();
        // Sorted by time: whoever comes back last is last.
        let ended = idle.iter().take_while(|idle| idle.since.elapsed() >= IDLE_TIMEOUT).count();
        let ended: Vec<Idle> = idle.drain(..ended).collect();
        // Ending takes longer than a request may wait for the pool.
        std::mem::drop(idle);
        std::mem::drop(ended);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Instances of one component: made when needed, used again, ended in time. Those of
//! components that are reached by `wasi:http`; see [`super::direct`] for the others.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::Sleep;
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

use super::{Grants, Guest};
use crate::outbound::Outbound;
use crate::runtime::calls::Directory;

/// Spin's defaults for instances that are used again.
pub const REQUESTS_PER_INSTANCE: usize = 128;
const CONCURRENT_REQUESTS_PER_INSTANCE: usize = 16;
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long after the request timeout an instance that does not listen is ended.
/// Requests that wait in it are told by then.
pub const GRACE: Duration = Duration::from_millis(500);

/// How long an instance may work on after its answer, and send a long one.
pub const AFTER_RESPONSE: Duration = Duration::from_secs(60);

/// Limits of calls.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the call to the head of the answer.
    pub request_timeout: Duration,
}

/// What the instances of one component are made with.
pub struct Blueprint {
    /// The engine they run on.
    pub engine: Engine,
    /// What they may touch.
    pub grants: Arc<Grants>,
    /// Where they find other components.
    pub directory: Directory,
    /// Limits of calls.
    pub limits: Limits,
    /// Instances of all components that are not idle.
    pub busy: Arc<AtomicUsize>,
}

impl Blueprint {
    /// A store for a new instance.
    pub fn store(&self) -> Store<Guest> {
        let outbound = Outbound::new(self.grants.clone(), self.directory.clone());
        let guest = Guest::new(&self.grants, outbound);
        let mut store = Store::new(&self.engine, guest);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }
}

/// Makes instances of a component that is reached by `wasi:http`.
pub struct Factory {
    /// What they are made with.
    pub blueprint: Blueprint,
    /// The component, linked.
    pub service: ServicePre<Guest>,
}

impl HandlerState for Factory {
    type StoreData = Guest;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Guest, Expiration, Worker>> {
        let Blueprint { grants, limits, busy, .. } = &self.blueprint;
        let mut store = self.blueprint.store();
        let proxy = Proxy::P3(self.service.instantiate_async(&mut store).await?);
        Ok(Instance {
            store,
            proxy,
            view: <Guest as WasiHttpView>::http,
            expiration: Expiration::new(*limits, busy.clone()),
            state: Worker { component: grants.id.clone(), limits: *limits },
        })
    }
}

/// Decides what an instance takes on.
pub struct Worker {
    component: Arc<str>,
    limits: Limits,
}

impl WorkerState for Worker {
    type StoreData = Guest;
    type RequestData = ();

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= REQUESTS_PER_INSTANCE {
            ShouldAccept::Never
        } else if concurrent >= CONCURRENT_REQUESTS_PER_INSTANCE {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _store: StoreContextMut<'_, Guest>,
        _request: (),
        _task: wasmtime::component::GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        Box::pin(tokio::time::sleep(self.limits.request_timeout))
    }

    fn drop(&self, store: Store<Guest>, result: Result<(), wasmtime::Error>) {
        if let Err(error) = result {
            tracing::error!(component = &*self.component, "an instance ended: {error:?}");
        }
        drop(store);
    }
}

/// Ends an instance that idles, hangs or runs on for too long.
pub struct Expiration {
    timer: Pin<Box<Sleep>>,
    deadline: Option<Instant>,
    limits: Limits,
    busy: Busy,
}

impl Expiration {
    fn new(limits: Limits, count: Arc<AtomicUsize>) -> Self {
        Self {
            timer: Box::pin(tokio::time::sleep(IDLE_TIMEOUT)),
            deadline: None,
            limits,
            busy: Busy { count, counted: false },
        }
    }
}

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        let allowed = match status {
            WorkerStatus::Idle => IDLE_TIMEOUT,
            WorkerStatus::Requests => self.limits.request_timeout + GRACE,
            WorkerStatus::PostReturn => AFTER_RESPONSE,
        };
        self.busy.set(status != WorkerStatus::Idle);
        let deadline = start + allowed;
        if self.deadline != Some(deadline) {
            self.deadline = Some(deadline);
            self.timer.as_mut().reset(deadline.into());
        }
        self.timer.as_mut().poll(cx)
    }
}

/// One instance's share of the count of busy ones.
pub struct Busy {
    count: Arc<AtomicUsize>,
    counted: bool,
}

impl Busy {
    /// Counted until it is dropped.
    pub fn begin(count: &Arc<AtomicUsize>) -> Self {
        let mut busy = Self { count: count.clone(), counted: false };
        busy.set(true);
        busy
    }

    fn set(&mut self, busy: bool) {
        if busy != self.counted {
            self.counted = busy;
            if busy {
                self.count.fetch_add(1, Ordering::Relaxed);
            } else {
                self.count.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.set(false);
    }
}

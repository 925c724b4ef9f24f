//! What an instance may touch.

use std::sync::Arc;

use meridian_database::Databases;
use meridian_key_value::KeyValue;
use meridian_manifest::Component;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::output::Output;
use crate::outbound::{Clients, Outbound};

/// What all instances of all components share.
pub struct Shared {
    /// The key-value stores on disk.
    pub key_value: KeyValue,
    /// The host's own databases; `None` where components reach theirs over HTTP.
    pub databases: Option<Databases>,
    /// Connections to other servers.
    pub clients: Clients,
}

/// What one component was granted, and what it is granted of.
pub struct Grants {
    /// The component as the manifest has it.
    pub component: Component,
    /// Its id, for the log.
    pub id: Arc<str>,
    /// What all components share.
    pub shared: Arc<Shared>,
}

impl Grants {
    /// Whether the component may open a key-value store.
    pub fn has_key_value_store(&self, label: &str) -> bool {
        self.component.key_value_stores.contains(label)
    }
}

/// The host's side of one instance.
pub struct Guest {
    /// What it may touch.
    pub grants: Arc<Grants>,
    /// Resources the guest holds handles to.
    pub table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
}

impl Guest {
    /// The host's side of a new instance.
    pub fn new(grants: &Arc<Grants>, outbound: Outbound) -> Self {
        let mut wasi = WasiCtxBuilder::new();
        let output = Output::new(&grants.id);
        // Sockets are closed to guests: what leaves the host leaves by HTTP.
        wasi.stdout(output.clone()).stderr(output).allow_tcp(false).allow_udp(false);
        for (name, value) in &grants.component.environment {
            wasi.env(name, value);
        }
        Self {
            grants: grants.clone(),
            table: ResourceTable::new(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outbound,
        }
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outbound, table: &mut self.table, ctx: &mut self.http }
    }
}

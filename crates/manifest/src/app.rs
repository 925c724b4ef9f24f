use std::collections::{BTreeMap, BTreeSet};

use crate::{AllowedHosts, Router};

/// A manifest that was read, resolved and composed: all a host needs to serve.
#[derive(Debug)]
pub struct App {
    /// `application.name`.
    pub name: String,
    /// The application's variables with their values, secrets included.
    pub variables: BTreeMap<String, String>,
    /// The components that a trigger or another component's calls can reach.
    pub components: Vec<Component>,
    /// Which component answers which path.
    pub routes: Router,
}

/// One component with its dependencies composed into it, and its grants.
#[derive(Debug)]
pub struct Component {
    /// The component's id in the manifest.
    pub id: String,
    /// The composed component.
    pub wasm: Vec<u8>,
    /// The key-value stores it may open, by label.
    pub key_value_stores: BTreeSet<String>,
    /// The variables it sees, resolved. It sees no others.
    pub variables: BTreeMap<String, String>,
    /// Its environment variables.
    pub environment: BTreeMap<String, String>,
    /// Where it may connect to.
    pub allowed_outbound_hosts: AllowedHosts,
    /// Whether addresses in private ranges are refused where the allowed hosts
    /// match, but do not [name](AllowedHosts::names) them. Calls to
    /// `*.spin.internal` are not meant.
    pub refuse_private_targets: bool,
}

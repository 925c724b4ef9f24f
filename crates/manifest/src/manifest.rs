//! What a manifest says, before anything is resolved.

use std::collections::BTreeMap;

use crate::{interface::InterfaceName, section::At};

#[derive(Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) variables: BTreeMap<String, Variable>,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) components: BTreeMap<String, ComponentEntry>,
}

impl Manifest {
    /// The component whose composed form is written to that path.
    pub(crate) fn composed_as(&self, path: &str) -> Option<(&str, &ComponentEntry)> {
        self.components
            .iter()
            .find(|(_, entry)| entry.composed.as_ref().is_some_and(|file| file.value == path))
            .map(|(id, entry)| (id.as_str(), entry))
    }
}

/// An application variable.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) at: usize,
    pub(crate) default: Option<String>,
}

/// `[[trigger.http]]`.
#[derive(Debug)]
pub(crate) struct Trigger {
    /// `None`: reachable by other components only.
    pub(crate) route: Option<At<String>>,
    pub(crate) component: At<String>,
    pub(crate) path: String,
}

/// `[component.<id>]`.
#[derive(Debug)]
pub(crate) struct ComponentEntry {
    pub(crate) source: At<String>,
    pub(crate) key_value_stores: Vec<At<String>>,
    pub(crate) variables: BTreeMap<String, At<String>>,
    pub(crate) environment: BTreeMap<String, At<String>>,
    pub(crate) allowed_outbound_hosts: Vec<At<String>>,
    pub(crate) dependencies: Vec<Dependency>,
    /// `tool.meridian.composed`: the file this component, with its dependencies,
    /// is written to for others to depend on.
    pub(crate) composed: Option<At<String>>,
    /// `tool.meridian.private_targets`.
    pub(crate) private_targets: Option<At<String>>,
}

/// One entry of `[component.<id>.dependencies]`.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) at: usize,
    /// The key's path in the manifest, for messages.
    pub(crate) path: String,
    pub(crate) name: InterfaceName,
    pub(crate) source: DependencySource,
    pub(crate) export: Option<String>,
    pub(crate) inherit: Inherit,
}

#[derive(Debug)]
pub(crate) enum DependencySource {
    /// A file, relative to the manifest.
    Path(String),
    /// Another component's own wasm, without that component's dependencies.
    Component(String),
}

/// What a dependency may use of its parent's grants.
#[derive(Debug)]
pub(crate) enum Inherit {
    All,
    Only(Vec<String>),
}

impl Inherit {
    pub(crate) fn includes(&self, capability: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(words) => words.iter().any(|word| word == capability),
        }
    }
}

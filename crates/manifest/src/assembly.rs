//! One composition: a component and the dependencies connected to its imports.

use std::collections::BTreeSet;

use wac_graph::{CompositionGraph, EncodeOptions, NodeId};
use wac_types::{Package, WorldId};

use crate::manifest::Dependency;

/// A component that dependencies are being connected to.
pub(crate) struct Assembly {
    graph: CompositionGraph,
    main: Part,
    dependencies: Vec<Part>,
}

#[derive(Clone, Copy)]
struct Part {
    instance: NodeId,
    world: WorldId,
}

impl Assembly {
    pub(crate) fn new(id: &str, bytes: &[u8]) -> Result<Self, String> {
        let mut graph = CompositionGraph::new();
        let main = instantiate(&mut graph, &format!("component-{id}"), bytes)?;
        Ok(Self { graph, main, dependencies: Vec::new() })
    }

    /// Whether no dependency was added.
    pub(crate) const fn is_alone(&self) -> bool {
        self.dependencies.is_empty()
    }

    /// Instantiates a dependency and connects it to the imports it satisfies.
    pub(crate) fn add_dependency(
        &mut self,
        dependency: &Dependency,
        bytes: &[u8],
        imports: &[&str],
    ) -> Result<(), String> {
        let name = format!("dependency-{}", self.dependencies.len());
        let part = instantiate(&mut self.graph, &name, bytes)?;
        for import in imports {
            let export = dependency.export.as_deref().unwrap_or(import);
            if !self.exports(part).contains(export) {
                return Err(format!("the dependency does not export {export}"));
            }
            let alias = self.graph.alias_instance_export(part.instance, export).map_err(chain)?;
            self.graph
                .set_instantiation_argument(self.main.instance, import, alias)
                .map_err(|error| format!("{export} does not fit: {}", chain(error)))?;
        }
        self.dependencies.push(part);
        Ok(())
    }

    fn exports(&self, part: Part) -> BTreeSet<String> {
        self.graph.types()[part.world].exports.keys().cloned().collect()
    }

    /// The composed component. `pass_on`: what the dependencies export is
    /// exported too, and what only serving needs is not.
    pub(crate) fn encode(mut self, pass_on: bool) -> Result<Vec<u8>, String> {
        let mut exported = BTreeSet::new();
        let parts = if pass_on { self.dependencies.clone() } else { Vec::new() };
        for part in std::iter::once(self.main).chain(parts) {
            for name in self.exports(part) {
                if (pass_on && is_for_serving(&name)) || !exported.insert(name.clone()) {
                    continue;
                }
                let alias =
                    self.graph.alias_instance_export(part.instance, &name).map_err(chain)?;
                self.graph.export(alias, &name).map_err(chain)?;
            }
        }
        self.graph.encode(EncodeOptions::default()).map_err(chain)
    }
}

/// Whether an export is how requests come in: by `wasi:http`, or directly.
fn is_for_serving(export: &str) -> bool {
    export.starts_with("wasi:") || export.starts_with("meridian:direct/")
}

fn instantiate(graph: &mut CompositionGraph, name: &str, bytes: &[u8]) -> Result<Part, String> {
    let package =
        Package::from_bytes(name, None, bytes, graph.types_mut()).map_err(|e| format!("{e:#}"))?;
    let world = package.ty();
    let package = graph.register_package(package).map_err(chain)?;
    Ok(Part { instance: graph.instantiate(package), world })
}

/// An error with everything that led to it.
fn chain(error: impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

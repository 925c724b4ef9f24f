//! Composes components as Spin does when it loads them, and refuses what Spin
//! would deny them at run time.

use std::{collections::BTreeMap, path::Path, rc::Rc};

use crate::{
    assembly::Assembly,
    interface::{capability, is_database, is_from_runtime},
    manifest::{ComponentEntry, Dependency, DependencySource, Manifest},
    problem::Problems,
    wasm::{Files, Wasm},
};

/// Where a dependency's bytes come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wiring {
    /// From the files, as Spin does.
    Literal,
    /// As [`Wiring::Literal`], but a composed file is made anew from its parts.
    Fresh,
    /// As [`Wiring::Fresh`], and the host provides the databases.
    Native,
}

/// What a component is composed for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// To serve requests: its own exports count.
    Served,
    /// To be a dependency: it passes on what its own dependencies export, so
    /// that one entry, and one instance of each, serves a whole package.
    Provider,
}

/// Composes components of one manifest, which [`crate::check`] found sound.
pub(crate) struct Composer<'m> {
    manifest: &'m Manifest,
    wiring: Wiring,
    files: Files<'m>,
    /// Providers that were composed, by component.
    providers: BTreeMap<String, Rc<[u8]>>,
}

impl<'m> Composer<'m> {
    pub(crate) fn new(manifest: &'m Manifest, folder: &'m Path, wiring: Wiring) -> Self {
        Self { manifest, wiring, files: Files::new(folder), providers: BTreeMap::new() }
    }

    /// The component as it is served. `None` when something is wrong.
    pub(crate) fn served(&mut self, id: &str, problems: &mut Problems<'_>) -> Option<Rc<[u8]>> {
        self.compose(id, Role::Served, problems)
    }

    /// The component as others depend on it. `None` when something is wrong.
    pub(crate) fn provider(&mut self, id: &str, problems: &mut Problems<'_>) -> Option<Rc<[u8]>> {
        if let Some(made) = self.providers.get(id) {
            return Some(Rc::clone(made));
        }
        let made = self.compose(id, Role::Provider, problems)?;
        self.providers.insert(id.to_owned(), Rc::clone(&made));
        Some(made)
    }

    fn compose(&mut self, id: &str, role: Role, problems: &mut Problems<'_>) -> Option<Rc<[u8]>> {
        let manifest = self.manifest;
        let entry = manifest.components.get(id)?;
        let source = self.source(id, entry, problems)?;
        let matched = match_imports(id, entry, &source.imports, problems);
        let mut assembly = match Assembly::new(id, &source.bytes) {
            Ok(assembly) => assembly,
            Err(error) => {
                problems.add(entry.source.at, format!("component.{id}.source"), error);
                return None;
            }
        };
        let mut complete = matched.is_some();
        for (dependency, imports) in matched.unwrap_or_default() {
            complete &= self.connect(id, dependency, &imports, &mut assembly, problems).is_some();
        }
        if !complete {
            return None;
        }
        // Nothing to compose: the file as it is, byte for byte.
        if assembly.is_alone() {
            return Some(Rc::clone(&source.bytes));
        }
        match assembly.encode(role == Role::Provider) {
            Ok(bytes) => Some(bytes.into()),
            Err(error) => {
                problems.add(entry.source.at, format!("component.{id}"), error);
                None
            }
        }
    }

    /// Adds one dependency and connects the imports it satisfies.
    fn connect(
        &mut self,
        id: &str,
        dependency: &Dependency,
        imports: &[&str],
        assembly: &mut Assembly,
        problems: &mut Problems<'_>,
    ) -> Option<()> {
        self.check_grants(id, dependency, problems)?;
        let mut wanted = imports.to_vec();
        if self.wiring == Wiring::Native {
            wanted.retain(|import| !is_database(import));
        }
        if wanted.is_empty() {
            return Some(());
        }
        let bytes = match self.made_from(dependency) {
            Some((other, _)) => self.provider(other, problems)?,
            None => Rc::clone(&self.file(dependency, problems)?.bytes),
        };
        let added = assembly.add_dependency(dependency, &bytes, &wanted);
        added.map_err(|error| problems.add(dependency.at, dependency.path.as_str(), error)).ok()
    }

    /// The component a dependency's file is made from, where it is made anew.
    fn made_from(&self, dependency: &Dependency) -> Option<(&'m str, &'m ComponentEntry)> {
        match &dependency.source {
            DependencySource::Path(file) if self.wiring != Wiring::Literal => {
                self.manifest.composed_as(file)
            }
            _ => None,
        }
    }

    /// The file behind a dependency that is taken as it is.
    fn file(&mut self, dependency: &Dependency, problems: &mut Problems<'_>) -> Option<Rc<Wasm>> {
        match &dependency.source {
            DependencySource::Path(file) => {
                self.files.read(file, dependency.at, &dependency.path, problems)
            }
            DependencySource::Component(other) => {
                let entry = self.manifest.components.get(other)?;
                self.source(other, entry, problems)
            }
        }
    }

    fn source(
        &mut self,
        id: &str,
        entry: &ComponentEntry,
        problems: &mut Problems<'_>,
    ) -> Option<Rc<Wasm>> {
        let key = format!("component.{id}.source");
        self.files.read(&entry.source.value, entry.source.at, &key, problems)
    }

    /// Refuses a dependency that needs more than it inherits, and one with
    /// imports that nobody will satisfy.
    fn check_grants(
        &mut self,
        id: &str,
        dependency: &Dependency,
        problems: &mut Problems<'_>,
    ) -> Option<()> {
        let mut sound = true;
        let mut missing = BTreeMap::new();
        for import in self.imports_of(dependency, problems)? {
            match capability(&import) {
                Some(word) if !dependency.inherit.includes(word) => {
                    missing.entry(word).or_insert(import);
                }
                None if !is_from_runtime(&import) => {
                    sound = false;
                    let message = format!(
                        "the dependency {} of component {id} imports {import} itself, and Spin \
                         does not compose dependencies of dependencies: depend on a file that \
                         was composed beforehand",
                        dependency.name
                    );
                    problems.add(dependency.at, dependency.path.as_str(), message);
                }
                _ => {}
            }
        }
        for (word, import) in &missing {
            let message = format!(
                "the dependency {} of component {id} imports {import}: inherit_configuration \
                 needs {word:?}",
                dependency.name
            );
            problems.add(dependency.at, dependency.path.as_str(), message);
        }
        (sound && missing.is_empty()).then_some(())
    }

    /// What a dependency imports once its own dependencies are composed in.
    ///
    /// Found out from the parts: with native databases some are left out, and
    /// the answer must not depend on that.
    fn imports_of(
        &mut self,
        dependency: &Dependency,
        problems: &mut Problems<'_>,
    ) -> Option<Vec<String>> {
        let Some((id, entry)) = self.made_from(dependency) else {
            return Some(self.file(dependency, problems)?.imports.clone());
        };
        let mut imports = self.source(id, entry, problems)?.imports.clone();
        for inner in &entry.dependencies {
            imports.retain(|import| !inner.name.satisfies(import));
        }
        for inner in &entry.dependencies {
            imports.extend(self.imports_of(inner, problems)?);
        }
        Some(imports)
    }
}

type Matched<'m, 'i> = Vec<(&'m Dependency, Vec<&'i str>)>;

/// Which dependency satisfies which imports. `None` when one is left over.
fn match_imports<'m, 'i>(
    id: &str,
    entry: &'m ComponentEntry,
    imports: &'i [String],
    problems: &mut Problems<'_>,
) -> Option<Matched<'m, 'i>> {
    let mut matched = Vec::new();
    let mut sound = true;
    for dependency in &entry.dependencies {
        let satisfied: Vec<&str> = imports
            .iter()
            .map(String::as_str)
            .filter(|import| dependency.name.satisfies(import))
            .collect();
        if satisfied.is_empty() {
            sound = false;
            let others: Vec<&str> = imports
                .iter()
                .map(String::as_str)
                .filter(|import| !is_from_runtime(import))
                .collect();
            let message = format!("component {id} has no such import; it imports {others:?}");
            problems.add(dependency.at, dependency.path.as_str(), message);
        }
        matched.push((dependency, satisfied));
    }
    for import in imports.iter().filter(|import| !is_from_runtime(import)) {
        if !entry.dependencies.iter().any(|dependency| dependency.name.satisfies(import)) {
            sound = false;
            let message = format!("the component imports {import}, and no dependency provides it");
            problems.add(entry.source.at, format!("component.{id}.dependencies"), message);
        }
    }
    sound.then_some(matched)
}

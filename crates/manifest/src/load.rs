use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{
    AllowedHosts, App, Component, Problem, check,
    compose::{Composer, Wiring},
    manifest::{ComponentEntry, Manifest},
    parse::parse,
    problem::Problems,
    section::At,
    template::render,
};

/// Who provides `meridian:platform/database`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseMode {
    /// The host: dependencies that provide the database are left out, and
    /// composed files are made anew from their parts.
    Native,
    /// The manifest: every dependency counts, from the files it names, as for
    /// Spin.
    Remote,
}

/// How to load a manifest.
pub struct LoadOptions<'a> {
    /// Who provides the databases.
    pub database: DatabaseMode,
    /// Values for application variables, before their defaults.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

/// Reads a manifest, resolves its variables and composes its components.
///
/// # Errors
/// Every mistake that was found, in the order of the file.
pub fn load(path: &Path, options: &LoadOptions<'_>) -> Result<App, Vec<Problem>> {
    let text = read(path)?;
    let mut problems = Problems::new(&text);
    let manifest = parse(&text, &mut problems);
    let routes = check::routes(&manifest, &mut problems);
    let finite = check::components(&manifest, &mut problems);
    let variables = variables(&manifest, options, &mut problems);

    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let wiring = match options.database {
        DatabaseMode::Native => Wiring::Native,
        DatabaseMode::Remote => Wiring::Literal,
    };
    let mut composer = Composer::new(&manifest, folder, wiring);
    let mut components = Vec::new();
    for (id, entry) in served(&manifest) {
        let grants = Grants::new(id, entry, &variables, &mut problems);
        let wasm = if finite { composer.served(id, &mut problems) } else { None };
        if let Some(wasm) = wasm {
            components.push(grants.component(id, wasm.to_vec()));
        }
    }
    if !problems.is_empty() {
        return Err(problems.finish());
    }
    Ok(App { name: manifest.name, variables, components, routes })
}

/// Writes every component that names a `composed` file to that file.
///
/// # Errors
/// Every mistake that was found, in the order of the file.
pub fn write_composed(path: &Path) -> Result<Vec<PathBuf>, Vec<Problem>> {
    let text = read(path)?;
    let mut problems = Problems::new(&text);
    let manifest = parse(&text, &mut problems);
    let finite = check::components(&manifest, &mut problems);
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let mut composer = Composer::new(&manifest, folder, Wiring::Fresh);
    let mut written = Vec::new();
    for (id, entry) in manifest.components.iter().filter(|_| finite) {
        let Some(file) = &entry.composed else { continue };
        let Some(bytes) = composer.provider(id, &mut problems) else { continue };
        let target = folder.join(&file.value);
        match write(&target, &bytes) {
            Ok(()) => written.push(target),
            Err(error) => {
                let key = format!("component.{id}.tool.meridian.composed");
                problems.add(file.at, key, format!("cannot write {}: {error}", target.display()));
            }
        }
    }
    if problems.is_empty() { Ok(written) } else { Err(problems.finish()) }
}

fn read(path: &Path) -> Result<String, Vec<Problem>> {
    fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read {}: {error}", path.display());
        vec![Problem { line: None, key: String::new(), message }]
    })
}

/// By a rename, so that a reader never sees half a file.
fn write(target: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = target.with_extension("wasm.new");
    fs::write(&unfinished, bytes)?;
    fs::rename(&unfinished, target)
}

/// The components with a trigger, each once. The others are parts.
fn served(manifest: &Manifest) -> impl Iterator<Item = (&String, &ComponentEntry)> {
    let triggered: BTreeSet<&str> =
        manifest.triggers.iter().map(|trigger| trigger.component.value.as_str()).collect();
    manifest.components.iter().filter(move |(id, _)| triggered.contains(id.as_str()))
}

fn variables(
    manifest: &Manifest,
    options: &LoadOptions<'_>,
    problems: &mut Problems<'_>,
) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for (name, variable) in &manifest.variables {
        match (options.variable)(name).or_else(|| variable.default.clone()) {
            Some(value) => {
                values.insert(name.clone(), value);
            }
            None => {
                problems.add(variable.at, format!("variables.{name}"), "is required, and not set");
                // So that templates with it are not reported as well.
                values.insert(name.clone(), String::new());
            }
        }
    }
    values
}

/// A component's grants with their variables put in.
struct Grants {
    key_value_stores: BTreeSet<String>,
    variables: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
    allowed_outbound_hosts: AllowedHosts,
    refuse_private_targets: bool,
}

impl Grants {
    fn new(
        id: &str,
        entry: &ComponentEntry,
        values: &BTreeMap<String, String>,
        problems: &mut Problems<'_>,
    ) -> Self {
        let mut resolve = |text: &At<String>, key: &dyn Fn() -> String| {
            let rendered = render(&text.value, values);
            rendered.map_err(|message| problems.add(text.at, key(), message)).ok()
        };
        let mut variables = BTreeMap::new();
        for (name, text) in &entry.variables {
            let value = resolve(text, &|| format!("component.{id}.variables.{name}"));
            variables.extend(value.map(|value| (name.clone(), value)));
        }
        let private_targets = entry.private_targets.as_ref().and_then(|text| {
            resolve(text, &|| format!("component.{id}.tool.meridian.private_targets"))
        });
        let mut hosts = Vec::new();
        for text in &entry.allowed_outbound_hosts {
            let host = resolve(text, &|| format!("component.{id}.allowed_outbound_hosts"));
            hosts.extend(host.map(|value| At { at: text.at, value }));
        }
        Self {
            key_value_stores: entry.key_value_stores.iter().map(|s| s.value.clone()).collect(),
            variables,
            environment: entry
                .environment
                .iter()
                .map(|(name, text)| (name.clone(), text.value.clone()))
                .collect(),
            allowed_outbound_hosts: allowed_hosts(id, &hosts, problems),
            refuse_private_targets: private_targets.is_some_and(|value| value != "allow"),
        }
    }

    fn component(self, id: &str, wasm: Vec<u8>) -> Component {
        Component {
            id: id.to_owned(),
            wasm,
            key_value_stores: self.key_value_stores,
            variables: self.variables,
            environment: self.environment,
            allowed_outbound_hosts: self.allowed_outbound_hosts,
            refuse_private_targets: self.refuse_private_targets,
        }
    }
}

fn allowed_hosts(id: &str, hosts: &[At<String>], problems: &mut Problems<'_>) -> AllowedHosts {
    let mut allowed = AllowedHosts::default();
    for host in hosts {
        if let Err(message) = allowed.allow(&host.value) {
            problems.add(host.at, format!("component.{id}.allowed_outbound_hosts"), message);
        }
    }
    allowed
}

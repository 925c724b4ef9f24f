//! Mistakes that show only when parts of a manifest are held against each other.

use std::collections::BTreeSet;

use crate::{
    interface::is_kebab,
    manifest::{ComponentEntry, DependencySource, Manifest},
    problem::Problems,
    router::Router,
};

/// Builds the route table, and notes routes that are wrong or taken.
pub(crate) fn routes(manifest: &Manifest, problems: &mut Problems<'_>) -> Router {
    let mut router = Router::default();
    let mut taken = BTreeSet::new();
    for trigger in &manifest.triggers {
        let component = &trigger.component;
        if !manifest.components.contains_key(&component.value) {
            let message = format!("there is no [component.{}]", component.value);
            problems.add(component.at, format!("{}.component", trigger.path), message);
        }
        let Some(route) = &trigger.route else { continue };
        let key = format!("{}.route", trigger.path);
        if !taken.insert(route.value.as_str()) {
            problems.add(route.at, key, format!("{:?} is there twice", route.value));
        } else if let Err(message) = router.add(&route.value, &component.value) {
            problems.add(route.at, key, message);
        }
    }
    router
}

/// Checks every component's grants and dependencies. False: components depend
/// on each other in a circle, so that composing them would not end.
pub(crate) fn components(manifest: &Manifest, problems: &mut Problems<'_>) -> bool {
    let mut composed = BTreeSet::new();
    let mut finite = true;
    for (id, entry) in &manifest.components {
        stores(id, entry, problems);
        dependencies(manifest, entry, problems);
        if let Some(file) = &entry.composed
            && !composed.insert(file.value.as_str())
        {
            let key = format!("component.{id}.tool.meridian.composed");
            problems.add(file.at, key, "is another component's too");
        }
        if reaches(manifest, entry, id, &mut BTreeSet::new()) {
            finite = false;
            let key = format!("component.{id}.dependencies");
            problems.add(entry.source.at, key, "lead back to the component itself");
        }
    }
    finite
}

/// Whether composed dependencies of `entry` lead to the component `target`.
fn reaches<'m>(
    manifest: &'m Manifest,
    entry: &'m ComponentEntry,
    target: &str,
    seen: &mut BTreeSet<&'m str>,
) -> bool {
    entry.dependencies.iter().any(|dependency| {
        let DependencySource::Path(file) = &dependency.source else { return false };
        let Some((id, next)) = manifest.composed_as(file) else { return false };
        id == target || (seen.insert(id) && reaches(manifest, next, target, seen))
    })
}

fn stores(id: &str, entry: &ComponentEntry, problems: &mut Problems<'_>) {
    for label in &entry.key_value_stores {
        if !is_kebab(&label.value.replace('_', "-")) {
            let key = format!("component.{id}.key_value_stores");
            let message = format!("{:?} must be kebab-case or snake_case", label.value);
            problems.add(label.at, key, message);
        }
    }
}

fn dependencies(manifest: &Manifest, entry: &ComponentEntry, problems: &mut Problems<'_>) {
    let mut packages = BTreeSet::new();
    for dependency in &entry.dependencies {
        if let DependencySource::Component(other) = &dependency.source
            && !manifest.components.contains_key(other)
        {
            let message = format!("there is no [component.{other}]");
            problems.add(dependency.at, dependency.path.as_str(), message);
        }
        // Spin registers a dependency under its package's name and fails on the
        // second of one name, whatever the interface.
        if !packages.insert(dependency.name.package.as_str()) {
            let message = format!(
                "Spin takes one dependency per package: use one entry {:?} whose component \
                 exports all its interfaces",
                dependency.name.package
            );
            problems.add(dependency.at, dependency.path.as_str(), message);
        }
    }
}

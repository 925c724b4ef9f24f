//! Where things are, and which packages there are.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::command::{cargo, output_of};

/// The package of the host.
pub const HOST: &str = "meridian";

/// The package of the bench, made of what the host is made of.
pub const BENCH: &str = "meridian-bench";

/// The root of the workspace.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// A file that the build makes.
pub fn built(file: &str) -> PathBuf {
    root().join("target/release").join(file)
}

/// The packages of a folder's crates, in order.
pub fn packages(folder: &str) -> Result<Vec<String>, String> {
    let folder = root().join(folder);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let failed = |error| format!("cannot read {}: {error}", folder.display());
    let mut packages = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let manifest = entry.map_err(failed)?.path().join("Cargo.toml");
        if let Ok(text) = fs::read_to_string(&manifest) {
            let name = package_name(&text)
                .ok_or_else(|| format!("{} names no package", manifest.display()))?;
            packages.push(name.to_owned());
        }
    }
    packages.sort();
    Ok(packages)
}

/// `name` is the first key of every `[package]` here.
fn package_name(manifest: &str) -> Option<&str> {
    let (_, rest) = manifest.split_once("name = \"")?;
    Some(rest.split_once('"')?.0)
}

/// The host and the crates of the workspace it is made of.
pub fn host_packages() -> Result<Vec<String>, String> {
    let tree = output_of(
        cargo("tree")
            .args(["--package", HOST, "--edges", "normal"])
            .args(["--prefix", "none", "--format", "{p}"]),
    )?;
    Ok(local_packages(&tree))
}

/// The packages of a `cargo tree` that are folders and not from a registry.
fn local_packages(tree: &str) -> Vec<String> {
    let mut packages: Vec<String> = tree
        .lines()
        .filter(|line| line.contains(" (/") || line.contains(":\\"))
        .filter_map(|line| line.split_once(' '))
        .map(|(name, _)| name.to_owned())
        .collect();
    packages.sort();
    packages.dedup();
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_is_the_package_s() {
        let manifest = "[package]\nname = \"meridian-x\"\n[dependencies]\nname = \"other\"\n";
        assert_eq!(package_name(manifest), Some("meridian-x"));
        assert_eq!(package_name("[workspace]\n"), None);
    }

    #[test]
    fn packages_of_the_workspace_are_told_from_those_of_a_registry() {
        let tree = "meridian v0.1.0 (/w/crates/host)\nanyhow v1.0.0\n\
                    meridian-store v0.1.0 (/w/crates/store)\nserde_derive v1.0.0 (proc-macro)\n\
                    meridian-store v0.1.0 (/w/crates/store) (*)\n";
        assert_eq!(local_packages(tree), ["meridian", "meridian-store"]);
    }
}

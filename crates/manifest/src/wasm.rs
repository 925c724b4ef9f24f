//! Component files and what they import.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

use wac_types::{ItemKind, Package, Type, Types};

use crate::problem::Problems;

/// A component file.
pub(crate) struct Wasm {
    pub(crate) bytes: Rc<[u8]>,
    /// The names of its imports that somebody must provide, in order.
    pub(crate) imports: Vec<String>,
}

/// Files below the manifest's folder, each read once.
pub(crate) struct Files<'m> {
    folder: &'m Path,
    read: BTreeMap<PathBuf, Rc<Wasm>>,
}

impl<'m> Files<'m> {
    pub(crate) const fn new(folder: &'m Path) -> Self {
        Self { folder, read: BTreeMap::new() }
    }

    /// Reads a file that the key at `at` names.
    pub(crate) fn read(
        &mut self,
        file: &str,
        at: usize,
        key: &str,
        problems: &mut Problems<'_>,
    ) -> Option<Rc<Wasm>> {
        let path = self.folder.join(file);
        if let Some(wasm) = self.read.get(&path) {
            return Some(Rc::clone(wasm));
        }
        match open(&path) {
            Ok(wasm) => {
                let wasm = Rc::new(wasm);
                self.read.insert(path, Rc::clone(&wasm));
                Some(wasm)
            }
            Err(error) => {
                problems.add(at, key, format!("{}: {error}", path.display()));
                None
            }
        }
    }
}

fn open(path: &Path) -> Result<Wasm, String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut types = Types::new();
    let package = Package::from_bytes("file", None, bytes.as_slice(), &mut types)
        .map_err(|error| format!("is not a sound WebAssembly component: {error:#}"))?;
    let imports = types[package.ty()]
        .imports
        .iter()
        .filter(|(_, kind)| !is_types_alone(**kind, &types))
        .map(|(name, _)| name.clone())
        .collect();
    Ok(Wasm { bytes: bytes.into(), imports })
}

/// An interface of types alone needs nobody to provide it. Such an import stays
/// behind in a component that exports the interface.
fn is_types_alone(kind: ItemKind, types: &Types) -> bool {
    match kind {
        ItemKind::Type(Type::Resource(_)) => false,
        ItemKind::Type(_) => true,
        ItemKind::Instance(interface) => {
            types[interface].exports.values().all(|kind| is_types_alone(*kind, types))
        }
        _ => false,
    }
}

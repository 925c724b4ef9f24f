//! An application in a temporary folder, with components that do nothing but
//! import and export interfaces.

// Each test file uses a part of this.
#![allow(dead_code)]

use std::{fs, path::PathBuf};

use meridian_manifest::{App, DatabaseMode, LoadOptions, Problem, load, write_composed};
use tempfile::TempDir;
use wasmparser::{Parser, Payload};

pub struct Application {
    folder: TempDir,
}

impl Application {
    pub fn new(manifest: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("spin.toml"), manifest).unwrap();
        Self { folder }
    }

    /// Adds `<name>.wasm` with interfaces of those names, of one function each.
    pub fn with(self, name: &str, imports: &[&str], exports: &[&str]) -> Self {
        let mut text = String::from("(component");
        for import in imports {
            text.push_str(&format!("(import \"{import}\" (instance (export \"f\" (func))))"));
        }
        text.push_str(
            "(core module $module (func (export \"f\")))
             (core instance $core (instantiate $module))
             (func $f (canon lift (core func $core \"f\")))
             (instance $interface (export \"f\" (func $f)))",
        );
        for export in exports {
            text.push_str(&format!("(export \"{export}\" (instance $interface))"));
        }
        text.push(')');
        self.with_text(name, &text)
    }

    /// Adds `<name>.wasm` from its text form.
    pub fn with_text(self, name: &str, text: &str) -> Self {
        fs::write(self.path(&format!("{name}.wasm")), wat::parse_str(text).unwrap()).unwrap();
        self
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub fn native(&self) -> Result<App, Vec<Problem>> {
        self.load(DatabaseMode::Native, &|_| None)
    }

    pub fn remote(&self) -> Result<App, Vec<Problem>> {
        self.load(DatabaseMode::Remote, &|_| None)
    }

    pub fn load(
        &self,
        database: DatabaseMode,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<App, Vec<Problem>> {
        load(&self.path("spin.toml"), &LoadOptions { database, variable })
    }

    pub fn write_composed(&self) -> Result<Vec<PathBuf>, Vec<Problem>> {
        write_composed(&self.path("spin.toml"))
    }
}

/// All problems as one text, a line each.
pub fn text(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

/// The names a component imports and exports.
pub fn world(wasm: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut imports, mut exports, mut depth) = (Vec::new(), Vec::new(), 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                imports.extend(section.into_iter().map(|i| i.unwrap().name.name.to_owned()));
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                exports.extend(section.into_iter().map(|e| e.unwrap().name.name.to_owned()));
            }
            _ => {}
        }
    }
    imports.sort();
    exports.sort();
    (imports, exports)
}

//! Compiled components on disk, so that only the first start compiles.
//!
//! A file's name is `<component>-<engine>-<code>.cwasm`: hashes of the component,
//! of the compiler with its settings, and of the file itself. Code whose hash is
//! not the one its name promises is never run: it is compiled anew.

use std::hash::{Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};
use std::{fs, io};

use anyhow::Context;
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

const EXTENSION: &str = "cwasm";

/// How long a file stays that no start has used.
const KEPT_UNUSED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The folder of compiled components.
#[derive(Debug)]
pub struct CompiledComponents {
    engine: Engine,
    folder: PathBuf,
    engine_hash: String,
}

impl CompiledComponents {
    /// Opens the folder, creating it where it is missing.
    pub fn open(engine: &Engine, folder: PathBuf) -> anyhow::Result<Self> {
        fs::create_dir_all(&folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let mut hasher = HashOf::default();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Ok(Self { engine: engine.clone(), folder, engine_hash: hex(hasher.0.finalize().as_ref()) })
    }

    /// The compiled component: from the folder, or compiled now and kept there.
    pub fn load(&self, id: &str, wasm: &[u8]) -> anyhow::Result<Component> {
        let prefix = self.prefix(wasm);
        if let Some(component) = self.find(&prefix) {
            return Ok(component);
        }
        tracing::info!(component = id, "compiling");
        let started = Instant::now();
        let code = self
            .engine
            .precompile_component(wasm)
            .map_err(anyhow::Error::from)
            .with_context(|| format!("component {id} cannot be compiled"))?;
        let path = self.keep(&prefix, &code)?;
        tracing::info!(component = id, ms = started.elapsed().as_millis() as u64, "compiled");
        self.open_file(&path).with_context(|| format!("component {id} cannot be loaded"))
    }

    /// Deletes what nobody has loaded for a while: former versions of components.
    /// Several applications may share a folder, so what is new is left alone.
    pub fn tidy(&self) {
        for path in self.files() {
            let used = fs::metadata(&path).and_then(|metadata| metadata.modified());
            let age = used.ok().and_then(|used| used.elapsed().ok()).unwrap_or_default();
            if age > KEPT_UNUSED {
                // What stays behind only takes room.
                let _ = fs::remove_file(&path);
            }
        }
    }

    fn prefix(&self, wasm: &[u8]) -> String {
        format!("{}-{}-", short_hash(wasm), self.engine_hash.get(..16).unwrap_or_default())
    }

    fn find(&self, prefix: &str) -> Option<Component> {
        let path = self.files().into_iter().find(|path| file_name(path).starts_with(prefix))?;
        let promised = file_name(&path);
        let promised = promised.strip_prefix(prefix)?.strip_suffix(".cwasm")?;
        let sound = hash_of_file(&path).is_ok_and(|hash| hash == promised);
        let component = sound.then(|| self.open_file(&path));
        match component {
            Some(Ok(component)) => {
                mark_used(&path);
                Some(component)
            }
            _ => {
                tracing::warn!(file = %path.display(), "a compiled component is damaged");
                let _ = fs::remove_file(&path);
                None
            }
        }
    }

    fn keep(&self, prefix: &str, code: &[u8]) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(format!("{prefix}{}.{EXTENSION}", short_hash(code)));
        let unfinished = self.folder.join(format!("{prefix}{}.tmp", std::process::id()));
        fs::write(&unfinished, code)
            .and_then(|()| fs::rename(&unfinished, &path))
            .with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(path)
    }

    #[allow(unsafe_code, reason = "wasmtime trusts the file; its hash was compared with its name")]
    fn open_file(&self, path: &Path) -> anyhow::Result<Component> {
        // SAFETY: the file was written by `keep` from what this engine compiled:
        // its content has the hash its name carries. It is in the data folder,
        // which only the operator can write.
        unsafe { Component::deserialize_file(&self.engine, path) }.map_err(anyhow::Error::from)
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten();
        let mut paths: Vec<PathBuf> = entries.filter_map(entry_path).collect();
        paths.sort();
        paths
    }
}

/// A folder that cannot be written still serves.
fn mark_used(path: &Path) {
    let open = fs::File::options().append(true).open(path);
    let _ = open.and_then(|file| file.set_modified(SystemTime::now()));
}

fn entry_path(entry: io::Result<fs::DirEntry>) -> Option<PathBuf> {
    entry.ok().map(|entry| entry.path())
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// 128 bits of SHA-256: enough to tell files apart and to see damage.
fn short_hash(bytes: &[u8]) -> String {
    shorten(Sha256::digest(bytes).as_ref())
}

/// The same of a file, without holding it in memory.
fn hash_of_file(path: &Path) -> io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 256 << 10];
    loop {
        let length = file.read(&mut chunk)?;
        match chunk.get(..length) {
            Some(read) if !read.is_empty() => hasher.update(read),
            _ => return Ok(shorten(hasher.finalize().as_ref())),
        }
    }
}

fn shorten(hash: &[u8]) -> String {
    let mut text = hex(hash);
    text.truncate(32);
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 as a hasher: stable between builds, unlike the default one.
#[derive(Default)]
struct HashOf(Sha256);

impl Hasher for HashOf {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        self.0
            .clone()
            .finalize()
            .iter()
            .take(8)
            .fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn folder() -> (tempfile::TempDir, CompiledComponents) {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::default();
        let compiled = CompiledComponents::open(&engine, folder.path().join("compiled")).unwrap();
        (folder, compiled)
    }

    #[test]
    fn the_second_load_comes_from_the_folder() {
        let (_folder, compiled) = folder();
        compiled.load("empty", EMPTY).unwrap();
        let written = |compiled: &CompiledComponents| {
            let files = compiled.files();
            assert_eq!(files.len(), 1);
            fs::metadata(&files[0]).unwrap().ino()
        };
        let first = written(&compiled);
        assert!(compiled.find(&compiled.prefix(EMPTY)).is_some());
        compiled.load("empty", EMPTY).unwrap();
        assert_eq!(written(&compiled), first);
    }

    #[test]
    fn a_damaged_file_is_compiled_anew() {
        let (_folder, compiled) = folder();
        compiled.load("empty", EMPTY).unwrap();
        let path = compiled.files().remove(0);
        let mut code = fs::read(&path).unwrap();
        let last = code.len() - 1;
        code[last] ^= 1;
        fs::write(&path, &code).unwrap();
        assert!(compiled.find(&compiled.prefix(EMPTY)).is_none());
        compiled.load("empty", EMPTY).unwrap();
        assert!(compiled.find(&compiled.prefix(EMPTY)).is_some());
    }

    #[test]
    fn only_what_nobody_uses_any_more_is_deleted() {
        let (_folder, compiled) = folder();
        compiled.load("empty", EMPTY).unwrap();
        let path = compiled.files().remove(0);
        let age = |path: &Path| {
            let file = fs::File::options().append(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - 2 * KEPT_UNUSED).unwrap();
        };
        fs::write(compiled.folder.join("former.cwasm"), "x").unwrap();
        age(&compiled.folder.join("former.cwasm"));
        fs::write(compiled.folder.join("of-another.cwasm"), "x").unwrap();
        age(&path);
        compiled.load("empty", EMPTY).unwrap();
        compiled.tidy();
        assert!(path.exists());
        assert_eq!(compiled.files().len(), 2);
    }
}

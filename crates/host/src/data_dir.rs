//! The data folder: one process at a time, and secrets nobody else can read.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// How many random bytes a secret has. It is written in hex.
const SECRET_BYTES: usize = 32;

/// A data folder that is ours until the process ends.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Opens the folder, making it where it is missing.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(path)
            .with_context(|| format!("the data folder {} cannot be made", path.display()))?;
        let path = fs::canonicalize(path)
            .with_context(|| format!("the data folder {} cannot be found", path.display()))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .with_context(|| format!("the data folder {} cannot be written", path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => bail!(
                "the data folder {} is in use by another meridian process; stop that one, or \
                 choose another folder with --data-dir",
                path.display()
            ),
            Err(TryLockError::Error(error)) => Err(error)
                .with_context(|| format!("the data folder {} cannot be locked", path.display())),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file or folder inside.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The secret of that name, made on first use.
    pub fn secret(&self, name: &str) -> anyhow::Result<String> {
        let path = self.join(name);
        if let Some(secret) = read_secret(&path)? {
            return Ok(secret);
        }
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes).context("the system has no random numbers")?;
        let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        write_private(&path, &secret)?;
        Ok(secret)
    }
}

/// A secret that was written before.
pub fn read_secret(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => Ok(Some(text.trim().to_owned())),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Writes a file only its owner can read, all or nothing.
pub fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let unfinished = path.with_extension("tmp");
    let write = || {
        let mut options = OpenOptions::new();
        let mut file =
            options.create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_second_process_is_told_which_folder_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let first = DataDir::open(&path).unwrap();
        let refusal = DataDir::open(&path).unwrap_err().to_string();
        assert!(refusal.contains(&*path.to_string_lossy()), "{refusal}");
        drop(first);
        DataDir::open(&path).unwrap();
    }

    #[test]
    fn a_secret_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let secret = data.secret("platform-secret").unwrap();
        assert_eq!(secret.len(), 2 * SECRET_BYTES);
        assert_eq!(data.secret("platform-secret").unwrap(), secret);
        assert_ne!(data.secret("encryption-key").unwrap(), secret);
        let mode = fs::metadata(data.join("platform-secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

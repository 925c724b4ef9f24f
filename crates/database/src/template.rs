//! Migrated files to copy: making a database by copying one takes less than a
//! millisecond, running its migrations takes six.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use meridian_store::DatabaseError;
use meridian_store::migrate::Migrations;
use sha2::{Digest, Sha256};

use crate::batch::Batch;
use crate::engine::Connection;
use crate::failure;
use crate::file::companions;

/// How a template's name begins. No database name begins with a dot.
const TEMPLATE: &str = ".template-";

/// How the name of a file in the making begins.
const UNFINISHED: &str = ".unfinished-";

/// Bytes of a page. An empty organisation takes a quarter of what it would with
/// the engine's 4096.
const PAGE_BYTES: u32 = 1024;

/// Counts files in the making, so that no two share a name.
static SERIAL: AtomicU64 = AtomicU64::new(0);

/// Clears away what a killed process left, and templates of older schemas.
pub(crate) fn tidy(folder: &Path, current: &[Migrations]) -> io::Result<()> {
    let kept: Vec<String> = current.iter().map(|kind| template_name(*kind)).collect();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let old = name.starts_with(TEMPLATE) && !kept.iter().any(|kept| kept == name);
        if old || name.starts_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Makes a migrated database of that path; `AlreadyExists` where there is one.
/// Blocks.
pub(crate) fn create(path: &Path, kind: Migrations) -> Result<(), DatabaseError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let template = folder.join(template_name(kind));
    if !template.exists() {
        build(&template, kind)?;
    }
    copy(&template, path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => DatabaseError::AlreadyExists,
        _ => unavailable(&error),
    })
}

/// The template's name changes with whatever it is made from.
fn template_name(kind: Migrations) -> String {
    let mut hash = Sha256::new();
    hash.update(PAGE_BYTES.to_be_bytes());
    for sql in kind.all_sql() {
        hash.update(sql.len().to_be_bytes());
        hash.update(sql);
    }
    let mut name = TEMPLATE.to_owned();
    for byte in hash.finalize().iter().take(16) {
        // Writing to a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

fn unfinished(folder: &Path) -> PathBuf {
    folder.join(format!("{UNFINISHED}{}", SERIAL.fetch_add(1, Ordering::Relaxed)))
}

/// Runs the migrations on an empty file.
fn build(template: &Path, kind: Migrations) -> Result<(), DatabaseError> {
    let folder = template.parent().unwrap_or(Path::new("."));
    let draft = unfinished(folder);
    migrate_empty(&draft, kind)?;
    // The log was written back and is gone with its connection.
    let moved =
        sync(&draft).and_then(|()| fs::rename(&draft, template)).and_then(|()| sync(folder));
    moved.map_err(|error| unavailable(&error))
}

/// An empty file, brought to the newest schema.
pub(crate) fn migrate_empty(path: &Path, kind: Migrations) -> Result<(), DatabaseError> {
    let mut connection = Connection::open(path, true).map_err(failure::of_transaction)?;
    let settings = format!("PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL");
    connection.control_all(&settings).map_err(failure::of_transaction)?;
    for statements in kind.statements_from(0) {
        let batch = Batch { atomic: true, statements, name_columns: false };
        connection.control("BEGIN IMMEDIATE").map_err(failure::of_transaction)?;
        batch.run(&mut connection)?;
        connection.control("COMMIT").map_err(failure::of_transaction)?;
    }
    connection.control_all("PRAGMA wal_checkpoint(TRUNCATE)").map_err(failure::of_transaction)
}

/// Copies so that the path is either absent or a whole, durable file. A link does
/// not overwrite: of two who create the same name, one fails.
fn copy(template: &Path, path: &Path) -> io::Result<()> {
    if path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // A log without its database would be replayed into the new one.
    for companion in companions(path) {
        remove(&companion)?;
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let draft = unfinished(folder);
    let made = fs::copy(template, &draft)
        .and_then(|_| sync(&draft))
        .and_then(|()| fs::hard_link(&draft, path));
    remove(&draft)?;
    made?;
    sync(folder)
}

/// Deletes a database's files, the log first: left alone it could be replayed into
/// a later database of that name. Blocks.
pub(crate) fn delete(path: &Path) -> Result<(), DatabaseError> {
    let removed = companions(path).iter().try_for_each(|companion| remove(companion));
    let folder = path.parent().unwrap_or(Path::new("."));
    removed
        .and_then(|()| remove(path))
        .and_then(|()| sync(folder))
        .map_err(|error| unavailable(&error))
}

/// Removes a file that may be missing.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Waits until a file, or the names in a folder, are on the disk.
fn sync(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

fn unavailable(error: &io::Error) -> DatabaseError {
    DatabaseError::Unavailable(error.to_string())
}

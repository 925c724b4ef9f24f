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

/// Bytes of a page. With the engine's own 4096 an empty organisation takes twice the
/// space (132 KB instead of 70) and a commit writes more; at 1024 the JSON of a row
/// is spread over many pages.
const PAGE_BYTES: u32 = 2048;

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
        let batch = Batch::of(true, &statements, false)?;
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

#[cfg(test)]
mod tests {
    use meridian_store::migrate::{ORGANIZATION, PLATFORM};
    use meridian_store::{Statement, Value};

    use super::*;

    /// Everything the schema holds, and which migrations are on record.
    fn schema(path: &Path) -> Vec<Value> {
        let mut connection = Connection::open(path, false).unwrap();
        let texts = [
            "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name",
            "SELECT version FROM schema_migration ORDER BY version",
            "SELECT journal_mode FROM pragma_journal_mode",
            "SELECT integrity_check FROM pragma_integrity_check",
        ];
        let mut cells = Vec::new();
        for sql in texts {
            let ask = Statement::query(sql, []);
            connection
                .run(crate::engine::Trust::Own, &ask.sql, std::iter::empty(), |row| {
                    cells.extend((0..row.width()).map(|index| row.cell(index).to_value()));
                    crate::engine::Next::Go
                })
                .unwrap();
        }
        cells
    }

    #[test]
    fn a_copied_template_is_what_the_migrations_make() {
        let folder = tempfile::tempdir().unwrap();
        for (name, kind) in [("platform", PLATFORM), ("org-1", ORGANIZATION)] {
            let copied = folder.path().join(format!("{name}.db"));
            create(&copied, kind).unwrap();
            let migrated = folder.path().join(format!("{name}-migrated.db"));
            migrate_empty(&migrated, kind).unwrap();
            assert_eq!(schema(&copied), schema(&migrated), "{name}");
            let version = i64::try_from(kind.version()).unwrap();
            assert!(schema(&copied).contains(&version.into()), "{name}");
        }
    }

    #[test]
    fn a_log_left_behind_is_not_replayed_into_a_new_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("org-1.db");
        create(&path, ORGANIZATION).unwrap();
        let mut connection = Connection::open(&path, false).unwrap();
        connection.control_all("CREATE TABLE old (a)").unwrap();
        let [log, _] = companions(&path);
        let saved = fs::read(&log).unwrap();
        drop(connection);
        delete(&path).unwrap();
        fs::write(&log, saved).unwrap();
        create(&path, ORGANIZATION).unwrap();
        assert!(!schema(&path).contains(&"old".into()));
    }

    #[test]
    fn what_a_killed_process_left_and_old_templates_are_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("org-1.db");
        create(&path, ORGANIZATION).unwrap();
        for name in [".unfinished-7", ".template-00"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        tidy(folder.path(), &[PLATFORM, ORGANIZATION]).unwrap();
        let left = fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [template_name(ORGANIZATION).as_str(), "org-1.db"]);
    }
}

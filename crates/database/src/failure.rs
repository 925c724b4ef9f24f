//! The engine's result codes in the words of the seam.

use libsql::ffi;
use meridian_store::{ConstraintKind, DatabaseError};

use crate::engine::Failure;

/// What a failure of the statement of that index means to the caller.
pub(crate) fn of_statement(index: usize, failure: Failure) -> DatabaseError {
    match failure.primary() {
        ffi::SQLITE_CONSTRAINT => DatabaseError::Constraint {
            statement: index,
            kind: constraint_kind(failure.code),
            column: constraint_column(&failure.message),
        },
        ffi::SQLITE_INTERRUPT => DatabaseError::Timeout,
        _ => of_engine(failure)
            .unwrap_or_else(|text| DatabaseError::Failed(format!("statement {index}: {text}"))),
    }
}

/// What a failure outside any statement means: of BEGIN, of COMMIT, of opening.
pub(crate) fn of_transaction(failure: Failure) -> DatabaseError {
    of_engine(failure).unwrap_or_else(DatabaseError::Unavailable)
}

/// What is the engine's or the disk's trouble; `Err`: the statement's own.
fn of_engine(failure: Failure) -> Result<DatabaseError, String> {
    match failure.primary() {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Ok(DatabaseError::Busy),
        ffi::SQLITE_IOERR
        | ffi::SQLITE_FULL
        | ffi::SQLITE_CANTOPEN
        | ffi::SQLITE_CORRUPT
        | ffi::SQLITE_NOTADB
        | ffi::SQLITE_PROTOCOL
        | ffi::SQLITE_NOMEM => Ok(DatabaseError::Unavailable(describe(&failure))),
        _ => Err(describe(&failure)),
    }
}

fn describe(failure: &Failure) -> String {
    format!("{} ({})", failure.message, failure.code)
}

fn constraint_kind(code: i32) -> ConstraintKind {
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => ConstraintKind::Unique,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ConstraintKind::ForeignKey,
        ffi::SQLITE_CONSTRAINT_CHECK | ffi::SQLITE_CONSTRAINT_TRIGGER => ConstraintKind::Check,
        ffi::SQLITE_CONSTRAINT_NOTNULL => ConstraintKind::NotNull,
        _ => ConstraintKind::Other,
    }
}

/// `t.c` of `UNIQUE constraint failed: t.c, t.d`: the engine says it nowhere else.
fn constraint_column(message: &str) -> String {
    let named = ["UNIQUE constraint failed: ", "NOT NULL constraint failed: "]
        .iter()
        .find_map(|start| message.strip_prefix(start));
    let first = named.and_then(|columns| columns.split(", ").next()).unwrap_or_default();
    // An index over an expression is named instead: `index 'name'`.
    if first.contains(' ') { String::new() } else { first.to_owned() }
}

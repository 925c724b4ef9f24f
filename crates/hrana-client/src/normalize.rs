//! Errors of Hrana servers in the words of the seam.
//!
//! A server gives a code of its own making and the engine's text; some give the
//! extended code, some only `SQLITE_CONSTRAINT`. The text is therefore read too.

use std::borrow::Cow;

use meridian_store::{ConstraintKind, DatabaseError};
use serde::Deserialize;

use crate::encode::Role;

/// An error as Hrana shows it.
#[derive(Debug, Deserialize)]
pub(crate) struct Refusal<'a> {
    #[serde(borrow, default)]
    pub message: Cow<'a, str>,
    #[serde(borrow, default)]
    pub code: Option<Cow<'a, str>>,
}

impl Refusal<'_> {
    fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }
}

/// What a refused step means.
pub(crate) fn of_step(role: Role, roles: &[Role], refusal: &Refusal<'_>) -> DatabaseError {
    match role {
        // Only what the guard is for: it may also be cut off, or find the disk full.
        Role::Guard { index } if shared(refusal).is_none() => DatabaseError::Precondition(index),
        Role::Statement { index, .. } | Role::Guard { index } => of_statement(index, refusal),
        Role::Commit if is_constraint(refusal) => of_statement(last_statement(roles), refusal),
        Role::Begin | Role::Commit | Role::Rollback => of_batch(refusal),
    }
}

/// What it means that a batch was refused as a whole, without saying where.
pub(crate) fn of_batch(refusal: &Refusal<'_>) -> DatabaseError {
    shared(refusal).unwrap_or_else(|| DatabaseError::Failed(words(refusal)))
}

/// What an HTTP status means that is no success.
pub(crate) fn of_status(status: u16, body: &[u8]) -> DatabaseError {
    match status {
        404 => DatabaseError::NotFound,
        408 | 429 | 503 | 504 => DatabaseError::Busy,
        413 => DatabaseError::TooLarge,
        _ => {
            let start = body.get(..200).unwrap_or(body);
            let text = String::from_utf8_lossy(start);
            DatabaseError::Unavailable(format!("status {status}: {text}"))
        }
    }
}

fn of_statement(index: usize, refusal: &Refusal<'_>) -> DatabaseError {
    if is_constraint(refusal) {
        let kind = constraint_kind(refusal);
        return DatabaseError::Constraint { statement: index, kind, column: column(refusal) };
    }
    let failed = || DatabaseError::Failed(format!("statement {index}: {}", words(refusal)));
    shared(refusal).unwrap_or_else(failed)
}

/// What is not the statement's own fault.
fn shared(refusal: &Refusal<'_>) -> Option<DatabaseError> {
    let code = refusal.code();
    let starts = |with: &[&str]| with.iter().any(|start| code.starts_with(start));
    if starts(&["SQLITE_BUSY", "SQLITE_LOCKED", "TRANSACTION_TIMEOUT", "TRANSACTION_BUSY"]) {
        Some(DatabaseError::Busy)
    } else if starts(&["SQLITE_INTERRUPT"]) {
        Some(DatabaseError::Timeout)
    } else if starts(&["RESPONSE_TOO_LARGE"]) {
        Some(DatabaseError::TooLarge)
    } else if starts(&[
        "SQLITE_IOERR",
        "SQLITE_FULL",
        "SQLITE_CANTOPEN",
        "SQLITE_CORRUPT",
        "SQLITE_NOTADB",
        "SQLITE_PROTOCOL",
        "SQLITE_NOMEM",
        "BLOCKED",
    ]) {
        Some(DatabaseError::Unavailable(words(refusal)))
    } else {
        None
    }
}

fn words(refusal: &Refusal<'_>) -> String {
    format!("{} ({})", refusal.message, refusal.code())
}

fn is_constraint(refusal: &Refusal<'_>) -> bool {
    refusal.code().starts_with("SQLITE_CONSTRAINT")
}

fn constraint_kind(refusal: &Refusal<'_>) -> ConstraintKind {
    match refusal.code().strip_prefix("SQLITE_CONSTRAINT").unwrap_or_default() {
        "_UNIQUE" | "_PRIMARYKEY" | "_ROWID" => ConstraintKind::Unique,
        "_FOREIGNKEY" => ConstraintKind::ForeignKey,
        "_CHECK" | "_TRIGGER" => ConstraintKind::Check,
        "_NOTNULL" => ConstraintKind::NotNull,
        "" => kind_by_text(&refusal.message),
        _ => ConstraintKind::Other,
    }
}

fn kind_by_text(text: &str) -> ConstraintKind {
    if text.contains("UNIQUE constraint failed") {
        ConstraintKind::Unique
    } else if text.contains("FOREIGN KEY constraint failed") {
        ConstraintKind::ForeignKey
    } else if text.contains("NOT NULL constraint failed") {
        ConstraintKind::NotNull
    } else if text.contains("cannot store ") {
        // The type of a STRICT table.
        ConstraintKind::Other
    } else {
        // CHECK, or the free text of a trigger that refused.
        ConstraintKind::Check
    }
}

/// `t.c` of `… UNIQUE constraint failed: t.c, t.d`.
fn column(refusal: &Refusal<'_>) -> String {
    let named = ["UNIQUE constraint failed: ", "NOT NULL constraint failed: "]
        .iter()
        .find_map(|start| refusal.message.split_once(start));
    let first = named.and_then(|(_, columns)| columns.split(", ").next()).unwrap_or_default();
    // An index over an expression is named instead: `index 'name'`.
    if first.contains(' ') { String::new() } else { first.to_owned() }
}

fn last_statement(roles: &[Role]) -> usize {
    let index = |role: &Role| match role {
        Role::Statement { index, .. } => Some(*index),
        _ => None,
    };
    roles.iter().rev().find_map(index).unwrap_or(0)
}

//! Between Hrana's words and ours.

use libsql::ffi;
use libsql_hrana::proto;
use meridian_store::{ConstraintKind, DatabaseError, Value};

use crate::batch::{Answer, Stop};
use crate::engine::{Column, Failure};

pub(crate) fn value_in(value: proto::Value) -> Value {
    match value {
        proto::Value::None | proto::Value::Null => Value::Null,
        proto::Value::Integer { value } => Value::Integer(value),
        proto::Value::Float { value } => Value::Real(value),
        proto::Value::Text { value } => Value::Text(value.as_ref().to_owned()),
        proto::Value::Blob { value } => Value::Blob(value.to_vec()),
    }
}

fn value_out(value: Value) -> proto::Value {
    match value {
        Value::Null => proto::Value::Null,
        Value::Integer(value) => proto::Value::Integer { value },
        Value::Real(value) => proto::Value::Float { value },
        Value::Text(text) => proto::Value::Text { value: text.into() },
        Value::Blob(bytes) => proto::Value::Blob { value: bytes.into() },
    }
}

/// The result of a statement. JSON has no text that is not UTF-8: it is converted.
pub(crate) fn result_out(answer: Answer) -> proto::StmtResult {
    let width = answer.rows.width().max(1);
    let mut cells = answer.rows.values().map(value_out).peekable();
    let mut rows = Vec::new();
    while cells.peek().is_some() {
        rows.push(proto::Row { values: cells.by_ref().take(width).collect() });
    }
    proto::StmtResult {
        cols: answer.columns.into_iter().map(column_out).collect(),
        rows,
        affected_row_count: answer.rows.affected,
        last_insert_rowid: Some(answer.rows.last_insert_rowid),
        replication_index: None,
        rows_read: 0,
        rows_written: 0,
        query_duration_ms: 0.0,
    }
}

fn column_out(column: Column) -> proto::Col {
    proto::Col { name: Some(column.name), decltype: column.declared_type }
}

/// What stopped a statement of a session.
pub(crate) fn stop_out(stop: Stop) -> proto::Error {
    match stop {
        Stop::TooLarge => error("RESPONSE_TOO_LARGE", "the answer is too large"),
        Stop::Failed(failure) => failure_out(&failure),
    }
}

/// The engine's refusal.
pub(crate) fn failure_out(failure: &Failure) -> proto::Error {
    error(code_name(failure.code), &failure.message)
}

/// An error of a batch that ran as a whole.
pub(crate) fn error_out(refused: &DatabaseError) -> proto::Error {
    let text = refused.to_string();
    match refused {
        DatabaseError::Busy => error("SQLITE_BUSY", &text),
        DatabaseError::Timeout => error("SQLITE_INTERRUPT", &text),
        DatabaseError::TooLarge => error("RESPONSE_TOO_LARGE", &text),
        DatabaseError::Unavailable(text) => error("SQLITE_IOERR", text),
        DatabaseError::Failed(text) => error("SQLITE_ERROR", text),
        DatabaseError::Precondition(_) => error("SQLITE_ERROR", "malformed JSON"),
        DatabaseError::Constraint { kind, column, .. } => {
            let (code, name) = match kind {
                ConstraintKind::Unique => ("SQLITE_CONSTRAINT_UNIQUE", "UNIQUE"),
                ConstraintKind::ForeignKey => ("SQLITE_CONSTRAINT_FOREIGNKEY", "FOREIGN KEY"),
                ConstraintKind::Check => ("SQLITE_CONSTRAINT_CHECK", "CHECK"),
                ConstraintKind::NotNull => ("SQLITE_CONSTRAINT_NOTNULL", "NOT NULL"),
                ConstraintKind::Other => ("SQLITE_CONSTRAINT_DATATYPE", "datatype"),
            };
            error(code, &format!("{name} constraint failed: {column}"))
        }
        DatabaseError::NotFound | DatabaseError::AlreadyExists | DatabaseError::InvalidName => {
            error("SQLITE_CANTOPEN", &text)
        }
    }
}

/// An error of a code of ours or the engine's.
pub(crate) fn error(code: &str, message: &str) -> proto::Error {
    proto::Error { code: code.to_owned(), message: message.to_owned() }
}

/// The engine's name for its code; constraints with their kind.
fn code_name(code: i32) -> &'static str {
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE => return "SQLITE_CONSTRAINT_UNIQUE",
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY => return "SQLITE_CONSTRAINT_PRIMARYKEY",
        ffi::SQLITE_CONSTRAINT_ROWID => return "SQLITE_CONSTRAINT_ROWID",
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return "SQLITE_CONSTRAINT_FOREIGNKEY",
        ffi::SQLITE_CONSTRAINT_CHECK => return "SQLITE_CONSTRAINT_CHECK",
        ffi::SQLITE_CONSTRAINT_TRIGGER => return "SQLITE_CONSTRAINT_TRIGGER",
        ffi::SQLITE_CONSTRAINT_NOTNULL => return "SQLITE_CONSTRAINT_NOTNULL",
        ffi::SQLITE_CONSTRAINT_DATATYPE => return "SQLITE_CONSTRAINT_DATATYPE",
        _ => {}
    }
    match code & 0xff {
        ffi::SQLITE_BUSY => "SQLITE_BUSY",
        ffi::SQLITE_LOCKED => "SQLITE_LOCKED",
        ffi::SQLITE_INTERRUPT => "SQLITE_INTERRUPT",
        ffi::SQLITE_IOERR => "SQLITE_IOERR",
        ffi::SQLITE_FULL => "SQLITE_FULL",
        ffi::SQLITE_CANTOPEN => "SQLITE_CANTOPEN",
        ffi::SQLITE_CORRUPT => "SQLITE_CORRUPT",
        ffi::SQLITE_NOTADB => "SQLITE_NOTADB",
        ffi::SQLITE_PROTOCOL => "SQLITE_PROTOCOL",
        ffi::SQLITE_NOMEM => "SQLITE_NOMEM",
        ffi::SQLITE_READONLY => "SQLITE_READONLY",
        ffi::SQLITE_AUTH => "SQLITE_AUTH",
        ffi::SQLITE_RANGE => "SQLITE_RANGE",
        ffi::SQLITE_MISUSE => "SQLITE_MISUSE",
        ffi::SQLITE_TOOBIG => "SQLITE_TOOBIG",
        ffi::SQLITE_MISMATCH => "SQLITE_MISMATCH",
        ffi::SQLITE_CONSTRAINT => "SQLITE_CONSTRAINT",
        _ => "SQLITE_ERROR",
    }
}

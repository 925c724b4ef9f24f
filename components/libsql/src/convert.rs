//! Between the words of `meridian:platform/database` and the store's. Texts and
//! bytes move; nothing is copied.

use meridian_store::{Access, ConstraintKind, DatabaseError, Rows, Statement, Value};

use crate::bindings::exports::meridian::platform::database as wit;

pub(crate) fn access_in(access: wit::Access) -> Access {
    match access {
        wit::Access::Read => Access::Read,
        wit::Access::Write => Access::Write,
        wit::Access::Job => Access::Job,
    }
}

pub(crate) fn statement_in(statement: wit::Statement) -> Statement {
    Statement {
        sql: statement.sql.into(),
        arguments: statement.arguments.into_iter().map(value_in).collect(),
        want_rows: statement.want_rows,
        require_affected: statement.require_affected,
    }
}

fn value_in(value: wit::Value) -> Value {
    match value {
        wit::Value::Null => Value::Null,
        wit::Value::Integer(number) => Value::Integer(number),
        wit::Value::Real(number) => Value::Real(number),
        wit::Value::Text(text) => Value::Text(text),
        wit::Value::Blob(bytes) => Value::Blob(bytes),
    }
}

fn value_out(value: Value) -> wit::Value {
    match value {
        Value::Null => wit::Value::Null,
        Value::Integer(number) => wit::Value::Integer(number),
        Value::Real(number) => wit::Value::Real(number),
        Value::Text(text) => wit::Value::Text(text),
        Value::Blob(bytes) => wit::Value::Blob(bytes),
    }
}

pub(crate) fn rows_out(rows: Rows) -> wit::Rows {
    wit::Rows {
        width: count(rows.width),
        cells: rows.cells.into_iter().map(value_out).collect(),
        affected: rows.affected,
        last_insert_rowid: rows.last_insert_rowid,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(crate) fn error_out(error: DatabaseError) -> wit::Error {
    match error {
        DatabaseError::NotFound => wit::Error::NotFound,
        DatabaseError::AlreadyExists => wit::Error::AlreadyExists,
        DatabaseError::InvalidName => wit::Error::InvalidName,
        DatabaseError::Busy => wit::Error::Busy,
        DatabaseError::Precondition(index) => wit::Error::Precondition(count(index)),
        DatabaseError::Constraint { statement, kind, column } => {
            wit::Error::Constraint(wit::Constraint {
                statement: count(statement),
                kind: match kind {
                    ConstraintKind::Unique => wit::ConstraintKind::Unique,
                    ConstraintKind::ForeignKey => wit::ConstraintKind::ForeignKey,
                    ConstraintKind::Check => wit::ConstraintKind::Check,
                    ConstraintKind::NotNull => wit::ConstraintKind::NotNull,
                    ConstraintKind::Other => wit::ConstraintKind::Other,
                },
                column,
            })
        }
        DatabaseError::TooLarge => wit::Error::TooLarge,
        DatabaseError::Timeout => wit::Error::Timeout,
        // The text names the statement already.
        DatabaseError::Failed(message) => {
            wit::Error::Failed(wit::Failed { statement: None, message })
        }
        DatabaseError::Unavailable(text) => wit::Error::Unavailable(text),
    }
}

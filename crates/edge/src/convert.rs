//! Between the words of `meridian:platform/database` and the store's. Texts and
//! bytes move; nothing is copied.

use meridian_store::{Access, ConstraintKind, DatabaseError, Rows, Statement, Value};

use crate::bindings::database as wit;

pub(crate) fn access_out(access: Access) -> wit::Access {
    match access {
        Access::Read => wit::Access::Read,
        Access::Write => wit::Access::Write,
        Access::Job => wit::Access::Job,
    }
}

pub(crate) fn statement_out(statement: Statement) -> wit::Statement {
    wit::Statement {
        sql: statement.sql.into_owned(),
        arguments: statement.arguments.into_iter().map(value_out).collect(),
        want_rows: statement.want_rows,
        require_affected: statement.require_affected,
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

fn value_in(value: wit::Value) -> Value {
    match value {
        wit::Value::Null => Value::Null,
        wit::Value::Integer(number) => Value::Integer(number),
        wit::Value::Real(number) => Value::Real(number),
        wit::Value::Text(text) => Value::Text(text),
        wit::Value::Blob(bytes) => Value::Blob(bytes),
    }
}

pub(crate) fn rows_in(rows: wit::Rows) -> Rows {
    Rows {
        width: rows.width as usize,
        cells: rows.cells.into_iter().map(value_in).collect(),
        affected: rows.affected,
        last_insert_rowid: rows.last_insert_rowid,
    }
}

pub(crate) fn database_error_in(error: wit::Error) -> DatabaseError {
    match error {
        wit::Error::NotFound => DatabaseError::NotFound,
        wit::Error::AlreadyExists => DatabaseError::AlreadyExists,
        wit::Error::InvalidName => DatabaseError::InvalidName,
        wit::Error::Busy => DatabaseError::Busy,
        wit::Error::Precondition(index) => DatabaseError::Precondition(index as usize),
        wit::Error::Constraint(broken) => DatabaseError::Constraint {
            statement: broken.statement as usize,
            kind: match broken.kind {
                wit::ConstraintKind::Unique => ConstraintKind::Unique,
                wit::ConstraintKind::ForeignKey => ConstraintKind::ForeignKey,
                wit::ConstraintKind::Check => ConstraintKind::Check,
                wit::ConstraintKind::NotNull => ConstraintKind::NotNull,
                wit::ConstraintKind::Other => ConstraintKind::Other,
            },
            column: broken.column,
        },
        wit::Error::TooLarge => DatabaseError::TooLarge,
        wit::Error::Timeout => DatabaseError::Timeout,
        wit::Error::Failed(failed) => DatabaseError::Failed(match failed.statement {
            Some(index) => format!("statement {index}: {}", failed.message),
            None => failed.message,
        }),
        wit::Error::Unavailable(text) => DatabaseError::Unavailable(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_as_it_went() {
        let values = [
            Value::Null,
            Value::Integer(i64::MIN),
            Value::Real(0.5),
            Value::Text("tèxt".to_owned()),
            Value::Blob(vec![0, 255]),
        ];
        for value in values {
            assert_eq!(value_in(value_out(value.clone())), value);
        }
    }

    #[test]
    fn rows_keep_their_shape() {
        let rows = rows_in(wit::Rows {
            width: 2,
            cells: vec![wit::Value::Integer(1), wit::Value::Null],
            affected: 3,
            last_insert_rowid: 4,
        });
        assert_eq!((rows.width, rows.affected, rows.last_insert_rowid), (2, 3, 4));
        assert_eq!(rows.cells, [Value::Integer(1), Value::Null]);
    }

    #[test]
    fn a_broken_constraint_says_where_and_what() {
        let error = database_error_in(wit::Error::Constraint(wit::Constraint {
            statement: 2,
            kind: wit::ConstraintKind::Unique,
            column: "webhook.subscriber_url".to_owned(),
        }));
        let column = "webhook.subscriber_url".to_owned();
        let kind = ConstraintKind::Unique;
        assert_eq!(error, DatabaseError::Constraint { statement: 2, kind, column });
    }
}

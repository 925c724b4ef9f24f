//! `meridian:platform/database`, provided by the host over files of its own.

use std::borrow::Cow;

use meridian_database::Databases;
use meridian_store as store;
use wasmtime::component::{Accessor, HasSelf};

use super::generated::meridian::platform::database::{
    Access, Constraint, ConstraintKind, Error, Failed, Host, HostWithStore, Rows, Statement, Value,
};
use crate::runtime::Guest;

impl Host for Guest {}

impl<T: Send + 'static> HostWithStore<T> for HasSelf<Guest> {
    async fn execute(
        accessor: &Accessor<T, Self>,
        database: String,
        access: Access,
        atomic: bool,
        statements: Vec<Statement>,
    ) -> wasmtime::Result<Result<Vec<Rows>, Error>> {
        let databases = databases(accessor)?;
        let statements = statements.into_iter().map(into_statement).collect();
        let rows = databases.execute(&database, into_access(access), atomic, statements).await;
        Ok(rows.map(|rows| rows.into_iter().map(from_rows).collect()).map_err(from_error))
    }

    async fn create(
        accessor: &Accessor<T, Self>,
        database: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(databases(accessor)?.create(&database).await.map_err(from_error))
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        database: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(databases(accessor)?.delete(&database).await.map_err(from_error))
    }
}

/// The host's databases. They are there whenever the interface is linked.
fn databases<T: Send + 'static>(
    accessor: &Accessor<T, HasSelf<Guest>>,
) -> wasmtime::Result<Databases> {
    accessor
        .with(|mut access| access.get().grants.shared.databases.clone())
        .ok_or_else(|| wasmtime::format_err!("the host has no databases of its own"))
}

const fn into_access(access: Access) -> store::Access {
    match access {
        Access::Read => store::Access::Read,
        Access::Write => store::Access::Write,
        Access::Job => store::Access::Job,
    }
}

fn into_statement(statement: Statement) -> store::Statement {
    store::Statement {
        sql: Cow::Owned(statement.sql),
        arguments: statement.arguments.into_iter().map(into_value).collect(),
        want_rows: statement.want_rows,
        require_affected: statement.require_affected,
    }
}

fn into_value(value: Value) -> store::Value {
    match value {
        Value::Null => store::Value::Null,
        Value::Integer(integer) => store::Value::Integer(integer),
        Value::Real(real) => store::Value::Real(real),
        Value::Text(text) => store::Value::Text(text),
        Value::Blob(bytes) => store::Value::Blob(bytes),
    }
}

fn from_value(value: store::Value) -> Value {
    match value {
        store::Value::Null => Value::Null,
        store::Value::Integer(integer) => Value::Integer(integer),
        store::Value::Real(real) => Value::Real(real),
        store::Value::Text(text) => Value::Text(text),
        store::Value::Blob(bytes) => Value::Blob(bytes),
    }
}

fn from_rows(rows: store::Rows) -> Rows {
    Rows {
        width: index(rows.width),
        cells: rows.cells.into_iter().map(from_value).collect(),
        affected: rows.affected,
        last_insert_rowid: rows.last_insert_rowid,
    }
}

fn from_error(error: store::DatabaseError) -> Error {
    match error {
        store::DatabaseError::NotFound => Error::NotFound,
        store::DatabaseError::AlreadyExists => Error::AlreadyExists,
        store::DatabaseError::InvalidName => Error::InvalidName,
        store::DatabaseError::Busy => Error::Busy,
        store::DatabaseError::Precondition(statement) => Error::Precondition(index(statement)),
        store::DatabaseError::Constraint { statement, kind, column } => {
            Error::Constraint(Constraint {
                statement: index(statement),
                kind: from_kind(kind),
                column,
            })
        }
        store::DatabaseError::TooLarge => Error::TooLarge,
        store::DatabaseError::Timeout => Error::Timeout,
        store::DatabaseError::Failed(message) => Error::Failed(Failed { statement: None, message }),
        store::DatabaseError::Unavailable(message) => Error::Unavailable(message),
    }
}

const fn from_kind(kind: store::ConstraintKind) -> ConstraintKind {
    match kind {
        store::ConstraintKind::Unique => ConstraintKind::Unique,
        store::ConstraintKind::ForeignKey => ConstraintKind::ForeignKey,
        store::ConstraintKind::Check => ConstraintKind::Check,
        store::ConstraintKind::NotNull => ConstraintKind::NotNull,
        store::ConstraintKind::Other => ConstraintKind::Other,
    }
}

/// Counts of statements and columns are far below 2³².
fn index(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

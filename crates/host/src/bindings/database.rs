//! `meridian:platform/database`, provided by the host over files of its own.

use meridian_database::Databases;
use meridian_store as store;
use wasmtime::component::{Accessor, HasSelf};

use super::generated::meridian::platform::database::{
    Access, Constraint, ConstraintKind, Error, Failed, Host, HostWithStore,
};
use crate::runtime::Guest;

impl Host for Guest {}

impl<T: Send + 'static> HostWithStore<T> for HasSelf<Guest> {
    async fn execute(
        accessor: &Accessor<T, Self>,
        database: String,
        access: Access,
        atomic: bool,
        batch: Vec<u8>,
    ) -> wasmtime::Result<Result<Vec<u8>, Error>> {
        let databases = databases(accessor)?;
        let access = into_access(access);
        let answer = databases.execute_packed(&database, access, atomic, batch).await;
        Ok(answer.map_err(from_error))
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

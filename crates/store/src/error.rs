//! Why a store function failed for reasons that are nobody's request.

use std::fmt;

use crate::{BadRow, DatabaseError};

/// A failure below the domain. Outcomes a caller must tell apart (not found,
/// conflict) are part of each function's answer, not of this.
#[derive(Clone, Debug, PartialEq)]
pub enum StoreError {
    /// The database refused or could not be reached.
    Database(DatabaseError),
    /// A stored row does not fit its table.
    BadRow(BadRow),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => error.fmt(f),
            Self::BadRow(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl From<BadRow> for StoreError {
    fn from(error: BadRow) -> Self {
        Self::BadRow(error)
    }
}

//! Between the words of `meridian:platform/database` and the store's.

use meridian_store::{Access, ConstraintKind, DatabaseError};

use crate::bindings::exports::meridian::platform::database as wit;

pub(crate) fn access_in(access: wit::Access) -> Access {
    match access {
        wit::Access::Read => Access::Read,
        wit::Access::Write => Access::Write,
        wit::Access::Job => Access::Job,
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

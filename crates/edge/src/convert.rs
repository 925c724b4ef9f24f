//! Between the words of `meridian:platform/database` and the store's.

use meridian_store::{Access, ConstraintKind, DatabaseError};

use crate::bindings::database as wit;

pub(crate) fn access_out(access: Access) -> wit::Access {
    match access {
        Access::Read => wit::Access::Read,
        Access::Write => wit::Access::Write,
        Access::Job => wit::Access::Job,
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

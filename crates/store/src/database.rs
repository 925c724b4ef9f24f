//! The database as the store sees it: the same words as the WIT interface
//! `meridian:platform/database`, without WIT.

use std::borrow::Cow;
use std::fmt;

use crate::Rows;

/// A value of a cell or an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Real(f64),
    /// UTF-8 text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<meridian_kernel::PermissionSet> for Value {
    fn from(value: meridian_kernel::PermissionSet) -> Self {
        Self::Integer(value.bits().cast_signed())
    }
}

impl From<meridian_kernel::Instant> for Value {
    fn from(value: meridian_kernel::Instant) -> Self {
        Self::Integer(value.millis())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One SQL statement with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The text; `?1`, `?2`… are the arguments.
    pub sql: Cow<'static, str>,
    /// Bound in order.
    pub arguments: Vec<Value>,
    /// Whether the rows are wanted.
    pub want_rows: bool,
    /// Whether a statement that changes no row fails the batch.
    pub require_affected: bool,
}

impl Statement {
    /// A statement whose rows are wanted.
    pub fn query(sql: &'static str, arguments: impl IntoIterator<Item = Value>) -> Self {
        Self {
            sql: Cow::Borrowed(sql),
            arguments: arguments.into_iter().collect(),
            want_rows: true,
            require_affected: false,
        }
    }

    /// A statement that changes rows, or none.
    pub fn command(sql: &'static str, arguments: impl IntoIterator<Item = Value>) -> Self {
        Self { want_rows: false, ..Self::query(sql, arguments) }
    }

    /// The same statement, failing its batch where it changes no row.
    pub fn must_affect(self) -> Self {
        Self { require_affected: true, ..self }
    }

    /// The same statement, with its rows wanted (`RETURNING`).
    pub fn returning(self) -> Self {
        Self { want_rows: true, ..self }
    }
}

/// Arguments of mixed types: `arguments![1_i64, "two", None::<String>]`.
#[macro_export]
macro_rules! arguments {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}

/// Which handle a batch runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Possibly a replica that lags: never for what decides a write.
    Read,
    /// The primary.
    Write,
    /// The primary, on the handle of workers.
    Job,
}

/// What a constraint was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintKind {
    /// UNIQUE or PRIMARY KEY.
    Unique,
    /// FOREIGN KEY.
    ForeignKey,
    /// CHECK, or a trigger that refused.
    Check,
    /// NOT NULL.
    NotNull,
    /// Any other.
    Other,
}

/// Why a batch failed.
#[derive(Clone, Debug, PartialEq)]
pub enum DatabaseError {
    /// No database of that name.
    NotFound,
    /// It exists already.
    AlreadyExists,
    /// The name is not `[a-z0-9_-]{1,64}`.
    InvalidName,
    /// Too many writers, or a timeout.
    Busy,
    /// The statement of that index changed no row and had to.
    Precondition(usize),
    /// A constraint refused the statement of that index.
    Constraint {
        /// Index of the statement.
        statement: usize,
        /// What it was about.
        kind: ConstraintKind,
        /// `table.column` where the engine says so, else empty.
        column: String,
    },
    /// The answer exceeds the provider's bound.
    TooLarge,
    /// The statement ran too long.
    Timeout,
    /// The statement is wrong, or the engine failed it. The text is for logs.
    Failed(String),
    /// The database cannot be reached or written.
    Unavailable(String),
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is no such database"),
            Self::AlreadyExists => f.write_str("the database exists already"),
            Self::InvalidName => f.write_str("the database name is not [a-z0-9_-]{1,64}"),
            Self::Busy => f.write_str("the database is busy"),
            Self::Precondition(index) => write!(f, "statement {index} changed no row"),
            Self::Constraint { statement, kind, column } => {
                write!(f, "statement {statement} broke a {kind:?} constraint on {column:?}")
            }
            Self::TooLarge => f.write_str("the answer is too large"),
            Self::Timeout => f.write_str("the statement ran too long"),
            Self::Failed(text) => write!(f, "the statement failed: {text}"),
            Self::Unavailable(text) => write!(f, "the database is unavailable: {text}"),
        }
    }
}

impl std::error::Error for DatabaseError {}

/// Rows of all answers to one batch together; beyond it the batch is `TooLarge`.
pub const MAX_ROWS: usize = 5_000;

/// Bytes of all answers to one batch together: what [`crate::packed::Cell::size`] says
/// of each cell.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Whether a name may be a database's: `[a-z0-9_-]{1,64}`. Checked by every
/// provider, because it becomes part of a path or an address.
pub fn is_database_name(name: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}

/// A provider of databases. Components reach one through WIT; the host, benches
/// and tests reach one natively.
#[allow(async_fn_in_trait, reason = "futures stay on the thread or the guest that made them")]
pub trait Database {
    /// Runs the statements in order; atomic: all or nothing.
    async fn execute(
        &self,
        database: &str,
        access: Access,
        atomic: bool,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError>;

    /// Creates a database, empty or already migrated.
    async fn create(&self, database: &str) -> Result<(), DatabaseError>;

    /// Deletes a database.
    async fn delete(&self, database: &str) -> Result<(), DatabaseError>;
}

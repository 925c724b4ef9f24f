//! All SQL of Meridian.
//!
//! Every function takes a [`Scope`] (one organisation's database) or the
//! [`Platform`] first. Statements are texts with bound values, each table has one
//! row mapper, and conflicts are told from the outcome of a batch, never by
//! looking first.

mod database;
mod error;
pub mod event_types;
pub mod migrate;
mod row;
mod scope;

pub use database::{Access, ConstraintKind, Database, DatabaseError, Rows, Statement, Value};
pub use error::StoreError;
pub use row::{BadRow, Row};
pub use scope::{PLATFORM_DATABASE, Platform, Scope};

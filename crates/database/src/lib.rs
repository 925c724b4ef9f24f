//! libSQL files natively: one writer per file with group commit, and Hrana over HTTP.
//!
//! [`Databases`] is what the host gives components as `meridian:platform/database`,
//! and what benches and tests use without one. [`hrana`] serves the same files to
//! whoever speaks Hrana 3.

mod batch;
mod databases;
mod descriptors;
mod durability;
mod engine;
mod failure;
mod file;
pub mod hrana;
mod options;
mod reader;
mod registry;
mod sql;
mod template;
mod writer;

pub use databases::Databases;
pub use durability::Durability;
pub use options::{Options, Synchronous};

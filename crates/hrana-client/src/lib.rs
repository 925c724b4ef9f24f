//! A batch of statements as one Hrana 3 request, and its answer back: no I/O.
//!
//! The component `libsql` sends what [`Encoded::body`] holds; whoever serves Hrana
//! answers; [`Encoded::decode`] gives what the native provider would have given:
//! the same rows, the same errors with the same statement index.

mod admin;
mod answer;
mod encode;
mod normalize;
#[cfg(test)]
mod tests;

pub use admin::{create_outcome, create_path, delete_outcome, delete_path};
pub use encode::{Encoded, GUARD};

/// Where batches go, below the database's address.
pub const PIPELINE_PATH: &str = "/v3/pipeline";

/// The request header that names the database.
pub const NAMESPACE_HEADER: &str = "x-namespace";

/// The longest answer worth reading: the bound of a batch's rows, as JSON.
pub const MAX_ANSWER_BYTES: usize = 4 * meridian_store::MAX_BYTES;

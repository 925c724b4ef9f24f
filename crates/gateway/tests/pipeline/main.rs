//! The gateway as a client sees it, with a guard, a store and a clock of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs,
    reason = "tests"
)]

mod access;
mod answers;
mod idempotency;
mod layers;
mod limits;
mod roles;
mod routes;
mod throttle;
mod world;

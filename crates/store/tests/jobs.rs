//! Jobs and their workers, on the real engine.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

#[path = "jobs/afterwards.rs"]
mod afterwards;
#[path = "jobs/enqueue.rs"]
mod enqueue;
#[path = "jobs/workers.rs"]
mod workers;
#[path = "jobs/world.rs"]
mod world;

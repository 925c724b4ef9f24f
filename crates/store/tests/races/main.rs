//! What happens when many book at once, on the real engine: what must be counted
//! once is, and exactly one wins where one can.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "tests"
)]

mod capacity;
mod hosts;
mod slots;
#[path = "../store/support.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod support;
mod world;

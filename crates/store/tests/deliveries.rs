//! Deliveries and their workers, on the real engine.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

#[path = "deliveries/afterwards.rs"]
mod afterwards;
#[path = "deliveries/calls.rs"]
mod calls;
#[path = "deliveries/due.rs"]
mod due;
#[path = "deliveries/endpoints.rs"]
mod endpoints;
#[path = "deliveries/meetings.rs"]
mod meetings;
#[path = "deliveries/order.rs"]
mod order;
#[path = "deliveries/workers.rs"]
mod workers;
#[path = "deliveries/world.rs"]
mod world;

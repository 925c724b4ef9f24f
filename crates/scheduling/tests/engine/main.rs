//! The engine by its behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

mod checks;
mod civil_time;
mod golden;
mod hosts;
mod limits;
mod oracle;
mod quirks;
mod rules;
mod seats;
mod support;

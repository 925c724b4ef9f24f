//! The engine by its behaviour.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod checks;
mod civil_time;
mod golden;
mod oracle;
mod rules;
mod support;

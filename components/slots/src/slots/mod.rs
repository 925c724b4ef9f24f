//! Slots of 2024-09-04.

mod answer;
pub mod get_slots;
mod query;

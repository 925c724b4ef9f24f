//! Which slots there are: 2024-09-04, and in older versions what differs.

mod answer;
pub mod find;
pub mod get_slots;
mod query;
pub mod v2024_04_15;

//! The store against the real engine: one file for all tests, since each links it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod availability;
mod bookings;
mod event_types;
mod organizations;
mod schedules;
mod support;
mod users;

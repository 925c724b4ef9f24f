//! The store against the real engine: one file for all tests, since each links it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod availability;
mod bookings;
mod event_hosts;
mod event_types;
mod idempotency;
mod managed_users;
mod members;
mod memberships;
mod migrations;
mod oauth2;
mod organizations;
mod out_of_office;
mod private_links;
mod reservations;
mod roles;
mod schedules;
mod sessions;
mod support;
mod teams;
mod travel_schedules;
mod users;
mod verified_emails;
mod webhooks;

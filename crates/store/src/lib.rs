//! All SQL of Meridian.
//!
//! Every function takes a [`Scope`] (one organisation's database) or the
//! [`Platform`] first. Statements are texts with bound values, each table has one
//! row mapper, and conflicts are told from the outcome of a batch, never by
//! looking first.

pub mod api_keys;
pub mod availability;
pub mod bookings;
mod database;
pub mod deliveries;
pub mod due_work;
mod error;
pub mod event_hosts;
pub mod event_types;
pub mod holders;
pub mod idempotency;
pub mod jobs;
mod json_object;
pub mod memberships;
pub mod migrate;
pub mod oauth2;
pub mod oauth_clients;
pub mod organizations;
pub mod out_of_office;
pub mod packed;
mod parts;
pub mod private_links;
pub mod reservations;
pub mod roles;
mod row;
pub mod schedules;
mod scope;
pub mod sessions;
pub mod teams;
pub mod travel_schedules;
pub mod users;
pub mod verified_emails;
pub mod webhooks;

pub use database::{
    Access, ConstraintKind, Database, DatabaseError, MAX_BYTES, MAX_ROWS, Statement, Value,
    is_database_name,
};
pub use error::StoreError;
pub use json_object::{JsonObject, raw_text};
pub use packed::Rows;
pub use row::{BadRow, Row};
pub use scope::{PLATFORM_DATABASE, Platform, Scope};

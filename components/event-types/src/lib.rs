//! Event types: what may be booked with whom, for how long, and how.
//!
//! `routes` is the table; each operation is a file of its own; `parse` reads what
//! clients send, `present` writes what they get. The rules between settings are
//! `meridian_domain::event_type`, the SQL is `meridian_store::event_types`.

mod connections;
mod create_event_type;
mod delete_event_type;
mod errors;
mod get_event_type;
mod input;
mod list_event_types;
mod parse;
mod present;
mod private_links;
mod rights;
mod routes;
mod team;
mod update_event_type;
mod v2024_04_15;

meridian_edge::component!(routes::TABLE);

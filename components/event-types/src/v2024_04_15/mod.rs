//! Event types of 2024-04-15: other names for the same settings. Nothing but types,
//! their conversions to the newest and back, and handlers that put them around what
//! the newest version does.

mod booking_fields;
mod handlers;
mod input;
mod locations;
mod public_view;
mod view;

pub use handlers::{
    create_event_type, delete_event_type, get_event_type, get_public_event_type, list_event_types,
    list_public_event_types, update_event_type,
};

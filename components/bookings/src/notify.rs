//! Telling webhooks what happened to a booking.

pub use meridian_edge::outbox::{deliver_after_response, mark_due};

//! What an event type is.

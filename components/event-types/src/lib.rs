//! The event-types component.

//! The bookings component.

//! The spine through the real binary and the real components: what crosses them.

mod bad_input;
mod bookings;
mod coverage;
mod crash;
mod event_types;
mod gateway;
mod host;
mod isolation;
mod keys;
mod organizations;
mod schedules;
mod slots;
mod tenants;
mod walk;
mod webhooks;

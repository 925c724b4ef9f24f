//! The spine through the real binary and the real components: what crosses them.

mod bookings;
mod coverage;
mod crash;
mod gateway;
mod host;
mod isolation;
mod keys;
mod organizations;
mod slots;
mod walk;
mod webhooks;

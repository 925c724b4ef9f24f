//! The HTTP front: connections in, limits, the way to a component, answers out.

mod answer;
mod body;
mod head;
mod parse_errors;
mod request_log;
mod server;
mod service;

pub use head::{SPIN_CLIENT_ADDRESS, add_spin_headers, is_spin_header};
pub use server::{Drain, serve};
pub use service::Front;

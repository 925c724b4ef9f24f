//! HTTP out of a guest: the grant, the way to another component, pooled
//! connections to other servers, and the guard against private addresses.

mod addresses;
mod client;
mod connector;
mod hooks;

pub use client::Clients;
pub use hooks::Outbound;

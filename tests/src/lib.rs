//! What the tests that cross components stand on: a running `meridian`, a client
//! that speaks its API, and a receiver of webhooks.

mod client;
mod organization;
mod receiver;
mod server;

pub use client::{Answer, Client};
pub use organization::Organization;
pub use receiver::{Delivery, Receiver};
pub use server::{
    Mode, Options, PLATFORM_SECRET, Server, binary, free_port, in_both_modes, signal,
};

//! What the tests that cross components stand on: a running `meridian`, a client
//! that speaks its API, and a receiver of webhooks.

mod browser;
mod calendar;
mod client;
mod database;
mod mailbox;
mod organization;
mod platform_client;
mod proxy;
mod race;
mod random;
mod receiver;
mod rooms;
mod server;

pub use browser::Browser;
pub use calendar::{all_bookings, assert_nothing_overlaps, instant};
pub use client::{Answer, Client};
pub use database::Database;
pub use mailbox::MailService;
pub use organization::{Member, Organization};
pub use platform_client::{ManagedUser, PlatformClient};
pub use proxy::{Proxy, Stop};
pub use race::race;
pub use random::Random;
pub use receiver::{Delivery, Reaction, Receiver};
pub use rooms::{ROOMS_KEY, Rooms};
pub use server::{
    Mode, Options, PLATFORM_SECRET, Server, binary, free_port, in_both_modes, signal,
};

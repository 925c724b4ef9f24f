//! Where a component meets its host: HTTP in, database, identity, availability,
//! key-value, variables and HTTP out.
//!
//! Everything here is a thin translation between the words of WIT and ours. What
//! a component does not use is not linked, so it imports only what it needs.

#[cfg(any(target_family = "wasm", test))]
mod allocator;
#[cfg(feature = "availability")]
pub mod availability;
mod bindings;
mod context;
mod convert;
mod database;
pub mod email_codes;
pub mod guard_epoch;
#[cfg(feature = "identity")]
mod identity;
pub mod key_value;
mod outbound;
pub mod outbox;
mod serve;
mod services;
mod variable;
pub mod video;
pub mod wake;

#[doc(hidden)]
pub use bindings::direct;
#[cfg(feature = "identity")]
pub use context::scope_of;
pub use context::{platform, resolve_organization, scope, scope_for_seam};
pub use database::{DATABASE, WitDatabase};
#[cfg(feature = "identity")]
pub use identity::WitGuard;
pub use outbound::{Incoming, SendError, send, send_for_head};
pub use serve::{serve, serve_directly};
pub use services::SpinServices;
pub use variable::variable;

/// The memory of every component.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: allocator::SmallBlocks = allocator::SmallBlocks::new();

/// Runs work on after the answer went out. It is a fast path only: a crash loses
/// it, so whatever must happen is in the database before.
pub fn after_response(work: impl Future<Output = ()> + 'static) {
    spin_sdk::wasip3::spawn(work);
}

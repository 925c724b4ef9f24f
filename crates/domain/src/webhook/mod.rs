//! Webhooks: what they can be called for, where they may point, how a delivery
//! looks and when it is tried again.

mod backoff;
mod body;
mod signature;
mod target;
mod template;
mod trigger;

pub use backoff::{MOST_ATTEMPTS, next_attempt};
pub use body::{Body, Event, MediaType, TooLong, render};
pub use signature::{UNSIGNED, sign};
pub use target::{TargetRefusal, check_host};
pub use trigger::TRIGGERS;

/// The only version of the payload there is.
pub const PAYLOAD_VERSION: &str = "2021-10-20";

//! What a booking is, and who may make or end one when.
//!
//! Everything here is a pure function of data and `now`. Whether a host is free is
//! the availability seam's answer, and whether the slot still was is the store's.

mod answers;
mod cancel;
mod create;
mod kind;
mod location;
mod status;

pub use answers::AnswerError;
pub use cancel::{CancelRefusal, CancelWish, Cancellable, may_cancel};
pub use create::{Attendee, Decision, Offer, Refusal, Span, Wish, decide};
pub use kind::BookingKind;
pub use location::{LocationChoice, LocationError, Place};
pub use status::Status;

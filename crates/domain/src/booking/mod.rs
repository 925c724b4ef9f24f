//! What a booking is, and who may make or end one when.
//!
//! Everything here is a pure function of data and `now`. Whether a host is free is
//! the availability seam's answer, and whether the slot still was is the store's.

mod answers;
mod calendar;
mod cancel;
mod create;
mod lifecycle;
mod location;
mod reschedule;
mod seats;
mod series;
mod status;

pub use answers::AnswerError;
pub use calendar::{CalendarEntry, CalendarMethod, CalendarPerson, CalendarStatus};
pub use cancel::{CancelReach, CancelRefusal, CancelWish, Cancellable, Cancelled, NamedSeat};
pub use create::{Attendee, CodeProof, Decision, Offer, Refusal, Span, Wish, decide};
pub use lifecycle::{Change, Event, Forbidden, HostTime, Standing, create};
pub use location::{CAL_VIDEO_LOCATION, LocationChoice, LocationError, Place};
pub use reschedule::{Movable, MoveRefusal, MoveRules, MoveWish, Moved};
pub use seats::{SeatRefusal, SeatedBooking};
pub use status::Status;

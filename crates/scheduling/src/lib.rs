//! The availability engine, pure: civil rules become intervals of instants, busy
//! time is taken out of them, and what is left is cut into slots.
//!
//! ```text
//! Schedule ──hours──▶ intervals ──minus busy──▶ free ──hosts together──▶ ranges ──grid──▶ starts
//!  (civil)            (instants)
//! ```
//!
//! The same [`Question`] lists slots ([`slots`]) and decides whether one start may
//! be booked ([`check`]), so the two can never disagree: whatever `slots` returns,
//! `check` accepts. Civil times meet instants in one place, [`LocalClock`].

mod civil;
mod clock;
mod free;
mod grid;
mod hours;
mod interval;
mod question;
mod window;

pub use civil::{CivilMinute, CivilMinuteError, Day, Override, Schedule, WeeklyRule, parse_date};
pub use clock::LocalClock;
pub use interval::{Interval, intersect, merge, subtract};
pub use question::{EventRules, Host, Question, Reason, check, slots};
pub use window::{BookingWindow, MAX_ROLLING_SEARCH_DAYS, Span};

/// The longest range of one question about slots, in days.
pub const MAX_RANGE_DAYS: i64 = 366;

/// One minute in milliseconds.
pub(crate) const MINUTE: i64 = 60_000;

/// One day in milliseconds, as a civil day without transitions has it.
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

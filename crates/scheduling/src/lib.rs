//! The availability engine, pure: civil rules become intervals of instants, what is
//! taken is cut out of them, and what is left is cut into slots.
//!
//! ```text
//! Schedule ──hours──▶ at work ──minus taken──▶ free ──hosts together──▶ ranges ──grid──▶ slots
//!  (civil)          (instants)                                                 minus full periods,
//!                                                                              restricted hours
//! ```
//!
//! The same [`Question`] lists slots ([`slots`]) and decides whether a start may be
//! booked ([`check`]), so the two can never disagree: whatever `slots` returns with
//! room, `check` accepts. Civil times meet instants in one place, [`LocalClock`].
//! Who of several free hosts holds a booking is decided by [`choose`].

mod check;
mod choice;
mod civil;
mod clock;
mod free;
mod grid;
mod host;
mod hours;
mod interval;
mod limits;
mod list;
mod question;
mod reasons;
mod rules;
mod seats;
mod shares;
mod taken;
mod wall;
mod window;

pub use check::check;
pub use choice::{Candidate, Fairness, NobodyFree, choose};
pub use civil::{CivilMinute, CivilMinuteError, Day, Override, Schedule, WeeklyRule, parse_date};
pub use clock::LocalClock;
pub use host::{Dates, Host, SharedTime, Travel};
pub use interval::{Interval, intersect, merge, subtract};
pub use limits::{Booked, Counted, Limits, Measure, PerPeriod, Period, tally};
pub use list::{Slot, slots};
pub use question::{Question, load_range};
pub use reasons::Reasons;
pub use rules::{EventRules, Restriction};
pub use seats::{SeatedSlot, Seats};
pub use shares::Missed;
pub use window::{BookingWindow, MAX_ROLLING_SEARCH_DAYS, Span};

/// The longest range of one question about slots, in days.
pub const MAX_RANGE_DAYS: i64 = 366;

/// One minute in milliseconds.
pub(crate) const MINUTE: i64 = 60_000;

/// One day in milliseconds, as a civil day without transitions has it.
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

//! Bounds that event types, bookings and the availability look-up share, and when a call
//! is looked at for who did not come.
//!
//! A range of busy times is read by one clustered index over where they end. The
//! index alone can bound that read because no busy time is longer than
//! [`MAX_BUSY_SPAN_MINUTES`]; so whoever writes one keeps to these limits.

/// The longest a booking may be: seven days.
pub const MAX_EVENT_LENGTH_MINUTES: u32 = 10_080;

/// The longest buffer on one side of a booking: a day.
pub const MAX_BUFFER_MINUTES: u32 = 1_440;

/// The longest a host can be taken by one booking: its length and both buffers.
pub const MAX_BUSY_SPAN_MINUTES: u32 = MAX_EVENT_LENGTH_MINUTES + 2 * MAX_BUFFER_MINUTES;

/// How long after its start a built-in call is looked at, in minutes. Upstream has a
/// number per webhook that its API v2 cannot set, and suggests this one.
pub const NO_SHOW_WAIT: i64 = 5;

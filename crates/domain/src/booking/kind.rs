//! Which of the four ways of booking a request means.

use crate::event_type::EventTypeSettings;

/// How a booking is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookingKind {
    /// One booker, one time.
    Regular,
    /// One booker, a series.
    Recurring,
    /// One seat of a time that many share.
    Seated,
}

impl BookingKind {
    /// What the event type makes of every booking.
    pub const fn of(settings: &EventTypeSettings) -> Self {
        if settings.seats.is_some() {
            Self::Seated
        } else if settings.recurrence.is_some() {
            Self::Recurring
        } else {
            Self::Regular
        }
    }
}

//! What an event type says about its slots.

use meridian_kernel::Zone;

use crate::{BookingWindow, Limits, Schedule};

/// What an event type says about its slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRules {
    /// Minutes kept free before a booking.
    pub before_buffer: u32,
    /// Minutes kept free after a booking.
    pub after_buffer: u32,
    /// Minutes between now and the earliest start.
    pub minimum_notice: u32,
    /// Minutes between starts; `None`: the length.
    pub slot_interval: Option<u32>,
    /// Minutes by which starts are moved off the grid.
    pub offset_start: u32,
    /// How far ahead bookings are taken.
    pub booking_window: BookingWindow,
    /// Whether only the first free slot of a day is shown.
    pub first_slot_only: bool,
    /// Whether a first start is rounded no further than costs no slot.
    pub optimized: bool,
    /// Whose calendar the days, weeks, months and years of [`Self::limits`] and the
    /// dates of [`Self::booking_window`] are of: that of the event type's schedule,
    /// else of the first host's, else UTC.
    pub zone: Zone,
    /// How much may be booked in a period.
    pub limits: Limits,
    /// Hours outside of which there are no slots, whoever is free.
    pub restriction: Option<Restriction>,
    /// How many bookers share a slot; `None`: a slot is one booker's.
    pub seats: Option<u32>,
}

impl Default for EventRules {
    fn default() -> Self {
        Self {
            before_buffer: 0,
            after_buffer: 0,
            minimum_notice: 0,
            slot_interval: None,
            offset_start: 0,
            booking_window: BookingWindow::Unlimited,
            first_slot_only: false,
            optimized: false,
            zone: Zone::UTC,
            limits: Limits::default(),
            restriction: None,
            seats: None,
        }
    }
}

/// Hours that every slot must lie inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// The hours.
    pub schedule: Schedule,
    /// Whether they hang on the booker's wall instead of the schedule's own.
    pub on_bookers_wall: bool,
}

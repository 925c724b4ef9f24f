//! What an event type is: its settings, and the rules they must keep.
//!
//! [`EventTypeSettings`] is what `event_type.settings` stores, in the newest form
//! of the API. What decides slots (lengths, interval, buffers, notice, schedule)
//! stands in columns of its own and is not repeated here. Reading is lenient: a
//! field that an older build never wrote takes its default.

mod booking_field;
mod booking_window;
mod custom_name;
mod hosts;
mod limits;
mod location;
mod policy;
mod rules;
mod settings;
mod team;
mod video;

pub use booking_field::{BookingField, FieldType};
pub use booking_window::{BookingWindow, DateRange};
pub use custom_name::{EventNameParts, VARIABLES, render, unknown_variables};
pub use hosts::{
    Assignment, DEFAULT_WEIGHT, HostWish, Hosts, HostsAsked, HostsRefused, Priority, assign,
    reassign,
};
pub use limits::{BookerActiveBookingsLimit, BookingLimits};
pub use location::{INTEGRATIONS, Location};
pub use policy::{
    BookerLayouts, Color, ConfirmationPolicy, DestinationCalendar, DisableCancelling,
    DisableRescheduling, Frequency, Layout, NoticeThreshold, NoticeUnit, Recurrence, Seats,
};
pub use rules::{BrokenRule, Connections, Reach, Stated, check};
pub use settings::{EventTypeSettings, INTERFACE_LANGUAGES};
pub use team::EmailSettings;
pub use video::CalVideoSettings;

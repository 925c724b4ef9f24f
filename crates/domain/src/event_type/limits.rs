//! How often, and how much, may be booked.

use serde::{Deserialize, Serialize};

/// A bound per civil period; `None`: none. Of bookings or of minutes, as the
/// setting says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BookingLimits {
    /// Per day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<u32>,
    /// Per week, from Sunday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub week: Option<u32>,
    /// Per month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<u32>,
    /// Per year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u32>,
}

impl BookingLimits {
    /// Whether it bounds nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How many bookings ahead one booker may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookerActiveBookingsLimit {
    /// The most.
    pub maximum_active_bookings: u32,
    /// Whether whoever holds that many is offered to move the last one.
    #[serde(default)]
    pub offer_reschedule: bool,
}

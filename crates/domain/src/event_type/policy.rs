//! The smaller settings that are objects.

use meridian_kernel::Instant;
use serde::{Deserialize, Serialize};

/// When the owner must confirm a booking before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ConfirmationPolicy {
    /// Every booking.
    Always {
        /// Whether an unconfirmed booking takes its slot.
        #[serde(default)]
        block_unconfirmed_bookings_in_booker: bool,
    },
    /// Bookings that start sooner than a threshold.
    Time {
        /// How soon.
        notice_threshold: NoticeThreshold,
        /// Whether an unconfirmed booking takes its slot.
        #[serde(default)]
        block_unconfirmed_bookings_in_booker: bool,
    },
}

impl ConfirmationPolicy {
    /// Whether a booking made now for that start waits for its owner. One further
    /// away than the threshold is accepted at once.
    pub const fn must_confirm(self, start: Instant, now: Instant) -> bool {
        match self {
            Self::Always { .. } => true,
            Self::Time { notice_threshold, .. } => {
                start.minutes_since(now) < notice_threshold.minutes()
            }
        }
    }

    /// Whether an unconfirmed booking takes its slot.
    pub const fn blocks_unconfirmed(self) -> bool {
        match self {
            Self::Always { block_unconfirmed_bookings_in_booker }
            | Self::Time { block_unconfirmed_bookings_in_booker, .. } => {
                block_unconfirmed_bookings_in_booker
            }
        }
    }
}

/// A span before the start of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeThreshold {
    /// Of what.
    pub unit: NoticeUnit,
    /// How many.
    pub count: u32,
}

impl NoticeThreshold {
    /// In minutes.
    pub const fn minutes(self) -> i64 {
        let each = match self.unit {
            NoticeUnit::Minutes => 1,
            NoticeUnit::Hours => 60,
        };
        self.count as i64 * each
    }
}

/// Minutes or hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoticeUnit {
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
}

/// A series of bookings made at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// Every so many weeks, months or years.
    pub interval: u32,
    /// At most so many bookings.
    pub occurrences: u32,
    /// Weeks, months or years.
    pub frequency: Frequency,
}

/// What a series steps by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frequency {
    /// Weeks.
    Weekly,
    /// Months.
    Monthly,
    /// Years.
    Yearly,
}

/// A slot many bookers share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seats {
    /// How many.
    pub seats_per_time_slot: u32,
    /// Whether bookers see each other.
    #[serde(default)]
    pub show_attendee_info: bool,
    /// Whether bookers see how many seats are left.
    #[serde(default)]
    pub show_availability_count: bool,
}

/// How the booking page may look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookerLayouts {
    /// The one shown first; one of those enabled.
    pub default_layout: Layout,
    /// Those the booker may pick.
    pub enabled_layouts: Vec<Layout>,
}

/// A look of the booking page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// A month.
    Month,
    /// A week.
    Week,
    /// Days in columns.
    Column,
}

/// The colours of an event type, each `#rrggbb` or `#rgb`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Color {
    /// On white.
    pub light_theme_hex: String,
    /// On black.
    pub dark_theme_hex: String,
}

/// A connected calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DestinationCalendar {
    /// The app it is connected by.
    pub integration: String,
    /// Its id there.
    pub external_id: String,
}

/// Whether bookings may be cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisableCancelling {
    /// They may not.
    #[serde(default)]
    pub disabled: bool,
}

/// Whether bookings may be moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DisableRescheduling {
    /// They may not, ever.
    pub disabled: bool,
    /// They may not within so many minutes of their start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes_before: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn only_bookings_within_the_threshold_wait_for_their_owner() {
        let policy = ConfirmationPolicy::Time {
            notice_threshold: NoticeThreshold { unit: NoticeUnit::Hours, count: 2 },
            block_unconfirmed_bookings_in_booker: true,
        };
        let now = at("2050-09-05T07:00:00Z");
        assert!(policy.must_confirm(at("2050-09-05T08:59:00Z"), now));
        assert!(!policy.must_confirm(at("2050-09-05T09:00:00Z"), now));
        assert!(policy.blocks_unconfirmed());
    }

    #[test]
    fn policies_keep_the_form_of_the_api() {
        let json = r#"{"type":"time","noticeThreshold":{"unit":"minutes","count":30},"blockUnconfirmedBookingsInBooker":false}"#;
        let policy: ConfirmationPolicy = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&policy).unwrap(), json);
    }
}

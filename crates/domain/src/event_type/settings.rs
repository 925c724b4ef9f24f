//! Every setting of an event type that has no column of its own.

use meridian_kernel::ScheduleId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    BookerActiveBookingsLimit, BookerLayouts, BookingField, BookingLimits, BookingWindow,
    CalVideoSettings, Color, ConfirmationPolicy, DestinationCalendar, DisableCancelling,
    DisableRescheduling, EmailSettings, Location, Recurrence, Seats,
};

/// The languages the booking page speaks; the empty text is the visitor's own.
pub const INTERFACE_LANGUAGES: [&str; 38] = [
    "", "en", "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "es", "es-419", "eu", "et",
    "fi", "fr", "he", "hu", "it", "ja", "km", "ko", "nl", "no", "pl", "pt-BR", "pt", "ro", "ru",
    "sk-SK", "sr", "sv", "tr", "uk", "vi", "zh-CN", "zh-TW",
];

/// What `event_type.settings` stores. `None` of an option: not set, which the API
/// shows as `{"disabled":true}`, as `null`, or not at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EventTypeSettings {
    /// Shown on the booking page.
    pub description: String,
    /// The lengths in minutes a booker may choose from; empty: only the length of
    /// the event type.
    pub length_in_minutes_options: Vec<u32>,
    /// Where it may take place; never empty.
    pub locations: Vec<Location>,
    /// What its owner said of the booking form. The whole form, with what every
    /// form has, is [`Self::form`].
    pub booking_fields: Vec<BookingField>,
    /// Bookers cannot add guests.
    pub disable_guests: bool,
    /// Most bookings per day, week, month, year.
    pub booking_limits_count: Option<BookingLimits>,
    /// Most minutes booked per day, week, month, year.
    pub booking_limits_duration: Option<BookingLimits>,
    /// Most bookings ahead that one booker may hold.
    pub booker_active_bookings_limit: Option<BookerActiveBookingsLimit>,
    /// One slot per day: the first that is free.
    pub only_show_first_available_slot: bool,
    /// How far ahead bookings may be made.
    pub booking_window: Option<BookingWindow>,
    /// How the booking page may look.
    pub booker_layouts: Option<BookerLayouts>,
    /// When the owner must confirm.
    pub confirmation_policy: Option<ConfirmationPolicy>,
    /// Books a series.
    pub recurrence: Option<Recurrence>,
    /// Many bookers share a slot.
    pub seats: Option<Seats>,
    /// Bookers prove their address with a code first.
    pub requires_booker_email_verification: bool,
    /// Calendar entries have no notes.
    pub hide_calendar_notes: bool,
    /// Calendar entries have no details.
    pub hide_calendar_event_details: bool,
    /// Bookers never see the owner's address.
    pub hide_organizer_email: bool,
    /// Bookers cannot change the time zone.
    pub lock_time_zone_toggle_on_booking_page: bool,
    /// Only its owner and administrators may book.
    pub booking_requires_authentication: bool,
    /// Bookings of the past may be moved.
    pub allow_rescheduling_past_bookings: bool,
    /// Moving a cancelled booking makes a new one.
    pub allow_rescheduling_cancelled_bookings: bool,
    /// Slots are laid out to leave the fewest gaps.
    pub show_optimized_slots: bool,
    /// The colours of the event type.
    pub color: Option<Color>,
    /// The title of bookings, with [`super::VARIABLES`] in braces.
    pub custom_name: Option<String>,
    /// The calendar bookings are written to.
    pub destination_calendar: Option<DestinationCalendar>,
    /// Invitations come from the address of the destination calendar.
    pub use_destination_calendar_email: bool,
    /// Where bookers go once they have booked.
    pub success_redirect_url: Option<String>,
    /// What happens in the built-in video call.
    pub cal_video_settings: Option<CalVideoSettings>,
    /// Whether bookings may be cancelled.
    pub disable_cancelling: Option<DisableCancelling>,
    /// Whether bookings may be moved.
    pub disable_rescheduling: Option<DisableRescheduling>,
    /// One of [`INTERFACE_LANGUAGES`].
    pub interface_language: String,
    /// The owner's own.
    pub metadata: Map<String, Value>,
    /// Of teams: who is sent no e-mail.
    pub email_settings: Option<EmailSettings>,
    /// Of teams: a booking that is moved stays with its hosts.
    pub reschedule_with_same_round_robin_host: bool,
    /// Of teams: hosts are chosen by their shares.
    #[serde(rename = "isRRWeightsEnabled")]
    pub is_rr_weights_enabled: bool,
    /// Of teams: a schedule outside of which nothing is offered, whoever hosts.
    pub restriction_schedule_id: Option<ScheduleId>,
    /// Of teams: the hours of the restriction schedule hang in the booker's zone.
    pub use_booker_timezone: bool,
}

impl Default for EventTypeSettings {
    fn default() -> Self {
        Self {
            description: String::new(),
            length_in_minutes_options: Vec::new(),
            locations: vec![Location::integration("cal-video")],
            booking_fields: Vec::new(),
            disable_guests: false,
            booking_limits_count: None,
            booking_limits_duration: None,
            booker_active_bookings_limit: None,
            only_show_first_available_slot: false,
            booking_window: None,
            booker_layouts: None,
            confirmation_policy: None,
            recurrence: None,
            seats: None,
            requires_booker_email_verification: false,
            hide_calendar_notes: false,
            hide_calendar_event_details: false,
            hide_organizer_email: false,
            lock_time_zone_toggle_on_booking_page: false,
            booking_requires_authentication: false,
            allow_rescheduling_past_bookings: false,
            allow_rescheduling_cancelled_bookings: false,
            show_optimized_slots: false,
            color: None,
            custom_name: None,
            destination_calendar: None,
            use_destination_calendar_email: false,
            success_redirect_url: None,
            cal_video_settings: None,
            disable_cancelling: None,
            disable_rescheduling: None,
            interface_language: String::new(),
            metadata: Map::new(),
            email_settings: None,
            reschedule_with_same_round_robin_host: false,
            is_rr_weights_enabled: false,
            restriction_schedule_id: None,
            use_booker_timezone: false,
        }
    }
}

impl EventTypeSettings {
    /// Reads what the store has.
    pub fn from_stored(settings: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(settings)
    }

    /// What the store keeps.
    pub fn to_stored(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The lengths in minutes a booking may have, given the event type's own.
    pub fn allows_length(&self, own: u32, asked: u32) -> bool {
        asked == own || self.length_in_minutes_options.contains(&asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_build_never_wrote_takes_its_default() {
        let settings = EventTypeSettings::from_stored("{}").unwrap();
        assert_eq!(settings, EventTypeSettings::default());
        assert_eq!(settings.locations, [Location::integration("cal-video")]);
    }

    #[test]
    fn settings_survive_the_store() {
        let stored = r##"{
            "description": "d", "lengthInMinutesOptions": [15, 30],
            "locations": [{"type": "address", "address": "Via Roma 1", "public": true}],
            "bookingFields": [{"type": "select", "slug": "size", "label": "Size", "options": ["S"]}],
            "bookingLimitsCount": {"day": 2}, "bookingLimitsDuration": {"week": 60},
            "bookerActiveBookingsLimit": {"maximumActiveBookings": 3, "offerReschedule": true},
            "bookingWindow": {"type": "range", "value": ["2030-09-05", "2030-09-09"]},
            "bookerLayouts": {"defaultLayout": "week", "enabledLayouts": ["week", "month"]},
            "confirmationPolicy": {"type": "time", "blockUnconfirmedBookingsInBooker": true,
                                   "noticeThreshold": {"unit": "hours", "count": 2}},
            "recurrence": {"interval": 1, "occurrences": 4, "frequency": "weekly"},
            "seats": {"seatsPerTimeSlot": 4, "showAttendeeInfo": true, "showAvailabilityCount": false},
            "color": {"lightThemeHex": "#292929", "darkThemeHex": "#fafafa"},
            "calVideoSettings": {"disableRecordingForGuests": true},
            "disableCancelling": {"disabled": true},
            "disableRescheduling": {"minutesBefore": 60},
            "metadata": {"a": "b"}, "emailSettings": {"disableEmailsToHosts": true},
            "rescheduleWithSameRoundRobinHost": true, "isRRWeightsEnabled": true,
            "restrictionScheduleId": 7, "useBookerTimezone": true, "unknownToThisBuild": 1
        }"##;
        let settings = EventTypeSettings::from_stored(stored).unwrap();
        let again = EventTypeSettings::from_stored(&settings.to_stored().unwrap()).unwrap();
        assert_eq!(again, settings);
        let hours = settings.restriction_schedule_id.map(meridian_kernel::WireId::wire);
        assert_eq!((settings.is_rr_weights_enabled, hours), (true, Some(7)));
        assert!(settings.allows_length(60, 15) && !settings.allows_length(60, 45));
    }
}

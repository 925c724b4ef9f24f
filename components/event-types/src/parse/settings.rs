//! Every setting without a column of its own.

use meridian_domain::event_type::{EventTypeSettings, INTERFACE_LANGUAGES};
use meridian_gateway::validate::{Fields, array, boolean, count, metadata, one_of, text, url};
use meridian_kernel::limits::MAX_EVENT_LENGTH_MINUTES;
use serde_json::Value;

use super::{Whose, booking_fields, bounds, limits, locations, policies, video, window};

/// The settings after the request.
pub fn settings(
    fields: &mut Fields<'_>,
    stored: EventTypeSettings,
    whose: Whose,
) -> EventTypeSettings {
    let s = flags(fields, stored);
    let f = fields;
    EventTypeSettings {
        description: f.patch("description", text(0, bounds::DESCRIPTION)).or(s.description),
        length_in_minutes_options: lengths(f, s.length_in_minutes_options),
        locations: locations::locations(f, s.locations, whose),
        booking_fields: booking_fields::booking_fields(f, s.booking_fields),
        booking_limits_count: limits::count_limits(f, s.booking_limits_count),
        booking_limits_duration: limits::duration_limits(f, s.booking_limits_duration),
        booker_active_bookings_limit: limits::active_bookings(f, s.booker_active_bookings_limit),
        booking_window: window::booking_window(f, s.booking_window),
        booker_layouts: policies::booker_layouts(f, s.booker_layouts),
        confirmation_policy: policies::confirmation_policy(f, s.confirmation_policy),
        recurrence: policies::recurrence(f, s.recurrence),
        seats: policies::seats(f, s.seats),
        color: policies::color(f, s.color),
        custom_name: optional_text(f, "customName", s.custom_name, text(1, bounds::CUSTOM_NAME)),
        destination_calendar: policies::destination_calendar(f, s.destination_calendar),
        success_redirect_url: optional_text(f, "successRedirectUrl", s.success_redirect_url, url()),
        cal_video_settings: video::cal_video_settings(f, s.cal_video_settings),
        disable_cancelling: policies::disable_cancelling(f, s.disable_cancelling),
        disable_rescheduling: policies::disable_rescheduling(f, s.disable_rescheduling),
        interface_language: f
            .patch("interfaceLanguage", one_of(&INTERFACE_LANGUAGES))
            .map(str::to_owned)
            .apply(Some(s.interface_language))
            .unwrap_or_default(),
        metadata: merged_metadata(f, s.metadata),
        ..s
    }
}

/// Settings that are on or off.
fn flags(fields: &mut Fields<'_>, s: EventTypeSettings) -> EventTypeSettings {
    let mut flag = |name: &str, stored: bool| fields.patch(name, boolean()).or(stored);
    EventTypeSettings {
        disable_guests: flag("disableGuests", s.disable_guests),
        only_show_first_available_slot: flag(
            "onlyShowFirstAvailableSlot",
            s.only_show_first_available_slot,
        ),
        requires_booker_email_verification: flag(
            "requiresBookerEmailVerification",
            s.requires_booker_email_verification,
        ),
        hide_calendar_notes: flag("hideCalendarNotes", s.hide_calendar_notes),
        hide_calendar_event_details: flag(
            "hideCalendarEventDetails",
            s.hide_calendar_event_details,
        ),
        hide_organizer_email: flag("hideOrganizerEmail", s.hide_organizer_email),
        lock_time_zone_toggle_on_booking_page: flag(
            "lockTimeZoneToggleOnBookingPage",
            s.lock_time_zone_toggle_on_booking_page,
        ),
        booking_requires_authentication: flag(
            "bookingRequiresAuthentication",
            s.booking_requires_authentication,
        ),
        allow_rescheduling_past_bookings: flag(
            "allowReschedulingPastBookings",
            s.allow_rescheduling_past_bookings,
        ),
        allow_rescheduling_cancelled_bookings: flag(
            "allowReschedulingCancelledBookings",
            s.allow_rescheduling_cancelled_bookings,
        ),
        show_optimized_slots: flag("showOptimizedSlots", s.show_optimized_slots),
        use_destination_calendar_email: flag(
            "useDestinationCalendarEmail",
            s.use_destination_calendar_email,
        ),
        ..s
    }
}

/// The lengths to choose from, each once; none where there is no choice.
fn lengths(fields: &mut Fields<'_>, stored: Vec<u32>) -> Vec<u32> {
    let rule = array(bounds::LENGTH_OPTIONS, count(1, MAX_EVENT_LENGTH_MINUTES));
    let asked = fields.patch("lengthInMinutesOptions", rule);
    let mut lengths: Vec<u32> = Vec::new();
    for length in asked.apply(Some(stored)).unwrap_or_default() {
        if !lengths.contains(&length) {
            lengths.push(length);
        }
    }
    lengths
}

/// A text that `null` and the empty text take back.
fn optional_text(
    fields: &mut Fields<'_>,
    name: &str,
    stored: Option<String>,
    rule: impl Fn(&Value) -> Result<String, meridian_gateway::validate::Violation>,
) -> Option<String> {
    if fields.raw(name).and_then(Value::as_str) == Some("") {
        return None;
    }
    fields.patch(name, rule).apply(stored)
}

/// What came is added to what there is.
fn merged_metadata(
    fields: &mut Fields<'_>,
    stored: serde_json::Map<String, Value>,
) -> serde_json::Map<String, Value> {
    let mut merged = stored;
    merged.extend(fields.optional("metadata", metadata()).unwrap_or_default());
    // The bounds are those of the whole: many small changes must not grow it.
    if let Err(violation) = metadata()(&Value::Object(merged.clone())) {
        fields.refuse("metadata", &violation);
    }
    merged
}

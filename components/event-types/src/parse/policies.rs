//! The smaller settings that are objects.

use meridian_domain::event_type::{
    BookerLayouts, Color, ConfirmationPolicy, DestinationCalendar, DisableCancelling,
    DisableRescheduling, NoticeThreshold, Recurrence, Seats,
};
use meridian_gateway::validate::{Fields, Violation, array, boolean, count, one_of, text};

use super::{bounds, rules, setting};

const LAYOUTS: &[&str] = &["month", "week", "column"];

/// When the owner must confirm.
pub fn confirmation_policy(
    fields: &mut Fields<'_>,
    stored: Option<ConfirmationPolicy>,
) -> Option<ConfirmationPolicy> {
    setting::resettable(fields, "confirmationPolicy", stored, |fields| {
        let kind = fields.required_some("type", one_of(&["always", "time"]));
        let block_unconfirmed_bookings_in_booker =
            fields.required("blockUnconfirmedBookingsInBooker", boolean());
        if kind? == "always" {
            return Some(ConfirmationPolicy::Always { block_unconfirmed_bookings_in_booker });
        }
        let notice_threshold = notice_threshold(fields)?;
        Some(ConfirmationPolicy::Time { notice_threshold, block_unconfirmed_bookings_in_booker })
    })
}

fn notice_threshold(fields: &mut Fields<'_>) -> Option<NoticeThreshold> {
    if !fields.has("noticeThreshold") {
        let rule = Violation::new("isNotEmpty", "is required where type is time");
        fields.refuse("noticeThreshold", &rule);
    }
    let read = |fields: &mut Fields<'_>| {
        let unit = fields.required_some("unit", rules::variant(&["minutes", "hours"]));
        let count = fields.required("count", count(1, bounds::MINUTES));
        Some(NoticeThreshold { unit: unit?, count })
    };
    fields.object("noticeThreshold", read).flatten()
}

/// A series.
pub fn recurrence(fields: &mut Fields<'_>, stored: Option<Recurrence>) -> Option<Recurrence> {
    setting::resettable(fields, "recurrence", stored, |fields| {
        let interval = fields.required("interval", count(1, bounds::RECURRENCE_INTERVAL));
        let occurrences = fields.required("occurrences", count(1, bounds::OCCURRENCES));
        let frequencies = rules::variant(&["yearly", "monthly", "weekly"]);
        let frequency = fields.required_some("frequency", frequencies)?;
        Some(Recurrence { interval, occurrences, frequency })
    })
}

/// Seats.
pub fn seats(fields: &mut Fields<'_>, stored: Option<Seats>) -> Option<Seats> {
    setting::resettable(fields, "seats", stored, |fields| {
        Some(Seats {
            seats_per_time_slot: fields.required("seatsPerTimeSlot", count(1, bounds::SEATS)),
            show_attendee_info: fields.required("showAttendeeInfo", boolean()),
            show_availability_count: fields.required("showAvailabilityCount", boolean()),
        })
    })
}

/// How the booking page may look.
pub fn booker_layouts(
    fields: &mut Fields<'_>,
    stored: Option<BookerLayouts>,
) -> Option<BookerLayouts> {
    setting::object(fields, "bookerLayouts", stored, |fields| {
        let default_layout = fields.required_some("defaultLayout", rules::variant(LAYOUTS));
        let rule = array(LAYOUTS.len(), rules::variant(LAYOUTS));
        let enabled_layouts = fields.required_some("enabledLayouts", rule);
        let layouts =
            BookerLayouts { default_layout: default_layout?, enabled_layouts: enabled_layouts? };
        if !layouts.enabled_layouts.contains(&layouts.default_layout) {
            let rule = Violation::new("isIn", "must be one of enabledLayouts");
            fields.refuse("defaultLayout", &rule);
        }
        Some(layouts)
    })
}

/// The colours.
pub fn color(fields: &mut Fields<'_>, stored: Option<Color>) -> Option<Color> {
    setting::object(fields, "color", stored, |fields| {
        Some(Color {
            light_theme_hex: fields.required("lightThemeHex", rules::color()),
            dark_theme_hex: fields.required("darkThemeHex", rules::color()),
        })
    })
}

/// The calendar bookings are written to.
pub fn destination_calendar(
    fields: &mut Fields<'_>,
    stored: Option<DestinationCalendar>,
) -> Option<DestinationCalendar> {
    setting::object(fields, "destinationCalendar", stored, |fields| {
        Some(DestinationCalendar {
            integration: fields.required("integration", text(1, bounds::SLUG)),
            external_id: fields.required("externalId", text(1, bounds::ADDRESS)),
        })
    })
}

/// Whether bookings may be cancelled.
pub fn disable_cancelling(
    fields: &mut Fields<'_>,
    stored: Option<DisableCancelling>,
) -> Option<DisableCancelling> {
    setting::object(fields, "disableCancelling", stored, |fields| {
        let disabled = fields.optional("disabled", boolean()).unwrap_or_default();
        Some(DisableCancelling { disabled })
    })
}

/// Whether bookings may be moved.
pub fn disable_rescheduling(
    fields: &mut Fields<'_>,
    stored: Option<DisableRescheduling>,
) -> Option<DisableRescheduling> {
    setting::object(fields, "disableRescheduling", stored, |fields| {
        let disabled = fields.optional("disabled", boolean()).unwrap_or_default();
        let minutes_before = fields.optional("minutesBefore", count(1, bounds::MINUTES));
        if disabled && minutes_before.is_some() {
            let rule = Violation::new("isAlone", "must not be set where disabled is true");
            fields.refuse("minutesBefore", &rule);
        }
        Some(DisableRescheduling { disabled, minutes_before })
    })
}

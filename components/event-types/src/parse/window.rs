//! How far ahead bookings may be made.

use meridian_domain::event_type::{BookingWindow, DateRange};
use meridian_gateway::validate::{Fields, Violation, boolean, count, one_of};
use serde_json::Value;

use super::{bounds, setting};

/// The window.
pub fn booking_window(
    fields: &mut Fields<'_>,
    stored: Option<BookingWindow>,
) -> Option<BookingWindow> {
    setting::resettable(fields, "bookingWindow", stored, read)
}

fn read(fields: &mut Fields<'_>) -> Option<BookingWindow> {
    let kinds = one_of(&["businessDays", "calendarDays", "range"]);
    match fields.required_some("type", kinds)? {
        "range" => {
            let value = fields.required_some("value", range)?;
            Some(BookingWindow::Range { value })
        }
        kind => {
            let value = fields.required("value", count(1, bounds::WINDOW_DAYS));
            let rolling = fields.optional("rolling", boolean()).unwrap_or_default();
            Some(match kind {
                "businessDays" => BookingWindow::BusinessDays { value, rolling },
                _ => BookingWindow::CalendarDays { value, rolling },
            })
        }
    }
}

fn range(value: &Value) -> Result<DateRange, Violation> {
    let days = match value.as_array().map(Vec::as_slice) {
        Some([first, last]) => first.as_str().zip(last.as_str()),
        _ => None,
    };
    days.and_then(|(first, last)| DateRange::parse(first, last)).ok_or_else(|| {
        let text = "must be two dates in order, such as [\"2030-09-05\",\"2030-09-09\"]";
        Violation::new("isDateRange", text)
    })
}

//! How often, and how much, may be booked.

use meridian_domain::event_type::{BookerActiveBookingsLimit, BookingLimits};
use meridian_gateway::validate::{Fields, Violation, boolean, count};
use serde_json::Value;

use super::{bounds, setting};

/// Most bookings per period.
pub fn count_limits(
    fields: &mut Fields<'_>,
    stored: Option<BookingLimits>,
) -> Option<BookingLimits> {
    per_period(fields, "bookingLimitsCount", stored, count(1, bounds::BOOKINGS))
}

/// Most minutes booked per period.
pub fn duration_limits(
    fields: &mut Fields<'_>,
    stored: Option<BookingLimits>,
) -> Option<BookingLimits> {
    per_period(fields, "bookingLimitsDuration", stored, booked_minutes)
}

fn booked_minutes(value: &Value) -> Result<u32, Violation> {
    let minutes = count(bounds::BOOKED_MINUTES_STEP, bounds::BOOKED_MINUTES)(value)?;
    if minutes % bounds::BOOKED_MINUTES_STEP == 0 {
        return Ok(minutes);
    }
    let text = format!("must be a multiple of {}", bounds::BOOKED_MINUTES_STEP);
    Err(Violation::new("isDivisibleBy", text))
}

/// Without any period nothing is limited.
fn per_period(
    fields: &mut Fields<'_>,
    name: &str,
    stored: Option<BookingLimits>,
    rule: impl Fn(&Value) -> Result<u32, Violation>,
) -> Option<BookingLimits> {
    let limits = setting::resettable(fields, name, stored, |fields| {
        Some(BookingLimits {
            day: fields.optional("day", &rule),
            week: fields.optional("week", &rule),
            month: fields.optional("month", &rule),
            year: fields.optional("year", &rule),
        })
    });
    limits.filter(|limits| !limits.is_empty())
}

/// Most bookings ahead of one booker.
pub fn active_bookings(
    fields: &mut Fields<'_>,
    stored: Option<BookerActiveBookingsLimit>,
) -> Option<BookerActiveBookingsLimit> {
    setting::resettable(fields, "bookerActiveBookingsLimit", stored, |fields| {
        Some(BookerActiveBookingsLimit {
            maximum_active_bookings: fields
                .required("maximumActiveBookings", count(1, bounds::BOOKINGS)),
            offer_reschedule: fields.optional("offerReschedule", boolean()).unwrap_or_default(),
        })
    })
}

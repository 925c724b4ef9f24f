//! What an event type says, from what is stored.

use meridian_domain::event_type::{self, BookingLimits};
use meridian_gateway::ApiError;
use meridian_kernel::Zone;
use meridian_scheduling::{
    BookingWindow, Counted, EventRules, Limits, PerPeriod, Restriction, Span,
};
use meridian_store::availability::{self, SlotRules};

use super::hosts::schedule;
use crate::schedules::stored;

/// `hosts_zone` counts where the event type has no schedule of its own.
pub fn engine_rules(rules: &SlotRules, hosts_zone: Zone) -> Result<EventRules, ApiError> {
    Ok(EventRules {
        before_buffer: rules.before_event_buffer,
        after_buffer: rules.after_event_buffer,
        minimum_notice: rules.minimum_booking_notice,
        slot_interval: rules.slot_interval,
        offset_start: rules.offset_start,
        booking_window: booking_window(rules.booking_window.as_deref())?,
        first_slot_only: rules.first_slot_only,
        optimized: rules.optimized_slots,
        zone: rules.schedule_zone.unwrap_or(hosts_zone),
        limits: Limits {
            bookings: per_period(rules.booking_limits.as_deref())?,
            minutes: per_period(rules.duration_limits.as_deref())?,
            team_bookings: per_period(rules.team_booking_limits.as_deref())?,
        },
        restriction: restriction(rules)?,
        seats: rules.seats_per_slot,
    })
}

fn per_period(json: Option<&str>) -> Result<PerPeriod, ApiError> {
    let Some(json) = json else { return Ok(PerPeriod::default()) };
    let BookingLimits { day, week, month, year } = stored(json)?;
    Ok(PerPeriod { day, week, month, year })
}

fn restriction(rules: &SlotRules) -> Result<Option<Restriction>, ApiError> {
    let Some(hours) = &rules.restriction else { return Ok(None) };
    let on_bookers_wall = rules.restriction_in_booker_zone;
    Ok(Some(Restriction { schedule: schedule(Some(hours))?, on_bookers_wall }))
}

fn booking_window(json: Option<&str>) -> Result<BookingWindow, ApiError> {
    let days = |days, business, rolling| {
        let span = Span { days, business };
        if rolling { BookingWindow::Rolling(span) } else { BookingWindow::Ahead(span) }
    };
    let Some(json) = json else { return Ok(BookingWindow::Unlimited) };
    Ok(match stored(json)? {
        event_type::BookingWindow::BusinessDays { value, rolling } => days(value, true, rolling),
        event_type::BookingWindow::CalendarDays { value, rolling } => days(value, false, rolling),
        event_type::BookingWindow::Range { value } => {
            BookingWindow::Dates { from: value.first, to: value.last }
        }
    })
}

pub fn counted(booking: &availability::Counted) -> Counted {
    let minutes = booking.end.minutes_since(booking.start);
    Counted {
        start: booking.start,
        minutes: u32::try_from(minutes).unwrap_or(0),
        of_team: booking.is_of_team,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booking_windows_are_read_as_event_types_store_them() {
        let read = |json| booking_window(Some(json)).unwrap();
        assert_eq!(booking_window(None).unwrap(), BookingWindow::Unlimited);
        assert_eq!(
            read(r#"{"type":"calendarDays","value":30,"rolling":true}"#),
            BookingWindow::Rolling(Span { days: 30, business: false })
        );
        assert_eq!(
            read(r#"{"type":"businessDays","value":5}"#),
            BookingWindow::Ahead(Span { days: 5, business: true })
        );
        let date = |text: &str| text.parse().unwrap();
        let dates = BookingWindow::Dates { from: date("2030-09-05"), to: date("2030-09-09") };
        assert_eq!(read(r#"{"type":"range","value":["2030-09-05","2030-09-09"]}"#), dates);
        assert!(booking_window(Some(r#"{"type":"range","value":["soon","later"]}"#)).is_err());
    }

    #[test]
    fn limits_are_read_per_period() {
        let limits = per_period(Some(r#"{"day":2,"year":100}"#)).unwrap();
        assert_eq!(limits, PerPeriod { day: Some(2), year: Some(100), ..PerPeriod::default() });
        assert_eq!(per_period(None).unwrap(), PerPeriod::default());
    }
}

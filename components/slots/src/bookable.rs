//! An event type as the engine sees it. Slots and the availability seam both load
//! it here, so that they can never disagree.

use meridian_domain::event_type;
use meridian_edge::WitDatabase;
use meridian_gateway::ApiError;
use meridian_kernel::{Instant, UserId, Zone};
use meridian_scheduling::{
    BookingWindow, EventRules, Host, Interval, MAX_ROLLING_SEARCH_DAYS, Question, Schedule, Span,
};
use meridian_store::Scope;
use meridian_store::availability::{self, Availability, Busy, Hours, Range, Selector, SlotRules};

use crate::schedules::stored;

/// What can be booked, with whom, and when they are taken.
pub struct Bookable {
    /// The host. Several come with event types of teams.
    pub owner: UserId,
    /// Minutes, where nothing else is asked for.
    pub length_minutes: u32,
    /// Other lengths that may be asked for; empty: none.
    pub length_options: Vec<u32>,
    rules: EventRules,
    hosts: Vec<Host>,
}

impl Bookable {
    /// The engine's question about a booking of some length.
    pub fn question(&self, length: u32, now: Instant) -> Question<'_> {
        Question { now, length, rules: &self.rules, hosts: &self.hosts }
    }
}

/// Loads what the engine needs for a range; `None` where there is no such event type.
pub async fn load(
    scope: &Scope<'_, WitDatabase>,
    selector: Selector<'_>,
    range: Range<'_>,
    now: Instant,
) -> Result<Option<Bookable>, ApiError> {
    let Some(found) = availability::load(scope, selector, range).await? else { return Ok(None) };
    let bookable = bookable(found)?;
    if !matches!(bookable.rules.booking_window, BookingWindow::Rolling(_)) || range.from <= now {
        return Ok(Some(bookable));
    }
    // Its days are counted from now on, wherever the range begins.
    let last = now.plus_minutes(MAX_ROLLING_SEARCH_DAYS * 24 * 60);
    let range = Range { from: now, to: range.to.min(last), ..range };
    availability::load(scope, selector, range).await?.map(self::bookable).transpose()
}

fn bookable(found: Availability) -> Result<Bookable, ApiError> {
    let Availability { rules, busy } = found;
    Ok(Bookable {
        owner: rules.owner_id,
        length_minutes: rules.length_minutes,
        hosts: vec![Host {
            fixed: true,
            schedule: schedule(rules.schedule.as_ref())?,
            busy: busy.into_iter().map(interval).collect(),
        }],
        rules: event_rules(&rules)?,
        length_options: rules.length_options,
    })
}

fn interval((start, end): Busy) -> Interval {
    Interval::new(start, end)
}

fn event_rules(rules: &SlotRules) -> Result<EventRules, ApiError> {
    Ok(EventRules {
        before_buffer: rules.before_event_buffer,
        after_buffer: rules.after_event_buffer,
        minimum_notice: rules.minimum_booking_notice,
        slot_interval: rules.slot_interval,
        offset_start: rules.offset_start,
        booking_window: booking_window(&rules.booking_window)?,
        first_slot_only: rules.first_slot_only,
    })
}

/// A host without any schedule has no hours.
fn schedule(hours: Option<&Hours>) -> Result<Schedule, ApiError> {
    let Some(hours) = hours else {
        return Ok(Schedule { zone: Zone::UTC, rules: Vec::new(), overrides: Vec::new() });
    };
    Ok(Schedule {
        zone: hours.time_zone,
        rules: stored(&hours.availability)?,
        overrides: stored(&hours.overrides)?,
    })
}

fn booking_window(json: &str) -> Result<BookingWindow, ApiError> {
    let days = |days, business, rolling| {
        let span = Span { days, business };
        if rolling { BookingWindow::Rolling(span) } else { BookingWindow::Ahead(span) }
    };
    Ok(match stored(json)? {
        None => BookingWindow::Unlimited,
        Some(event_type::BookingWindow::BusinessDays { value, rolling }) => {
            days(value, true, rolling)
        }
        Some(event_type::BookingWindow::CalendarDays { value, rolling }) => {
            days(value, false, rolling)
        }
        Some(event_type::BookingWindow::Range { value }) => {
            BookingWindow::Dates { from: value.first, to: value.last }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booking_windows_are_read_as_event_types_store_them() {
        let read = |json| booking_window(json).unwrap();
        assert_eq!(read("null"), BookingWindow::Unlimited);
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
        assert!(booking_window(r#"{"type":"range","value":["soon","later"]}"#).is_err());
    }
}

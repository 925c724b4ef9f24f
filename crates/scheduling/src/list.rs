//! Which slots there are.

use meridian_kernel::{Instant, Zone};

use crate::free::Calendars;
use crate::grid::Grid;
use crate::hours::Timetable;
use crate::interval::{covers, touches};
use crate::limits::FullPeriods;
use crate::seats::{SeatMap, Seats};
use crate::wall::{Clocks, Walls};
use crate::window::{dates, rolling_search};
use crate::{BookingWindow, Interval, LocalClock, Question};

/// A slot that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot<'a> {
    /// When it starts; the length is the question's.
    pub start: Instant,
    /// Its seats, where bookers share slots. One without a seat left stays in the
    /// list, so that people see it is full.
    pub seats: Option<Seats<'a>>,
}

impl Slot<'_> {
    /// Whether one more booker has room.
    fn has_room(&self) -> bool {
        self.seats.is_none_or(|seats| seats.remaining() > 0)
    }
}

/// All slots that lie inside a window, in order. Days, where they count, are those
/// of the zone of whoever looks.
pub fn slots<'a>(question: &Question<'a>, window: Interval, zone: Zone) -> Vec<Slot<'a>> {
    let listing = Listing::new(question, Some(zone));
    let bounds = listing.bounds(window, zone);
    // The end of the last slot that starts before the bound.
    let last_end = question.slot(bounds.end.plus_millis(-1)).end;
    let window = Interval::new(window.start.max(question.earliest()), window.end.min(last_end));
    let mut slots = listing.slots(window, listing.grid);
    slots.retain(|slot| bounds.has(slot.start));
    if question.rules.first_slot_only {
        let clock = LocalClock::covering(zone, window);
        slots.retain(Slot::has_room);
        slots.dedup_by_key(|slot| clock.day(slot.start));
    }
    slots
}

/// A question, prepared: what holds for any window.
pub(crate) struct Listing<'q, 'a> {
    question: &'q Question<'a>,
    /// Whose wall a restriction may hang on; `None`: nobody knows, so it does not
    /// restrict.
    looker: Option<Zone>,
    grid: Grid,
    seats: SeatMap<'a>,
    full: Vec<Interval>,
}

impl<'q, 'a> Listing<'q, 'a> {
    pub(crate) fn new(question: &'q Question<'a>, looker: Option<Zone>) -> Self {
        let Question { length, rules, seated, booked, .. } = *question;
        Self {
            question,
            looker,
            grid: Grid::new(length, rules),
            seats: SeatMap::new(rules, length, seated),
            full: FullPeriods::of(booked, length).set(),
        }
    }

    /// All slots that lie inside a window, whatever the booking window says.
    fn slots(&self, window: Interval, grid: Grid) -> Vec<Slot<'a>> {
        if window.is_empty() {
            return Vec::new();
        }
        let Question { hosts, rules, .. } = *self.question;
        let clocks = Clocks::of(hosts, window);
        let calendars = Calendars::new(hosts, rules, &clocks, window);
        let mut starts = Vec::new();
        for range in calendars.free() {
            if let Some(clock) = calendars.clock(&range) {
                grid.add_starts(range.interval, clock, &mut starts);
            }
        }
        let seats = self.seats.untouched();
        let mut slots: Vec<Slot<'a>> =
            starts.into_iter().map(|start| Slot { start, seats }).collect();
        retain_outside(&mut slots, &self.full);
        self.add_seated(&mut slots, &calendars, window);
        if let Some(hours) = restricted_hours(self.question, self.looker, window) {
            slots.retain(|slot| covers(&hours, self.question.slot(slot.start)));
        }
        slots
    }

    /// Puts slots of which seats are taken where they start, on the grid or not.
    fn add_seated(&self, slots: &mut Vec<Slot<'a>>, calendars: &Calendars<'_>, window: Interval) {
        let inside = |start| window.contains(self.question.slot(start));
        let mut off_grid = Vec::new();
        for (start, seats) in self.seats.slots().iter().copied().filter(|(start, _)| inside(*start))
        {
            let seated = Slot { start, seats: Some(seats) };
            match slots.binary_search_by_key(&start, |slot| slot.start) {
                Ok(index) => slots.iter_mut().skip(index).take(1).for_each(|slot| *slot = seated),
                Err(_) if self.may_join(start, seats, calendars) => off_grid.push(seated),
                Err(_) => {}
            }
        }
        slots.append(&mut off_grid);
        slots.sort_by_key(|slot| slot.start);
    }

    /// Whether hosts are there for a slot of which seats are taken.
    fn may_join(&self, start: Instant, seats: Seats<'_>, calendars: &Calendars<'_>) -> bool {
        let slot = self.question.slot(start);
        let too_much = seats.booking_uid.is_none() && touches(&self.full, instant(start));
        !too_much && calendars.serve(slot, seats)
    }

    /// The starts that can be booked, on the plain grid. An optimized one depends on
    /// where free time ends, so on the window; the days of a rolling booking window
    /// must not.
    pub(crate) fn bookable(&self, window: Interval) -> Vec<Instant> {
        let slots = self.slots(window, self.grid.plain());
        slots.iter().filter(|slot| slot.has_room()).map(|slot| slot.start).collect()
    }

    /// Between which instants the booking window lets slots start, seen from a zone.
    fn bounds(&self, window: Interval, zone: Zone) -> Interval {
        let Question { now, rules, .. } = *self.question;
        let until = |end| Interval::new(Instant::EARLIEST, end);
        match rules.booking_window {
            BookingWindow::Unlimited => until(Instant::LATEST),
            BookingWindow::Ahead(span) => until(span.end_in(zone, now)),
            BookingWindow::Dates { from, to } => dates(from, to, rules.zone),
            BookingWindow::Rolling(span) => {
                let search = rolling_search(self.question.earliest(), window.end);
                let clock = LocalClock::covering(zone, search);
                until(span.rolling_end(&self.bookable(search), &clock).unwrap_or(search.end))
            }
        }
    }
}

/// The hours of the restriction within a window, where there is one that holds.
pub(crate) fn restricted_hours(
    question: &Question<'_>,
    looker: Option<Zone>,
    window: Interval,
) -> Option<Vec<Interval>> {
    let restriction = question.rules.restriction.as_ref()?;
    let zone = if restriction.on_bookers_wall { looker? } else { restriction.schedule.zone };
    let clock = LocalClock::covering(zone, window);
    Some(Timetable::of(&restriction.schedule).open(&Walls::at_home(&clock), window))
}

fn instant(start: Instant) -> Interval {
    Interval::new(start, start.plus_millis(1))
}

/// Drops the slots that start within a set. Both are in order.
fn retain_outside(slots: &mut Vec<Slot<'_>>, set: &[Interval]) {
    let mut rest = set.iter().peekable();
    slots.retain(|slot| {
        while rest.next_if(|interval| interval.end <= slot.start).is_some() {}
        rest.peek().is_none_or(|interval| slot.start < interval.start)
    });
}

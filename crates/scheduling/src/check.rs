//! Whether a start may be booked, and why not.

use meridian_kernel::{Instant, Zone};

use crate::hours::Timetable;
use crate::interval::covers;
use crate::limits::FullPeriods;
use crate::list::{Listing, restricted_hours};
use crate::seats::{SeatMap, Seats};
use crate::taken::Taken;
use crate::wall::{Clocks, Walls};
use crate::window::{dates, rolling_search};
use crate::{BookingWindow, Host, Interval, Question, Reasons};

/// For each start, in order: everything that keeps each of the hosts from a booking
/// there. A start need not lie on the grid: the grid is for show.
///
/// Whatever [`crate::slots`] lists has room here, unless its seats are full, whoever
/// looked at it from wherever. `booker` is the booker's zone, where it is known: a
/// restriction that hangs on their wall holds only then.
pub fn check(
    question: &Question<'_>,
    starts: &[Instant],
    booker: Option<Zone>,
) -> Vec<Vec<Reasons>> {
    let check = Check::new(question, starts, booker);
    starts.iter().map(|start| check.hosts(*start)).collect()
}

/// A question, prepared: what holds for any start.
struct Check<'q, 'a> {
    question: &'q Question<'a>,
    booker: Option<Zone>,
    /// Where the booking window lets slots start, seen from anywhere.
    window: Interval,
    seats: SeatMap<'a>,
    full: FullPeriods,
    hosts: Vec<(&'a Host, Timetable, Taken<'a>)>,
}

impl<'q, 'a> Check<'q, 'a> {
    fn new(question: &'q Question<'a>, starts: &[Instant], booker: Option<Zone>) -> Self {
        let Question { length, rules, hosts, seated, booked, .. } = *question;
        let host = |host: &'a Host| (host, Timetable::of(&host.schedule), Taken::new(host, rules));
        let last = starts.iter().copied().max().unwrap_or(question.now);
        Self {
            question,
            booker,
            window: window(question, last, booker),
            seats: SeatMap::new(rules, length, seated),
            full: FullPeriods::of(booked, length),
            hosts: hosts.iter().map(host).collect(),
        }
    }

    fn hosts(&self, start: Instant) -> Vec<Reasons> {
        let slot = self.question.slot(start);
        let seats = self.seats.at(start);
        let any = self.of_start(slot, seats);
        let clocks = Clocks::of(self.question.hosts, slot);
        let one = |(host, timetable, taken): &(&Host, Timetable, Taken<'_>)| {
            any | at_work(host, timetable, &clocks, slot) | taken.in_the_way(slot, seats)
        };
        self.hosts.iter().map(one).collect()
    }

    /// What keeps all hosts from a slot.
    fn of_start(&self, slot: Interval, seats: Option<Seats<'_>>) -> Reasons {
        let Question { now, rules, .. } = *self.question;
        let notice = now.plus_minutes(i64::from(rules.minimum_notice));
        let hours = restricted_hours(self.question, self.booker, slot);
        let mut reasons = Reasons::empty();
        reasons.set(Reasons::PAST, slot.start < now);
        reasons.set(Reasons::TOO_SOON, slot.start < notice);
        reasons.set(Reasons::OUTSIDE_WINDOW, !self.window.has(slot.start));
        reasons.set(Reasons::RESTRICTED, hours.is_some_and(|hours| !covers(&hours, slot)));
        reasons.set(Reasons::SEATS_FULL, seats.is_some_and(|seats| seats.remaining() == 0));
        if seats.is_none_or(|seats| seats.booking_uid.is_none()) {
            // One more seat of a booking is not one more booking.
            reasons |= self.full.reasons(slot.start);
        }
        reasons
    }
}

/// What a host's own calendar says against a slot.
fn at_work(host: &Host, timetable: &Timetable, clocks: &Clocks, slot: Interval) -> Reasons {
    let walls = Walls::of(host, clocks);
    let mut reasons = Reasons::empty();
    reasons.set(Reasons::OUTSIDE_SCHEDULE, !covers(&timetable.open(&walls, slot), slot));
    reasons.set(Reasons::OUT_OF_OFFICE, !walls.spans(&host.days_off, slot).is_empty());
    reasons
}

/// Where the booking window lets slots start up to `last`. A booking does not say in
/// which zone its booker looked at the slots: what any zone would have shown is let
/// through.
fn window(question: &Question<'_>, last: Instant, booker: Option<Zone>) -> Interval {
    let until = |end| Interval::new(Instant::EARLIEST, end);
    match question.rules.booking_window {
        BookingWindow::Unlimited => until(Instant::LATEST),
        BookingWindow::Ahead(span) => until(span.end_anywhere(question.now)),
        BookingWindow::Dates { from, to } => dates(from, to, question.rules.zone),
        BookingWindow::Rolling(span) => {
            let search = rolling_search(question.earliest(), question.slot(last).end);
            let restriction = question.rules.restriction.as_ref();
            if booker.is_none() && restriction.is_some_and(|hours| hours.on_bookers_wall) {
                // Which days count depends on a wall that nobody knows.
                return until(search.end);
            }
            let starts = Listing::new(question, booker).bookable(search);
            until(span.rolling_end_anywhere(&starts).unwrap_or(search.end))
        }
    }
}

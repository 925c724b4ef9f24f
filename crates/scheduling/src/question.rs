//! The two questions: which slots are there, and may this one be booked.

use meridian_kernel::{Instant, Zone};

use crate::free::{free_time, taken};
use crate::grid::Grid;
use crate::hours::open_hours;
use crate::window::{dates, rolling_search};
use crate::{BookingWindow, Interval, LocalClock, Schedule};

/// What an event type says about its slots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventRules {
    /// Minutes kept free before a booking.
    pub before_buffer: u32,
    /// Minutes kept free after a booking.
    pub after_buffer: u32,
    /// Minutes between now and the earliest start.
    pub minimum_notice: u32,
    /// Minutes between starts; `None`: the length.
    pub slot_interval: Option<u32>,
    /// Minutes by which starts are moved off the grid.
    pub offset_start: u32,
    /// How far ahead bookings are taken.
    pub booking_window: BookingWindow,
    /// Whether only the first slot of a day is shown.
    pub first_slot_only: bool,
}

/// Somebody who may hold the booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Whether they are needed in every booking; of the others, one is enough.
    pub fixed: bool,
    /// When they work.
    pub schedule: Schedule,
    /// When they are taken, in any order, each widened by its own buffers.
    pub busy: Vec<Interval>,
}

/// What both questions are about.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The clock of the request.
    pub now: Instant,
    /// The length of the booking in minutes.
    pub length: u32,
    /// What the event type says.
    pub rules: &'a EventRules,
    /// The hosts; busy times must cover what is asked about and, for a rolling
    /// window, all from now until there.
    pub hosts: &'a [Host],
}

/// Why a host cannot take a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It would start before now.
    Past,
    /// It would start sooner than the minimum notice, or outside the booking window.
    OutOfBounds,
    /// It would not lie inside the host's hours.
    OutsideSchedule,
    /// Another booking or a buffer is in the way.
    Busy,
}

/// The starts of all slots that lie inside a window, in order. Days, where they
/// count, are those of the zone of whoever looks.
pub fn slots(question: &Question<'_>, window: Interval, zone: Zone) -> Vec<Instant> {
    let bounds = question.bounds(window, zone);
    let window = Interval::new(
        window.start.max(question.earliest()),
        window.end.min(bounds.end.plus_minutes(i64::from(question.length))),
    );
    let mut starts = question.starts(window);
    starts.retain(|start| bounds.start <= *start && *start < bounds.end);
    if question.rules.first_slot_only {
        let clock = LocalClock::covering(zone, window);
        starts.dedup_by_key(|start| clock.day(*start));
    }
    starts
}

/// Whether each host can take a booking that starts there. It need not lie on the
/// grid: the grid is for show, the hours and what is taken decide.
pub fn check(question: &Question<'_>, start: Instant) -> Vec<Result<(), Reason>> {
    let early = question.check_bounds(start);
    let one = |host| early.and_then(|()| question.check_host(host, start));
    question.hosts.iter().map(one).collect()
}

impl Question<'_> {
    /// The earliest start that is shown: at least a minute from now.
    fn earliest(&self) -> Instant {
        self.now.plus_minutes(i64::from(self.rules.minimum_notice.max(1)))
    }

    fn slot(&self, start: Instant) -> Interval {
        Interval::new(start, start.plus_minutes(i64::from(self.length)))
    }

    /// All starts of slots that lie inside a window.
    fn starts(&self, window: Interval) -> Vec<Instant> {
        let mut starts = Vec::new();
        if window.is_empty() {
            return starts;
        }
        let grid = Grid::new(self.length, self.rules.slot_interval, self.rules.offset_start);
        let free = free_time(self.hosts, self.rules, window);
        for range in &free.ranges {
            if let Some(clock) = free.clocks.get(range.clock) {
                grid.add_starts(range.interval, clock, &mut starts);
            }
        }
        starts
    }

    /// Between which instants the booking window lets slots start, seen from a zone.
    fn bounds(&self, window: Interval, zone: Zone) -> Interval {
        let until = |end| Interval::new(Instant::EARLIEST, end);
        match self.rules.booking_window {
            BookingWindow::Unlimited => until(Instant::LATEST),
            BookingWindow::Ahead(span) => until(span.end_in(zone, self.now)),
            BookingWindow::Dates { from, to } => dates(from, to, self.host_zone()),
            BookingWindow::Rolling(span) => {
                let search = rolling_search(self.earliest(), window.end);
                let clock = LocalClock::covering(zone, search);
                until(span.rolling_end(&self.starts(search), &clock).unwrap_or(search.end))
            }
        }
    }

    /// Dates of a booking window are those of the first host's wall.
    fn host_zone(&self) -> Zone {
        self.hosts.first().map_or(Zone::UTC, |host| host.schedule.zone)
    }

    fn check_bounds(&self, start: Instant) -> Result<(), Reason> {
        if start < self.now {
            return Err(Reason::Past);
        }
        let notice = self.now.plus_minutes(i64::from(self.rules.minimum_notice));
        if notice <= start && self.is_in_window(start) { Ok(()) } else { Err(Reason::OutOfBounds) }
    }

    /// Whether the booking window lets a slot start there, seen from any zone.
    fn is_in_window(&self, start: Instant) -> bool {
        match self.rules.booking_window {
            BookingWindow::Unlimited => true,
            BookingWindow::Ahead(span) => start < span.end_anywhere(self.now),
            BookingWindow::Dates { from, to } => {
                let dates = dates(from, to, self.host_zone());
                dates.start <= start && start < dates.end
            }
            BookingWindow::Rolling(span) => {
                let search = rolling_search(self.earliest(), self.slot(start).end);
                let end = span.rolling_end_anywhere(&self.starts(search));
                start < end.unwrap_or(search.end)
            }
        }
    }

    fn check_host(&self, host: &Host, start: Instant) -> Result<(), Reason> {
        let slot = self.slot(start);
        let clock = LocalClock::covering(host.schedule.zone, slot);
        if open_hours(&host.schedule, &clock, slot) != [slot] {
            return Err(Reason::OutsideSchedule);
        }
        let in_the_way = taken(host, self.rules).into_iter().any(|taken| taken.overlaps(slot));
        if in_the_way { Err(Reason::Busy) } else { Ok(()) }
    }
}

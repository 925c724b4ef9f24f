//! Somebody who may hold bookings, and what is known of their time.

use chrono::NaiveDate;
use meridian_kernel::{Instant, Zone};

use crate::{Interval, Schedule};

/// Civil days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

/// Civil days spent in another zone: the hours of those days hang on its wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Travel {
    /// The first day there.
    pub from: NaiveDate,
    /// The last; `None`: until further notice.
    pub to: Option<NaiveDate>,
    /// Where.
    pub zone: Zone,
}

/// What a shared slot of the very event type that is asked about takes of a host.
/// It keeps every other start out, but not the slot's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedTime {
    /// When the shared slot starts.
    pub slot: Instant,
    /// When the host is taken, widened by the buffers of the slot.
    pub taken: Interval,
}

/// Somebody who may hold the booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Whether they are needed in every booking; of the others, one of each group is.
    pub fixed: bool,
    /// Of the others: which group they serve. Hosts without one share the empty name.
    pub group: String,
    /// When they work.
    pub schedule: Schedule,
    /// Days on which the schedule hangs on another wall. Only a default schedule
    /// travels: else there are none. Where two overlap, the first counts.
    pub travel: Vec<Travel>,
    /// Days off by their own calendar: out of office, holidays.
    pub days_off: Vec<Dates>,
    /// When bookings and calendars take them, each widened by its own buffers. In
    /// any order; sorted by start costs least.
    pub busy: Vec<Interval>,
    /// The same for what somebody else is just booking.
    pub held: Vec<Interval>,
    /// The same for shared slots of this event type: these are in neither of the
    /// lists above.
    pub shared: Vec<SharedTime>,
}

impl Host {
    /// A fixed host who works so and has nothing else to do.
    pub const fn working(schedule: Schedule) -> Self {
        Self {
            fixed: true,
            group: String::new(),
            schedule,
            travel: Vec::new(),
            days_off: Vec::new(),
            busy: Vec::new(),
            held: Vec::new(),
            shared: Vec::new(),
        }
    }

    /// Every zone on whose wall their hours may hang.
    pub(crate) fn zones(&self) -> impl Iterator<Item = Zone> + '_ {
        std::iter::once(self.schedule.zone).chain(self.travel.iter().map(|travel| travel.zone))
    }
}

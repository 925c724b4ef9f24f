//! The life of a booking: which step leads from where to where, what is told of
//! it, and what it does to the time of the hosts.
//!
//! Every step is a function of what is stored and `now`. It answers with what the
//! booking becomes, or with the rule that forbids it. The store carries it out on
//! the condition that the booking still stands where it stood.

use meridian_kernel::Instant;

use super::Status;

/// What happened to a booking, as webhooks are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was asked for.
    Requested,
    /// It was made, or confirmed.
    Created,
    /// It was made in the place of another.
    Rescheduled,
    /// It was called off.
    Cancelled,
    /// Its host refused it.
    Rejected,
    /// Somebody did not come.
    NoShowUpdated,
    /// It was made at once, with whoever was there.
    InstantMeeting,
}

impl Event {
    /// The trigger it goes by.
    pub const fn trigger(self) -> &'static str {
        match self {
            Self::Requested => "BOOKING_REQUESTED",
            Self::Created => "BOOKING_CREATED",
            Self::Rescheduled => "BOOKING_RESCHEDULED",
            Self::Cancelled => "BOOKING_CANCELLED",
            Self::Rejected => "BOOKING_REJECTED",
            Self::NoShowUpdated => "BOOKING_NO_SHOW_UPDATED",
            Self::InstantMeeting => "INSTANT_MEETING",
        }
    }
}

/// What a step does to the time of the hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostTime {
    /// Nothing: what was taken stays taken, what was not stays free.
    Unchanged,
    /// Takes it: on the condition that it is free.
    Take,
    /// Gives it back.
    Free,
}

/// What a step makes of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it stands afterwards.
    pub status: Status,
    /// What is told of it; `None`: nothing.
    pub event: Option<Event>,
    /// What becomes of its hosts' time.
    pub time: HostTime,
}

/// The rule that forbids a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// It was confirmed before.
    AlreadyConfirmed,
    /// It was cancelled.
    Cancelled,
    /// Its host refused it.
    Rejected,
    /// It has not begun yet.
    NotBegun,
    /// Only bookings of round-robin event types change hands.
    NotRoundRobin,
}

/// A booking, as far as the rules of its life look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub status: Status,
    /// When it starts.
    pub start: Instant,
    /// Whether its hosts' time is taken by it: that of every accepted one, and of
    /// pending ones where the event type says so.
    pub holds_time: bool,
}

/// A new booking. `waits`: its host must confirm it; `blocks`: it takes its time
/// meanwhile.
pub const fn create(waits: bool, blocks: bool) -> Change {
    if waits {
        let time = if blocks { HostTime::Take } else { HostTime::Unchanged };
        return Change { status: Status::Pending, event: Some(Event::Requested), time };
    }
    Change { status: Status::Accepted, event: Some(Event::Created), time: HostTime::Take }
}

impl Standing {
    /// Its host agrees.
    pub const fn confirm(self) -> Result<Change, Forbidden> {
        match self.status {
            Status::Accepted => Err(Forbidden::AlreadyConfirmed),
            Status::Cancelled => Err(Forbidden::Cancelled),
            Status::Rejected => Err(Forbidden::Rejected),
            Status::Pending => Ok(Change {
                status: Status::Accepted,
                event: Some(Event::Created),
                time: if self.holds_time { HostTime::Unchanged } else { HostTime::Take },
            }),
        }
    }

    /// Its host refuses.
    pub const fn decline(self) -> Result<Change, Forbidden> {
        match self.status {
            Status::Accepted => Err(Forbidden::AlreadyConfirmed),
            Status::Cancelled => Err(Forbidden::Cancelled),
            Status::Rejected => Err(Forbidden::Rejected),
            Status::Pending => Ok(Change {
                status: Status::Rejected,
                event: Some(Event::Rejected),
                time: HostTime::Free,
            }),
        }
    }

    /// Somebody did not come, or came after all.
    pub fn mark_absent(self, now: Instant) -> Result<Change, Forbidden> {
        self.active()?;
        if now < self.start {
            return Err(Forbidden::NotBegun);
        }
        Ok(Change {
            status: self.status,
            event: Some(Event::NoShowUpdated),
            time: HostTime::Unchanged,
        })
    }

    /// Another host takes it over. The old one's time is given back and the new
    /// one's taken in one step, which is `Take`: it may fail.
    pub fn reassign(self, is_round_robin: bool) -> Result<Change, Forbidden> {
        self.active()?;
        if !is_round_robin {
            return Err(Forbidden::NotRoundRobin);
        }
        let time = if self.holds_time { HostTime::Take } else { HostTime::Unchanged };
        Ok(Change { status: self.status, event: None, time })
    }

    /// Somebody more attends, or it takes place elsewhere.
    pub fn amend(self) -> Result<Change, Forbidden> {
        self.active()?;
        Ok(Change { status: self.status, event: None, time: HostTime::Unchanged })
    }

    /// Whether it still takes place, or may.
    pub const fn active(self) -> Result<(), Forbidden> {
        match self.status {
            Status::Cancelled => Err(Forbidden::Cancelled),
            Status::Rejected => Err(Forbidden::Rejected),
            Status::Pending | Status::Accepted => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn standing(status: Status, holds_time: bool) -> Standing {
        Standing { status, start: at("2050-09-05T09:00:00Z"), holds_time }
    }

    const ENDED: [(Status, Forbidden); 2] =
        [(Status::Cancelled, Forbidden::Cancelled), (Status::Rejected, Forbidden::Rejected)];

    #[test]
    fn a_new_booking_takes_its_time_unless_it_waits_without_blocking() {
        let accepted = create(false, false);
        assert_eq!((accepted.status, accepted.time), (Status::Accepted, HostTime::Take));
        assert_eq!(accepted.event, Some(Event::Created));
        for (blocks, time) in [(false, HostTime::Unchanged), (true, HostTime::Take)] {
            let asked = create(true, blocks);
            assert_eq!((asked.status, asked.time), (Status::Pending, time));
            assert_eq!(asked.event.map(Event::trigger), Some("BOOKING_REQUESTED"));
        }
    }

    #[test]
    fn a_pending_booking_is_confirmed_once_and_then_has_its_time() {
        for (holds, time) in [(false, HostTime::Take), (true, HostTime::Unchanged)] {
            let change = standing(Status::Pending, holds).confirm().unwrap();
            assert_eq!((change.status, change.time), (Status::Accepted, time));
            assert_eq!(change.event, Some(Event::Created));
        }
        let again = standing(Status::Accepted, true).confirm();
        assert_eq!(again, Err(Forbidden::AlreadyConfirmed));
        for (status, rule) in ENDED {
            assert_eq!(standing(status, false).confirm(), Err(rule));
        }
    }

    #[test]
    fn only_what_is_pending_is_declined() {
        let change = standing(Status::Pending, true).decline().unwrap();
        assert_eq!((change.status, change.time), (Status::Rejected, HostTime::Free));
        assert_eq!(change.event, Some(Event::Rejected));
        let late = standing(Status::Accepted, true).decline();
        assert_eq!(late, Err(Forbidden::AlreadyConfirmed));
        for (status, rule) in ENDED {
            assert_eq!(standing(status, false).decline(), Err(rule));
        }
    }

    #[test]
    fn nobody_is_absent_before_it_begins() {
        let booking = standing(Status::Accepted, true);
        assert_eq!(booking.mark_absent(at("2050-09-05T08:59:59Z")), Err(Forbidden::NotBegun));
        let change = booking.mark_absent(at("2050-09-05T09:00:00Z")).unwrap();
        assert_eq!(change.event, Some(Event::NoShowUpdated));
        assert_eq!(change.status, Status::Accepted);
        for (status, rule) in ENDED {
            assert_eq!(standing(status, false).mark_absent(at("2051-01-01")), Err(rule));
        }
    }

    #[test]
    fn only_round_robin_bookings_that_still_take_place_change_hands() {
        let booking = standing(Status::Accepted, true);
        assert_eq!(booking.reassign(true).unwrap().time, HostTime::Take);
        assert_eq!(booking.reassign(false), Err(Forbidden::NotRoundRobin));
        let asked = standing(Status::Pending, false);
        assert_eq!(asked.reassign(true).unwrap().time, HostTime::Unchanged);
        for (status, rule) in ENDED {
            assert_eq!(standing(status, false).reassign(true), Err(rule));
            assert_eq!(standing(status, false).amend(), Err(rule));
        }
    }
}

//! Moving a booking: the old one ends, and another one takes its place.

use meridian_kernel::Instant;

use super::lifecycle::{Change, Event, HostTime};
use super::{Standing, Status, create};
use crate::event_type::{DisableRescheduling, EventTypeSettings};

/// What the event type says of moving its bookings.
#[derive(Clone, Copy, Debug, Default)]
pub struct MoveRules {
    /// Never, or not so close to the start.
    pub disabled: Option<DisableRescheduling>,
    /// Also those that are over.
    pub allows_past: bool,
    /// Also those that were cancelled: a new one is made.
    pub allows_cancelled: bool,
}

impl MoveRules {
    /// Of an event type.
    pub const fn of(settings: &EventTypeSettings) -> Self {
        Self {
            disabled: settings.disable_rescheduling,
            allows_past: settings.allow_rescheduling_past_bookings,
            allows_cancelled: settings.allow_rescheduling_cancelled_bookings,
        }
    }
}

/// A booking that shall be moved.
#[derive(Clone, Copy, Debug)]
pub struct Movable<'a> {
    /// Where it stands.
    pub standing: Standing,
    /// When it ends.
    pub end: Instant,
    /// The booking it was moved to before.
    pub moved_to: Option<&'a str>,
    /// Many share it.
    pub is_seated: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct MoveWish {
    /// Only one seat moves.
    pub names_a_seat: bool,
    /// By a host, or by who administers: they move all seats at once.
    pub may_move_all: bool,
    /// The new time waits for the host: its policy says so, and it is not the host
    /// who moves it.
    pub waits: bool,
    /// What waits takes its time meanwhile.
    pub blocks: bool,
}

/// What becomes of both bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Of the old one; where only a seat moves, see [`super::SeatedBooking::leave`].
    pub old: Change,
    /// Of the new one.
    pub new: Change,
}

/// The rule that forbids moving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveRefusal<'a> {
    /// It was cancelled.
    Cancelled,
    /// It was moved before, to that booking.
    MovedTo(&'a str),
    /// Its host refused it.
    Rejected,
    /// Which seat?
    SeatMissing,
    /// It has no seats.
    NotSeated,
    /// The event type forbids it.
    NotAllowed,
    /// It starts within so many minutes.
    TooLate(u32),
    /// It is over.
    Past,
}

impl<'a> Movable<'a> {
    /// Moves it, or says what forbids that.
    pub fn reschedule(
        self,
        rules: MoveRules,
        wish: MoveWish,
        now: Instant,
    ) -> Result<Moved, MoveRefusal<'a>> {
        self.check_status(rules)?;
        if self.is_seated && !wish.names_a_seat && !wish.may_move_all {
            return Err(MoveRefusal::SeatMissing);
        }
        if !self.is_seated && wish.names_a_seat {
            return Err(MoveRefusal::NotSeated);
        }
        self.check_time(rules, now)?;
        let new = create(wish.waits, wish.blocks);
        let event = if wish.waits { new.event } else { Some(Event::Rescheduled) };
        Ok(Moved {
            old: Change { status: Status::Cancelled, event: None, time: HostTime::Free },
            new: Change { event, ..new },
        })
    }

    fn check_status(self, rules: MoveRules) -> Result<(), MoveRefusal<'a>> {
        match (self.standing.status, self.moved_to) {
            (Status::Pending | Status::Accepted, _) => Ok(()),
            (Status::Rejected, _) => Err(MoveRefusal::Rejected),
            (Status::Cancelled, Some(uid)) => Err(MoveRefusal::MovedTo(uid)),
            (Status::Cancelled, None) if rules.allows_cancelled => Ok(()),
            (Status::Cancelled, None) => Err(MoveRefusal::Cancelled),
        }
    }

    fn check_time(self, rules: MoveRules, now: Instant) -> Result<(), MoveRefusal<'a>> {
        if let Some(rule) = rules.disabled {
            if rule.disabled {
                return Err(MoveRefusal::NotAllowed);
            }
            if let Some(minutes) = rule.minutes_before
                && self.standing.start.plus_minutes(-i64::from(minutes)) < now
                && now < self.standing.start
            {
                return Err(MoveRefusal::TooLate(minutes));
            }
        }
        if self.end < now && !rules.allows_past { Err(MoveRefusal::Past) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn booking(status: Status) -> Movable<'static> {
        let standing = Standing { status, start: at("2050-09-05T09:00:00Z"), holds_time: true };
        let end = at("2050-09-05T10:00:00Z");
        Movable { standing, end, moved_to: None, is_seated: false }
    }

    const WISH: MoveWish =
        MoveWish { names_a_seat: false, may_move_all: false, waits: false, blocks: false };

    fn before() -> Instant {
        at("2050-09-05T07:00:00Z")
    }

    #[test]
    fn the_old_booking_ends_silently_and_the_new_one_is_announced() {
        let moved =
            booking(Status::Accepted).reschedule(MoveRules::default(), WISH, before()).unwrap();
        assert_eq!((moved.old.status, moved.old.event), (Status::Cancelled, None));
        assert_eq!(moved.old.time, HostTime::Free);
        assert_eq!(
            (moved.new.status, moved.new.event),
            (Status::Accepted, Some(Event::Rescheduled))
        );
    }

    #[test]
    fn what_waits_again_is_a_request_again() {
        let wish = MoveWish { waits: true, ..WISH };
        let moved =
            booking(Status::Accepted).reschedule(MoveRules::default(), wish, before()).unwrap();
        assert_eq!((moved.new.status, moved.new.event), (Status::Pending, Some(Event::Requested)));
        assert_eq!(moved.new.time, HostTime::Unchanged);
    }

    #[test]
    fn what_has_ended_is_not_moved_unless_the_event_type_says_so() {
        let refusal = |booking: Movable<'static>, rules| {
            booking.reschedule(rules, WISH, before()).unwrap_err()
        };
        let cancelled = booking(Status::Cancelled);
        assert_eq!(refusal(cancelled, MoveRules::default()), MoveRefusal::Cancelled);
        let lenient = MoveRules { allows_cancelled: true, ..MoveRules::default() };
        assert!(cancelled.reschedule(lenient, WISH, before()).is_ok());
        let moved = Movable { moved_to: Some("y"), ..cancelled };
        assert_eq!(refusal(moved, lenient), MoveRefusal::MovedTo("y"));
        assert_eq!(refusal(booking(Status::Rejected), lenient), MoveRefusal::Rejected);
    }

    #[test]
    fn one_seat_moves_unless_a_host_moves_all() {
        let seated = Movable { is_seated: true, ..booking(Status::Accepted) };
        let rules = MoveRules::default();
        assert_eq!(seated.reschedule(rules, WISH, before()), Err(MoveRefusal::SeatMissing));
        let seat = MoveWish { names_a_seat: true, ..WISH };
        let host = MoveWish { may_move_all: true, ..WISH };
        assert!(seated.reschedule(rules, seat, before()).is_ok());
        assert!(seated.reschedule(rules, host, before()).is_ok());
        let unseated = booking(Status::Accepted).reschedule(rules, seat, before());
        assert_eq!(unseated, Err(MoveRefusal::NotSeated));
    }

    #[test]
    fn an_event_type_may_forbid_it_always_shortly_before_or_afterwards() {
        let with = |disabled, minutes_before| MoveRules {
            disabled: Some(DisableRescheduling { disabled, minutes_before }),
            ..MoveRules::default()
        };
        let accepted = booking(Status::Accepted);
        let refusal = |rules, now: &str| accepted.reschedule(rules, WISH, at(now)).unwrap_err();
        assert_eq!(refusal(with(true, None), "2050-09-05T07:00:00Z"), MoveRefusal::NotAllowed);
        let close = with(false, Some(60));
        assert_eq!(refusal(close, "2050-09-05T08:00:01Z"), MoveRefusal::TooLate(60));
        assert!(accepted.reschedule(close, WISH, at("2050-09-05T08:00:00Z")).is_ok());
        assert_eq!(refusal(MoveRules::default(), "2050-09-05T10:00:01Z"), MoveRefusal::Past);
        let lenient = MoveRules { allows_past: true, ..MoveRules::default() };
        assert!(accepted.reschedule(lenient, WISH, at("2050-09-06")).is_ok());
    }
}

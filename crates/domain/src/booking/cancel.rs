//! Who may call a booking off, how much of it, and when.

use super::lifecycle::{Change, Event, HostTime};
use super::{SeatedBooking, Standing, Status};

/// A booking that shall be cancelled, as far as the rules need it.
#[derive(Clone, Copy, Debug)]
pub struct Cancellable<'a> {
    /// Where it stands.
    pub standing: Standing,
    /// It is one of a series.
    pub in_series: bool,
    /// The addresses of its seats; `None`: it has none.
    pub seated: Option<&'a [&'a str]>,
    /// Its event type does not allow cancelling.
    pub cancelling_disabled: bool,
    /// Its hosts belong to a platform customer, whose own application asks for
    /// reasons or does not.
    pub of_platform_customer: bool,
}

/// The seat a caller named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedSeat {
    /// There is no such seat, or no longer.
    Unknown,
    /// It is one of another booking.
    OfAnother,
    /// It is one of this booking.
    OfThis,
}

/// What the caller asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct CancelWish<'a> {
    /// Why.
    pub reason: Option<&'a str>,
    /// The caller is a host.
    pub by_host: bool,
    /// The caller hosts, owns or administers it: may end what is of many.
    pub may_end_all: bool,
    /// The whole series was named, by the uid its bookings share.
    pub names_the_series: bool,
    /// The ones after it in its series as well.
    pub subsequent: bool,
    /// Only that seat.
    pub seat: Option<NamedSeat>,
}

/// How much is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReach {
    /// That booking.
    One,
    /// That booking and the later ones of its series.
    AndLater,
    /// What is left of the series.
    Series,
    /// One seat; with the last one the booking.
    Seat,
}

/// A cancellation that may be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// How much of it.
    pub reach: CancelReach,
    /// What becomes of each booking reached.
    pub change: Change,
}

/// The rule that forbids a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelRefusal {
    /// It was cancelled before.
    AlreadyCancelled,
    /// Its host refused it before.
    AlreadyRejected,
    /// There is no such seat.
    NoSuchSeat,
    /// The seat is another booking's.
    SeatOfAnother,
    /// Only hosts end what others sit in.
    NotAHost,
    /// The booking is not part of a series.
    NotInSeries,
    /// A series has no later bookings: one of them has.
    SeriesHasNoLater,
    /// The event type forbids it.
    NotAllowed,
    /// Hosts say why.
    ReasonMissing,
}

impl Cancellable<'_> {
    /// Calls it off, or says what forbids that.
    pub fn cancel(self, wish: CancelWish<'_>) -> Result<Cancelled, CancelRefusal> {
        let reach = self.reach(wish)?;
        // What is left of a series is found when it is ended.
        if !wish.names_the_series {
            self.check_status()?;
        }
        if self.cancelling_disabled {
            return Err(CancelRefusal::NotAllowed);
        }
        let says_why = wish.reason.is_some_and(|reason| !reason.trim().is_empty());
        if wish.by_host && !says_why && !self.of_platform_customer {
            return Err(CancelRefusal::ReasonMissing);
        }
        Ok(Cancelled { reach, change: self.change(reach)? })
    }

    fn reach(self, wish: CancelWish<'_>) -> Result<CancelReach, CancelRefusal> {
        if wish.names_the_series {
            return if wish.subsequent {
                Err(CancelRefusal::SeriesHasNoLater)
            } else {
                Ok(CancelReach::Series)
            };
        }
        match (wish.seat, self.seated) {
            (Some(NamedSeat::OfAnother), _) => return Err(CancelRefusal::SeatOfAnother),
            (Some(NamedSeat::OfThis), Some(_)) => return Ok(CancelReach::Seat),
            (Some(_), _) => {
                // Whoever ended the booking ended its seats.
                self.check_status()?;
                return Err(CancelRefusal::NoSuchSeat);
            }
            (None, Some(_)) if !wish.may_end_all => {
                self.check_status()?;
                return Err(CancelRefusal::NotAHost);
            }
            (None, _) => {}
        }
        match (wish.subsequent, self.in_series) {
            (true, true) => Ok(CancelReach::AndLater),
            (true, false) => Err(CancelRefusal::NotInSeries),
            (false, _) => Ok(CancelReach::One),
        }
    }

    const fn check_status(self) -> Result<(), CancelRefusal> {
        match self.standing.status {
            Status::Cancelled => Err(CancelRefusal::AlreadyCancelled),
            Status::Rejected => Err(CancelRefusal::AlreadyRejected),
            Status::Pending | Status::Accepted => Ok(()),
        }
    }

    fn change(self, reach: CancelReach) -> Result<Change, CancelRefusal> {
        if let (CancelReach::Seat, Some(seated)) = (reach, self.seated) {
            let seats = u32::try_from(seated.len()).unwrap_or(u32::MAX);
            let table = SeatedBooking { standing: self.standing, seats, seated };
            return table.leave().map_err(|_| CancelRefusal::AlreadyCancelled);
        }
        let (event, time) = (Some(Event::Cancelled), HostTime::Free);
        Ok(Change { status: Status::Cancelled, event, time })
    }
}

#[cfg(test)]
mod tests {
    use meridian_kernel::Instant;

    use super::*;

    fn booking(status: Status) -> Cancellable<'static> {
        Cancellable {
            standing: Standing { status, start: Instant::LATEST, holds_time: true },
            in_series: false,
            seated: None,
            cancelling_disabled: false,
            of_platform_customer: false,
        }
    }

    fn accepted() -> Cancellable<'static> {
        booking(Status::Accepted)
    }

    fn refusal(booking: Cancellable<'_>, wish: CancelWish<'_>) -> CancelRefusal {
        booking.cancel(wish).unwrap_err()
    }

    #[test]
    fn a_booking_is_cancelled_once() {
        for status in [Status::Pending, Status::Accepted] {
            let cancelled = booking(status).cancel(CancelWish::default()).unwrap();
            assert_eq!(cancelled.reach, CancelReach::One);
            assert_eq!(cancelled.change.status, Status::Cancelled);
            assert_eq!(cancelled.change.event, Some(Event::Cancelled));
            assert_eq!(cancelled.change.time, HostTime::Free);
        }
        for (status, rule) in [
            (Status::Cancelled, CancelRefusal::AlreadyCancelled),
            (Status::Rejected, CancelRefusal::AlreadyRejected),
        ] {
            assert_eq!(refusal(booking(status), CancelWish::default()), rule);
        }
    }

    #[test]
    fn a_host_says_why_unless_a_platform_asks_for_it() {
        let by_host = CancelWish { by_host: true, may_end_all: true, ..CancelWish::default() };
        assert_eq!(refusal(accepted(), by_host), CancelRefusal::ReasonMissing);
        let blank = CancelWish { reason: Some("  "), ..by_host };
        assert_eq!(refusal(accepted(), blank), CancelRefusal::ReasonMissing);
        assert!(accepted().cancel(CancelWish { reason: Some("ill"), ..by_host }).is_ok());
        let platform = Cancellable { of_platform_customer: true, ..accepted() };
        assert!(platform.cancel(by_host).is_ok());
    }

    #[test]
    fn an_event_type_may_forbid_it() {
        let fixed = Cancellable { cancelling_disabled: true, ..accepted() };
        assert_eq!(refusal(fixed, CancelWish::default()), CancelRefusal::NotAllowed);
    }

    #[test]
    fn a_series_ends_as_a_whole_or_from_one_booking_on() {
        let one = Cancellable { in_series: true, ..accepted() };
        let reach = |wish| one.cancel(wish).map(|cancelled| cancelled.reach);
        let wish = CancelWish::default();
        assert_eq!(reach(wish), Ok(CancelReach::One));
        assert_eq!(reach(CancelWish { subsequent: true, ..wish }), Ok(CancelReach::AndLater));
        let whole = CancelWish { names_the_series: true, ..wish };
        assert_eq!(reach(whole), Ok(CancelReach::Series));
        let both = CancelWish { subsequent: true, ..whole };
        assert_eq!(reach(both), Err(CancelRefusal::SeriesHasNoLater));
        let subsequent = CancelWish { subsequent: true, ..wish };
        assert_eq!(refusal(accepted(), subsequent), CancelRefusal::NotInSeries);
    }

    #[test]
    fn a_seat_is_given_back_by_who_has_it_and_all_of_them_by_a_host() {
        let seated = Cancellable { seated: Some(&["a@x.org", "b@x.org"]), ..accepted() };
        let seat = |seat| CancelWish { seat: Some(seat), ..CancelWish::default() };
        let left = seated.cancel(seat(NamedSeat::OfThis)).unwrap();
        assert_eq!((left.reach, left.change.status), (CancelReach::Seat, Status::Accepted));
        assert_eq!(refusal(seated, seat(NamedSeat::Unknown)), CancelRefusal::NoSuchSeat);
        assert_eq!(refusal(seated, seat(NamedSeat::OfAnother)), CancelRefusal::SeatOfAnother);
        assert_eq!(refusal(accepted(), seat(NamedSeat::OfThis)), CancelRefusal::NoSuchSeat);
        assert_eq!(refusal(seated, CancelWish::default()), CancelRefusal::NotAHost);
        let host = CancelWish { may_end_all: true, ..CancelWish::default() };
        assert_eq!(seated.cancel(host).unwrap().reach, CancelReach::One);
        let last = Cancellable { seated: Some(&["a@x.org"]), ..accepted() };
        let ended = last.cancel(seat(NamedSeat::OfThis)).unwrap();
        assert_eq!(ended.change.status, Status::Cancelled);
    }
}

//! Who may call a booking off, and when.

use super::Status;

/// What a cancellation is about, as far as the rules need it.
#[derive(Clone, Copy, Debug)]
pub struct Cancellable {
    /// Where the booking stands.
    pub status: Status,
    /// Its event type does not allow cancelling.
    pub cancelling_disabled: bool,
    /// Its hosts belong to a platform customer, whose own application asks for
    /// reasons or does not.
    pub of_platform_customer: bool,
}

/// What the caller asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct CancelWish<'a> {
    /// Why.
    pub reason: Option<&'a str>,
    /// The caller is the host.
    pub by_host: bool,
    /// The ones after it in its series as well.
    pub subsequent: bool,
    /// Only that seat.
    pub seat_uid: Option<&'a str>,
}

/// The rule that forbids a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelRefusal {
    /// It was cancelled before.
    AlreadyCancelled,
    /// Its host refused it before.
    AlreadyRejected,
    /// The booking has no such seat.
    NoSuchSeat,
    /// The booking is not part of a series.
    NotInSeries,
    /// The event type forbids it.
    NotAllowed,
    /// Hosts say why.
    ReasonMissing,
}

/// Whether a booking of one booker may be cancelled.
pub fn may_cancel(booking: Cancellable, wish: CancelWish<'_>) -> Result<(), CancelRefusal> {
    match booking.status {
        Status::Cancelled => return Err(CancelRefusal::AlreadyCancelled),
        Status::Rejected => return Err(CancelRefusal::AlreadyRejected),
        Status::Pending | Status::Accepted => {}
    }
    if wish.seat_uid.is_some() {
        return Err(CancelRefusal::NoSuchSeat);
    }
    if wish.subsequent {
        return Err(CancelRefusal::NotInSeries);
    }
    if booking.cancelling_disabled {
        return Err(CancelRefusal::NotAllowed);
    }
    let says_why = wish.reason.is_some_and(|reason| !reason.trim().is_empty());
    if wish.by_host && !says_why && !booking.of_platform_customer {
        return Err(CancelRefusal::ReasonMissing);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCEPTED: Cancellable = Cancellable {
        status: Status::Accepted,
        cancelling_disabled: false,
        of_platform_customer: false,
    };

    #[test]
    fn a_booking_is_cancelled_once() {
        assert_eq!(may_cancel(ACCEPTED, CancelWish::default()), Ok(()));
        let pending = Cancellable { status: Status::Pending, ..ACCEPTED };
        assert_eq!(may_cancel(pending, CancelWish::default()), Ok(()));
        for (status, refusal) in [
            (Status::Cancelled, CancelRefusal::AlreadyCancelled),
            (Status::Rejected, CancelRefusal::AlreadyRejected),
        ] {
            let ended = Cancellable { status, ..ACCEPTED };
            assert_eq!(may_cancel(ended, CancelWish::default()), Err(refusal));
        }
    }

    #[test]
    fn a_host_says_why_unless_a_platform_asks_for_it() {
        let by_host = CancelWish { by_host: true, ..CancelWish::default() };
        assert_eq!(may_cancel(ACCEPTED, by_host), Err(CancelRefusal::ReasonMissing));
        let blank = CancelWish { reason: Some("  "), ..by_host };
        assert_eq!(may_cancel(ACCEPTED, blank), Err(CancelRefusal::ReasonMissing));
        let said = CancelWish { reason: Some("ill"), ..by_host };
        assert_eq!(may_cancel(ACCEPTED, said), Ok(()));
        let platform = Cancellable { of_platform_customer: true, ..ACCEPTED };
        assert_eq!(may_cancel(platform, by_host), Ok(()));
    }

    #[test]
    fn an_event_type_may_forbid_it() {
        let fixed = Cancellable { cancelling_disabled: true, ..ACCEPTED };
        assert_eq!(may_cancel(fixed, CancelWish::default()), Err(CancelRefusal::NotAllowed));
    }

    #[test]
    fn a_booking_of_one_has_neither_seats_nor_a_series() {
        let seat = CancelWish { seat_uid: Some("x"), ..CancelWish::default() };
        assert_eq!(may_cancel(ACCEPTED, seat), Err(CancelRefusal::NoSuchSeat));
        let series = CancelWish { subsequent: true, ..CancelWish::default() };
        assert_eq!(may_cancel(ACCEPTED, series), Err(CancelRefusal::NotInSeries));
    }
}

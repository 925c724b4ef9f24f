//! Bookings that many share: who may sit down, and what is left when somebody
//! stands up.

use super::lifecycle::{Change, Event, HostTime};
use super::{Forbidden, Standing, Status};

/// The rule that forbids a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatRefusal {
    /// Not enough seats are left.
    Full,
    /// Somebody with that address has a seat already.
    AlreadySeated,
    /// The booking does not take place.
    Ended(Forbidden),
}

/// A seated booking, as far as a seat needs it.
#[derive(Clone, Copy, Debug)]
pub struct SeatedBooking<'a> {
    /// Where it stands.
    pub standing: Standing,
    /// How many may attend.
    pub seats: u32,
    /// The addresses of those who do, and of nobody twice.
    pub seated: &'a [&'a str],
}

impl SeatedBooking<'_> {
    /// More people sit down: the first of `newcomers` and who comes along.
    pub fn join(self, newcomers: &[&str]) -> Result<Change, SeatRefusal> {
        self.standing.active().map_err(SeatRefusal::Ended)?;
        let is_known = |one: &&str| self.seated.iter().any(|known| known.eq_ignore_ascii_case(one));
        if newcomers.iter().any(is_known) {
            return Err(SeatRefusal::AlreadySeated);
        }
        let all = self.seated.len().saturating_add(newcomers.len());
        if u32::try_from(all).map_or(true, |all| all > self.seats) {
            return Err(SeatRefusal::Full);
        }
        let status = self.standing.status;
        Ok(Change { status, event: Some(Event::Created), time: HostTime::Unchanged })
    }

    /// Somebody stands up. With the last seat the booking itself is over.
    pub fn leave(self) -> Result<Change, SeatRefusal> {
        self.standing.active().map_err(SeatRefusal::Ended)?;
        let is_last = self.seated.len() <= 1;
        Ok(Change {
            status: if is_last { Status::Cancelled } else { self.standing.status },
            event: Some(Event::Cancelled),
            time: if is_last { HostTime::Free } else { HostTime::Unchanged },
        })
    }
}

#[cfg(test)]
mod tests {
    use meridian_kernel::Instant;

    use super::*;

    fn table<'a>(seated: &'a [&'a str]) -> SeatedBooking<'a> {
        let standing =
            Standing { status: Status::Accepted, start: Instant::EARLIEST, holds_time: true };
        SeatedBooking { standing, seats: 3, seated }
    }

    #[test]
    fn seats_are_taken_until_none_is_left() {
        assert_eq!(table(&["a@x.org"]).join(&["b@x.org"]).unwrap().event, Some(Event::Created));
        assert!(table(&["a@x.org"]).join(&["b@x.org", "c@x.org"]).is_ok());
        let full = table(&["a@x.org", "b@x.org"]);
        assert_eq!(full.join(&["c@x.org", "d@x.org"]), Err(SeatRefusal::Full));
    }

    #[test]
    fn nobody_sits_twice() {
        let refused = table(&["a@x.org"]).join(&["A@X.org"]);
        assert_eq!(refused, Err(SeatRefusal::AlreadySeated));
    }

    #[test]
    fn the_last_one_ends_the_booking() {
        let left = table(&["a@x.org", "b@x.org"]).leave().unwrap();
        assert_eq!((left.status, left.time), (Status::Accepted, HostTime::Unchanged));
        let last = table(&["a@x.org"]).leave().unwrap();
        assert_eq!((last.status, last.time), (Status::Cancelled, HostTime::Free));
        assert_eq!(last.event, Some(Event::Cancelled));
    }

    #[test]
    fn nobody_sits_down_where_nothing_takes_place() {
        let over = table(&[]);
        let standing = Standing { status: Status::Cancelled, ..over.standing };
        let over = SeatedBooking { standing, ..over };
        assert_eq!(over.join(&["a@x.org"]), Err(SeatRefusal::Ended(Forbidden::Cancelled)));
        assert_eq!(over.leave(), Err(SeatRefusal::Ended(Forbidden::Cancelled)));
    }
}

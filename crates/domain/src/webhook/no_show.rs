//! Whether somebody did not come to a call.
//!
//! It can be known only of calls in rooms whose provider tells who joined. Where none
//! does nobody is said to be absent: that nothing is known of anybody is no sign that
//! nobody came, and a webhook that said so after every meeting would be worse than none.
//!
//! Nothing is scheduled by hand: when a booking is looked at follows from the booking as
//! it is ([`check_at`]). One that is moved is looked at later, one that is called off,
//! or takes place elsewhere, not at all.

use meridian_kernel::limits::NO_SHOW_WAIT;
use meridian_kernel::{BookingId, Instant, UserId};

use super::{Absentee, CallMissed};
use crate::booking::CAL_VIDEO_LOCATION;

/// A booking, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The booking.
    pub booking: BookingId,
    /// Its status.
    pub status: &'a str,
    /// Where it takes place.
    pub location: Option<&'a str>,
    /// When it starts.
    pub start: Instant,
    /// Who is to be there.
    pub hosts: &'a [UserId],
}

/// Somebody who joined a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who, where it is one of the organisation's users.
    pub user: Option<UserId>,
    /// Their address, where it is known.
    pub email: Option<String>,
    /// What they called themselves.
    pub name: Option<String>,
    /// When they joined.
    pub joined_at: Instant,
    /// How long they stayed, in seconds.
    pub stayed: u32,
}

/// When a booking is looked at; `None`: never.
pub fn check_at(call: &Call<'_>) -> Option<Instant> {
    let is_call = call.status == "accepted" && call.location == Some(CAL_VIDEO_LOCATION);
    is_call.then(|| call.start.plus_minutes(NO_SHOW_WAIT))
}

/// Who had not come by the time a booking is looked at, of those who `joined`: each host
/// who had not, in their order, and the guests where none of them had.
pub fn who_missed(call: &Call<'_>, joined: &[Participant]) -> Vec<CallMissed> {
    let Some(deadline) = check_at(call) else { return Vec::new() };
    let was_there = |is_wanted: &dyn Fn(&Participant) -> bool| {
        joined.iter().any(|one| one.joined_at <= deadline && is_wanted(one))
    };
    let is_host = |one: &Participant| one.user.is_some_and(|user| call.hosts.contains(&user));
    let hosts = call.hosts.iter().filter(|host| !was_there(&|one| one.user == Some(**host)));
    let mut missed: Vec<Absentee> = hosts.map(|host| Absentee::Host(*host)).collect();
    if !was_there(&|one| !is_host(one)) {
        missed.push(Absentee::Guests);
    }
    missed.into_iter().map(|by| CallMissed { booking: call.booking, by, deadline }).collect()
}

#[cfg(test)]
mod tests {
    use meridian_kernel::{OrganizationNumber, WireId};

    use super::*;

    const START: Instant = Instant::from_millis(1_800_000_000_000);

    fn user(row: i64) -> UserId {
        UserId::new(OrganizationNumber::NONE, row)
    }

    fn call(hosts: &[UserId]) -> Call<'_> {
        Call {
            booking: BookingId::new(OrganizationNumber::NONE, 1),
            status: "accepted",
            location: Some("integrations:daily"),
            start: START,
            hosts,
        }
    }

    fn joined(user: Option<UserId>, minutes: i64) -> Participant {
        Participant {
            user,
            email: None,
            name: None,
            joined_at: START.plus_minutes(minutes),
            stayed: 60,
        }
    }

    fn missed(call: &Call<'_>, who: &[Participant]) -> Vec<Absentee> {
        who_missed(call, who).into_iter().map(|one| one.by).collect()
    }

    #[test]
    fn a_call_is_looked_at_a_while_after_its_start_and_moves_with_it() {
        let call = call(&[]);
        assert_eq!(check_at(&call), Some(START.plus_minutes(5)));
        let moved = Call { start: START.plus_minutes(60), ..call };
        assert_eq!(check_at(&moved), Some(START.plus_minutes(65)));
    }

    #[test]
    fn what_is_called_off_or_elsewhere_is_never_looked_at() {
        let hosts = [user(1)];
        let call = call(&hosts);
        for status in ["cancelled", "rejected", "pending"] {
            let call = Call { status, ..call };
            assert_eq!((check_at(&call), who_missed(&call, &[])), (None, vec![]), "{status}");
        }
        for location in [None, Some(""), Some("https://meet.x.org"), Some("integrations:zoom")] {
            let call = Call { location, ..call };
            assert_eq!((check_at(&call), who_missed(&call, &[])), (None, vec![]));
        }
    }

    #[test]
    fn an_empty_room_misses_every_host_and_the_guests() {
        let hosts = [user(1), user(2)];
        let all = [Absentee::Host(user(1)), Absentee::Host(user(2)), Absentee::Guests];
        assert_eq!(missed(&call(&hosts), &[]), all);
        let one = who_missed(&call(&hosts), &[]).remove(0);
        assert_eq!(one.deadline, START.plus_minutes(5));
        assert_eq!(one.trigger(), "AFTER_HOSTS_CAL_VIDEO_NO_SHOW");
    }

    #[test]
    fn who_came_in_time_is_not_missed() {
        let hosts = [user(1), user(2)];
        let call = call(&hosts);
        let early = joined(Some(user(1)), -3);
        assert_eq!(
            missed(&call, std::slice::from_ref(&early)),
            [Absentee::Host(user(2)), Absentee::Guests]
        );
        let guest = joined(None, 5);
        assert_eq!(missed(&call, &[early.clone(), guest.clone()]), [Absentee::Host(user(2))]);
        let colleague = joined(Some(user(9)), 0);
        assert_eq!(missed(&call, &[early, colleague, joined(Some(user(2)), 4)]), []);
        let late = joined(Some(user(1)), 6);
        let hosts = [Absentee::Host(user(1)), Absentee::Host(user(2))];
        assert_eq!(missed(&call, &[late, guest]), hosts);
    }
}

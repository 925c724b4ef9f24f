//! Who holds a booking, of several hosts who are free.

use std::cmp::Reverse;
use std::fmt;

use meridian_kernel::Instant;

use crate::shares::{Missed, Shares};

/// A host, as far as the choice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Whether nothing keeps them from the booking.
    pub free: bool,
    /// Whether they are in every booking; of the others one of each group is.
    pub fixed: bool,
    /// Of the others: which group they serve.
    pub group: &'a str,
    /// Higher goes first.
    pub priority: u32,
    /// Their share of their group's bookings, relative to the others'.
    pub weight: u32,
    /// Bookings they have had so far, over the time that shares are kept for. Looked
    /// at by [`Fairness::Shares`] only.
    pub booked: u64,
    /// When a booking last chose them; `None`: never.
    pub last_booked_at: Option<Instant>,
}

/// What decides among free hosts of the same priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fairness<'a> {
    /// Whoever waits longest since they were last chosen.
    #[default]
    Turns,
    /// Whoever is furthest behind their share by weight of what they could have had;
    /// else the greater weight; else whoever waits longest. Of the bookings so far,
    /// these were missed by some hosts.
    Shares(&'a [Missed]),
}

/// Why a booking has no hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NobodyFree {
    /// There are no hosts at all.
    NoHosts,
    /// A host who is in every booking is not free: the first such, by index.
    Fixed(usize),
    /// Nobody of a group is free: the first such, by the index of its first host.
    Group(usize),
}

impl fmt::Display for NobodyFree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoHosts => "there are no hosts",
            Self::Fixed(_) => "a host who is in every booking is not free",
            Self::Group(_) => "no host of a group is free",
        })
    }
}

impl std::error::Error for NobodyFree {}

/// Chooses hosts by their indexes: all fixed ones, in order, then one of each group,
/// in the order of the groups' first hosts. The first of them is the organiser.
///
/// Within a group: the highest priority; then what `fairness` says; then the order
/// of the hosts. Two requests that choose at the same time choose alike: who writes
/// must see to it that `last_booked_at` is still what was read here.
pub fn choose(hosts: &[Candidate<'_>], fairness: Fairness<'_>) -> Result<Vec<usize>, NobodyFree> {
    if hosts.is_empty() {
        return Err(NobodyFree::NoHosts);
    }
    let mut chosen = Vec::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (index, host) in hosts.iter().enumerate() {
        if host.fixed && !host.free {
            return Err(NobodyFree::Fixed(index));
        }
        if host.fixed {
            chosen.push(index);
            continue;
        }
        match groups.iter_mut().find(|group| group.name == host.group) {
            Some(group) => group.hosts.push((index, host)),
            None => {
                groups.push(Group { name: host.group, first: index, hosts: vec![(index, host)] })
            }
        }
    }
    for group in groups {
        chosen.push(group.choose(fairness).ok_or(NobodyFree::Group(group.first))?);
    }
    Ok(chosen)
}

struct Group<'a> {
    name: &'a str,
    first: usize,
    hosts: Vec<(usize, &'a Candidate<'a>)>,
}

impl Group<'_> {
    fn choose(&self, fairness: Fairness<'_>) -> Option<usize> {
        let shares = match fairness {
            Fairness::Turns => None,
            Fairness::Shares(missed) => Some(Shares::of(self.name, &self.hosts, missed)),
        };
        let rank = |(index, host): &(usize, &Candidate<'_>)| {
            let behind = shares.as_ref().map(|shares| (shares.behind(*index, host), host.weight));
            // Of the ranks the least is chosen; no turn yet is before any.
            (Reverse(host.priority), Reverse(behind), host.last_booked_at, *index)
        };
        let free = self.hosts.iter().filter(|(_, host)| host.free);
        free.min_by_key(|host| rank(host)).map(|(index, _)| *index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Candidate<'static> = Candidate {
        free: true,
        fixed: false,
        group: "",
        priority: 2,
        weight: 100,
        booked: 0,
        last_booked_at: None,
    };

    fn booked_at(minutes: i64) -> Option<Instant> {
        Some(Instant::from_millis(minutes * 60_000))
    }

    fn turns(hosts: &[Candidate<'_>]) -> Result<Vec<usize>, NobodyFree> {
        choose(hosts, Fairness::Turns)
    }

    #[test]
    fn all_fixed_hosts_and_one_of_each_group_are_chosen() {
        let fixed = Candidate { fixed: true, ..FREE };
        let east = Candidate { group: "east", ..FREE };
        let west = Candidate { group: "west", ..FREE };
        assert_eq!(turns(&[east, fixed, west, east, fixed]), Ok(vec![1, 4, 0, 2]));
        assert_eq!(turns(&[fixed, fixed]), Ok(vec![0, 1]));
    }

    #[test]
    fn a_booking_without_a_fixed_host_or_a_group_has_nobody() {
        let (fixed, east) =
            (Candidate { fixed: true, ..FREE }, Candidate { group: "east", ..FREE });
        let busy = |host| Candidate { free: false, ..host };
        assert_eq!(turns(&[]), Err(NobodyFree::NoHosts));
        assert_eq!(turns(&[fixed, busy(fixed), FREE]), Err(NobodyFree::Fixed(1)));
        assert_eq!(turns(&[fixed, FREE, busy(east), busy(east)]), Err(NobodyFree::Group(2)));
        assert_eq!(turns(&[busy(FREE), busy(FREE)]), Err(NobodyFree::Group(0)));
    }

    #[test]
    fn the_highest_priority_goes_first_while_it_is_free() {
        let high = Candidate { priority: 4, last_booked_at: booked_at(9), ..FREE };
        assert_eq!(turns(&[FREE, high]), Ok(vec![1]));
        assert_eq!(turns(&[FREE, Candidate { free: false, ..high }]), Ok(vec![0]));
    }

    #[test]
    fn of_equals_who_waits_longest_is_chosen_and_who_never_was_before_all() {
        let at = |minutes| Candidate { last_booked_at: booked_at(minutes), ..FREE };
        assert_eq!(turns(&[at(5), at(3), at(4)]), Ok(vec![1]));
        assert_eq!(turns(&[at(5), FREE, at(3)]), Ok(vec![1]));
        assert_eq!(turns(&[at(3), at(3)]), Ok(vec![0]));
    }

    #[test]
    fn shares_go_to_whoever_is_furthest_behind() {
        let shares = |hosts: &[Candidate<'_>]| choose(hosts, Fairness::Shares(&[]));
        let host = |weight, booked, last| Candidate {
            weight,
            booked,
            last_booked_at: booked_at(last),
            ..FREE
        };
        // Of 9 bookings 3 and 6 are due.
        assert_eq!(shares(&[host(100, 4, 1), host(200, 5, 2)]), Ok(vec![1]));
        assert_eq!(shares(&[host(100, 2, 2), host(200, 7, 1)]), Ok(vec![0]));
        // Both have theirs: the greater weight, then the longer wait.
        assert_eq!(shares(&[host(100, 3, 1), host(200, 6, 2)]), Ok(vec![1]));
        assert_eq!(shares(&[host(100, 3, 2), host(100, 3, 1)]), Ok(vec![1]));
        // Without weights all have the same share.
        assert_eq!(shares(&[host(0, 5, 1), host(0, 0, 2)]), Ok(vec![1]));
    }

    #[test]
    fn shares_count_hosts_who_are_not_free() {
        let host = |weight, booked, free| Candidate { weight, booked, free, ..FREE };
        // Of 12 bookings 3, 3 and 6 are due: the second is behind, the first ahead.
        let hosts = [host(100, 4, true), host(100, 2, true), host(200, 6, false)];
        assert_eq!(choose(&hosts, Fairness::Shares(&[])), Ok(vec![1]));
    }

    #[test]
    fn a_long_run_gives_everybody_their_share() {
        let weights = [50, 100, 350];
        let mut hosts = weights.map(|weight| Candidate { weight, ..FREE });
        for minute in 0..1_000 {
            let index = choose(&hosts, Fairness::Shares(&[])).unwrap()[0];
            hosts[index].booked += 1;
            hosts[index].last_booked_at = booked_at(minute);
        }
        assert_eq!(hosts.map(|host| host.booked), [100, 200, 700]);
    }

    #[test]
    fn turns_go_round() {
        let mut hosts = [FREE; 3];
        let mut order = Vec::new();
        for minute in 0..7 {
            let index = turns(&hosts).unwrap()[0];
            hosts[index].last_booked_at = booked_at(minute);
            order.push(index);
        }
        assert_eq!(order, [0, 1, 2, 0, 1, 2, 0]);
    }
}

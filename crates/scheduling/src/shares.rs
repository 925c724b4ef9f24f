//! Whose share of a group's bookings is the furthest behind.
//!
//! A host's share is of the bookings they could have had. One who was added later, or
//! comes back from weeks out of office, starts level with the others: they owe nothing
//! for what they missed, and nobody has to wait until they have caught up.

use crate::Candidate;

/// Bookings of a group that some of its hosts could not have had: they were made
/// before those hosts were added, or are on days those are out of office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The group.
    pub group: String,
    /// The hosts who missed them, by index. All others could have had them.
    pub absent: Vec<usize>,
    /// How many.
    pub count: u64,
}

/// Parts of a booking that shares are reckoned in: bookings are missed by few sets of
/// hosts, so what is rounded off stays far below [`TIE`].
const PARTS: i128 = 1_000_000;

/// What differs by less parts than this is a tie.
const TIE: i128 = 1_000;

/// What has become of a group's bookings.
pub(crate) struct Shares<'a> {
    hosts: &'a [(usize, &'a Candidate<'a>)],
    missed: Vec<&'a Missed>,
    /// Those that everybody could have had.
    others: u64,
}

impl<'a> Shares<'a> {
    /// Of a group and its hosts with their indexes.
    pub(crate) fn of(
        group: &str,
        hosts: &'a [(usize, &'a Candidate<'a>)],
        missed: &'a [Missed],
    ) -> Self {
        let missed: Vec<&Missed> = missed.iter().filter(|one| one.group == group).collect();
        let booked: u64 = hosts.iter().map(|(_, host)| host.booked).sum();
        let others = booked.saturating_sub(missed.iter().map(|one| one.count).sum());
        Self { hosts, missed, others }
    }

    /// How far a host is behind what was theirs; negative where they are ahead.
    pub(crate) fn behind(&self, index: usize, host: &Candidate<'_>) -> i128 {
        let of_missed = self.missed.iter().filter(|one| !one.absent.contains(&index));
        let due: i128 = of_missed.map(|one| self.due(host, one.count, &one.absent)).sum();
        let due = due + self.due(host, self.others, &[]);
        rounded(due - i128::from(host.booked) * PARTS, TIE)
    }

    /// What of some bookings was a present host's, by weight; where nobody present has
    /// one, all have the same.
    fn due(&self, host: &Candidate<'_>, count: u64, absent: &[usize]) -> i128 {
        let present = self.hosts.iter().filter(|(index, _)| !absent.contains(index));
        let (mut weights, mut heads) = (0_i128, 0_i128);
        for (_, one) in present {
            weights += i128::from(one.weight);
            heads += 1;
        }
        let (weight, of) = if weights > 0 { (host.weight.into(), weights) } else { (1, heads) };
        rounded(weight * i128::from(count) * PARTS, of.max(1))
    }
}

/// A quotient, to the nearest whole number.
fn rounded(number: i128, by: i128) -> i128 {
    (number + by / 2).div_euclid(by)
}

#[cfg(test)]
mod tests {
    use crate::{Fairness, choose};

    use super::*;

    const HOST: Candidate<'static> = Candidate {
        free: true,
        fixed: false,
        group: "",
        priority: 2,
        weight: 100,
        booked: 0,
        last_booked_at: None,
    };

    /// Hosts who come and go, and what was booked so far.
    struct Team {
        hosts: Vec<Candidate<'static>>,
        missed: Vec<Missed>,
    }

    impl Team {
        fn new(weights: &[u32]) -> Self {
            let hosts = weights.iter().map(|weight| Candidate { weight: *weight, ..HOST });
            Self { hosts: hosts.collect(), missed: Vec::new() }
        }

        /// Books once while some are absent; who was chosen.
        fn book(&mut self, absent: &[usize]) -> usize {
            for (index, host) in self.hosts.iter_mut().enumerate() {
                host.free = !absent.contains(&index);
            }
            let chosen = choose(&self.hosts, Fairness::Shares(&self.missed)).unwrap()[0];
            self.hosts[chosen].booked += 1;
            if !absent.is_empty() {
                match self.missed.iter_mut().find(|one| one.absent == absent) {
                    Some(known) => known.count += 1,
                    None => {
                        let absent = absent.to_vec();
                        self.missed.push(Missed { group: String::new(), absent, count: 1 });
                    }
                }
            }
            chosen
        }

        fn book_often(&mut self, times: usize, absent: &[usize]) -> Vec<usize> {
            let mut counts = vec![0; self.hosts.len()];
            for _ in 0..times {
                counts[self.book(absent)] += 1;
            }
            counts
        }
    }

    #[test]
    fn who_is_added_later_gets_their_share_from_then_on_and_no_more() {
        let mut team = Team::new(&[100, 100, 200]);
        assert_eq!(team.book_often(300, &[2]), [150, 150, 0]);
        // At once as much as later: nobody waits until the new one has caught up.
        assert_eq!(team.book_often(8, &[]), [2, 2, 4]);
        assert_eq!(team.book_often(400, &[]), [100, 100, 200]);
    }

    #[test]
    fn who_comes_back_from_a_holiday_starts_level() {
        let mut team = Team::new(&[100, 100, 100]);
        assert_eq!(team.book_often(30, &[]), [10, 10, 10]);
        assert_eq!(team.book_often(100, &[0]), [0, 50, 50]);
        assert_eq!(team.book_often(30, &[]), [10, 10, 10]);
    }

    #[test]
    fn what_was_behind_before_a_holiday_is_made_up_for_after_it() {
        let mut team = Team::new(&[100, 100]);
        // Four that the first could have had, and did not.
        team.hosts[1].booked = 4;
        assert_eq!(team.book_often(10, &[0]), [0, 10]);
        assert_eq!(team.book_often(4, &[]), [4, 0]);
    }

    #[test]
    fn hosts_without_weights_share_alike() {
        let mut team = Team::new(&[0, 0, 0]);
        assert_eq!(team.book_often(30, &[1]), [15, 0, 15]);
        assert_eq!(team.book_often(30, &[]), [10, 10, 10]);
    }

    #[test]
    fn groups_miss_their_own_bookings_only() {
        let of = |group: &'static str, booked| Candidate { group, booked, ..HOST };
        let hosts = [of("a", 10), of("a", 0), of("b", 10), of("b", 0)];
        let missed = Missed { group: "a".to_owned(), absent: vec![1], count: 10 };
        // In `a` all are level; in `b` the second could have had some.
        let chosen = choose(&hosts, Fairness::Shares(&[missed])).unwrap();
        assert_eq!(chosen, [0, 3]);
    }

    /// Numbers that look random and are the same every time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 33) % bound
        }
    }

    #[test]
    fn whoever_comes_and_goes_nobody_is_ever_far_from_what_was_theirs() {
        for seed in 0..300 {
            let mut dice = Dice(seed);
            let count = 2 + dice.below(5) as usize;
            let weights: Vec<u32> = (0..count).map(|_| 10 * (1 + dice.below(20) as u32)).collect();
            let mut team = Team::new(&weights);
            // What was theirs, reckoned as each booking is made.
            let mut due = vec![0.0; count];
            for _ in 0..12 {
                let present = dice.below(count as u64) as usize;
                let is_absent = |host: &usize| *host != present && dice.below(3) == 0;
                let absent: Vec<usize> = (0..count).filter(is_absent).collect();
                let here = |host: &usize| !absent.contains(host);
                let sum: u32 = (0..count).filter(here).map(|host| weights[host]).sum();
                for _ in 0..1 + dice.below(60) {
                    for host in (0..count).filter(here) {
                        due[host] += f64::from(weights[host]) / f64::from(sum);
                    }
                    team.book(&absent);
                    for (host, due) in due.iter().enumerate() {
                        let off = due - team.hosts[host].booked as f64;
                        assert!(off.abs() < count as f64, "seed {seed}: host {host} is {off} off");
                    }
                }
            }
        }
    }
}

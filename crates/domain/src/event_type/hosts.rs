//! Who hosts a team's event type: what is asked, against what there is.

use meridian_kernel::{ScheduleId, SchedulingType, UserId};
use serde::{Deserialize, Serialize};

/// Who of several hosts goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Last.
    Lowest,
    /// Below most.
    Low,
    /// Where nothing else is said.
    #[default]
    Medium,
    /// Before most.
    High,
    /// First.
    Highest,
}

impl Priority {
    /// All of them, lowest first.
    pub const ALL: [Self; 5] = [Self::Lowest, Self::Low, Self::Medium, Self::High, Self::Highest];

    /// As stored: 0 to 4.
    pub const fn level(self) -> u32 {
        self as u32
    }

    /// What is stored as that; anything higher is the highest.
    pub const fn of_level(level: u32) -> Self {
        match level {
            0 => Self::Lowest,
            1 => Self::Low,
            2 => Self::Medium,
            3 => Self::High,
            _ => Self::Highest,
        }
    }
}

/// The share of a host for whom none was named, relative to the others'.
pub const DEFAULT_WEIGHT: u32 = 100;

/// A host as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostWish {
    /// Who.
    pub user: UserId,
    /// Whether they are in every booking of a round robin.
    pub mandatory: bool,
    /// Who goes first.
    pub priority: Priority,
    /// Their share.
    pub weight: u32,
    /// One host of every group is needed; `None`: the group of all who have none.
    pub group_id: Option<String>,
    /// A schedule of theirs for this event type only.
    pub schedule: Option<ScheduleId>,
}

impl HostWish {
    /// A member about whom nothing was said.
    pub const fn plain(user: UserId) -> Self {
        Self {
            user,
            mandatory: false,
            priority: Priority::Medium,
            weight: DEFAULT_WEIGHT,
            group_id: None,
            schedule: None,
        }
    }

    /// Whether they are in every booking.
    pub fn is_fixed(&self, scheduling: SchedulingType) -> bool {
        self.mandatory || scheduling == SchedulingType::Collective
    }
}

/// What a request says of the hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostsAsked {
    /// `schedulingType`
    pub scheduling: Option<SchedulingType>,
    /// `hosts`
    pub hosts: Option<Vec<HostWish>>,
    /// `assignAllTeamMembers`
    pub assign_all: Option<bool>,
}

/// Who hosts from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Whoever does already.
    Kept,
    /// Exactly these.
    These(Vec<HostWish>),
    /// Every member of the team, also those who join later.
    Everybody,
}

/// What is decided of an event type's hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// How they serve.
    pub scheduling: SchedulingType,
    /// Whether those who join later become hosts.
    pub assign_all: bool,
    /// Who they are.
    pub hosts: Hosts,
}

/// Why the hosts cannot be as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostsRefused {
    /// Both hosts and everybody were asked for.
    Both,
    /// Somebody is named twice.
    Twice(UserId),
    /// Managed event types stay managed, the others never become so.
    Conversion,
}

/// The hosts of a new event type.
pub fn assign(scheduling: SchedulingType, asked: HostsAsked) -> Result<Assignment, HostsRefused> {
    check(&asked)?;
    let assign_all = asked.assign_all == Some(true);
    let hosts =
        if assign_all { Hosts::Everybody } else { Hosts::These(asked.hosts.unwrap_or_default()) };
    Ok(Assignment { scheduling, assign_all, hosts })
}

/// The hosts of an event type after a change. Another scheduling type means other
/// duties: where it comes without hosts, there are none.
pub fn reassign(
    scheduling: SchedulingType,
    assign_all: bool,
    asked: HostsAsked,
) -> Result<Assignment, HostsRefused> {
    check(&asked)?;
    let wanted = asked.scheduling.unwrap_or(scheduling);
    let managed = SchedulingType::Managed;
    if (wanted == managed) != (scheduling == managed) {
        return Err(HostsRefused::Conversion);
    }
    let kept = || if wanted == scheduling { Hosts::Kept } else { Hosts::These(Vec::new()) };
    let (assign_all, hosts) = match (asked.assign_all, asked.hosts) {
        (Some(true), _) => (true, Hosts::Everybody),
        (_, Some(hosts)) => (false, Hosts::These(hosts)),
        (Some(false), None) => (false, kept()),
        (None, None) => (assign_all && wanted == scheduling, kept()),
    };
    Ok(Assignment { scheduling: wanted, assign_all, hosts })
}

fn check(asked: &HostsAsked) -> Result<(), HostsRefused> {
    let hosts = asked.hosts.as_deref().unwrap_or_default();
    if asked.assign_all == Some(true) && !hosts.is_empty() {
        return Err(HostsRefused::Both);
    }
    let mut users: Vec<UserId> = hosts.iter().map(|host| host.user).collect();
    users.sort_unstable();
    let twice = users.iter().zip(users.iter().skip(1)).find(|(one, next)| one == next);
    twice.map_or(Ok(()), |(user, _)| Err(HostsRefused::Twice(*user)))
}

#[cfg(test)]
mod tests {
    use meridian_kernel::{OrganizationNumber, WireId};

    use super::*;
    use SchedulingType::{Collective, Managed, RoundRobin};

    fn wish(row: i64) -> HostWish {
        HostWish::plain(UserId::new(OrganizationNumber::NONE, row))
    }

    fn these(rows: &[i64]) -> HostsAsked {
        HostsAsked {
            hosts: Some(rows.iter().map(|row| wish(*row)).collect()),
            ..HostsAsked::default()
        }
    }

    fn everybody(flag: bool) -> HostsAsked {
        HostsAsked { assign_all: Some(flag), ..HostsAsked::default() }
    }

    #[test]
    fn hosts_are_named_or_everybody_but_not_both() {
        let named = assign(Collective, these(&[1, 2])).unwrap();
        assert_eq!((named.assign_all, named.hosts), (false, Hosts::These(vec![wish(1), wish(2)])));
        let all = assign(Collective, everybody(true)).unwrap();
        assert_eq!((all.assign_all, all.hosts), (true, Hosts::Everybody));
        let nobody = assign(Managed, HostsAsked::default()).unwrap();
        assert_eq!((nobody.assign_all, nobody.hosts), (false, Hosts::These(Vec::new())));
        let both = HostsAsked { assign_all: Some(true), ..these(&[1]) };
        assert_eq!(assign(Collective, both.clone()), Err(HostsRefused::Both));
        assert_eq!(reassign(Collective, false, both), Err(HostsRefused::Both));
    }

    #[test]
    fn nobody_hosts_twice() {
        let user = wish(2).user;
        assert_eq!(assign(RoundRobin, these(&[2, 1, 2])), Err(HostsRefused::Twice(user)));
    }

    #[test]
    fn a_change_that_says_nothing_of_hosts_keeps_them() {
        for assign_all in [false, true] {
            let same = reassign(RoundRobin, assign_all, HostsAsked::default()).unwrap();
            assert_eq!((same.assign_all, same.hosts), (assign_all, Hosts::Kept));
        }
        let closed = reassign(RoundRobin, true, everybody(false)).unwrap();
        assert_eq!((closed.assign_all, closed.hosts), (false, Hosts::Kept));
    }

    #[test]
    fn naming_hosts_ends_everybody() {
        let named = reassign(RoundRobin, true, these(&[1])).unwrap();
        assert_eq!((named.assign_all, named.hosts), (false, Hosts::These(vec![wish(1)])));
    }

    #[test]
    fn another_scheduling_type_without_hosts_has_none() {
        let asked = HostsAsked { scheduling: Some(Collective), ..HostsAsked::default() };
        let emptied = reassign(RoundRobin, true, asked).unwrap();
        assert_eq!(emptied.scheduling, Collective);
        assert_eq!((emptied.assign_all, emptied.hosts), (false, Hosts::These(Vec::new())));
        let asked = HostsAsked { scheduling: Some(Collective), ..everybody(true) };
        assert_eq!(reassign(RoundRobin, false, asked).unwrap().hosts, Hosts::Everybody);
    }

    #[test]
    fn managed_stays_managed_and_nothing_else_becomes_so() {
        for (stored, wanted) in [(Managed, RoundRobin), (Collective, Managed)] {
            let asked = HostsAsked { scheduling: Some(wanted), ..everybody(true) };
            assert_eq!(reassign(stored, false, asked), Err(HostsRefused::Conversion));
        }
        let asked = HostsAsked { scheduling: Some(Managed), ..everybody(true) };
        assert!(reassign(Managed, false, asked).is_ok());
    }

    #[test]
    fn whoever_hosts_a_collective_is_in_every_booking() {
        assert!(wish(1).is_fixed(Collective));
        assert!(!wish(1).is_fixed(RoundRobin));
        assert!(HostWish { mandatory: true, ..wish(1) }.is_fixed(RoundRobin));
    }

    #[test]
    fn priorities_are_stored_as_levels() {
        for priority in Priority::ALL {
            assert_eq!(Priority::of_level(priority.level()), priority);
        }
        assert_eq!(serde_json::to_string(&Priority::Highest).unwrap(), "\"highest\"");
    }
}

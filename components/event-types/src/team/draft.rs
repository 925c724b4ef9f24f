//! What the store is given of a decided event type of a team.

use meridian_domain::event_type::{Assignment, HostWish, Hosts};
use meridian_kernel::{Patch, ScheduleId, SchedulingType, UserId};
use meridian_store::{
    event_hosts::{HostDraft, Wanted},
    event_types::{Draft, TeamDraft},
};

/// A decided event type of a team, with the schedules only the database can judge.
pub struct Decided {
    draft: Draft,
    scheduling: SchedulingType,
    assign_all: bool,
    hosts: HostDrafts,
    /// The schedule of all hosts, if it was spoken of.
    pub schedule: Patch<ScheduleId>,
    /// The restriction schedule, if one was named.
    pub restriction: Option<ScheduleId>,
}

enum HostDrafts {
    Kept,
    These(Vec<HostDraft>),
    Everybody,
}

impl Decided {
    /// From what the domain decided.
    pub fn new(
        draft: Draft,
        assignment: Assignment,
        schedule: Patch<ScheduleId>,
        restriction: Option<ScheduleId>,
    ) -> Self {
        let Assignment { scheduling, assign_all, hosts } = assignment;
        let hosts = match hosts {
            Hosts::Kept => HostDrafts::Kept,
            Hosts::Everybody => HostDrafts::Everybody,
            Hosts::These(hosts) => {
                let stored = |wish| stored(wish, scheduling);
                HostDrafts::These(hosts.into_iter().map(stored).collect())
            }
        };
        Self { draft, scheduling, assign_all, hosts, schedule, restriction }
    }

    /// As the store takes it.
    pub fn for_store(&self, asker: UserId) -> TeamDraft<'_> {
        TeamDraft {
            draft: &self.draft,
            scheduling: self.scheduling,
            assign_all: self.assign_all,
            hosts: match &self.hosts {
                HostDrafts::Kept => Wanted::Kept,
                HostDrafts::These(hosts) => Wanted::These(hosts),
                HostDrafts::Everybody => Wanted::Everybody,
            },
            schedule: self.schedule.clone(),
            restriction: self.restriction,
            asker,
        }
    }

    /// The schedule named for a host.
    pub fn schedule_of(&self, user: UserId) -> Option<ScheduleId> {
        let HostDrafts::These(hosts) = &self.hosts else { return None };
        hosts.iter().find(|host| host.user == user).and_then(|host| host.schedule)
    }
}

fn stored(wish: HostWish, scheduling: SchedulingType) -> HostDraft {
    HostDraft {
        user: wish.user,
        is_fixed: wish.is_fixed(scheduling),
        priority: wish.priority.level(),
        weight: wish.weight,
        group_id: wish.group_id,
        schedule: wish.schedule,
    }
}

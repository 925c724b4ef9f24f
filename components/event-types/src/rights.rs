//! Who may do what with an event type by its id (contract: event-types, "GET by id").

use meridian_gateway::Principal;
use meridian_kernel::{Role, UserId};
use meridian_store::event_types::{EventType, Found};

/// Its owner, its hosts, whoever administers the team it is of, or the organisation.
pub fn may_read(caller: &Principal, found: &Found) -> bool {
    match found {
        Found::OfUser(owned) => caller.owns_or_administers(owned.owner.id),
        Found::Copy(owned, team) => {
            caller.owns_or_administers(owned.owner.id) || caller.has_team_role(team.id, Role::Admin)
        }
        Found::OfTeam(found) => {
            let is_host = found.hosts.iter().any(|host| host.user_id == caller.user_id);
            is_host || caller.has_team_role(found.team.id, Role::Admin)
        }
    }
}

/// Its owner; of a team's, whoever administers the team.
pub fn may_change(caller: &Principal, event_type: &EventType) -> bool {
    let owns = |owner: UserId| owner == caller.user_id;
    let administers = |team| caller.has_team_role(team, Role::Admin);
    event_type.belongs.owner().is_some_and(owns)
        || event_type.belongs.team().is_some_and(administers)
}

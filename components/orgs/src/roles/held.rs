//! What whoever asks holds, and so may give.

use meridian_domain::role::{held_in_organization, held_in_team, of_teams};
use meridian_gateway::Principal;
use meridian_kernel::{PermissionSet, TeamId};
use meridian_store::roles::Place;

/// All that a caller's roles allow them in a place, those of its own making and the
/// one they have anyway.
pub fn held(caller: &Principal, place: Place) -> PermissionSet {
    match place {
        None => {
            let by_rank = caller.organization_rank().map(held_in_organization);
            by_rank.unwrap_or_default().union(custom(caller, None))
        }
        Some(team) => {
            let by_rank = caller.team_rank(team).map(held_in_team).unwrap_or_default();
            let of_organization = of_teams(custom(caller, None));
            by_rank.union(of_organization).union(custom(caller, Some(team)))
        }
    }
}

/// What the caller's custom role in exactly that place allows.
fn custom(caller: &Principal, team: Option<TeamId>) -> PermissionSet {
    let here = caller.permissions.iter().filter(|held| held.team_id == team);
    here.fold(PermissionSet::EMPTY, |all, held| all.union(held.permissions))
}

//! What the three roles that everybody knows hold, told in permissions: so that
//! nobody puts more into a role of their own making than they have.
//!
//! It is what the routes let each of them do (contract: orgs-teams).

use meridian_kernel::{Permission, PermissionSet, Role};

/// What every member of an organisation holds.
const OF_MEMBERS: [Permission; 7] = [
    Permission::EventTypeRead,
    Permission::TeamRead,
    Permission::TeamListMembers,
    Permission::OrganizationRead,
    Permission::OrganizationListMembers,
    Permission::BookingRead,
    Permission::AttributesRead,
];

/// What a role of an organisation holds: an owner everything, and an administrator
/// all but to make others hold everything.
pub fn held_in_organization(role: Role) -> PermissionSet {
    let all =
        Permission::ALL.iter().copied().filter(|permission| permission.is_for_organizations());
    let all: PermissionSet = all.collect();
    match role {
        Role::Owner => all,
        Role::Admin => all.without(PermissionSet::from_iter([Permission::All])),
        Role::Member => OF_MEMBERS.into_iter().collect(),
    }
}

/// What a role of a team holds: an owner all there is in teams, and an administrator
/// all but to delete the team.
pub fn held_in_team(role: Role) -> PermissionSet {
    let all = of_teams(PermissionSet::ALL);
    match role {
        Role::Owner => all,
        Role::Admin => all.without(PermissionSet::from_iter([Permission::TeamDelete])),
        Role::Member => of_teams(held_in_organization(Role::Member)),
    }
}

/// What permissions in an organisation come to in each of its teams.
pub fn of_teams(in_organization: PermissionSet) -> PermissionSet {
    let all = Permission::ALL.iter().copied().filter(|permission| permission.is_for_teams());
    all.filter(|permission| in_organization.allows(permission.in_organization())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_holds_more_than_the_one_before() {
        for held in [held_in_organization, held_in_team] {
            let [member, admin, owner] = Role::ALL.map(held);
            assert!(admin.allows_all(member) && !member.allows_all(admin));
            assert!(owner.allows_all(admin) && !admin.allows_all(owner));
        }
    }

    #[test]
    fn only_owners_hold_everything() {
        assert!(held_in_organization(Role::Owner).contains(Permission::All));
        assert_eq!(held_in_organization(Role::Owner).iter().count(), 59);
        assert!(!held_in_organization(Role::Admin).contains(Permission::All));
        assert!(!held_in_team(Role::Owner).contains(Permission::All));
    }

    #[test]
    fn a_team_has_its_own_words_for_some_of_an_organisations_permissions() {
        let bookings = PermissionSet::from_iter([Permission::BookingReadOrgBookings]);
        let in_team = of_teams(bookings);
        assert_eq!(in_team, PermissionSet::from_iter([Permission::BookingReadTeamBookings]));
        let people = PermissionSet::from_iter([Permission::OrganizationInvite]);
        assert!(of_teams(people).is_empty());
        assert_eq!(of_teams(PermissionSet::from_iter([Permission::All])).iter().count(), 37);
    }
}

//! What members of organisations and teams may call.

use meridian_gateway::TeamRole;
use meridian_kernel::{OrganizationNumber, Role, TeamId, WireId};

use crate::world::{Answer, Place, World, ask};

const OURS: u32 = 7;

fn organization(number: u32) -> i64 {
    OrganizationNumber::new(number).unwrap().wire_id()
}

fn team(organization: u32, row: i64) -> TeamId {
    TeamId::new(OrganizationNumber::new(organization).unwrap(), row)
}

/// A member of our organisation, if of any, and of our team 1, if of any.
fn member(role: Option<Role>, in_team: Option<Role>) -> Place {
    let place = |role| TeamRole { team_id: team(OURS, 1), role };
    Place {
        organization: OURS,
        role,
        teams: in_team.map(place).into_iter().collect(),
        ..Place::default()
    }
}

fn get(place: Place, uri: &str) -> Answer {
    let world = World::new();
    world.place.replace(place);
    world.send(ask("GET", uri).bearer("ada"))
}

fn members_of(id: impl std::fmt::Display) -> String {
    format!("/v2/organizations/{id}/memberships")
}

#[test]
fn an_organisation_is_open_to_its_members_as_far_as_their_role_goes() {
    let ours = organization(OURS);
    let own_teams = format!("/v2/organizations/{ours}/teams/me");
    for (role, own, members) in [
        (Some(Role::Owner), 200, 200),
        (Some(Role::Admin), 200, 200),
        (Some(Role::Member), 200, 403),
        (None, 403, 403),
    ] {
        let place = member(role, None);
        assert_eq!(get(place.clone(), &own_teams).status(), own, "{role:?}");
        assert_eq!(get(place, &members_of(ours)).status(), members, "{role:?}");
    }
}

#[test]
fn a_refusal_says_which_role_is_missing_where() {
    let ours = organization(OURS);
    let user = ours + 1;
    assert_eq!(
        get(member(Some(Role::Member), None), &members_of(ours)).message(),
        format!(
            "RolesGuard - user with id={user} does not have the minimum required role=ORG_ADMIN \
             within organization with id={ours}."
        )
    );
    assert_eq!(
        get(member(None, None), &members_of(ours)).message(),
        format!("RolesGuard - User is not a member of the organization with id={ours}.")
    );
    let team = team(OURS, 1);
    let uri = format!("/v2/teams/{team}/memberships");
    assert_eq!(
        get(member(Some(Role::Member), Some(Role::Member)), &uri).message(),
        format!(
            "RolesGuard - user with id={user} does not have the minimum required role=TEAM_ADMIN \
             within team with id={team}."
        )
    );
    assert_eq!(
        get(member(Some(Role::Member), None), &uri).message(),
        format!("RolesGuard - User is not a member of the team with id={team}.")
    );
}

#[test]
fn another_organisation_is_not_found_whoever_asks() {
    let owner = member(Some(Role::Owner), None);
    let system = Place { is_system_admin: true, ..owner.clone() };
    let alone = Place { is_system_admin: true, ..Place::default() };
    for place in [owner, system, alone] {
        for id in [organization(OURS + 1), 0, 7, -1, organization(OURS) + 1] {
            let answer = get(place.clone(), &members_of(id));
            assert_eq!(answer.status(), 404, "{id}");
            assert_eq!(answer.message(), format!("Organization with id {id} not found"));
        }
    }
}

#[test]
fn what_is_no_id_is_named() {
    let owner = member(Some(Role::Owner), None);
    let answer = get(owner.clone(), &members_of("acme"));
    assert_eq!(answer.status(), 400);
    assert!(answer.message().contains("orgId"), "{}", answer.message());
    for id in ["me", "0", "-1", "1.5"] {
        let answer = get(owner.clone(), &format!("/v2/teams/{id}/memberships"));
        assert_eq!(answer.status(), 400, "{id}");
        assert!(answer.message().contains("teamId"), "{}", answer.message());
    }
}

#[test]
fn a_team_is_open_to_its_members_and_to_whoever_administers_the_organisation() {
    let ours = organization(OURS);
    for (role, in_team, status) in [
        (Role::Owner, None, 200),
        (Role::Admin, None, 200),
        (Role::Admin, Some(Role::Member), 200),
        (Role::Member, Some(Role::Owner), 200),
        (Role::Member, Some(Role::Admin), 200),
        (Role::Member, Some(Role::Member), 403),
        (Role::Member, None, 403),
    ] {
        let place = member(Some(role), in_team);
        let team = team(OURS, 1);
        for uri in [
            format!("/v2/teams/{team}/memberships"),
            format!("/v2/organizations/{ours}/teams/{team}/memberships"),
        ] {
            assert_eq!(get(place.clone(), &uri).status(), status, "{role:?} {in_team:?} {uri}");
        }
    }
}

#[test]
fn a_role_in_one_team_opens_no_other() {
    let place = member(Some(Role::Member), Some(Role::Owner));
    let other = team(OURS, 2);
    assert_eq!(get(place, &format!("/v2/teams/{other}/memberships")).status(), 403);
}

#[test]
fn another_organisations_team_is_not_found() {
    let (ours, theirs) = (organization(OURS), organization(OURS + 1));
    let (our_team, their_team) = (team(OURS, 1), team(OURS + 1, 1));
    let owner = member(Some(Role::Owner), None);
    for uri in [
        format!("/v2/teams/{their_team}/memberships"),
        format!("/v2/organizations/{ours}/teams/{their_team}/memberships"),
        format!("/v2/organizations/{theirs}/teams/{their_team}/memberships"),
        format!("/v2/organizations/{theirs}/teams/{our_team}/memberships"),
    ] {
        assert_eq!(get(owner.clone(), &uri).status(), 404, "{uri}");
    }
}

#[test]
fn a_team_of_no_organisation_has_only_its_members() {
    let id = team(0, 1);
    let place = |teams| Place { teams, ..Place::default() };
    let uri = format!("/v2/teams/{id}/memberships");
    let admin = TeamRole { team_id: id, role: Role::Admin };
    assert_eq!(get(place(vec![admin]), &uri).status(), 200);
    assert_eq!(get(place(Vec::new()), &uri).status(), 403);
    // An organisation is not made of a team.
    let uri = format!("/v2/organizations/0/teams/{id}/memberships");
    assert_eq!(get(place(vec![admin]), &uri).status(), 404);
    let uri = format!("/v2/organizations/{id}/memberships");
    assert_eq!(get(place(vec![admin]), &uri).status(), 404);
}

#[test]
fn a_system_administrator_passes_every_role() {
    let ours = organization(OURS);
    let system = Place { is_system_admin: true, ..member(None, None) };
    assert_eq!(get(system.clone(), &members_of(ours)).status(), 200);
    let team = team(OURS, 9);
    assert_eq!(get(system, &format!("/v2/teams/{team}/memberships")).status(), 200);
}

#[test]
fn a_role_does_not_stand_in_for_a_scope() {
    let world = World::new();
    world.place.replace(member(Some(Role::Owner), None));
    world.scopes.replace(vec!["TEAM_MEMBERSHIP_READ".to_owned()]);
    let ours = organization(OURS);
    let ask_for = |uri: String| world.send(ask("GET", &uri).bearer("token")).status();
    assert_eq!(ask_for(members_of(ours)), 403);
    assert_eq!(ask_for(format!("/v2/teams/{}/memberships", team(OURS, 1))), 200);
}

#[test]
fn without_a_credential_nobody_learns_what_exists() {
    let world = World::new();
    for uri in [members_of(organization(OURS)), members_of(1), "/v2/teams/x/memberships".into()] {
        assert_eq!(world.get(&uri).status(), 401, "{uri}");
    }
}

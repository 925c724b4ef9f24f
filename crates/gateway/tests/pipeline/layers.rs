//! What platform clients, custom roles and plans allow.

use meridian_gateway::{ClientGrant, RolePermissions, TeamRole};
use meridian_kernel::{
    ClientPermission, OrganizationNumber, Permission, PermissionSet, Role, TeamId, WireId,
};

use crate::world::{Answer, Place, World, ask};

const OURS: u32 = 7;

fn ours() -> i64 {
    OrganizationNumber::new(OURS).unwrap().wire_id()
}

fn team(row: i64) -> TeamId {
    TeamId::new(OrganizationNumber::new(OURS).unwrap(), row)
}

fn get(place: &Place, token: &str, uri: &str) -> Answer {
    let world = World::new();
    world.place.replace(place.clone());
    world.send(ask("GET", uri).bearer(token))
}

/// Who came through a client with those permissions.
fn through_client(permissions: &[ClientPermission]) -> Place {
    let permissions = permissions.iter().fold(0, |mask, permission| mask | permission.bit());
    let client = Some(ClientGrant { id: "cm1".to_owned(), permissions });
    Place { organization: OURS, role: Some(Role::Owner), client, ..Place::default() }
}

#[test]
fn a_platform_client_and_its_users_do_what_its_mask_says() {
    let reader = through_client(&[ClientPermission::ProfileRead]);
    let writer = through_client(&[ClientPermission::ProfileWrite, ClientPermission::BookingRead]);
    for token in ["client", "managed"] {
        assert_eq!(get(&reader, token, "/v2/me").status(), 200, "{token}");
        let refused = get(&writer, token, "/v2/me");
        assert_eq!(refused.status(), 403, "{token}");
        assert_eq!(
            refused.message(),
            "PermissionsGuard - oAuth client with id=cm1 does not have the required \
             permissions=PROFILE_READ. Go to platform dashboard settings and add the required \
             permissions to the oAuth client."
        );
        // What has no bit is open to every client, and so are organisations and teams.
        assert_eq!(get(&writer, token, "/v2/undeclared").status(), 200);
        let members = format!("/v2/organizations/{}/memberships", ours());
        assert_eq!(get(&writer, token, &members).status(), 200);
    }
    for token in ["ada", "token"] {
        assert_eq!(get(&writer, token, "/v2/me").status(), 200, "{token}");
    }
}

#[test]
fn some_routes_are_for_some_credentials_only() {
    let place = through_client(&[]);
    assert_eq!(get(&place, "ada", "/v2/api-keys").status(), 200);
    for token in ["client", "managed", "token"] {
        let refused = get(&place, token, "/v2/api-keys");
        assert_eq!(refused.status(), 401, "{token}");
        assert_eq!(
            refused.message(),
            "ApiAuthStrategy - Invalid authentication method. Please provide one of the allowed \
             methods: API_KEY, NEXT_AUTH"
        );
    }
}

/// A member with custom roles.
fn custom(in_organization: &[Permission], in_team: &[Permission]) -> Place {
    let set = |permissions: &[Permission]| permissions.iter().copied().collect::<PermissionSet>();
    let member = TeamRole { team_id: team(1), role: Role::Member };
    Place {
        organization: OURS,
        role: Some(Role::Member),
        teams: vec![member],
        permissions: vec![
            RolePermissions { team_id: None, permissions: set(in_organization) },
            RolePermissions { team_id: Some(team(1)), permissions: set(in_team) },
        ],
        ..Place::default()
    }
}

#[test]
fn a_custom_role_allows_what_the_role_would_not() {
    let members = format!("/v2/organizations/{}/memberships", ours());
    for (permissions, status) in [
        (&[][..], 403),
        (&[Permission::OrganizationInvite], 403),
        (&[Permission::OrganizationListMembers], 200),
        (&[Permission::All], 200),
    ] {
        assert_eq!(get(&custom(permissions, &[]), "ada", &members).status(), status);
    }
    // Who has a role that is enough needs no permission.
    let admin = Place { role: Some(Role::Admin), ..custom(&[], &[]) };
    assert_eq!(get(&admin, "ada", &members).status(), 200);
    // An invitation that is not accepted allows nothing.
    let invited = Place { role: None, ..custom(&[Permission::All], &[]) };
    assert_eq!(get(&invited, "ada", &members).status(), 403);
}

#[test]
fn a_custom_role_of_a_team_counts_there_and_one_of_the_organisation_in_all_teams() {
    let list = Permission::TeamListMembers;
    for (place, first, second) in [
        (custom(&[], &[]), 403, 403),
        (custom(&[], &[list]), 200, 403),
        (custom(&[list], &[]), 200, 200),
    ] {
        let members = |row| format!("/v2/teams/{}/memberships", team(row));
        assert_eq!(get(&place, "ada", &members(1)).status(), first);
        assert_eq!(get(&place, "ada", &members(2)).status(), second);
    }
    let reads = custom(&[Permission::BookingReadOrgBookings], &[]);
    assert_eq!(get(&reads, "ada", &format!("/v2/teams/{}/bookings", team(2))).status(), 200);
    // Who is no member of the team has no role in it.
    let outside = Place { teams: Vec::new(), ..custom(&[], &[list]) };
    let members = format!("/v2/teams/{}/memberships", team(1));
    assert_eq!(get(&outside, "ada", &members).status(), 403);
}

#[test]
fn platform_customers_reach_what_their_plan_covers() {
    let owner = Place { organization: OURS, role: Some(Role::Owner), ..Place::default() };
    for (plan, members, children, attributes) in [
        (None, 200, 200, 200),
        (Some("FREE"), 403, 403, 403),
        (Some("STARTER"), 403, 403, 403),
        (Some("ESSENTIALS"), 200, 403, 403),
        (Some("SCALE"), 200, 200, 403),
        (Some("ENTERPRISE"), 200, 200, 403),
        (Some("unheard of"), 403, 403, 403),
    ] {
        let place = Place { platform_plan: plan, ..owner.clone() };
        for (path, status) in
            [("memberships", members), ("organizations", children), ("labels", attributes)]
        {
            let answer = get(&place, "ada", &format!("/v2/organizations/{}/{path}", ours()));
            assert_eq!(answer.status(), status, "{plan:?} {path}");
            if status == 403 {
                assert_eq!(answer.message(), "Forbidden resource");
            }
        }
        // Plans are about organisations.
        let teams = format!("/v2/teams/{}/memberships", team(1));
        assert_eq!(get(&place, "ada", &teams).status(), 200, "{plan:?}");
        assert_eq!(get(&place, "ada", "/v2/me").status(), 200, "{plan:?}");
    }
}

#[test]
fn a_system_administrator_passes_every_role() {
    let system = Place { organization: OURS, is_system_admin: true, ..Place::default() };
    for path in [
        format!("/v2/organizations/{}/memberships", ours()),
        format!("/v2/teams/{}/memberships", team(1)),
    ] {
        assert_eq!(get(&system, "ada", &path).status(), 200, "{path}");
    }
}

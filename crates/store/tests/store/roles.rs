//! Roles of one's own making: made, changed, given.

use meridian_kernel::{Instant, Patch, Permission, PermissionSet, Role, UuidUid};
use meridian_store::memberships::{self, MembershipChange, MembershipChanged};
use meridian_store::roles::{
    self, Assignment, CustomRole, MAX_ROLES, NewRole, PermissionChange, Place, RoleChange,
    RoleChanged, RoleInserted, RoleRefused,
};
use meridian_store::users::{self, MemberChange, MemberChanged};
use meridian_store::{Database, Scope};

use crate::support::{Home, organization, team, user};

const NOW: Instant = Instant::from_millis(1_000_000);

fn set(permissions: &[Permission]) -> PermissionSet {
    permissions.iter().copied().collect()
}

async fn make<D: Database>(
    scope: &Scope<'_, D>,
    place: Place,
    name: &str,
    permissions: &[Permission],
) -> RoleInserted {
    let new =
        NewRole { name: name.to_owned(), permissions: set(permissions), ..NewRole::default() };
    roles::insert(scope, place, &UuidUid::generate(organization()), &new, NOW).await.unwrap()
}

async fn made<D: Database>(
    scope: &Scope<'_, D>,
    place: Place,
    name: &str,
    permissions: &[Permission],
) -> CustomRole {
    match make(scope, place, name, permissions).await {
        RoleInserted::Inserted(role) => *role,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_place_has_its_own_roles_and_names() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let sales = team(&scope, "sales", &[]).await;
    let ours = made(&scope, None, "Support", &[Permission::RoleRead]).await;
    let theirs = made(&scope, Some(sales), "Support", &[]).await;
    assert_eq!((ours.team_id, theirs.team_id), (None, Some(sales)));
    assert_eq!(make(&scope, None, "SUPPORT", &[]).await, RoleInserted::NameTaken);
    assert_eq!(roles::list(&scope, None).await.unwrap(), Some(vec![ours.clone()]));
    assert_eq!(roles::list(&scope, Some(sales)).await.unwrap(), Some(vec![theirs.clone()]));
    assert_eq!(roles::find(&scope, None, &theirs.id).await.unwrap(), None);
    assert_eq!(roles::find(&scope, Some(sales), &theirs.id).await.unwrap(), Some(theirs));
    let nowhere = Some(meridian_kernel::WireId::new(organization(), 99));
    assert_eq!(roles::list(&scope, nowhere).await.unwrap(), None);
    assert_eq!(make(&scope, nowhere, "x", &[]).await, RoleInserted::NoTeam);
}

#[tokio::test]
async fn a_place_has_so_many_roles_at_most() {
    let home = Home::new().await;
    let scope = home.scope().await;
    for number in 0..MAX_ROLES {
        made(&scope, None, &number.to_string(), &[]).await;
    }
    assert_eq!(make(&scope, None, "one more", &[]).await, RoleInserted::TooMany);
}

#[tokio::test]
async fn two_who_add_at_the_same_time_both_add() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let role = made(&scope, None, "Support", &[]).await;
    let add = async |permission| {
        let change = RoleChange::of_permissions(PermissionChange::Add(set(&[permission])));
        roles::update(&scope, (None, &role.id), &change, PermissionSet::ALL, NOW).await.unwrap()
    };
    tokio::join!(add(Permission::RoleRead), add(Permission::TeamRead));
    let found = roles::find(&scope, None, &role.id).await.unwrap().unwrap();
    assert_eq!(found.permissions, set(&[Permission::RoleRead, Permission::TeamRead]));
}

#[tokio::test]
async fn nobody_handles_a_role_that_allows_more_than_they_hold() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let star = made(&scope, None, "Everything", &[Permission::All]).await;
    let some = made(&scope, None, "Some", &[Permission::RoleRead]).await;
    let held = PermissionSet::ALL.without(set(&[Permission::All]));
    let change =
        RoleChange { name: Some("x".into()), ..RoleChange::of_permissions(PermissionChange::Keep) };
    let refused = roles::update(&scope, (None, &star.id), &change, held, NOW).await.unwrap();
    assert_eq!(refused, RoleChanged::AllowsMore);
    let refused = roles::delete(&scope, (None, &star.id), held).await.unwrap();
    assert_eq!(refused, RoleChanged::AllowsMore);
    let done = roles::update(&scope, (None, &some.id), &change, held, NOW).await.unwrap();
    assert!(matches!(done, RoleChanged::Done(_)));
    // Who holds everything holds the star.
    let deleted = roles::delete(&scope, (None, &star.id), set(&[Permission::All])).await.unwrap();
    assert!(matches!(deleted, RoleChanged::Done(_)));
    let gone = roles::delete(&scope, (None, &star.id), PermissionSet::ALL).await.unwrap();
    assert_eq!(gone, RoleChanged::Unknown);
}

#[tokio::test]
async fn a_member_is_given_a_role_of_the_same_place_only() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let sales = team(&scope, "sales", &[(ada, true)]).await;
    let ours = made(&scope, None, "Ours", &[Permission::RoleRead]).await;
    let theirs = made(&scope, Some(sales), "Theirs", &[Permission::TeamRead]).await;
    let give = |role: &CustomRole, held| Assignment { role: Patch::Value(role.id.clone()), held };
    for (role, held, refused) in [
        (&ours, PermissionSet::ALL, None),
        (&ours, PermissionSet::EMPTY, Some(RoleRefused::AllowsMore)),
        (&theirs, PermissionSet::ALL, Some(RoleRefused::Unknown)),
    ] {
        let change = MemberChange { custom_role: give(role, held), ..MemberChange::default() };
        let changed = users::change_member(&scope, ada, &change, Role::Owner, NOW).await.unwrap();
        match refused {
            None => assert!(matches!(&changed, MemberChanged::Done(user)
                if user.custom_role_id.as_ref() == Some(&role.id))),
            Some(why) => assert_eq!(changed, MemberChanged::RoleRefused(why)),
        }
    }
    let places = memberships::list(&scope, sales, None, (0, 9)).await.unwrap().unwrap();
    let at = (sales, places[0].id);
    for (role, held, refused) in [
        (&theirs, PermissionSet::ALL, None),
        (&theirs, PermissionSet::EMPTY, Some(RoleRefused::AllowsMore)),
        (&ours, PermissionSet::ALL, Some(RoleRefused::Unknown)),
    ] {
        let change =
            MembershipChange { custom_role: give(role, held), ..MembershipChange::default() };
        let changed = memberships::update(&scope, at, &change, Role::Owner, NOW).await.unwrap();
        match refused {
            None => assert!(matches!(&changed, MembershipChanged::Done(place)
                if place.custom_role_id.as_ref() == Some(&role.id))),
            Some(why) => assert_eq!(changed, MembershipChanged::RoleRefused(why)),
        }
    }
    // A role that goes is nobody's.
    roles::delete(&scope, (Some(sales), &theirs.id), PermissionSet::ALL).await.unwrap();
    let places = memberships::list(&scope, sales, None, (0, 9)).await.unwrap().unwrap();
    assert_eq!(places[0].custom_role_id, None);
}

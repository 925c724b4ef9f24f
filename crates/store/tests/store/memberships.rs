//! Places in teams, and what hangs on them.

use meridian_database::Databases;
use meridian_kernel::{Instant, MembershipId, Role, TeamId, UserId, WireId};
use meridian_store::memberships::{
    self, Membership, MembershipChange, MembershipChanged, MembershipInserted, NewInvite,
    NewMembership,
};
use meridian_store::roles::Assignment;
use meridian_store::{Scope, Statement, arguments};

use crate::support::{Home, leave, organization, team, user, write};

const NOW: Instant = Instant::from_millis(1_000_000);

fn place(team: TeamId, user: UserId, role: Role, accepted: bool) -> NewMembership {
    NewMembership {
        team,
        user,
        role,
        accepted,
        disable_impersonation: false,
        custom_role: Assignment::default(),
    }
}

async fn join(scope: &Scope<'_, Databases>, new: NewMembership) -> Membership {
    match memberships::insert(scope, &new, NOW).await.unwrap() {
        MembershipInserted::Inserted(membership) => *membership,
        other => panic!("{other:?}"),
    }
}

async fn demote(scope: &Scope<'_, Databases>, place: &Membership, by: Role) -> MembershipChanged {
    let change = MembershipChange { role: Some(Role::Member), ..MembershipChange::default() };
    let at = (place.team_id, place.id);
    memberships::update(scope, at, &change, by, NOW).await.unwrap()
}

/// An event type that all members of a team host.
async fn for_all(scope: &Scope<'_, Databases>, team: TeamId, slug: &str, kind: &str) -> i64 {
    let sql = "INSERT INTO event_type (team_id, slug, title, length_minutes, scheduling_type, \
               assign_all_team_members, settings, created_at, updated_at) \
               VALUES (?1, ?2, ?2, 30, ?3, 1, '{}', 0, 0)";
    write(scope, Statement::command(sql, arguments![team.row(), slug, kind])).await
}

/// How many event types of the team a user hosts, and how many copies they have.
async fn hosted(scope: &Scope<'_, Databases>, user: UserId) -> (i64, i64) {
    let sql = "SELECT (SELECT count(*) FROM event_host WHERE user_id = ?1), \
               (SELECT count(*) FROM event_type WHERE owner_id = ?1 AND parent_id IS NOT NULL)";
    let rows = scope.read_one(Statement::query(sql, arguments![user.row()])).await.unwrap();
    let row = rows.first().unwrap();
    (row.integer(0).unwrap(), row.integer(1).unwrap())
}

#[tokio::test]
async fn a_membership_is_shown_with_its_user() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let sales = team(&scope, "sales", &[]).await;
    let made = join(&scope, place(sales, ada, Role::Admin, false)).await;
    assert_eq!((made.team_id, made.user_id, made.role), (sales, ada, Role::Admin));
    assert!(!made.accepted);
    assert_eq!(made.user.email, "ada@example.com");
    assert_eq!(memberships::find(&scope, sales, made.id).await.unwrap(), Some(made));
}

#[tokio::test]
async fn a_user_is_in_a_team_once_and_only_while_they_are_in_the_organisation() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let sales = team(&scope, "sales", &[]).await;
    let wish = place(sales, ada, Role::Member, true);
    join(&scope, wish.clone()).await;
    let insert = async |new| memberships::insert(&scope, &new, NOW).await.unwrap();
    assert_eq!(insert(wish.clone()).await, MembershipInserted::AlreadyMember);
    leave(&scope, bob).await;
    assert_eq!(
        insert(NewMembership { user: bob, ..wish.clone() }).await,
        MembershipInserted::NoUser
    );
    let nobody = UserId::new(organization(), 99);
    assert_eq!(
        insert(NewMembership { user: nobody, ..wish.clone() }).await,
        MembershipInserted::NoUser
    );
    let foreign = UserId::from_wire(ada.wire() + (1 << 32)).unwrap();
    assert_eq!(
        insert(NewMembership { user: foreign, ..wish.clone() }).await,
        MembershipInserted::NoUser
    );
    let nowhere = TeamId::new(organization(), 99);
    assert_eq!(
        insert(NewMembership { team: nowhere, ..wish.clone() }).await,
        MembershipInserted::NoTeam
    );
}

#[tokio::test]
async fn whoever_accepts_hosts_what_all_members_host() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let sales = team(&scope, "sales", &[]).await;
    for_all(&scope, sales, "round", "roundRobin").await;
    for_all(&scope, sales, "all", "collective").await;
    for_all(&scope, sales, "own", "managed").await;
    join(&scope, place(sales, ada, Role::Member, true)).await;
    assert_eq!(hosted(&scope, ada).await, (2, 1));

    let invited = join(&scope, place(sales, bob, Role::Member, false)).await;
    assert_eq!(hosted(&scope, bob).await, (0, 0));
    let at = (sales, invited.id);
    for (accepted, expected) in [(true, (2, 1)), (true, (2, 1)), (false, (0, 0)), (true, (2, 1))] {
        let change = MembershipChange { accepted: Some(accepted), ..MembershipChange::default() };
        let changed = memberships::update(&scope, at, &change, Role::Owner, NOW).await.unwrap();
        assert!(matches!(changed, MembershipChanged::Done(place) if place.accepted == accepted));
        assert_eq!(hosted(&scope, bob).await, expected);
    }
    memberships::delete(&scope, at, Role::Owner).await.unwrap();
    assert_eq!(hosted(&scope, bob).await, (0, 0));
    assert_eq!(hosted(&scope, ada).await, (2, 1));
}

#[tokio::test]
async fn the_last_owner_stays() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let sales = team(&scope, "sales", &[]).await;
    let ada = join(&scope, place(sales, ada, Role::Owner, true)).await;
    // One who was only invited does not count.
    let invited = join(&scope, place(sales, bob, Role::Owner, false)).await;
    let at = (sales, ada.id);
    assert_eq!(demote(&scope, &ada, Role::Owner).await, MembershipChanged::LastOwner);
    let deleted = memberships::delete(&scope, at, Role::Owner).await.unwrap();
    assert_eq!(deleted, MembershipChanged::LastOwner);
    let refuse = MembershipChange { accepted: Some(false), ..MembershipChange::default() };
    let refused = memberships::update(&scope, at, &refuse, Role::Owner, NOW).await.unwrap();
    assert_eq!(refused, MembershipChanged::LastOwner);
    // Saying again what they are is no demotion.
    let same = MembershipChange { role: Some(Role::Owner), ..MembershipChange::default() };
    let kept = memberships::update(&scope, at, &same, Role::Owner, NOW).await.unwrap();
    assert!(matches!(kept, MembershipChanged::Done(_)));

    let accept = MembershipChange { accepted: Some(true), ..MembershipChange::default() };
    memberships::update(&scope, (sales, invited.id), &accept, Role::Owner, NOW).await.unwrap();
    assert!(matches!(demote(&scope, &ada, Role::Owner).await, MembershipChanged::Done(_)));
    assert_eq!(demote(&scope, &invited, Role::Owner).await, MembershipChanged::LastOwner);
}

#[tokio::test]
async fn of_two_owners_who_go_at_once_one_stays() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let sales = team(&scope, "sales", &[]).await;
    let mut owners = Vec::new();
    for name in ["ada", "bob"] {
        let owner = user(&scope, name).await;
        owners.push(join(&scope, place(sales, owner, Role::Owner, true)).await);
    }
    let leave = |place: &Membership| memberships::delete(&scope, (sales, place.id), Role::Owner);
    let (one, two) = tokio::join!(leave(&owners[0]), leave(&owners[1]));
    let gone = [one.unwrap(), two.unwrap()];
    let left = gone.iter().filter(|gone| matches!(gone, MembershipChanged::Done(_))).count();
    assert_eq!(left, 1, "{gone:?}");
    assert!(gone.contains(&MembershipChanged::LastOwner), "{gone:?}");
}

#[tokio::test]
async fn only_an_owner_changes_an_owner() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let sales = team(&scope, "sales", &[]).await;
    let mut owners = Vec::new();
    for name in ["ada", "bob"] {
        let owner = user(&scope, name).await;
        owners.push(join(&scope, place(sales, owner, Role::Owner, true)).await);
    }
    assert_eq!(
        demote(&scope, &owners[0], Role::Admin).await,
        MembershipChanged::Outranks(Role::Owner)
    );
    let deleted = memberships::delete(&scope, (sales, owners[0].id), Role::Admin).await.unwrap();
    assert_eq!(deleted, MembershipChanged::Outranks(Role::Owner));
    assert!(matches!(demote(&scope, &owners[0], Role::Owner).await, MembershipChanged::Done(_)));
    assert!(matches!(demote(&scope, &owners[0], Role::Admin).await, MembershipChanged::Done(_)));
}

#[tokio::test]
async fn a_membership_belongs_to_its_team() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let (sales, support) = (team(&scope, "sales", &[]).await, team(&scope, "support", &[]).await);
    let made = join(&scope, place(sales, ada, Role::Member, true)).await;
    assert_eq!(memberships::find(&scope, support, made.id).await.unwrap(), None);
    let at = (support, made.id);
    let change = MembershipChange { role: Some(Role::Owner), ..MembershipChange::default() };
    let unknown = MembershipChanged::Unknown;
    assert_eq!(memberships::update(&scope, at, &change, Role::Owner, NOW).await.unwrap(), unknown);
    assert_eq!(memberships::delete(&scope, at, Role::Owner).await.unwrap(), unknown);
    let foreign = MembershipId::from_wire(made.id.wire() + (1 << 32)).unwrap();
    assert_eq!(memberships::find(&scope, sales, foreign).await.unwrap(), None);
    assert_eq!(memberships::find(&scope, sales, made.id).await.unwrap(), Some(made));
}

#[tokio::test]
async fn a_list_can_be_of_some_addresses() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let sales = team(&scope, "sales", &[]).await;
    for name in ["ada", "bob", "cleo"] {
        let member = user(&scope, name).await;
        join(&scope, place(sales, member, Role::Member, true)).await;
    }
    let names = async |emails: Option<Vec<String>>, page| {
        let found = memberships::list(&scope, sales, emails.as_deref(), page).await.unwrap();
        found.unwrap().into_iter().map(|place| place.user.username).collect::<Vec<_>>()
    };
    assert_eq!(names(None, (1, 1)).await, ["bob"]);
    let emails = vec!["CLEO@example.com".to_owned(), "ada@example.com".to_owned()];
    assert_eq!(names(Some(emails), (0, 10)).await, ["ada", "cleo"]);
    let nobody = Some(vec!["eve@example.com".to_owned()]);
    assert!(names(nobody, (0, 10)).await.is_empty());
    let nowhere = TeamId::new(organization(), 99);
    assert_eq!(memberships::list(&scope, nowhere, None, (0, 10)).await.unwrap(), None);
}

#[tokio::test]
async fn an_invitation_lets_people_in_until_it_expires() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let sales = team(&scope, "sales", &[(bob, false)]).await;
    for_all(&scope, sales, "round", "roundRobin").await;
    let invite = NewInvite { token_hash: "hash", team: sales, expires_at: NOW.plus_minutes(1) };
    assert!(memberships::make_invite(&scope, &invite, NOW).await.unwrap());
    let nowhere = NewInvite { team: TeamId::new(organization(), 99), ..invite.clone() };
    assert!(!memberships::make_invite(&scope, &nowhere, NOW).await.unwrap());

    let enter = async |hash: &'static str, user, now| {
        memberships::join(&scope, hash, user, now).await.unwrap()
    };
    assert_eq!(enter("other", ada, NOW).await, None);
    assert_eq!(enter("hash", ada, NOW.plus_minutes(1)).await, None);
    for user in [ada, bob, ada] {
        let place = enter("hash", user, NOW).await.unwrap();
        assert_eq!((place.user_id, place.role, place.accepted), (user, Role::Member, true));
        assert_eq!(hosted(&scope, user).await, (1, 0));
    }
    let cleo = user(&scope, "cleo").await;
    leave(&scope, cleo).await;
    assert_eq!(enter("hash", cleo, NOW).await, None);
}

#[tokio::test]
async fn an_invitation_leaves_an_owner_an_owner() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let sales = team(&scope, "sales", &[]).await;
    join(&scope, place(sales, ada, Role::Owner, true)).await;
    let invite = NewInvite { token_hash: "hash", team: sales, expires_at: NOW.plus_minutes(1) };
    memberships::make_invite(&scope, &invite, NOW).await.unwrap();
    let place = memberships::join(&scope, "hash", ada, NOW).await.unwrap().unwrap();
    assert_eq!(place.role, Role::Owner);
}

//! Users as members of their organisation.

use meridian_database::Databases;
use meridian_kernel::{ApiKey, Instant, KeyMode, Patch, Role, ScheduleId, UserId, WireId, Zone};
use meridian_store::api_keys::{self, NewApiKey};
use meridian_store::users::{
    self, MemberChange, MemberChanged, MemberFilter, MemberInserted, NewMember, User, UserChange,
};
use meridian_store::{Scope, Statement, arguments, schedules};
use serde_json::{Map, json};

use crate::support::{Home, organization, team, user, write};

const NOW: Instant = Instant::from_millis(1_000);

fn member(email: &str, username: Option<&str>) -> NewMember {
    NewMember {
        email: email.to_owned(),
        username: username.unwrap_or("ada").to_owned(),
        username_may_vary: username.is_none(),
        role: Role::Member,
        accepted: true,
        time_zone: Zone::parse("Europe/Rome").unwrap(),
        profile: UserChange::default(),
        settings: Map::new(),
    }
}

async fn add(scope: &Scope<'_, Databases>, new: NewMember) -> User {
    match users::insert_member(scope, &new, NOW).await.unwrap() {
        MemberInserted::Inserted(user) => *user,
        other => panic!("{other:?}"),
    }
}

async fn owner(scope: &Scope<'_, Databases>, name: &str) -> User {
    let email = format!("{name}@acme.org");
    add(scope, NewMember { role: Role::Owner, ..member(&email, Some(name)) }).await
}

fn to_role(role: Role) -> MemberChange {
    MemberChange { role: Some(role), ..MemberChange::default() }
}

async fn change(scope: &Scope<'_, Databases>, id: UserId, change: MemberChange) -> MemberChanged {
    users::change_member(scope, id, &change, Role::Owner, NOW).await.unwrap()
}

async fn leave(scope: &Scope<'_, Databases>, id: UserId) -> MemberChanged {
    users::leave(scope, id, Role::Owner, NOW).await.unwrap()
}

#[tokio::test]
async fn a_new_member_has_working_hours_in_their_zone() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let profile = UserChange {
        name: Patch::Value("Ada".to_owned()),
        time_format: Some(24),
        ..UserChange::default()
    };
    let settings = Map::from_iter([("theme".to_owned(), json!("dark"))]);
    let new = NewMember { profile, settings, ..member("ada@acme.org", Some("ada")) };
    let ada = add(&scope, new).await;
    assert_eq!((ada.name.as_str(), ada.time_format), ("Ada", 24));
    assert_eq!(ada.settings["theme"], "dark");
    assert_eq!((ada.organization_role, ada.organization_accepted), (Role::Member, true));
    let schedule = schedules::find_default(&scope, ada.id).await;
    assert_eq!(schedule.unwrap().unwrap().time_zone.name(), "Europe/Rome");
}

#[tokio::test]
async fn names_and_addresses_are_one_members_each() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = add(&scope, member("ada@acme.org", Some("ada"))).await;
    let insert = async |new: NewMember| users::insert_member(&scope, &new, NOW).await.unwrap();
    let same_address = insert(member("ADA@acme.org", Some("other"))).await;
    assert_eq!(same_address, MemberInserted::EmailTaken);
    let both = insert(member("ada@acme.org", Some("ada"))).await;
    assert_eq!(both, MemberInserted::EmailTaken);
    let same_name = insert(member("bob@acme.org", Some("Ada"))).await;
    assert_eq!(same_name, MemberInserted::UsernameTaken);
    // A name that was not asked for gives way.
    let bob = add(&scope, member("bob@acme.org", None)).await;
    assert!(bob.username.starts_with("ada-"), "{}", bob.username);

    let to_email =
        |email: &str| MemberChange { email: Some(email.to_owned()), ..MemberChange::default() };
    let to_name =
        |name: &str| MemberChange { username: Some(name.to_owned()), ..MemberChange::default() };
    let taken = change(&scope, bob.id, to_email("ada@acme.org")).await;
    assert_eq!(taken, MemberChanged::EmailTaken);
    let taken = change(&scope, bob.id, to_name("ADA")).await;
    assert_eq!(taken, MemberChanged::UsernameTaken);
    let own = change(&scope, ada.id, to_email("ada@acme.org")).await;
    assert!(matches!(own, MemberChanged::Done(_)));
}

#[tokio::test]
async fn a_change_leaves_what_it_does_not_name() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let settings = json!({"theme": "dark", "hideBranding": true}).as_object().unwrap().clone();
    let ada = add(&scope, NewMember { settings, ..member("ada@acme.org", Some("ada")) }).await;
    let wish = MemberChange {
        role: Some(Role::Admin),
        profile: UserChange { time_zone: Zone::parse("Asia/Tokyo").ok(), ..UserChange::default() },
        settings: json!({"theme": null}).as_object().unwrap().clone(),
        ..MemberChange::default()
    };
    let MemberChanged::Done(changed) = change(&scope, ada.id, wish).await else { panic!() };
    assert_eq!((changed.organization_role, changed.username.as_str()), (Role::Admin, "ada"));
    assert_eq!(json!(changed.settings), json!({"hideBranding": true}));
    let schedule = schedules::find_default(&scope, ada.id).await.unwrap().unwrap();
    assert_eq!(schedule.time_zone.name(), "Asia/Tokyo");
}

#[tokio::test]
async fn a_default_schedule_is_the_members_own() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = add(&scope, member("ada@acme.org", Some("ada"))).await;
    let bob = add(&scope, member("bob@acme.org", Some("bob"))).await;
    let to = |schedule: Option<ScheduleId>| MemberChange {
        role: Some(Role::Admin),
        profile: UserChange { default_schedule_id: schedule, ..UserChange::default() },
        ..MemberChange::default()
    };
    let refused = change(&scope, ada.id, to(bob.default_schedule_id)).await;
    assert_eq!(refused, MemberChanged::NoSchedule);
    let ada = users::find(&scope, ada.id).await.unwrap().unwrap();
    assert_eq!(ada.organization_role, Role::Member, "nothing of the change is kept");
    let done = change(&scope, ada.id, to(ada.default_schedule_id)).await;
    assert!(matches!(done, MemberChanged::Done(_)));
}

#[tokio::test]
async fn whoever_leaves_takes_keys_teams_and_hosting_along() {
    let home = Home::new().await;
    let scope = home.scope().await;
    owner(&scope, "olga").await;
    let ada = add(&scope, member("ada@acme.org", Some("ada"))).await.id;
    let sales = team(&scope, "sales", &[(ada, true)]).await;
    let key = ApiKey::generate(organization(), KeyMode::Live);
    let stored = NewApiKey::new(&key, None, None);
    api_keys::insert(&scope, ada, &stored, NOW).await.unwrap().unwrap();
    let sql = "INSERT INTO event_type (team_id, slug, title, length_minutes, scheduling_type, \
               settings, created_at, updated_at) VALUES (?1, ?2, 'x', 30, ?2, '{}', 0, 0)";
    let round = write(&scope, Statement::command(sql, arguments![sales.row(), "roundRobin"])).await;
    let managed = write(&scope, Statement::command(sql, arguments![sales.row(), "managed"])).await;
    let sql = "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, created_at) \
               VALUES (?1, ?2, 0, 0, 0)";
    write(&scope, Statement::command(sql, arguments![round, ada.row()])).await;
    let sql = "INSERT INTO event_type (owner_id, parent_id, slug, title, length_minutes, settings, \
               created_at, updated_at) VALUES (?1, ?2, ?3, 'x', 30, '{}', 0, 0)";
    write(&scope, Statement::command(sql, arguments![ada.row(), managed, "copy"])).await;
    write(&scope, Statement::command(sql, arguments![ada.row(), None::<i64>, "own"])).await;

    assert!(matches!(leave(&scope, ada).await, MemberChanged::Done(user) if user.id == ada));
    assert_eq!(users::find(&scope, ada).await.unwrap(), None);
    assert_eq!(users::find_by_email(&scope, "ada@acme.org").await.unwrap(), None);
    assert_eq!(users::find_by_username(&scope, "ada").await.unwrap(), None);
    assert_eq!(api_keys::find_holder(&scope, &key.hash()).await.unwrap(), None);
    assert_eq!(api_keys::insert(&scope, ada, &stored, NOW).await.unwrap(), None);
    let count = "SELECT (SELECT count(*) FROM team_membership), (SELECT count(*) FROM event_host), \
                 (SELECT group_concat(slug) FROM event_type WHERE owner_id = ?1)";
    let rows = scope.read_one(Statement::query(count, arguments![ada.row()])).await.unwrap();
    let row = rows.first().unwrap();
    assert_eq!((row.integer(0), row.integer(1), row.text(2)), (Ok(0), Ok(0), Ok("own")));
    // Twice is once.
    assert_eq!(leave(&scope, ada).await, MemberChanged::Unknown);
    assert_eq!(change(&scope, ada, to_role(Role::Admin)).await, MemberChanged::Unknown);
    let listed = users::list_members(&scope, &MemberFilter::default(), (0, 10)).await.unwrap();
    assert_eq!(listed.iter().map(|user| user.username.as_str()).collect::<Vec<_>>(), ["olga"]);
}

#[tokio::test]
async fn whoever_comes_back_is_the_same_user() {
    let home = Home::new().await;
    let scope = home.scope().await;
    owner(&scope, "olga").await;
    let ada = add(&scope, member("ada@acme.org", Some("ada"))).await;
    leave(&scope, ada.id).await;
    let back = add(&scope, NewMember { role: Role::Admin, ..member("ada@acme.org", None) }).await;
    assert_eq!((back.id, back.username.as_str()), (ada.id, "ada"));
    assert_eq!(back.organization_role, Role::Admin);
    assert_eq!(back.default_schedule_id, ada.default_schedule_id);

    leave(&scope, ada.id).await;
    let rejoined = users::rejoin(&scope, ada.id, &to_role(Role::Member), NOW).await.unwrap();
    let MemberChanged::Done(rejoined) = rejoined else { panic!("{rejoined:?}") };
    assert_eq!((rejoined.id, rejoined.organization_role), (ada.id, Role::Member));
    assert!(!rejoined.organization_accepted);
    let again = users::rejoin(&scope, ada.id, &to_role(Role::Member), NOW).await.unwrap();
    assert_eq!(again, MemberChanged::Unknown);
}

#[tokio::test]
async fn the_name_of_somebody_who_left_is_free() {
    let home = Home::new().await;
    let scope = home.scope().await;
    owner(&scope, "olga").await;
    let first = add(&scope, member("ada@acme.org", Some("ada"))).await;
    leave(&scope, first.id).await;
    let second = add(&scope, member("ada@other.org", Some("ada"))).await;
    assert_ne!(first.id, second.id);
    assert_eq!(second.username, "ada");
    // And the first can still come back, under another name.
    let back = add(&scope, member("ada@acme.org", None)).await;
    assert_eq!(back.id, first.id);
    assert!(back.username.starts_with("ada-"), "{}", back.username);
}

#[tokio::test]
async fn an_organisation_keeps_an_owner() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let olga = owner(&scope, "olga").await.id;
    assert_eq!(leave(&scope, olga).await, MemberChanged::LastOwner);
    assert_eq!(change(&scope, olga, to_role(Role::Admin)).await, MemberChanged::LastOwner);
    let pending = MemberChange { accepted: Some(false), ..MemberChange::default() };
    assert_eq!(change(&scope, olga, pending).await, MemberChanged::LastOwner);
    assert!(matches!(change(&scope, olga, to_role(Role::Owner)).await, MemberChanged::Done(_)));
    // Whoever has not accepted is none yet.
    let invited = NewMember { accepted: false, ..member("odo@acme.org", Some("odo")) };
    let odo = add(&scope, NewMember { role: Role::Owner, ..invited }).await.id;
    assert_eq!(leave(&scope, olga).await, MemberChanged::LastOwner);
    let accept = MemberChange { accepted: Some(true), ..MemberChange::default() };
    change(&scope, odo, accept).await;
    let (one, two) = tokio::join!(leave(&scope, olga), leave(&scope, odo));
    let gone = [one, two].iter().filter(|gone| matches!(gone, MemberChanged::Done(_))).count();
    assert_eq!(gone, 1);
}

#[tokio::test]
async fn nobody_changes_who_is_more_than_they_are() {
    let home = Home::new().await;
    let scope = home.scope().await;
    owner(&scope, "odo").await;
    let olga = owner(&scope, "olga").await.id;
    let wish = to_role(Role::Member);
    let refused = users::change_member(&scope, olga, &wish, Role::Admin, NOW).await.unwrap();
    assert_eq!(refused, MemberChanged::Outranks(Role::Owner));
    let refused = users::leave(&scope, olga, Role::Admin, NOW).await.unwrap();
    assert_eq!(refused, MemberChanged::Outranks(Role::Owner));
    let ada = user(&scope, "ada").await;
    change(&scope, ada, to_role(Role::Admin)).await;
    let refused = users::leave(&scope, ada, Role::Member, NOW).await.unwrap();
    assert_eq!(refused, MemberChanged::Outranks(Role::Admin));
    let done = users::leave(&scope, ada, Role::Admin, NOW).await.unwrap();
    assert!(matches!(done, MemberChanged::Done(_)));
}

#[tokio::test]
async fn a_list_can_be_of_addresses_and_of_teams() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob, cleo) =
        (user(&scope, "ada").await, user(&scope, "bob").await, user(&scope, "cleo").await);
    let sales = team(&scope, "sales", &[(ada, true), (bob, false)]).await;
    let support = team(&scope, "support", &[(cleo, true)]).await;
    let names = async |filter: MemberFilter, page| {
        let found = users::list_members(&scope, &filter, page).await.unwrap();
        found.into_iter().map(|user| user.username).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(MemberFilter::default(), (1, 1)).await, "bob");
    let of = |teams: &[_]| MemberFilter { teams: Some(teams.to_vec()), emails: None };
    assert_eq!(names(of(&[sales, support]), (0, 9)).await, "ada cleo");
    let foreign = meridian_kernel::TeamId::from_wire(sales.wire() + (1 << 32)).unwrap();
    assert_eq!(names(of(&[foreign]), (0, 9)).await, "");
    let emails = Some(vec!["BOB@example.com".to_owned()]);
    assert_eq!(names(MemberFilter { emails, teams: None }, (0, 9)).await, "bob");
}

#[tokio::test]
async fn another_organisations_user_is_none() {
    let home = Home::new().await;
    let scope = home.scope().await;
    owner(&scope, "olga").await;
    let ada = user(&scope, "ada").await;
    let foreign = UserId::from_wire(ada.wire() + (1 << 32)).unwrap();
    assert_eq!(leave(&scope, foreign).await, MemberChanged::Unknown);
    assert_eq!(change(&scope, foreign, to_role(Role::Admin)).await, MemberChanged::Unknown);
    let change = MemberChange::default();
    let rejoined = users::rejoin(&scope, foreign, &change, NOW).await.unwrap();
    assert_eq!(rejoined, MemberChanged::Unknown);
}

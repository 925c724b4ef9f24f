//! Platform clients, the users they manage, and which of their tokens count.

use meridian_database::Databases;
use meridian_kernel::{ClientId, Instant, OrganizationNumber, Role, UserId, WireId, Zone};
use meridian_store::oauth_clients::{self, NewSecret, OAuthClient};
use meridian_store::users::managed::{
    self, Generation, ManagedChange, ManagedChanged, ManagedInserted, NewManagedUser, Refreshed,
};
use meridian_store::users::{self, NewMember, User, UserChange};
use meridian_store::{Scope, Statement};
use serde_json::Map;

use crate::support::{Home, organization, user};

const NOW: Instant = Instant::from_millis(1_000);

async fn run(scope: &Scope<'_, Databases>, sql: &'static str) {
    scope.write(vec![Statement::command(sql, [])]).await.unwrap();
}

async fn client(scope: &Scope<'_, Databases>) -> ClientId {
    let id = ClientId::generate(organization());
    let client = OAuthClient {
        id: id.clone(),
        name: "Acme".to_owned(),
        sealed_secret: "sealed".to_owned(),
        previous_secret_until: None,
        permissions: 5,
        redirect_uris: vec!["https://acme.test".to_owned()],
        logo: None,
        booking_redirect_uri: None,
        booking_cancel_redirect_uri: None,
        booking_reschedule_redirect_uri: None,
        are_emails_enabled: false,
        are_default_event_types_enabled: true,
        are_calendar_events_enabled: true,
        created_at: NOW,
        updated_at: NOW,
    };
    assert_eq!(oauth_clients::insert(scope, &client, "hash").await, Ok(true));
    assert_eq!(oauth_clients::find(scope, &id).await, Ok(Some(client)));
    id
}

fn new(email: &str) -> NewManagedUser {
    NewManagedUser {
        member: NewMember {
            email: email.to_owned(),
            username: "ada".to_owned(),
            username_may_vary: true,
            role: Role::Member,
            accepted: true,
            time_zone: Zone::parse("Europe/Rome").unwrap(),
            profile: UserChange::default(),
            settings: Map::new(),
        },
        has_schedule: false,
        family: "first".to_owned(),
        event_types: vec![("intro", "Intro", 30, "{}".to_owned())],
    }
}

async fn add(scope: &Scope<'_, Databases>, client: &ClientId, email: &str) -> User {
    match managed::insert(scope, client, &new(email), NOW).await.unwrap() {
        ManagedInserted::Inserted(user) => *user,
        other => panic!("{other:?}"),
    }
}

fn generation(family: &str, number: i64) -> Generation {
    Generation { family: family.to_owned(), number }
}

async fn counts(
    scope: &Scope<'_, Databases>,
    client: &ClientId,
    id: UserId,
    shown: &Generation,
) -> bool {
    managed::find_token_holder(scope, client, id, shown).await.unwrap().is_some()
}

#[tokio::test]
async fn a_managed_user_is_made_once_and_comes_back_as_the_same() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let client = client(&scope).await;
    let ada = add(&scope, &client, "ada@x.org").await;
    assert_eq!((ada.organization_role, ada.default_schedule_id), (Role::Member, None));
    let again = managed::insert(&scope, &client, &new("ADA@x.org"), NOW).await;
    assert_eq!(again, Ok(ManagedInserted::EmailTaken(ada.id)));
    let bob = add(&scope, &client, "bob@x.org").await;
    assert_ne!(bob.username, ada.username, "a name that is taken varies");
    let deleted = managed::delete(&scope, &client, ada.id, NOW).await.unwrap();
    assert!(matches!(deleted, ManagedChanged::Done(_)));
    assert_eq!(managed::find(&scope, &client, ada.id).await, Ok(None));
    assert!(!counts(&scope, &client, ada.id, &generation("first", 1)).await);
    let again = NewManagedUser { has_schedule: true, ..new("ada@x.org") };
    let back = managed::insert(&scope, &client, &again, NOW);
    let ManagedInserted::Inserted(back) = back.await.unwrap() else { panic!("not back") };
    assert_eq!(back.id, ada.id);
    assert!(back.default_schedule_id.is_some());
    let listed = managed::list(&scope, &client, None, (0, 10)).await.unwrap();
    assert_eq!(listed.iter().map(|user| user.id).collect::<Vec<_>>(), [ada.id, bob.id]);
}

#[tokio::test]
async fn event_types_come_with_a_user_once() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let client = client(&scope).await;
    let count = async || {
        let sql = "SELECT count(*) FROM event_type";
        let rows = scope.read_one(Statement::query(sql, [])).await.unwrap();
        rows.first().unwrap().integer(0).unwrap()
    };
    let ada = add(&scope, &client, "ada@x.org").await;
    assert_eq!(count().await, 1);
    managed::delete(&scope, &client, ada.id, NOW).await.unwrap();
    add(&scope, &client, "ada@x.org").await;
    assert_eq!(count().await, 1);
    run(&scope, "UPDATE oauth_client SET are_default_event_types_enabled = 0").await;
    add(&scope, &client, "bob@x.org").await;
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn only_the_newest_generation_of_a_family_counts() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let client = client(&scope).await;
    let ada = add(&scope, &client, "ada@x.org").await.id;
    let first = generation("first", 1);
    assert!(counts(&scope, &client, ada, &first).await);
    let refreshed = managed::refresh(&scope, &client, ada, &first).await;
    assert_eq!(refreshed, Ok(Refreshed::Generation(2)));
    let second = generation("first", 2);
    assert!(!counts(&scope, &client, ada, &first).await);
    assert!(counts(&scope, &client, ada, &second).await);
    // One of another family, or of a generation there is not yet, changes nothing.
    for other in [generation("other", 1), generation("first", 3)] {
        let refreshed = managed::refresh(&scope, &client, ada, &other).await;
        assert_eq!(refreshed, Ok(Refreshed::Unknown));
    }
    assert!(counts(&scope, &client, ada, &second).await);
    // An old one ends the family, with its newest generation.
    assert_eq!(managed::refresh(&scope, &client, ada, &first).await, Ok(Refreshed::Reused));
    assert!(!counts(&scope, &client, ada, &second).await);
    for old in [&first, &second] {
        let refreshed = managed::refresh(&scope, &client, ada, old).await;
        assert_eq!(refreshed, Ok(Refreshed::Unknown));
    }
    assert_eq!(managed::begin_family(&scope, &client, ada, "next").await, Ok(true));
    assert_eq!(managed::refresh(&scope, &client, ada, &first).await, Ok(Refreshed::Unknown));
    assert!(counts(&scope, &client, ada, &generation("next", 1)).await);
}

#[tokio::test]
async fn a_client_reaches_only_its_own_users() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ours, theirs) = (client(&scope).await, client(&scope).await);
    let ada = add(&scope, &ours, "ada@x.org").await.id;
    let member = user(&scope, "grace").await;
    let elsewhere = ClientId::generate(OrganizationNumber::new(99).unwrap());
    let shown = generation("first", 1);
    for (client, id) in [(&theirs, ada), (&ours, member), (&elsewhere, ada)] {
        let change = ManagedChange::default();
        assert_eq!(managed::find(&scope, client, id).await, Ok(None));
        let changed = managed::update(&scope, client, id, &change, NOW).await;
        assert_eq!(changed, Ok(ManagedChanged::Unknown));
        let deleted = managed::delete(&scope, client, id, NOW).await;
        assert_eq!(deleted, Ok(ManagedChanged::Unknown));
        assert_eq!(managed::begin_family(&scope, client, id, "x").await, Ok(false));
        let refreshed = managed::refresh(&scope, client, id, &shown).await;
        assert_eq!(refreshed, Ok(Refreshed::Unknown));
        assert!(!counts(&scope, client, id, &shown).await);
    }
    assert!(counts(&scope, &ours, ada, &shown).await);
    let foreign = UserId::new(OrganizationNumber::new(99).unwrap(), ada.row());
    assert_eq!(managed::find(&scope, &ours, foreign).await, Ok(None));
    let into = managed::insert(&scope, &elsewhere, &new("new@x.org"), NOW).await;
    assert_eq!(into, Ok(ManagedInserted::NoClient));
    assert_eq!(managed::client_of(&scope, ada).await, Ok(Some(ours)));
    assert_eq!(managed::client_of(&scope, member).await, Ok(None));
}

#[tokio::test]
async fn a_client_that_is_gone_takes_the_tokens_of_its_users_along_and_not_the_users() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let client = client(&scope).await;
    let ada = add(&scope, &client, "ada@x.org").await.id;
    assert!(oauth_clients::delete(&scope, &client).await.unwrap().is_some());
    assert_eq!(oauth_clients::delete(&scope, &client).await, Ok(None));
    assert!(!counts(&scope, &client, ada, &generation("first", 1)).await);
    assert!(users::find(&scope, ada).await.unwrap().is_some());
    let late = managed::insert(&scope, &client, &new("late@x.org"), NOW).await;
    assert_eq!(late, Ok(ManagedInserted::NoClient));
    assert_eq!(users::find_by_email(&scope, "late@x.org").await, Ok(None));
}

#[tokio::test]
async fn a_client_acts_for_the_first_owner_else_an_administrator() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let client = client(&scope).await;
    let holder = async || {
        let proof = oauth_clients::find_proof(&scope, &client).await.unwrap().unwrap();
        assert_eq!((proof.secret_hash.as_str(), proof.permissions), ("hash", 5));
        proof.holder.map(|holder| holder.username)
    };
    assert_eq!(holder().await, None);
    user(&scope, "member").await;
    assert_eq!(holder().await, None, "members are no administrators");
    user(&scope, "admin").await;
    run(&scope, "UPDATE user SET organization_role = 'ADMIN' WHERE username = 'admin'").await;
    assert_eq!(holder().await.as_deref(), Some("admin"));
    user(&scope, "owner").await;
    run(&scope, "UPDATE user SET organization_role = 'OWNER' WHERE username = 'owner'").await;
    assert_eq!(holder().await.as_deref(), Some("owner"));
    run(&scope, "UPDATE user SET left_at = 1 WHERE username = 'owner'").await;
    assert_eq!(holder().await.as_deref(), Some("admin"));
    assert_eq!(
        oauth_clients::find_proof(&scope, &ClientId::generate(organization())).await,
        Ok(None)
    );
}

#[tokio::test]
async fn of_replaced_secrets_one_is_kept_for_as_long_as_was_said() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let client = client(&scope).await;
    let replace = async |hash: &'static str, old_until: Option<Instant>| {
        let new = NewSecret { hash, sealed: "sealed", old_until };
        oauth_clients::replace_secret(&scope, &client, &new, NOW).await.unwrap().unwrap();
        let proof = oauth_clients::find_proof(&scope, &client).await.unwrap().unwrap();
        (proof.secret_hash, proof.previous)
    };
    let until = NOW.plus_minutes(5);
    let expected = ("second".to_owned(), Some(("hash".to_owned(), until)));
    assert_eq!(replace("second", Some(until)).await, expected);
    let expected = ("third".to_owned(), Some(("second".to_owned(), until)));
    assert_eq!(replace("third", Some(until)).await, expected);
    assert_eq!(replace("fourth", None).await, ("fourth".to_owned(), None));
}

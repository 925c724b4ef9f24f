//! Users and their keys.

use meridian_database::Databases;
use meridian_kernel::{
    ApiKey, Instant, KeyMode, OrganizationNumber, Patch, Role, ScheduleId, UserId, WireId, Zone,
};
use meridian_store::api_keys::{self, NewApiKey};
use meridian_store::users::{self, NewOwner, OwnerInserted, User, UserChange, UserChanged};
use meridian_store::{Scope, schedules};
use serde_json::json;

use crate::support::{Home, organization, user};

const NOW: Instant = Instant::from_millis(1_000);

fn key() -> (ApiKey, NewApiKey) {
    let key = ApiKey::generate(organization(), KeyMode::Live);
    let stored = NewApiKey::new(&key, Some("ci".to_owned()), None);
    (key, stored)
}

fn owner(username: &str) -> NewOwner {
    NewOwner {
        username: username.to_owned(),
        email: format!("{username}@example.org"),
        name: "Ada".to_owned(),
        time_zone: Zone::parse("Europe/Rome").unwrap(),
        password_hash: None,
    }
}

async fn insert_owner(scope: &Scope<'_, Databases>, username: &str) -> (UserId, ApiKey) {
    let (key, stored) = key();
    match users::insert_owner(scope, &owner(username), &stored, NOW).await.unwrap() {
        OwnerInserted::Inserted(id) => (id, key),
        OwnerInserted::Taken => panic!("taken"),
    }
}

async fn change(scope: &Scope<'_, Databases>, id: UserId, change: UserChange) -> User {
    match users::update(scope, id, &change, None, NOW).await.unwrap() {
        UserChanged::Changed(user) => *user,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_owner_starts_with_working_hours_in_their_zone() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (id, _) = insert_owner(&scope, "ada").await;
    let ada = users::find(&scope, id).await.unwrap().unwrap();
    assert_eq!(ada.organization_role, Role::Owner);
    let hours = schedules::find_default(&scope, id).await.unwrap().unwrap();
    assert_eq!(Some(hours.id), ada.default_schedule_id);
    assert_eq!(hours.time_zone, Zone::parse("Europe/Rome").unwrap());
    for taken in ["ada", "ADA"] {
        let again = users::insert_owner(&scope, &owner(taken), &key().1, NOW).await;
        assert_eq!(again, Ok(OwnerInserted::Taken));
    }
}

#[tokio::test]
async fn users_are_found_in_any_case_and_only_in_their_organisation() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (id, _) = insert_owner(&scope, "ada").await;
    let by_name = users::find_by_username(&scope, "ADA").await.unwrap().unwrap();
    let by_email = users::find_by_email(&scope, "Ada@Example.org").await.unwrap().unwrap();
    assert_eq!((by_name.id, by_email.id), (id, id));
    let foreign = UserId::new(OrganizationNumber::new(8).unwrap(), id.row());
    assert_eq!(users::find(&scope, foreign).await, Ok(None));
}

#[tokio::test]
async fn a_change_touches_only_what_it_names() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (id, _) = insert_owner(&scope, "ada").await;
    let everything = UserChange {
        name: Patch::Value("Countess".to_owned()),
        time_format: Some(24),
        week_start: Some("Monday".to_owned()),
        locale: Some("it".to_owned()),
        avatar_url: Patch::Value("https://example.org/a.png".to_owned()),
        bio: Patch::Value("Numbers.".to_owned()),
        metadata: Patch::Value(json!({"team": "red"})),
        ..UserChange::default()
    };
    let full = change(&scope, id, everything).await;
    assert_eq!((full.name.as_str(), full.time_format), ("Countess", 24));
    assert_eq!(full.metadata, json!({"team": "red"}));
    let same = change(&scope, id, UserChange::default()).await;
    assert_eq!(same, full);
    let nothing = UserChange {
        name: Patch::Null,
        avatar_url: Patch::Null,
        bio: Patch::Null,
        metadata: Patch::Null,
        ..UserChange::default()
    };
    let bare = change(&scope, id, nothing).await;
    assert_eq!((bare.name.as_str(), bare.avatar_url, bare.bio), ("", None, None));
    assert_eq!((bare.metadata, bare.locale.as_str()), (json!({}), "it"));
}

#[tokio::test]
async fn a_new_zone_moves_the_default_schedule_too() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (id, _) = insert_owner(&scope, "ada").await;
    let kolkata = Zone::parse("Asia/Kolkata").unwrap();
    let wish = UserChange { time_zone: Some(kolkata), ..UserChange::default() };
    assert_eq!(change(&scope, id, wish).await.time_zone, "Asia/Kolkata");
    let hours = schedules::find_default(&scope, id).await.unwrap().unwrap();
    assert_eq!(hours.time_zone, kolkata);
}

#[tokio::test]
async fn only_a_schedule_of_ones_own_becomes_the_default() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, _) = insert_owner(&scope, "ada").await;
    let (grace, _) = insert_owner(&scope, "grace").await;
    let of_grace = users::find(&scope, grace).await.unwrap().unwrap().default_schedule_id.unwrap();
    let elsewhere = ScheduleId::new(OrganizationNumber::new(8).unwrap(), 1);
    for foreign in [of_grace, ScheduleId::new(organization(), 999), elsewhere] {
        let wish = UserChange {
            name: Patch::Value("Changed".to_owned()),
            default_schedule_id: Some(foreign),
            ..UserChange::default()
        };
        assert_eq!(users::update(&scope, ada, &wish, None, NOW).await, Ok(UserChanged::NoSchedule));
    }
    let kept = users::find(&scope, ada).await.unwrap().unwrap();
    assert_eq!(kept.name, "Ada", "nothing of a refused change is kept");
    let nobody = UserId::new(organization(), 999);
    let missing = users::update(&scope, nobody, &UserChange::default(), None, NOW).await;
    assert_eq!(missing, Ok(UserChanged::NoUser));
}

#[tokio::test]
async fn a_key_is_found_by_its_hash_until_it_is_deleted() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, key) = insert_owner(&scope, "ada").await;
    let grace = user(&scope, "grace").await;
    let holder = api_keys::find_holder(&scope, &key.hash()).await.unwrap().unwrap();
    assert_eq!((holder.holder.user_id, holder.holder.organization_role), (ada, Role::Owner));
    let listed = api_keys::list(&scope, ada, 0, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].hint, key.hint());
    assert_eq!(api_keys::delete(&scope, grace, listed[0].id).await, Ok(None));
    let deleted = api_keys::delete(&scope, ada, listed[0].id).await.unwrap();
    assert_eq!(deleted.as_ref(), Some(&listed[0]));
    assert_eq!(api_keys::find_holder(&scope, &key.hash()).await, Ok(None));
    let nobody = UserId::new(organization(), 999);
    assert_eq!(api_keys::insert(&scope, nobody, &self::key().1, NOW).await, Ok(None));
}

#[tokio::test]
async fn a_key_is_replaced_once_and_its_note_is_kept() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, old) = insert_owner(&scope, "ada").await;
    let new = ApiKey::generate(organization(), KeyMode::Live);
    let stored = NewApiKey::new(&new, None, Some(NOW));
    assert_eq!(api_keys::replace(&scope, &old.hash(), &stored, NOW).await, Ok(true));
    let another = NewApiKey::new(&ApiKey::generate(organization(), KeyMode::Live), None, None);
    assert_eq!(api_keys::replace(&scope, &old.hash(), &another, NOW).await, Ok(false));
    assert_eq!(api_keys::find_holder(&scope, &old.hash()).await, Ok(None));
    let listed = api_keys::list(&scope, ada, 0, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].note.as_deref(), listed[0].expires_at), (Some("ci"), Some(NOW)));
    let holder = api_keys::find_holder(&scope, &new.hash()).await.unwrap().unwrap();
    assert_eq!(holder.holder.user_id, ada);
}

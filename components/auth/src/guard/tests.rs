//! The guard over real databases and a cache in memory.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use meridian_database::{Databases, Options};
use meridian_kernel::{KeyMode, Role, TeamId, WireId, Zone};
use meridian_store::api_keys::NewApiKey;
use meridian_store::organizations::{Claim, NewOrganization, Owner};
use meridian_store::users::{self, NewOwner, OwnerInserted};
use meridian_store::{Access, Rows, Statement};

use super::*;

/// A deployment that counts how often its databases are asked.
pub(super) struct Deployment {
    databases: Databases,
    asked: Cell<usize>,
    _folder: tempfile::TempDir,
}

impl Database for Deployment {
    async fn execute(
        &self,
        database: &str,
        access: Access,
        atomic: bool,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        self.asked.set(self.asked.get() + 1);
        self.databases.execute(database, access, atomic, statements).await
    }

    async fn create(&self, database: &str) -> Result<(), DatabaseError> {
        self.databases.create(database).await
    }

    async fn delete(&self, database: &str) -> Result<(), DatabaseError> {
        self.databases.delete(database).await
    }
}

/// A cache that can be made to fail.
#[derive(Default)]
pub(super) struct MemoryCache {
    values: RefCell<HashMap<String, Vec<u8>>>,
    failing: Cell<bool>,
}

impl Cache for MemoryCache {
    async fn get(&self, key: &str) -> Option<Vec<u8>> {
        if self.failing.get() { None } else { self.values.borrow().get(key).cloned() }
    }

    async fn set(&self, key: &str, value: &[u8]) {
        if !self.failing.get() {
            self.values.borrow_mut().insert(key.to_owned(), value.to_vec());
        }
    }

    async fn increment(&self, key: &str, delta: i64) -> Option<i64> {
        if self.failing.get() {
            return None;
        }
        let mut values = self.values.borrow_mut();
        let text = values.get(key).map_or("0", |value| std::str::from_utf8(value).unwrap());
        let number = text.parse::<i64>().unwrap() + delta;
        values.insert(key.to_owned(), number.to_string().into_bytes());
        Some(number)
    }
}

pub(super) type TestGuard = LocalGuard<Deployment, MemoryCache>;

pub(super) fn guard() -> TestGuard {
    let folder = tempfile::tempdir().unwrap();
    let databases = Databases::open(folder.path(), Options::default()).unwrap();
    let deployment = Deployment { databases, asked: Cell::new(0), _folder: folder };
    // The guard of a component lives as long as the component.
    LocalGuard::new(Box::leak(Box::new(deployment)), MemoryCache::default())
}

pub(super) fn now() -> Instant {
    Instant::parse("2026-03-08T12:00:00Z").unwrap()
}

impl TestGuard {
    /// An organisation with an owner and a key that expires when told.
    pub(super) async fn organization(&self, slug: &str, expires_at: Option<Instant>) -> ApiKey {
        let platform = Platform::open(self.database).await.unwrap();
        let new = NewOrganization {
            slug: slug.to_owned(),
            name: slug.to_uppercase(),
            plan: "SCALE".to_owned(),
            is_platform: true,
            owner: Owner::default(),
            brand: None,
            limits: None,
            domains: Vec::new(),
        };
        let claim = organizations::reserve(&platform, &new, now()).await.unwrap();
        let Claim::Granted(number) = claim else { panic!("{claim:?}") };
        self.database.create(&number.database_name()).await.unwrap();
        let key = self.owner(number, expires_at).await;
        organizations::activate(&platform, number, &Owner::default(), now()).await.unwrap();
        key
    }

    async fn owner(&self, number: OrganizationNumber, expires_at: Option<Instant>) -> ApiKey {
        let scope = Scope::open(self.database, number).await.unwrap();
        let owner = NewOwner {
            username: "ada".to_owned(),
            email: "ada@example.org".to_owned(),
            name: "Ada".to_owned(),
            time_zone: Zone::parse("Europe/Rome").unwrap(),
            password_hash: None,
        };
        let key = ApiKey::generate(number, KeyMode::Live);
        let stored = NewApiKey::new(&key, None, expires_at);
        let inserted = users::insert_owner(&scope, &owner, &stored, now()).await.unwrap();
        assert!(matches!(inserted, OwnerInserted::Inserted(_)));
        key
    }

    async fn ask(&self, key: &ApiKey, now: Instant) -> Result<Principal, Refusal> {
        let credentials = Credentials {
            authorization: Some(format!("Bearer {}", key.reveal())),
            ..Credentials::default()
        };
        self.authenticate_at(&credentials, now).await
    }

    /// What every revocation does after its commit.
    pub(super) async fn advance(&self, organization: OrganizationNumber) {
        self.cache.increment(&guard_epoch::key(organization), 1).await;
    }

    async fn delete_keys(&self, organization: OrganizationNumber) {
        let scope = Scope::open(self.database, organization).await.unwrap();
        let user = users::find_by_username(&scope, "ada").await.unwrap().unwrap();
        for key in api_keys::list(&scope, user.id, 0, 10).await.unwrap() {
            api_keys::delete(&scope, user.id, key.id).await.unwrap();
        }
    }

    pub(super) fn asked(&self) -> usize {
        self.database.asked.get()
    }
}

fn not_valid() -> Refusal {
    Refusal::Unauthorized("ApiAuthStrategy - api key - Your api key is not valid".to_owned())
}

fn expired() -> Refusal {
    Refusal::Unauthorized("ApiAuthStrategy - api key - Your api key is expired".to_owned())
}

#[tokio::test]
async fn a_key_tells_who_asks_and_of_which_organisation() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    let principal = guard.ask(&key, now()).await.unwrap();
    assert_eq!(principal.organization.number, key.organization());
    assert_eq!(principal.organization.slug, "acme");
    assert!(principal.organization.is_platform);
    assert_eq!(principal.user_id.organization(), key.organization());
    assert_eq!((principal.username.as_str(), principal.time_zone.as_str()), ("ada", "Europe/Rome"));
    assert_eq!(principal.organization_role, Some(Role::Owner));
    assert_eq!(principal.method, Method::ApiKey);
    assert_eq!(principal.credential, key.hash());
}

#[tokio::test]
async fn keys_of_accounts_without_an_organisation_work_too() {
    let guard = guard();
    Platform::open(guard.database).await.unwrap();
    let key = guard.owner(OrganizationNumber::NONE, None).await;
    let principal = guard.ask(&key, now()).await.unwrap();
    assert_eq!(principal.organization.number, OrganizationNumber::NONE);
    assert_eq!(principal.organization_role, None);
}

#[tokio::test]
async fn a_second_request_does_not_ask_the_database() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    let first = guard.ask(&key, now()).await.unwrap();
    let asked = guard.asked();
    assert_eq!(guard.ask(&key, now()).await.unwrap(), first);
    assert_eq!(guard.asked(), asked);
    guard.ask(&key, now().plus_minutes(1)).await.unwrap();
    assert!(guard.asked() > asked, "after a minute the database is asked again");
}

#[tokio::test]
async fn a_deleted_key_is_refused_at_once() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    guard.ask(&key, now()).await.unwrap();
    guard.delete_keys(key.organization()).await;
    guard.advance(key.organization()).await;
    assert_eq!(guard.ask(&key, now()).await, Err(not_valid()));
}

#[tokio::test]
async fn what_was_loaded_before_a_revocation_is_not_believed_after_it() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    guard.ask(&key, now()).await.unwrap();
    let cache_key = format!("guard:{}", key.hash());
    let loaded_before = guard.cache.get(&cache_key).await.unwrap();
    guard.delete_keys(key.organization()).await;
    guard.advance(key.organization()).await;
    // A slow request that loaded before the revocation writes after it.
    guard.cache.set(&cache_key, &loaded_before).await;
    assert_eq!(guard.ask(&key, now()).await, Err(not_valid()));
}

#[tokio::test]
async fn a_cache_that_fails_costs_time_and_never_safety() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    guard.ask(&key, now()).await.unwrap();
    guard.cache.failing.set(true);
    guard.ask(&key, now()).await.unwrap();
    guard.delete_keys(key.organization()).await;
    assert_eq!(guard.ask(&key, now()).await, Err(not_valid()));
    // The advance of the epoch got lost; an epoch that cannot be read matches none.
    assert_eq!(guard.admit_at(key.organization(), now()).await.map(|o| o.slug), Ok("acme".into()));
}

#[tokio::test]
async fn a_key_works_on_the_day_it_expires_and_not_on_the_next() {
    let guard = guard();
    let key = guard.organization("acme", Some(now())).await;
    let midnight = Instant::parse("2026-03-09T00:00:00Z").unwrap();
    assert!(guard.ask(&key, midnight.plus_millis(-1)).await.is_ok());
    // Also where the answer of the millisecond before is cached.
    assert_eq!(guard.ask(&key, midnight).await, Err(expired()));
}

#[tokio::test]
async fn a_suspended_organisation_is_refused_and_resumed() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    guard.ask(&key, now()).await.unwrap();
    let platform = Platform::open(guard.database).await.unwrap();
    for suspended in [true, false, true] {
        organizations::set_suspended(&platform, "acme", suspended, now()).await.unwrap();
        guard.advance(key.organization()).await;
        assert_eq!(guard.ask(&key, now()).await.is_err(), suspended);
        assert_eq!(guard.admit_at(key.organization(), now()).await.is_err(), suspended);
    }
    assert_eq!(guard.ask(&key, now()).await, Err(Refusal::Suspended));
    assert_eq!(guard.admit_at(key.organization(), now()).await, Err(Refusal::Suspended));
}

#[tokio::test]
async fn deleted_and_unknown_organisations_have_no_keys() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    guard.ask(&key, now()).await.unwrap();
    let platform = Platform::open(guard.database).await.unwrap();
    organizations::begin_deletion(&platform, "acme", now()).await.unwrap().unwrap();
    guard.advance(key.organization()).await;
    assert_eq!(guard.ask(&key, now()).await, Err(not_valid()));
    let refused = guard.admit_at(key.organization(), now()).await;
    assert_eq!(refused, Err(Refusal::UnknownOrganization));
    for number in [0, 77] {
        let number = OrganizationNumber::new(number).unwrap();
        let made_up = ApiKey::generate(number, KeyMode::Live);
        assert_eq!(guard.ask(&made_up, now()).await, Err(not_valid()));
    }
}

#[tokio::test]
async fn a_key_of_one_organisation_is_none_of_another() {
    let guard = guard();
    let first = guard.organization("acme", None).await;
    let second = guard.organization("globex", None).await;
    assert_ne!(first.organization(), second.organization());
    let principal = guard.ask(&second, now()).await.unwrap();
    assert_eq!(principal.organization.slug, "globex");
}

#[tokio::test]
async fn accounts_without_an_organisation_are_admitted_without_asking() {
    let guard = guard();
    let admitted = guard.admit_at(OrganizationNumber::NONE, now()).await.unwrap();
    assert_eq!((admitted.slug.as_str(), guard.asked()), ("", 0));
}

impl TestGuard {
    /// Runs a statement in an organisation's database.
    async fn run(&self, organization: OrganizationNumber, sql: &'static str) {
        let scope = Scope::open(self.database, organization).await.unwrap();
        scope.write(vec![Statement::command(sql, [])]).await.unwrap();
    }
}

#[tokio::test]
async fn accepted_places_in_teams_come_with_the_caller_at_no_cost() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    let number = key.organization();
    for sql in [
        "INSERT INTO team (id, slug, name, created_at, updated_at) \
         VALUES (1, 'a', 'A', 0, 0), (2, 'b', 'B', 0, 0), (3, 'c', 'C', 0, 0)",
        "INSERT INTO team_membership (team_id, user_id, role, accepted, created_at, updated_at) \
         SELECT t.id, u.id, 'ADMIN', t.id <> 2, 0, 0 FROM team t JOIN user u WHERE t.id < 3",
    ] {
        guard.run(number, sql).await;
    }
    let asked = guard.asked();
    let principal = guard.ask(&key, now()).await.unwrap();
    assert_eq!(guard.asked() - asked, 2, "the organisation and the holder, as ever");
    let team = |row| TeamId::new(number, row);
    assert_eq!(principal.teams, [TeamRole { team_id: team(1), role: Role::Admin }]);
    assert_eq!((principal.role_in(team(1)), principal.role_in(team(2))), (Some(Role::Admin), None));
    assert_eq!(guard.ask(&key, now()).await.unwrap(), principal, "and is remembered");

    guard.run(number, "UPDATE team_membership SET role = 'MEMBER'").await;
    guard.advance(number).await;
    assert_eq!(guard.ask(&key, now()).await.unwrap().role_in(team(1)), Some(Role::Member));
}

#[tokio::test]
async fn whoever_has_not_accepted_has_no_role_in_the_organisation() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    guard.run(key.organization(), "UPDATE user SET organization_accepted = 0").await;
    assert_eq!(guard.ask(&key, now()).await.unwrap().organization_role, None);
}

#[tokio::test]
async fn the_key_of_whoever_left_is_no_key() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    guard.ask(&key, now()).await.unwrap();
    guard.run(key.organization(), "UPDATE user SET left_at = 1").await;
    guard.advance(key.organization()).await;
    assert_eq!(guard.ask(&key, now()).await, Err(not_valid()));
}

#[tokio::test]
async fn custom_roles_come_with_the_caller_at_no_cost() {
    let guard = guard();
    let key = guard.organization("acme", None).await;
    let number = key.organization();
    for sql in [
        "INSERT INTO team (id, slug, name, created_at, updated_at) VALUES (1, 'a', 'A', 0, 0)",
        "INSERT INTO role (id, team_id, name, permissions, created_at, updated_at) \
         VALUES ('ours', NULL, 'Ours', 4, 0, 0), ('theirs', 1, 'Theirs', 8, 0, 0)",
        "INSERT INTO team_membership (team_id, user_id, role, accepted, custom_role_id, \
         created_at, updated_at) SELECT 1, id, 'MEMBER', 1, 'theirs', 0, 0 FROM user",
        "UPDATE user SET custom_role_id = 'ours'",
    ] {
        guard.run(number, sql).await;
    }
    let asked = guard.asked();
    let principal = guard.ask(&key, now()).await.unwrap();
    assert_eq!(guard.asked() - asked, 2, "the organisation and the holder, as ever");
    let held = |team_id, bits| RolePermissions {
        team_id,
        permissions: meridian_kernel::PermissionSet::from_bits(bits),
    };
    let team = TeamId::new(number, 1);
    assert_eq!(principal.permissions, [held(None, 4), held(Some(team), 8)]);
    assert_eq!(guard.ask(&key, now()).await.unwrap(), principal, "and are remembered");

    guard.run(number, "DELETE FROM role WHERE id = 'ours'").await;
    guard.advance(number).await;
    assert_eq!(guard.ask(&key, now()).await.unwrap().permissions, [held(Some(team), 8)]);
}

//! Organisations made and deleted over real databases that can be made to fail.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use meridian_database::{Databases, Options};
use meridian_kernel::{Role, Zone};
use meridian_store::api_keys;
use meridian_store::{Access, Rows, Statement};

use super::*;

/// When calls fail.
#[derive(Clone, Copy, PartialEq)]
enum Failure {
    /// Only the call of that number, before it does anything.
    Once(usize),
    /// Only the call of that number, after it did everything.
    AnswerLost(usize),
    /// Every call from that number on: the process is gone.
    From(usize),
}

struct Deployment {
    databases: Databases,
    calls: Cell<usize>,
    failure: Cell<Option<Failure>>,
    _folder: tempfile::TempDir,
}

impl Deployment {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), Options::default()).unwrap();
        Self { databases, calls: Cell::new(0), failure: Cell::new(None), _folder: folder }
    }

    fn fail(&self, failure: Option<Failure>) {
        self.calls.set(0);
        self.failure.set(failure);
    }

    async fn call<T>(
        &self,
        work: impl Future<Output = Result<T, DatabaseError>>,
    ) -> Result<T, DatabaseError> {
        let lost = || Err(DatabaseError::Unavailable("made to fail".to_owned()));
        let call = self.calls.replace(self.calls.get() + 1);
        match self.failure.get() {
            Some(Failure::Once(number)) if call == number => lost(),
            Some(Failure::From(number)) if call >= number => lost(),
            Some(Failure::AnswerLost(number)) if call == number => {
                work.await?;
                lost()
            }
            _ => work.await,
        }
    }

    async fn has(&self, number: OrganizationNumber) -> bool {
        let query = vec![Statement::query("SELECT 1", [])];
        let name = number.database_name();
        self.databases.execute(&name, Access::Read, false, query).await.is_ok()
    }
}

impl Database for Deployment {
    async fn execute(
        &self,
        database: &str,
        access: Access,
        atomic: bool,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        self.call(self.databases.execute(database, access, atomic, statements)).await
    }

    async fn create(&self, database: &str) -> Result<(), DatabaseError> {
        self.call(self.databases.create(database)).await
    }

    async fn delete(&self, database: &str) -> Result<(), DatabaseError> {
        self.call(self.databases.delete(database)).await
    }
}

#[derive(Clone, Default)]
struct Recorded(Rc<RefCell<Vec<OrganizationNumber>>>);

impl Epochs for Recorded {
    async fn advance(&self, organization: OrganizationNumber) {
        self.0.borrow_mut().push(organization);
    }
}

fn now() -> Instant {
    Instant::parse("2026-03-08T12:00:00Z").unwrap()
}

fn new(slug: &str, domains: &[&str]) -> NewOrganization {
    NewOrganization {
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
        plan: "FREE".to_owned(),
        is_platform: false,
        owner: Owner { id: 0, email: "ada@example.org".to_owned(), username: "ada".to_owned() },
        brand: None,
        limits: None,
        domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
    }
}

fn owner() -> NewOwner {
    NewOwner {
        username: "ada".to_owned(),
        email: "ada@example.org".to_owned(),
        name: "Ada".to_owned(),
        time_zone: Zone::parse("Europe/Rome").unwrap(),
        password_hash: None,
    }
}

async fn registry(deployment: &Deployment) -> Registry<'_, Deployment, Recorded> {
    Registry::new(Platform::open(deployment).await.unwrap(), Recorded::default())
}

impl Registry<'_, Deployment, Recorded> {
    async fn make(&self, slug: &str, now: Instant) -> Result<Provisioned, ProvisionError> {
        self.provision(&new(slug, &["meet.example.org"]), &owner(), now).await
    }

    async fn count(&self) -> usize {
        organizations::list(&self.platform, 0, 100).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_new_organisation_has_an_owner_a_schedule_and_a_key_that_works() {
    let deployment = Deployment::new();
    let registry = registry(&deployment).await;
    let made = registry.make("acme", now()).await.unwrap();
    let scope = Scope::open(&deployment, made.number).await.unwrap();
    let holder = api_keys::find_holder(&scope, &made.key.hash()).await.unwrap().unwrap().holder;
    assert_eq!(holder.user_id.wire(), made.owner.id);
    assert_eq!(holder.organization_role, Role::Owner);
    let user = users::find(&scope, holder.user_id).await.unwrap().unwrap();
    assert!(user.default_schedule_id.is_some());
    let found = organizations::load_by_slug(&registry.platform, "acme").await.unwrap().unwrap();
    assert_eq!(found.owner, made.owner);
    assert_eq!(found.domains, ["meet.example.org"]);
}

#[tokio::test]
async fn a_taken_slug_or_domain_is_told_and_changes_nothing() {
    let deployment = Deployment::new();
    let registry = registry(&deployment).await;
    registry.make("acme", now()).await.unwrap();
    let same_slug = registry.provision(&new("acme", &[]), &owner(), now().plus_minutes(60)).await;
    assert_eq!(same_slug.unwrap_err(), ProvisionError::SlugTaken);
    let same_domain = registry.make("globex", now().plus_minutes(60)).await;
    let taken = ProvisionError::DomainTaken("meet.example.org".to_owned());
    assert_eq!(same_domain.unwrap_err(), taken);
    assert_eq!(registry.count().await, 1);
}

#[tokio::test]
async fn whatever_fails_once_leaves_nothing_behind() {
    let deployment = Deployment::new();
    let registry = registry(&deployment).await;
    let mut step = 0;
    loop {
        let mut made = false;
        for failure in [Failure::Once(step), Failure::AnswerLost(step)] {
            let slug = format!("acme-{step}");
            deployment.fail(Some(failure));
            let outcome = registry.make(&slug, now()).await;
            let reached = deployment.calls.get() > step;
            deployment.fail(None);
            made = outcome.is_ok() && !reached;
            if outcome.is_ok() {
                registry.delete(&slug, now()).await.unwrap();
                continue;
            }
            assert_eq!(registry.count().await, 0, "step {step}");
            // A reservation whose answer got lost is taken over later.
            let again = registry.make(&slug, now().plus_minutes(2)).await.unwrap();
            assert!(deployment.has(again.number).await);
            registry.delete(&slug, now()).await.unwrap();
        }
        if made {
            break;
        }
        step += 1;
    }
    assert!(step >= 4, "reserve, create, insert and activate were reached: {step}");
    for number in 1..200 {
        let number = OrganizationNumber::new(number).unwrap();
        assert!(!deployment.has(number).await, "the database of {number} is left");
    }
}

#[tokio::test]
async fn a_process_that_died_anywhere_is_taken_over_after_a_minute() {
    let deployment = Deployment::new();
    let registry = registry(&deployment).await;
    for step in 1..12 {
        deployment.fail(Some(Failure::From(step)));
        let outcome = registry.make("acme", now()).await;
        deployment.fail(None);
        if outcome.is_ok() {
            assert!(step >= 4, "every step was a place to die: {step}");
            return;
        }
        let soon = registry.make("acme", now().plus_millis(30_000)).await;
        assert_eq!(soon.unwrap_err(), ProvisionError::SlugTaken, "step {step}");
        let later = registry.make("acme", now().plus_millis(60_001)).await.unwrap();
        assert_eq!(registry.count().await, 1);
        for number in 1..later.number.get() {
            let number = OrganizationNumber::new(number).unwrap();
            assert!(!deployment.has(number).await, "step {step}: {number} is left");
        }
        registry.delete("acme", now()).await.unwrap();
    }
    panic!("no provisioning went through");
}

#[tokio::test]
async fn two_at_once_for_one_slug_make_one() {
    let deployment = Deployment::new();
    let registry = registry(&deployment).await;
    let (first, second) = tokio::join!(registry.make("acme", now()), registry.make("acme", now()));
    assert_ne!(first.is_ok(), second.is_ok());
    assert_eq!(registry.count().await, 1);
}

#[tokio::test]
async fn a_deletion_frees_the_slug_and_takes_the_database() {
    let deployment = Deployment::new();
    let registry = registry(&deployment).await;
    let made = registry.make("acme", now()).await.unwrap();
    assert_eq!(registry.delete("acme", now()).await, Ok(Some(made.number)));
    assert_eq!(registry.epochs.0.borrow().as_slice(), [made.number]);
    assert!(!deployment.has(made.number).await);
    assert_eq!(registry.delete("acme", now()).await, Ok(None));
    let again = registry.make("acme", now()).await.unwrap();
    assert_ne!(again.number, made.number, "a number is never used twice");
}

#[tokio::test]
async fn a_deletion_that_died_is_finished_by_the_next_one_or_the_next_organisation() {
    let deployment = Deployment::new();
    let registry = registry(&deployment).await;
    for step in 1..3 {
        let made = registry.make("acme", now()).await.unwrap();
        deployment.fail(Some(Failure::From(step)));
        assert!(registry.delete("acme", now()).await.is_err());
        deployment.fail(None);
        assert_eq!(registry.count().await, 0, "what is being deleted does not show");
        assert_eq!(registry.delete("acme", now()).await, Ok(Some(made.number)));
        assert!(!deployment.has(made.number).await);
    }
    registry.make("acme", now()).await.unwrap();
    deployment.fail(Some(Failure::From(1)));
    assert!(registry.delete("acme", now()).await.is_err());
    deployment.fail(None);
    assert!(registry.make("acme", now()).await.is_ok());
}

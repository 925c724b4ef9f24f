//! Organisations in the platform's database.

use meridian_database::{Databases, Options};
use meridian_kernel::{Instant, OrganizationNumber, Patch};
use meridian_store::Platform;
use meridian_store::organizations::{
    self, Claim, NewOrganization, OrganizationChange, Owner, State,
};
use serde_json::json;
use tempfile::TempDir;

use crate::support::at;

struct Home {
    databases: Databases,
    _folder: TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), Options::default()).unwrap();
        Self { databases, _folder: folder }
    }

    async fn platform(&self) -> Platform<'_, Databases> {
        Platform::open(&self.databases).await.unwrap()
    }
}

fn now() -> Instant {
    at("2026-03-08T12:00:00Z")
}

fn new(slug: &str, domains: &[&str]) -> NewOrganization {
    NewOrganization {
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
        plan: "FREE".to_owned(),
        is_platform: false,
        owner: Owner { id: 0, email: "a@b.co".to_owned(), username: "ada".to_owned() },
        brand: Some(json!({"name": "Brand"})),
        limits: None,
        domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
    }
}

async fn active(
    platform: &Platform<'_, Databases>,
    slug: &str,
    domains: &[&str],
) -> OrganizationNumber {
    let claim = organizations::reserve(platform, &new(slug, domains), now()).await.unwrap();
    let Claim::Granted(number) = claim else { panic!("{claim:?}") };
    let owner = Owner { id: number.wire_id() + 1, ..new(slug, domains).owner };
    assert!(organizations::activate(platform, number, &owner, now()).await.unwrap());
    number
}

#[tokio::test]
async fn an_organisation_shows_once_it_is_active() {
    let home = Home::new();
    let platform = home.platform().await;
    let reserved = organizations::reserve(&platform, &new("acme", &["a.b.co"]), now()).await;
    let Ok(Claim::Granted(number)) = reserved else { panic!("{reserved:?}") };
    assert_eq!(organizations::find_by_slug(&platform, "acme").await, Ok(None));
    assert_eq!(organizations::find_by_domain(&platform, "a.b.co").await, Ok(None));
    assert_eq!(organizations::find_by_number(&platform, number).await, Ok(None));
    let owner = Owner { id: 5, email: "a@b.co".to_owned(), username: "ada".to_owned() };
    assert_eq!(organizations::activate(&platform, number, &owner, now()).await, Ok(true));
    assert_eq!(organizations::activate(&platform, number, &owner, now()).await, Ok(false));
    assert_eq!(organizations::find_by_slug(&platform, "acme").await, Ok(Some(number)));
    assert_eq!(organizations::find_by_domain(&platform, "a.b.co").await, Ok(Some(number)));
    let found = organizations::find_by_number(&platform, number).await.unwrap().unwrap();
    assert_eq!((found.state, found.owner), (State::Active, owner));
    assert_eq!(found.brand, Some(json!({"name": "Brand"})));
    assert_eq!(found.domains, ["a.b.co"]);
}

#[tokio::test]
async fn whose_claim_was_refused_is_told_and_nothing_is_kept() {
    let home = Home::new();
    let platform = home.platform().await;
    active(&platform, "acme", &["a.b.co"]).await;
    let slug = organizations::reserve(&platform, &new("acme", &["c.b.co"]), now()).await;
    assert_eq!(slug, Ok(Claim::SlugTaken));
    let domain = organizations::reserve(&platform, &new("x", &["c.b.co", "a.b.co"]), now()).await;
    assert_eq!(domain, Ok(Claim::DomainTaken("a.b.co".to_owned())));
    active(&platform, "x", &["c.b.co"]).await;
}

#[tokio::test]
async fn a_change_touches_only_what_it_names() {
    let home = Home::new();
    let platform = home.platform().await;
    let number = active(&platform, "acme", &["a.b.co", "c.b.co"]).await;
    active(&platform, "globex", &["g.b.co"]).await;
    let update = async |change: OrganizationChange| {
        organizations::update(&platform, number, &change, now()).await.unwrap()
    };
    let renamed = OrganizationChange { name: Some("New".to_owned()), ..Default::default() };
    let Claim::Granted(changed) = update(renamed).await else { panic!() };
    assert_eq!((changed.name.as_str(), changed.slug.as_str()), ("New", "acme"));
    assert_eq!(changed.domains, ["a.b.co", "c.b.co"]);
    assert_eq!(changed.brand, Some(json!({"name": "Brand"})));

    let domains = Some(vec!["c.b.co".to_owned(), "d.b.co".to_owned()]);
    let more = OrganizationChange {
        brand: Patch::Null,
        limits: Patch::Value(json!({"users": 3})),
        is_platform: Some(true),
        domains,
        ..Default::default()
    };
    let Claim::Granted(changed) = update(more).await else { panic!() };
    assert_eq!((changed.brand, changed.limits), (None, Some(json!({"users": 3}))));
    assert_eq!(changed.domains, ["c.b.co", "d.b.co"]);
    assert!(changed.is_platform);

    let slug = OrganizationChange { slug: Some("globex".to_owned()), ..Default::default() };
    assert_eq!(update(slug).await, Claim::SlugTaken);
    let taken = Some(vec!["e.b.co".to_owned(), "g.b.co".to_owned()]);
    let domain = OrganizationChange { domains: taken, ..Default::default() };
    assert_eq!(update(domain).await, Claim::DomainTaken("g.b.co".to_owned()));
    let kept = organizations::find_by_number(&platform, number).await.unwrap().unwrap();
    assert_eq!(kept.domains, ["c.b.co", "d.b.co"]);
}

#[tokio::test]
async fn suspended_ones_are_found_and_deleted_ones_are_not() {
    let home = Home::new();
    let platform = home.platform().await;
    let number = active(&platform, "acme", &["a.b.co"]).await;
    let suspended = organizations::set_suspended(&platform, "acme", true, now()).await.unwrap();
    assert_eq!(suspended.unwrap().state, State::Suspended);
    assert_eq!(organizations::find_by_slug(&platform, "acme").await, Ok(Some(number)));
    assert_eq!(organizations::begin_deletion(&platform, "acme", now()).await, Ok(Some(number)));
    assert_eq!(organizations::find_by_slug(&platform, "acme").await, Ok(None));
    assert_eq!(organizations::set_suspended(&platform, "acme", false, now()).await, Ok(None));
    // Its slug and domain are held until its database is gone.
    let held = organizations::reserve(&platform, &new("acme", &[]), now()).await;
    assert_eq!(held, Ok(Claim::SlugTaken));
    organizations::remove(&platform, number).await.unwrap();
    organizations::remove(&platform, number).await.unwrap();
    assert!(active(&platform, "acme", &["a.b.co"]).await > number);
}

#[tokio::test]
async fn only_what_nobody_works_on_is_taken_over() {
    let home = Home::new();
    let platform = home.platform().await;
    let running = active(&platform, "acme", &["a.b.co"]).await;
    let reserved = organizations::reserve(&platform, &new("new", &["n.b.co"]), now()).await;
    let Ok(Claim::Granted(new_number)) = reserved else { panic!("{reserved:?}") };
    let take_over = async |slug: &str, domain: &str, now: Instant| {
        let domains = [domain.to_owned()];
        organizations::take_over_abandoned(&platform, slug, &domains, now).await.unwrap()
    };
    let later = now().plus_minutes(60);
    assert_eq!(take_over("acme", "a.b.co", later).await, []);
    assert_eq!(take_over("new", "x.b.co", now().plus_millis(59_000)).await, []);
    assert_eq!(take_over("other", "n.b.co", later).await, [new_number]);
    let owner = Owner::default();
    let late = organizations::activate(&platform, new_number, &owner, later).await;
    assert_eq!(late, Ok(false), "whoever was too slow does not come through");
    organizations::remove(&platform, running).await.unwrap();
    let kept = organizations::find_by_number(&platform, running).await.unwrap();
    assert!(kept.is_some(), "only what is being deleted is removed");
}

#[tokio::test]
async fn lists_are_paged_oldest_first() {
    let home = Home::new();
    let platform = home.platform().await;
    for slug in ["c", "b", "a"] {
        active(&platform, slug, &[]).await;
    }
    let page = organizations::list(&platform, 1, 5).await.unwrap();
    let slugs: Vec<&str> = page.iter().map(|found| found.slug.as_str()).collect();
    assert_eq!(slugs, ["b", "a"]);
    assert_eq!(organizations::list(&platform, 0, 1).await.unwrap().len(), 1);
}

//! The outbox and its workers, on the real engine.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

use std::collections::HashSet;

use meridian_database::{Databases, Options};
use meridian_kernel::{Instant, OrganizationNumber, Patch, UserId, UuidUid, WireId};
use meridian_store::deliveries::{self, Claim, Delivery, Failure};
use meridian_store::webhooks::{self, Changed, Changes, Webhook};
use meridian_store::{Platform, Scope, Statement, arguments};

const NOW: Instant = Instant::from_millis(1_800_000_000_000);
const SECOND: i64 = 1000;

struct World {
    databases: Databases,
    organization: OrganizationNumber,
    _folder: tempfile::TempDir,
}

impl World {
    /// An organisation with two users and two bookings of the first.
    async fn new(number: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), Options::default()).unwrap();
        let organization = OrganizationNumber::new(number).unwrap();
        Platform::open(&databases).await.unwrap();
        databases.create(&organization.database_name()).await.unwrap();
        let world = Self { databases, organization, _folder: folder };
        let user = "INSERT INTO user (id, username, email, time_zone, created_at, updated_at) \
                    VALUES (?1, ?2, ?2 || '@example.org', 'UTC', 0, 0)";
        let booking = "INSERT INTO booking (id, uid, event_type_id, user_id, title, status, \
                       start_at, end_at, ical_uid, created_at, updated_at) \
                       VALUES (?1, ?2, 1, 1, 'T', 'accepted', 1, 2, ?2, 0, 0)";
        let rows = vec![
            Statement::command(user, arguments![1_i64, "ada"]),
            Statement::command(user, arguments![2_i64, "eve"]),
            Statement::command(booking, arguments![11_i64, "first"]),
            Statement::command(booking, arguments![12_i64, "second"]),
        ];
        world.scope().await.write(rows).await.unwrap();
        world
    }

    async fn scope(&self) -> Scope<'_, Databases> {
        Scope::open(&self.databases, self.organization).await.unwrap()
    }

    fn user(&self, row: i64) -> UserId {
        UserId::new(self.organization, row)
    }

    fn webhook(&self, user: i64, url: &str, triggers: &[&str]) -> Webhook {
        Webhook {
            id: UuidUid::generate(self.organization),
            user_id: self.user(user),
            subscriber_url: url.to_owned(),
            active: true,
            triggers: triggers.iter().map(|trigger| (*trigger).to_owned()).collect(),
            payload_template: None,
            sealed_secret: Some("sealed".to_owned()),
            version: "2021-10-20".to_owned(),
            created_at: NOW,
            updated_at: NOW,
        }
    }

    async fn add_webhook(&self, user: i64, url: &str, triggers: &[&str]) -> Webhook {
        let webhook = self.webhook(user, url, triggers);
        assert!(webhooks::create(&self.scope().await, &webhook).await.unwrap());
        webhook
    }

    async fn happens(&self, trigger: &str, booking: &str, now: Instant) {
        let payload = r#"{"uid":"x","bookingId":null}"#.to_owned();
        let statements =
            deliveries::outbox_statements(trigger, booking, self.user(1), payload, now);
        self.scope().await.write(statements).await.unwrap();
    }

    async fn claim(&self, now: Instant) -> Claim {
        let lease_end = now.plus_millis(30 * SECOND);
        deliveries::claim(&self.scope().await, now, lease_end, 16).await.unwrap()
    }

    async fn deliver(&self, delivery: &Delivery, now: Instant) {
        deliveries::record_delivered(&self.scope().await, delivery, 200, now).await.unwrap();
    }

    async fn fail(&self, delivery: &Delivery, retry_at: Option<Instant>) {
        let failure = Failure { status: Some(500), error: "no".to_owned(), retry_at };
        deliveries::record_failure(&self.scope().await, delivery, &failure).await.unwrap();
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let rows = self.scope().await.read_one(Statement::query(sql, [])).await.unwrap();
        rows.first().unwrap().integer(0).unwrap()
    }
}

#[tokio::test]
async fn an_event_goes_to_every_active_webhook_of_the_organiser_that_asked() {
    let world = World::new(3).await;
    let wanted = world.add_webhook(1, "https://a.example", &["BOOKING_CREATED"]).await;
    world.add_webhook(1, "https://b.example", &["BOOKING_CANCELLED"]).await;
    world.add_webhook(2, "https://c.example", &["BOOKING_CREATED"]).await;
    let asleep = world.add_webhook(1, "https://d.example", &["BOOKING_CREATED"]).await;
    let changes = Changes { active: Some(false), ..Changes::default() };
    webhooks::update(&world.scope().await, &asleep.id, &changes, NOW).await.unwrap();

    world.happens("BOOKING_CREATED", "first", NOW).await;
    let claim = world.claim(NOW).await;
    let [delivery] = claim.deliveries.as_slice() else { panic!("{claim:?}") };
    assert_eq!(delivery.webhook_id, wanted.id.as_str());
    assert_eq!(delivery.subscriber_url, "https://a.example");
    assert_eq!(delivery.trigger, "BOOKING_CREATED");
    assert_eq!(delivery.sealed_secret.as_deref(), Some("sealed"));
    assert_eq!((delivery.attempt, delivery.happened_at), (1, NOW));
    let payload: serde_json::Value = serde_json::from_str(&delivery.payload).unwrap();
    assert_eq!(payload["bookingId"], 3 * (1_i64 << 32) + 11);
}

#[tokio::test]
async fn nothing_is_noted_where_nobody_listens() {
    let world = World::new(1).await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    assert_eq!(world.count("SELECT count(*) FROM outbox_event").await, 0);
    assert_eq!(world.claim(NOW).await, Claim { deliveries: vec![], any_pending: false });
}

#[tokio::test]
async fn one_event_reaches_several_webhooks_once_each() {
    let world = World::new(1).await;
    for url in ["https://a.example", "https://b.example", "https://c.example"] {
        world.add_webhook(1, url, &["BOOKING_CREATED"]).await;
    }
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CREATED", "second", NOW).await;
    let claim = world.claim(NOW).await;
    let distinct: HashSet<_> = claim
        .deliveries
        .iter()
        .map(|delivery| (delivery.webhook_id.as_str(), delivery.payload.as_str()))
        .collect();
    assert_eq!((claim.deliveries.len(), distinct.len()), (6, 6));
}

#[tokio::test]
async fn no_two_workers_get_the_same_delivery() {
    let world = World::new(1).await;
    for number in 0..20 {
        world.add_webhook(1, &format!("https://{number}.example"), &["BOOKING_CREATED"]).await;
    }
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let scope = world.scope().await;
    let lease_end = NOW.plus_millis(30 * SECOND);
    let claim = || deliveries::claim(&scope, NOW, lease_end, 4);
    let claims =
        tokio::join!(claim(), claim(), claim(), claim(), claim(), claim(), claim(), claim());
    let claims: [_; 8] = claims.into();
    let ids: Vec<i64> = claims
        .into_iter()
        .flat_map(|claim| claim.unwrap().deliveries)
        .map(|delivery| delivery.id)
        .collect();
    let distinct: HashSet<i64> = ids.iter().copied().collect();
    assert_eq!((ids.len(), distinct.len()), (20, 20));
}

#[tokio::test]
async fn what_a_crashed_worker_held_is_free_after_the_lease() {
    let world = World::new(1).await;
    world.add_webhook(1, "https://a.example", &["BOOKING_CREATED"]).await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    assert_eq!(world.claim(NOW).await.deliveries.len(), 1);
    let held = world.claim(NOW.plus_millis(29 * SECOND)).await;
    assert!(held.deliveries.is_empty() && held.any_pending);
    let again = world.claim(NOW.plus_millis(30 * SECOND)).await;
    assert_eq!(again.deliveries[0].attempt, 2);
}

#[tokio::test]
async fn a_subscriber_hears_of_a_booking_in_order() {
    let world = World::new(1).await;
    let triggers = ["BOOKING_CREATED", "BOOKING_CANCELLED"];
    world.add_webhook(1, "https://a.example", &triggers).await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    world.happens("BOOKING_CREATED", "second", NOW).await;

    let triggers_of = |claim: &Claim| {
        let names = claim.deliveries.iter().map(|delivery| delivery.trigger.clone());
        names.collect::<Vec<_>>()
    };
    let claim = world.claim(NOW).await;
    assert_eq!(triggers_of(&claim), ["BOOKING_CREATED", "BOOKING_CREATED"]);
    // A failure keeps the rest of that booking waiting, and only that.
    world.fail(&claim.deliveries[0], Some(NOW.plus_millis(5 * SECOND))).await;
    world.deliver(&claim.deliveries[1], NOW).await;
    assert!(world.claim(NOW).await.deliveries.is_empty());

    let later = NOW.plus_millis(5 * SECOND);
    let claim = world.claim(later).await;
    assert_eq!(triggers_of(&claim), ["BOOKING_CREATED"]);
    world.deliver(&claim.deliveries[0], later).await;
    assert_eq!(triggers_of(&world.claim(later).await), ["BOOKING_CANCELLED"]);
}

#[tokio::test]
async fn a_delivery_that_failed_for_good_lets_the_next_pass() {
    let world = World::new(1).await;
    let triggers = ["BOOKING_CREATED", "BOOKING_CANCELLED"];
    world.add_webhook(1, "https://a.example", &triggers).await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    let claim = world.claim(NOW).await;
    world.fail(&claim.deliveries[0], None).await;
    assert_eq!(world.claim(NOW).await.deliveries[0].trigger, "BOOKING_CANCELLED");
    let failed = "SELECT count(*) FROM webhook_delivery WHERE state = 'failed' \
                  AND response_status = 500 AND last_error = 'no'";
    assert_eq!(world.count(failed).await, 1);
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_does_not_undo_the_next_ones_result() {
    let world = World::new(1).await;
    world.add_webhook(1, "https://a.example", &["BOOKING_CREATED"]).await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let slow = world.claim(NOW).await.deliveries.remove(0);
    let later = NOW.plus_millis(31 * SECOND);
    let quick = world.claim(later).await.deliveries.remove(0);
    world.fail(&slow, None).await;
    assert!(world.claim(later).await.any_pending);
    world.deliver(&quick, later).await;
    world.fail(&slow, Some(later)).await;
    assert_eq!(world.claim(later).await, Claim { deliveries: vec![], any_pending: false });
}

#[tokio::test]
async fn a_webhook_put_to_sleep_or_deleted_is_not_called_for_what_is_pending() {
    let world = World::new(1).await;
    let sleepy = world.add_webhook(1, "https://a.example", &["BOOKING_CREATED"]).await;
    let gone = world.add_webhook(1, "https://b.example", &["BOOKING_CREATED"]).await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let scope = world.scope().await;
    let changes = Changes { active: Some(false), ..Changes::default() };
    webhooks::update(&scope, &sleepy.id, &changes, NOW).await.unwrap();
    webhooks::delete(&scope, &gone.id).await.unwrap();
    assert_eq!(world.claim(NOW).await, Claim { deliveries: vec![], any_pending: false });
}

#[tokio::test]
async fn an_organisation_is_marked_until_it_is_idle_and_the_mark_is_old() {
    // The memo is per thread, and so per test; the organisation is this test's own.
    let world = World::new(77).await;
    let platform = Platform::open(&world.databases).await.unwrap();
    let scope = world.scope().await;
    deliveries::mark_due(&scope, NOW).await.unwrap();
    assert_eq!(deliveries::marked(&platform, 10).await.unwrap(), [world.organization]);
    // A writer may still rely on it.
    let soon = NOW.plus_millis(90 * SECOND);
    deliveries::unmark(&platform, world.organization, soon).await.unwrap();
    assert_eq!(deliveries::marked(&platform, 10).await.unwrap(), [world.organization]);
    deliveries::unmark(&platform, world.organization, soon.plus_millis(1)).await.unwrap();
    assert!(deliveries::marked(&platform, 10).await.unwrap().is_empty());
    // Nothing is written while the last mark is fresh; then it is.
    deliveries::mark_due(&scope, NOW.plus_millis(29 * SECOND)).await.unwrap();
    assert!(deliveries::marked(&platform, 10).await.unwrap().is_empty());
    deliveries::mark_due(&scope, NOW.plus_millis(30 * SECOND)).await.unwrap();
    assert_eq!(deliveries::marked(&platform, 10).await.unwrap(), [world.organization]);
}

#[tokio::test]
async fn one_user_has_one_webhook_per_url() {
    let world = World::new(1).await;
    let scope = world.scope().await;
    let first = world.add_webhook(1, "https://a.example", &["BOOKING_CREATED"]).await;
    let twin = world.webhook(1, "https://a.example", &[]);
    assert!(!webhooks::create(&scope, &twin).await.unwrap());
    world.add_webhook(2, "https://a.example", &[]).await;
    let other = world.add_webhook(1, "https://b.example", &[]).await;
    let changes = Changes { subscriber_url: Some(first.subscriber_url), ..Changes::default() };
    let changed = webhooks::update(&scope, &other.id, &changes, NOW).await.unwrap();
    assert_eq!(changed, Changed::UrlTaken);
}

#[tokio::test]
async fn a_change_touches_only_what_it_names() {
    let world = World::new(1).await;
    let scope = world.scope().await;
    let webhook = world.add_webhook(1, "https://a.example", &["BOOKING_CREATED"]).await;
    let later = NOW.plus_millis(1);
    let changes = Changes {
        payload_template: Patch::Value("{{title}}".to_owned()),
        sealed_secret: Patch::Null,
        ..Changes::default()
    };
    let changed = webhooks::update(&scope, &webhook.id, &changes, later).await.unwrap();
    let expected = Webhook {
        payload_template: Some("{{title}}".to_owned()),
        sealed_secret: None,
        updated_at: later,
        ..webhook.clone()
    };
    assert_eq!(changed, Changed::Done(Box::new(expected.clone())));
    assert_eq!(webhooks::find(&scope, &webhook.id).await.unwrap(), Some(expected.clone()));
    assert_eq!(webhooks::delete(&scope, &webhook.id).await.unwrap(), Some(expected));
    assert_eq!(webhooks::find(&scope, &webhook.id).await.unwrap(), None);
    let changed = webhooks::update(&scope, &webhook.id, &changes, later).await.unwrap();
    assert_eq!(changed, Changed::Gone);
}

#[tokio::test]
async fn a_list_is_the_users_own_and_paged() {
    let world = World::new(1).await;
    for number in 0..3 {
        world.add_webhook(1, &format!("https://{number}.example"), &[]).await;
    }
    world.add_webhook(2, "https://other.example", &[]).await;
    let scope = world.scope().await;
    let page = |skip, take| webhooks::list(&scope, world.user(1), skip, take);
    let all = page(0, 250).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(page(1, 1).await.unwrap(), all[1..2]);
    assert!(page(3, 5).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_webhook_of_another_organisation_is_not_found() {
    let world = World::new(1).await;
    let foreign = UuidUid::generate(OrganizationNumber::new(2).unwrap());
    assert_eq!(webhooks::find(&world.scope().await, &foreign).await.unwrap(), None);
}

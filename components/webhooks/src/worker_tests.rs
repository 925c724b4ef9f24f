use std::cell::RefCell;
use std::collections::VecDeque;

use meridian_database::{Databases, Options};
use meridian_kernel::{UserId, UuidUid, WireId};
use meridian_store::webhooks::{self, Created, Owner, Webhook};
use meridian_store::{Platform, Statement, arguments};

use super::*;
use crate::exchange::Answer;

const KEY: &str = "a key of some length";

struct World {
    databases: Databases,
    organization: OrganizationNumber,
    vault: Vault,
    tally: Tally,
    /// What the subscriber will answer; afterwards 200.
    answers: RefCell<VecDeque<Outcome>>,
    /// Trigger, attempt and secret of whatever was sent.
    sent: RefCell<Vec<(String, u32, Option<String>)>>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new(sealed_secret: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), Options::default()).unwrap();
        Platform::open(&databases).await.unwrap();
        let organization = OrganizationNumber::new(1).unwrap();
        databases.create("org-1").await.unwrap();
        let world = Self {
            databases,
            organization,
            vault: Vault::new(KEY).unwrap(),
            tally: Tally::default(),
            answers: RefCell::default(),
            sent: RefCell::default(),
            _folder: folder,
        };
        let user = "INSERT INTO user (id, username, email, time_zone, created_at, updated_at) \
                    VALUES (1, 'ada', 'ada@example.org', 'UTC', 0, 0)";
        let scope = world.scope().await;
        scope.write(vec![Statement::command(user, [])]).await.unwrap();
        let webhook = Webhook {
            id: UuidUid::generate(organization),
            owner: Owner::User(UserId::new(organization, 1)),
            subscriber_url: "https://example.org/hook".to_owned(),
            active: true,
            triggers: vec!["BOOKING_CREATED".to_owned(), "BOOKING_CANCELLED".to_owned()],
            payload_template: None,
            sealed_secret,
            previous_secret_until: None,
            version: "2021-10-20".to_owned(),
            created_at: Instant::now(),
            updated_at: Instant::now(),
            disabled: None,
        };
        assert_eq!(webhooks::create(&scope, &webhook).await.unwrap(), Created::Done);
        world
    }

    async fn scope(&self) -> Scope<'_, Databases> {
        Scope::open(&self.databases, self.organization).await.unwrap()
    }

    async fn happens(&self, trigger: &'static str, booking: &str) {
        self.happens_with(trigger, booking, "{}".to_owned()).await;
    }

    async fn happens_with(&self, trigger: &'static str, booking: &str, payload: String) {
        let book = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, \
                    end_at, ical_uid, created_at, updated_at) \
                    SELECT ?1, 1, 1, 'T', 'accepted', 1, 2, ?1, 0, 0 \
                    WHERE NOT EXISTS (SELECT 1 FROM booking WHERE uid = ?1)";
        let book = Statement::command(book, arguments![booking]);
        self.scope().await.write(vec![book]).await.unwrap();
        let booking_uid = booking.to_owned();
        let event = deliveries::BookingEvent { trigger, booking_uid, payload };
        let statements = deliveries::booking_events(&[event], self.organization, Instant::now());
        self.scope().await.write(statements.to_vec()).await.unwrap();
    }

    async fn work(&self) -> Left {
        let send = async |delivery: &Delivery, secrets: &Secrets| {
            let secret = secrets.current.as_ref().map(|secret| secret.reveal().to_owned());
            self.sent.borrow_mut().push((delivery.trigger.clone(), delivery.attempt, secret));
            self.answers.borrow_mut().pop_front().unwrap_or(answered(200))
        };
        let scope = self.scope().await;
        let worker = Worker { scope: &scope, vault: &self.vault, tally: &self.tally, send };
        let stop_at = Instant::now().plus_millis(10_000);
        worker.deliver_until(stop_at).await.unwrap()
    }

    fn will_answer(&self, outcome: Outcome) {
        self.answers.borrow_mut().push_back(outcome);
    }

    /// Lets every wait be over.
    async fn wait(&self) {
        let sql = "UPDATE webhook_delivery SET next_attempt_at = 0 WHERE next_attempt_at > ?1";
        let due = Statement::command(sql, arguments![Instant::now()]);
        let rested = Statement::command("UPDATE webhook_health SET open_until = 0", []);
        self.scope().await.write(vec![due, rested]).await.unwrap();
    }

    async fn states(&self) -> Vec<String> {
        let sql = "SELECT state FROM webhook_delivery ORDER BY id";
        let rows = self.scope().await.read_one(Statement::query(sql, [])).await.unwrap();
        rows.map(|row| row.string(0)).unwrap()
    }

    fn attempts(&self) -> Vec<u32> {
        self.sent.borrow().iter().map(|(_, attempt, _)| *attempt).collect()
    }
}

fn answered(status: u16) -> Outcome {
    Outcome::Answered(Answer { status, ..Answer::default() })
}

fn unavailable() -> Outcome {
    answered(500)
}

#[tokio::test]
async fn a_delivery_that_is_accepted_is_sent_once() {
    let world = World::new(None).await;
    world.happens("BOOKING_CREATED", "a").await;
    assert_eq!(world.work().await, Left::Nothing);
    assert_eq!(world.work().await, Left::Nothing);
    assert_eq!(*world.sent.borrow(), [("BOOKING_CREATED".to_owned(), 1, None)]);
}

#[tokio::test]
async fn a_subscriber_that_fails_twice_gets_it_a_third_time() {
    let world = World::new(None).await;
    world.will_answer(unavailable());
    world.will_answer(unavailable());
    world.happens("BOOKING_CREATED", "a").await;
    world.work().await;
    // Not before its time.
    world.work().await;
    assert_eq!(world.attempts(), [1]);
    world.wait().await;
    world.work().await;
    world.wait().await;
    world.work().await;
    assert_eq!(world.attempts(), [1, 2, 3]);
    world.wait().await;
    world.work().await;
    assert_eq!(world.attempts(), [1, 2, 3]);
}

#[tokio::test]
async fn after_ten_attempts_a_delivery_has_failed() {
    let world = World::new(None).await;
    world.happens("BOOKING_CREATED", "a").await;
    for _ in 0..12 {
        world.will_answer(unavailable());
        world.work().await;
        world.wait().await;
    }
    assert_eq!(world.attempts().len(), meridian_domain::webhook::MOST_ATTEMPTS);
    assert_eq!(world.states().await, ["failed"]);
}

#[tokio::test]
async fn a_subscriber_that_puts_it_off_loses_no_attempt_by_that() {
    let world = World::new(None).await;
    world.happens("BOOKING_CREATED", "a").await;
    let retry_after = Some("60".to_owned());
    for _ in 0..15 {
        let answer = Answer { status: 429, retry_after: retry_after.clone(), beginning: None };
        world.will_answer(Outcome::Answered(answer));
        world.work().await;
        world.wait().await;
    }
    assert_eq!(world.attempts().len(), 15);
    world.work().await;
    assert_eq!(world.states().await, ["delivered"]);
}

#[tokio::test]
async fn a_subscriber_that_is_gone_is_not_called_again() {
    let world = World::new(None).await;
    world.will_answer(answered(410));
    world.happens("BOOKING_CREATED", "a").await;
    world.work().await;
    world.happens("BOOKING_CREATED", "b").await;
    world.wait().await;
    world.work().await;
    assert_eq!(world.attempts(), [1]);
}

#[tokio::test]
async fn what_can_never_work_is_not_tried_again() {
    let world = World::new(None).await;
    world.will_answer(Outcome::Hopeless("the subscriberUrl must not point there".to_owned()));
    world.happens("BOOKING_CREATED", "a").await;
    world.work().await;
    world.wait().await;
    world.work().await;
    assert_eq!(world.attempts(), [1]);
    assert_eq!(world.states().await, ["failed"]);
}

#[tokio::test]
async fn deliveries_are_signed_with_the_secret_that_was_sealed() {
    let sealed = Vault::new(KEY).unwrap().seal("hush");
    let world = World::new(Some(sealed)).await;
    world.happens("BOOKING_CREATED", "a").await;
    world.work().await;
    assert_eq!(world.sent.borrow()[0].2.as_deref(), Some("hush"));
}

#[tokio::test]
async fn a_secret_that_does_not_open_waits_and_nothing_goes_out_unsigned() {
    let world = World::new(Some("sealed with another key".to_owned())).await;
    world.happens("BOOKING_CREATED", "a").await;
    world.work().await;
    assert!(world.sent.borrow().is_empty());
    assert_eq!(world.states().await, ["pending"]);
}

#[tokio::test]
async fn one_call_delivers_more_than_it_takes_at_a_time() {
    let world = World::new(None).await;
    for number in 0..AT_A_TIME * 2 + 1 {
        world.happens("BOOKING_CREATED", &number.to_string()).await;
    }
    assert_eq!(world.work().await, Left::Nothing);
    assert_eq!(world.sent.borrow().len(), AT_A_TIME * 2 + 1);
}

#[tokio::test]
async fn one_organisation_has_its_turn_and_not_more() {
    let world = World::new(None).await;
    for number in 0..MOST + 100 {
        world.happens("BOOKING_CREATED", &number.to_string()).await;
    }
    assert_eq!(world.work().await, Left::Some);
    let sent = world.sent.borrow().len();
    assert!((MOST..MOST + AT_A_TIME).contains(&sent), "{sent}");
    assert_eq!(world.work().await, Left::Nothing);
    assert_eq!(world.sent.borrow().len(), MOST + 100);
}

#[tokio::test]
async fn a_cancellation_is_heard_after_the_booking_in_the_same_call() {
    let world = World::new(None).await;
    world.happens("BOOKING_CREATED", "a").await;
    world.happens("BOOKING_CANCELLED", "a").await;
    assert_eq!(world.work().await, Left::Nothing);
    let heard: Vec<_> = world.sent.borrow().iter().map(|sent| sent.0.clone()).collect();
    assert_eq!(heard, ["BOOKING_CREATED", "BOOKING_CANCELLED"]);
}

#[tokio::test]
async fn payloads_that_are_too_much_for_one_answer_are_taken_in_parts() {
    let world = World::new(None).await;
    let payload = format!("{{\"text\":\"{}\"}}", "x".repeat(900 * 1024));
    for number in 0..9 {
        world.happens_with("BOOKING_CREATED", &number.to_string(), payload.clone()).await;
    }
    assert_eq!(world.work().await, Left::Nothing);
    assert_eq!(world.attempts(), [1; 9]);
}

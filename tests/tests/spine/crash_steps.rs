//! `kill -9` at each step from a booking to the note that its webhook was delivered, and
//! from an e-mail to the note that it was sent, one at a time. A door before the
//! databases stops the server exactly there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::StatusCode;
use meridian_tests::{Delivery, Organization, Proxy, Reaction, Receiver, Server, Stop};
use serde_json::json;

use crate::jobs;

/// A start, a lease, and a sweep.
const PATIENCE: Duration = Duration::from_secs(90);
const SLOT: &str = "2050-09-05T07:00:00.000Z";

/// Where the server dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// It is written, and nobody has taken it.
    BeforeClaim,
    /// It is taken, and was not sent.
    AfterClaim,
    /// The other side has it, and has not answered.
    WhileSending,
    /// The other side has answered 200, and nobody has noted that.
    BeforeRecord,
    /// It is noted, and whoever noted it never heard that it was.
    AfterRecord,
}

/// What dies with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Webhook,
    Email,
}

impl Subject {
    fn claim(self) -> &'static str {
        match self {
            Self::Webhook => "UPDATE webhook_delivery SET leased_until",
            Self::Email => "UPDATE job SET leased_until",
        }
    }

    fn record(self) -> &'static str {
        match self {
            Self::Webhook => "UPDATE webhook_delivery SET state = 'delivered'",
            Self::Email => "DELETE FROM job WHERE id IN (SELECT held.id",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Webhook => "/hook",
            Self::Email => "/mail",
        }
    }

    /// The header that stays the same over tries.
    fn id(self) -> &'static str {
        match self {
            Self::Webhook => "webhook-id",
            Self::Email => "idempotency-key",
        }
    }
}

struct Stage {
    proxy: Arc<Proxy>,
    receiver: Receiver,
    /// Whether the receiver keeps who calls waiting.
    holds: Arc<AtomicBool>,
    server: Server,
    organization: Organization,
    event_type: i64,
}

impl Stage {
    fn new() -> Self {
        let proxy = Proxy::start();
        let holds = Arc::new(AtomicBool::new(false));
        let keeps_waiting = holds.clone();
        let receiver = Receiver::behaving(move |_, _| {
            let wait =
                Duration::from_secs(if keeps_waiting.load(Ordering::SeqCst) { 60 } else { 0 });
            Reaction { wait, ..StatusCode::OK.into() }
        });
        let server = Server::with(jobs::options(Some(&receiver)).proxy(&proxy));
        let organization = server.organization();
        let event_type = organization.event_type("dies", 30);
        let hook = json!({"subscriberUrl": receiver.url("/hook"), "active": true,
                          "triggers": ["BOOKING_CREATED", "BOOKING_CANCELLED"]});
        organization.client.post("/v2/webhooks", &hook).data(201);
        Self { proxy, receiver, holds, server, organization, event_type }
    }

    fn die_and_live(&mut self) {
        self.server.kill();
        self.proxy.lift();
        self.holds.store(false, Ordering::SeqCst);
        self.server.restart();
    }

    /// A booking that is cancelled a moment later; or an e-mail.
    fn happens(&self, subject: Subject) {
        if subject == Subject::Email {
            jobs::enqueue(&self.server, &self.organization, "ada@example.org", 1);
            jobs::work(&self.server, &self.organization);
            return;
        }
        let booking = self.organization.book(self.event_type, SLOT);
        let cancel = format!("/v2/bookings/{}/cancel", booking["uid"].as_str().unwrap());
        let reason = json!({"cancellationReason": "no"});
        self.organization.own_bookings().post(&cancel, &reason).data(200);
    }

    fn webhooks_state(&self) -> Vec<serde_json::Value> {
        let client = self.organization.client.at(&self.server.client());
        let hook = client.get("/v2/webhooks").data(200)[0]["id"].clone();
        let path = format!("/v2/webhooks/{}/deliveries", hook.as_str().unwrap());
        client.get(&path).data(200).as_array().unwrap().clone()
    }
}

fn triggers(deliveries: &[Delivery]) -> Vec<String> {
    let trigger = |one: &Delivery| one.json()["triggerEvent"].as_str().unwrap().to_owned();
    deliveries.iter().map(trigger).collect()
}

fn survives(subject: Subject, step: Step) {
    let mut stage = Stage::new();
    match step {
        Step::BeforeClaim => stage.proxy.stop_at(Stop::Before, subject.claim()),
        Step::AfterClaim => stage.proxy.stop_at(Stop::After, subject.claim()),
        Step::WhileSending => stage.holds.store(true, Ordering::SeqCst),
        Step::BeforeRecord => stage.proxy.stop_at(Stop::Before, subject.record()),
        Step::AfterRecord => stage.proxy.stop_at(Stop::After, subject.record()),
    }
    stage.happens(subject);
    if step == Step::WhileSending {
        stage.receiver.wait_for(subject.path(), 1, PATIENCE);
    } else {
        stage.proxy.wait_until_stopped(PATIENCE);
    }
    let before = stage.receiver.deliveries().len();
    let is_sent = !matches!(step, Step::BeforeClaim | Step::AfterClaim);
    assert_eq!(before, usize::from(is_sent), "{subject:?} {step:?}");
    stage.die_and_live();

    // At least once, and twice only where nobody could know that it had arrived.
    let again = matches!(step, Step::WhileSending | Step::BeforeRecord);
    let first = 1 + usize::from(again);
    let all = first + usize::from(subject == Subject::Webhook);
    let heard = stage.receiver.wait_for(subject.path(), all, PATIENCE);
    let ids: Vec<&str> = heard.iter().map(|one| one.header(subject.id())).collect();
    assert!(ids.iter().take(first).all(|id| *id == ids[0] && !id.is_empty()), "{ids:?}");
    if subject == Subject::Webhook {
        let mut expected = vec!["BOOKING_CREATED"; first];
        expected.push("BOOKING_CANCELLED");
        assert_eq!(triggers(&heard), expected, "{step:?}");
    }
    // Nothing comes after that: two sweeps, and longer than what is left of a lease.
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(stage.receiver.deliveries().len(), all, "{subject:?} {step:?}");
    match subject {
        Subject::Webhook => {
            let states = stage.webhooks_state();
            assert!(states.iter().all(|one| one["status"] == "delivered"), "{states:?}");
        }
        Subject::Email => {
            let left = jobs::database(&stage.server, &stage.organization)
                .run("SELECT count(*) FROM job", &[]);
            assert_eq!(left, [[json!(0)]]);
        }
    }
}

#[test]
fn a_webhook_survives_a_death_before_it_is_taken() {
    survives(Subject::Webhook, Step::BeforeClaim);
}

#[test]
fn a_webhook_survives_a_death_between_being_taken_and_being_sent() {
    survives(Subject::Webhook, Step::AfterClaim);
}

#[test]
fn a_webhook_survives_a_death_before_its_subscriber_answers() {
    survives(Subject::Webhook, Step::WhileSending);
}

#[test]
fn a_webhook_survives_a_death_between_the_answer_and_its_note() {
    survives(Subject::Webhook, Step::BeforeRecord);
}

#[test]
fn a_webhook_that_is_noted_as_delivered_is_not_sent_again_after_a_death() {
    survives(Subject::Webhook, Step::AfterRecord);
}

#[test]
fn an_email_survives_a_death_before_it_is_taken() {
    survives(Subject::Email, Step::BeforeClaim);
}

#[test]
fn an_email_survives_a_death_between_being_taken_and_being_sent() {
    survives(Subject::Email, Step::AfterClaim);
}

#[test]
fn an_email_survives_a_death_before_the_mail_service_answers() {
    survives(Subject::Email, Step::WhileSending);
}

#[test]
fn an_email_survives_a_death_between_the_answer_and_its_note() {
    survives(Subject::Email, Step::BeforeRecord);
}

#[test]
fn an_email_that_is_noted_as_sent_is_not_sent_again_after_a_death() {
    survives(Subject::Email, Step::AfterRecord);
}

/// Books in the background, for the server dies meanwhile.
fn book_and_die(stage: &mut Stage, stop: Stop) {
    stage.proxy.stop_at(stop, "INSERT INTO booking (");
    let body = stage.organization.booking(stage.event_type, SLOT).to_string();
    let client = stage.organization.bookings();
    let booking = std::thread::spawn(move || {
        client.try_send("POST", "/v2/bookings", Some(body)).map(|answer| answer.status)
    });
    stage.proxy.wait_until_stopped(PATIENCE);
    stage.die_and_live();
    let answered = booking.join().unwrap();
    assert!(answered.is_err(), "nobody was told anything: {answered:?}");
}

#[test]
fn a_booking_that_was_not_written_leaves_nothing_and_can_be_made_again() {
    let mut stage = Stage::new();
    book_and_die(&mut stage, Stop::Before);
    let client = stage.organization.own_bookings().at(&stage.server.client());
    assert_eq!(client.get("/v2/bookings").data(200), json!([]));
    assert!(stage.receiver.deliveries().is_empty());
    let body = stage.organization.booking(stage.event_type, SLOT);
    let uid = client.post("/v2/bookings", &body).data(201)["uid"].clone();
    let heard = stage.receiver.wait_for("/hook", 1, PATIENCE);
    assert_eq!(heard[0].json()["payload"]["uid"], uid);
    assert_eq!(heard.len(), 1);
}

#[test]
fn a_booking_that_was_written_is_heard_of_though_its_answer_was_lost() {
    let mut stage = Stage::new();
    book_and_die(&mut stage, Stop::After);
    let heard = stage.receiver.wait_for("/hook", 1, PATIENCE);
    let client = stage.organization.own_bookings().at(&stage.server.client());
    let bookings = client.get("/v2/bookings").data(200);
    assert_eq!(bookings.as_array().unwrap().len(), 1);
    assert_eq!(heard[0].json()["payload"]["uid"], bookings[0]["uid"]);
    assert_eq!(heard.len(), 1);
}

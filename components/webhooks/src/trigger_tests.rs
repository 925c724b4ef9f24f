//! From the outbox to the request: who hears of each trigger, and in which words.

use std::cell::RefCell;
use std::collections::BTreeMap;

use meridian_database::{Databases, Options};
use meridian_domain::webhook::TRIGGERS;
use meridian_kernel::{ClientId, EventTypeId, UserId, UuidUid, WireId};
use meridian_store::deliveries::{self, BookingEvent, UserEvent};
use meridian_store::webhooks::{self as store, Created, Owner, Webhook};
use meridian_store::{Platform, Scope, Statement, arguments};
use meridian_vault::Vault;
use serde_json::Value;

use super::*;
use crate::tally::Tally;
use crate::worker::Worker;

const SECRET: &str = "hush";
const PATH_OF: [(&str, &str); 21] = [
    ("BOOKING_CREATED", "attendees.0.name"),
    ("BOOKING_PAYMENT_INITIATED", "paymentId"),
    ("BOOKING_PAID", "metadata.externalId"),
    ("BOOKING_RESCHEDULED", "rescheduleUid"),
    ("BOOKING_REQUESTED", "organizer.email"),
    ("BOOKING_CANCELLED", "cancellationReason"),
    ("BOOKING_REJECTED", "rejectionReason"),
    ("BOOKING_NO_SHOW_UPDATED", "attendees.0.email"),
    ("FORM_SUBMITTED", "responses.email.value"),
    ("FORM_SUBMITTED_NO_EVENT", "redirect.value"),
    ("ROUTING_FORM_FALLBACK_HIT", "fallbackAction.type"),
    ("MEETING_STARTED", "startTime"),
    ("MEETING_ENDED", "endTime"),
    ("RECORDING_READY", "downloadLink"),
    ("RECORDING_TRANSCRIPTION_GENERATED", "downloadLinks.transcription.0.link"),
    ("INSTANT_MEETING", "title"),
    ("OOO_CREATED", "oooEntry.uuid"),
    ("AFTER_HOSTS_CAL_VIDEO_NO_SHOW", "hostEmail"),
    ("AFTER_GUESTS_CAL_VIDEO_NO_SHOW", "message"),
    ("DELEGATION_CREDENTIAL_ERROR", "error.message"),
    ("WRONG_ASSIGNMENT_REPORT", "report.correctAssignee"),
];

/// Who hears of what, by the paths of their URLs.
const OF_A_BOOKING: [&str; 4] = ["/client", "/event-type", "/organization", "/user"];
const OF_A_USER: [&str; 3] = ["/client", "/organization", "/user"];
const OF_THE_ORGANIZATION: [&str; 1] = ["/organization"];

/// Whom it happens to, where that is no booking.
fn user_of(trigger: &str, user: UserId) -> Option<Option<UserId>> {
    match trigger {
        "FORM_SUBMITTED"
        | "FORM_SUBMITTED_NO_EVENT"
        | "ROUTING_FORM_FALLBACK_HIT"
        | "OOO_CREATED" => Some(Some(user)),
        "DELEGATION_CREDENTIAL_ERROR" => Some(None),
        _ => None,
    }
}

fn hearers(trigger: &str, user: UserId) -> &'static [&'static str] {
    match user_of(trigger, user) {
        None => &OF_A_BOOKING,
        Some(Some(_)) => &OF_A_USER,
        Some(None) => &OF_THE_ORGANIZATION,
    }
}

struct World {
    databases: Databases,
    organization: OrganizationNumber,
    user: UserId,
    vault: Vault,
    _folder: tempfile::TempDir,
}

impl World {
    /// A managed user, their event type, and a booking of it.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), Options::default()).unwrap();
        Platform::open(&databases).await.unwrap();
        let organization = OrganizationNumber::new(1).unwrap();
        databases.create("org-1").await.unwrap();
        let user = UserId::new(organization, 1);
        let vault = Vault::new("a key of some length").unwrap();
        let world = Self { databases, organization, user, vault, _folder: folder };
        let client = ClientId::generate(organization);
        let scope = world.scope().await;
        let run = |sql| Statement::command(sql, []);
        let add_client = "INSERT INTO oauth_client (id, name, secret_hash, secret, permissions, \
                          redirect_uris, are_emails_enabled, are_default_event_types_enabled, \
                          are_calendar_events_enabled, created_at, updated_at) \
                          VALUES (?1, 'C', 'hash', 'sealed', 0, '[]', 0, 0, 0, 0, 0)";
        let manage = "INSERT INTO managed_user (user_id, client_id, token_generation, created_at) \
                      VALUES (1, ?1, 0, 0)";
        let batch = vec![
            run("INSERT INTO user (id, username, email, time_zone, created_at, updated_at) \
                 VALUES (1, 'ada', 'ada@example.org', 'UTC', 0, 0)"),
            run("INSERT INTO event_type (id, owner_id, slug, title, length_minutes, settings, \
                 created_at, updated_at) VALUES (5, 1, 'intro', 'Intro', 30, '{}', 0, 0)"),
            run("INSERT INTO booking (id, uid, event_type_id, user_id, title, status, start_at, \
                 end_at, ical_uid, created_at, updated_at) \
                 VALUES (3, 'booked', 5, 1, 'T', 'accepted', 1, 2, 'i', 0, 0)"),
            Statement::command(add_client, arguments![client.as_str()]),
            Statement::command(manage, arguments![client.as_str()]),
        ];
        scope.write(batch).await.unwrap();
        drop(scope);
        let all = TRIGGERS;
        world.subscribe(Owner::User(user), "user", all, None).await;
        world.subscribe(Owner::Organization, "organization", all, None).await;
        world.subscribe(Owner::Client(client), "client", all, None).await;
        let event_type = Owner::EventType(EventTypeId::new(organization, 5));
        world.subscribe(event_type, "event-type", all, None).await;
        world.subscribe(Owner::User(user), "asks-for-nothing", &[], None).await;
        world
    }

    async fn scope(&self) -> Scope<'_, Databases> {
        Scope::open(&self.databases, self.organization).await.unwrap()
    }

    async fn subscribe(
        &self,
        owner: Owner,
        path: &str,
        triggers: &[&str],
        payload_template: Option<String>,
    ) {
        let webhook = Webhook {
            id: UuidUid::generate(self.organization),
            owner,
            subscriber_url: format!("https://example.org/{path}"),
            active: true,
            triggers: triggers.iter().map(|trigger| (*trigger).to_owned()).collect(),
            payload_template,
            sealed_secret: Some(self.vault.seal(SECRET)),
            previous_secret_until: None,
            version: "2021-10-20".to_owned(),
            created_at: Instant::now(),
            updated_at: Instant::now(),
            disabled: None,
        };
        assert_eq!(store::create(&self.scope().await, &webhook).await.unwrap(), Created::Done);
    }

    /// Writes an event as whatever makes it happen does; its payload.
    async fn happens(&self, trigger: &'static str) -> Value {
        let now = Instant::now();
        let example = meridian_payloads::example(trigger, self.organization, now);
        let payload = example.to_string();
        let statements = match user_of(trigger, self.user) {
            Some(user) => deliveries::user_event(&UserEvent { trigger, user, payload }, now),
            None => {
                let payload = without_ids(&example).to_string();
                let event = BookingEvent { trigger, booking_uid: "booked".to_owned(), payload };
                deliveries::booking_events(&[event], self.organization, now)
            }
        };
        self.scope().await.write(statements.to_vec()).await.unwrap();
        example
    }

    /// What is sent to each path.
    async fn sent(&self) -> BTreeMap<String, http::Request<Bytes>> {
        let sent = RefCell::new(BTreeMap::new());
        let send = async |delivery: &Delivery, secrets: &Secrets| {
            let request = build(self.organization, delivery, secrets, Instant::now()).unwrap();
            let before = sent.borrow_mut().insert(request.uri().path().to_owned(), request);
            assert!(before.is_none(), "nobody hears of it twice");
            Outcome::Answered(Answer { status: 200, ..Answer::default() })
        };
        let (scope, tally) = (self.scope().await, Tally::default());
        let worker = Worker { scope: &scope, vault: &self.vault, tally: &tally, send };
        worker.deliver_until(Instant::now().plus_millis(10_000)).await.unwrap();
        sent.into_inner()
    }
}

/// Without what the outbox knows better.
fn without_ids(payload: &Value) -> Value {
    let mut payload = payload.clone();
    for name in ["bookingId", "platformClientId"] {
        payload.as_object_mut().unwrap().remove(name);
    }
    payload
}

fn at<'a>(payload: &'a Value, path: &str) -> &'a Value {
    payload.pointer(&format!("/{}", path.replace('.', "/"))).unwrap()
}

#[tokio::test]
async fn every_trigger_reaches_whoever_asked_for_it_and_nobody_else() {
    let world = World::new().await;
    for trigger in TRIGGERS {
        let example = world.happens(trigger).await;
        let sent = world.sent().await;
        let heard: Vec<&str> = sent.keys().map(String::as_str).collect();
        assert_eq!(heard, hearers(trigger, world.user), "{trigger}");
        for request in sent.values() {
            let headers = request.headers();
            assert_eq!(headers["content-type"], "application/json");
            assert_eq!(headers["x-cal-signature-256"], webhook::sign(SECRET, request.body()));
            assert_eq!(headers["x-cal-webhook-version"], "2021-10-20");
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            assert_eq!(body["triggerEvent"], *trigger);
            assert!(body["createdAt"].is_string());
            assert_eq!(without_ids(&body["payload"]), without_ids(&example), "{trigger}");
            let at_root = trigger.contains("FORM").then(|| example["email"].clone());
            assert_eq!(body.get("email"), at_root.as_ref(), "{trigger}");
            if heard == OF_A_BOOKING {
                let id = world.organization.wire_id() + 3;
                assert_eq!(body["payload"]["bookingId"], id, "{trigger}");
            }
        }
    }
}

#[tokio::test]
async fn a_template_can_name_what_each_trigger_has() {
    let world = World::new().await;
    let drop_all = Statement::command("DELETE FROM webhook", []);
    world.scope().await.write(vec![drop_all]).await.unwrap();
    let fields = PATH_OF.map(|(trigger, path)| format!(r#""{trigger}":"{{{{{path}}}}}""#));
    let template = format!(r#"{{"what":"{{{{triggerEvent}}}}",{}}}"#, fields.join(","));
    world.subscribe(Owner::Organization, "organization", TRIGGERS, Some(template)).await;
    for trigger in TRIGGERS {
        let example = world.happens(trigger).await;
        let sent = world.sent().await;
        let body: Value = serde_json::from_slice(sent["/organization"].body()).unwrap();
        assert_eq!(body["what"], *trigger);
        let (_, path) = PATH_OF.iter().find(|(of, _)| of == trigger).unwrap();
        let wanted = match at(&example, path) {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        assert!(!wanted.is_empty(), "{trigger}");
        assert_eq!(body[trigger], wanted, "{trigger}");
    }
}

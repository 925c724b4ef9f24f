//! `Idempotency-Key`, over a real database.

use std::sync::OnceLock;
use std::time::Duration;

use http::StatusCode;
use meridian_database::{Databases, Options};
use meridian_gateway::idempotency::enter;
use meridian_gateway::{
    Access, ApiError, Body, Reply, Request, Resource, Route, RouteTable, route,
};
use meridian_kernel::OrganizationNumber;
use meridian_store::{DatabaseError, Row, Rows, Scope, Statement, arguments};
use serde_json::json;

use crate::world::{Answer, Asked, World, ask};

const NOTES: &[Route] = &[
    route!(POST "/v2/notes", Resource::Any, Access::OPTIONAL, create_note),
    route!(POST "/v2/notes/slow", Resource::Any, Access::OPTIONAL, create_and_hang),
    route!(POST "/v2/notes/waiting", Resource::Any, Access::OPTIONAL, wait_for_ever),
    route!(GET "/v2/notes/:id", Resource::Any, Access::OPTIONAL, get_note),
    route!(DELETE "/v2/notes/:id", Resource::Any, Access::OPTIONAL, delete_and_hang),
    route!(GET "/v2/notes/slow/:id", Resource::Any, Access::OPTIONAL, get_note),
];

static TABLE: RouteTable = RouteTable::new(NOTES);

fn databases() -> &'static Databases {
    static DATABASES: OnceLock<Databases> = OnceLock::new();
    DATABASES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap().keep();
        Databases::open(&folder, Options::default()).unwrap()
    })
}

/// A database of the test's own, named by its organisation.
async fn home(number: u32) -> Scope<'static, Databases> {
    let organization = OrganizationNumber::new(number).unwrap();
    let name = organization.database_name();
    match meridian_store::Database::create(databases(), &name).await {
        Ok(()) | Err(DatabaseError::AlreadyExists) => {}
        Err(error) => panic!("{error}"),
    }
    Scope::open(databases(), organization).await.unwrap()
}

/// The organisation is the query's, since the guard of these tests knows one only.
async fn open(request: &Request) -> Result<Scope<'static, Databases>, ApiError> {
    enter(home(request.query("home").unwrap().parse().unwrap()).await).await
}

async fn insert(scope: &Scope<'static, Databases>, slug: &str) -> Result<i64, ApiError> {
    let sql = "INSERT INTO team (slug, name, created_at, updated_at) VALUES (?1, ?1, 0, 0) \
               RETURNING id";
    let answers = scope.write(vec![Statement::query(sql, arguments![slug])]).await?;
    Ok(answers.first().and_then(Rows::first).unwrap().integer(0).unwrap())
}

async fn create_note(request: Request) -> Result<Reply, ApiError> {
    let scope = open(&request).await?;
    match std::str::from_utf8(&request.body).unwrap() {
        "invalid" => Err(ApiError::bad_request("slug must be valid")),
        "taken" => Err(ApiError::conflict("somebody has it")),
        "past" => Err(ApiError::bad_request("too late").settle()),
        slug => Reply::created(
            &json!({ "id": insert(&scope, slug).await?, "told": now_text(&request) }),
        ),
    }
}

fn now_text(request: &Request) -> String {
    format!("{} {}", request.now.to_iso(), request.request_id)
}

/// Dies, as far as its client can tell, between the write and the answer.
async fn create_and_hang(request: Request) -> Result<Reply, ApiError> {
    let scope = open(&request).await?;
    insert(&scope, std::str::from_utf8(&request.body).unwrap()).await?;
    std::future::pending().await
}

/// At work, and not yet at its write.
async fn wait_for_ever(request: Request) -> Result<Reply, ApiError> {
    open(&request).await?;
    std::future::pending().await
}

/// The wire id carries the organisation; its row is in the lower half.
fn row_of(request: &Request) -> i64 {
    request.parameter("id").parse::<i64>().unwrap() & 0xffff_ffff
}

async fn get_note(request: Request) -> Result<Reply, ApiError> {
    // What shows an outcome belongs to a database that the path names.
    let number = request.parameter("id").parse::<i64>().unwrap() >> 32;
    let scope = home(u32::try_from(number).unwrap()).await;
    let select =
        Statement::query("SELECT slug FROM team WHERE id = ?1", arguments![row_of(&request)]);
    let rows = scope.read_primary(select).await?;
    let slug = rows.first().map(|row| Row::string(row, 0).unwrap());
    let slug = slug.ok_or_else(|| ApiError::not_found("no such note"))?;
    Reply::ok(&json!({ "slug": slug }))
}

async fn delete_and_hang(request: Request) -> Result<Reply, ApiError> {
    let scope = open(&request).await?;
    let delete = Statement::command("DELETE FROM team WHERE id = ?1", arguments![row_of(&request)]);
    scope.write(vec![delete.must_affect()]).await?;
    std::future::pending().await
}

struct Notes {
    world: World,
    home: u32,
}

impl Notes {
    fn new(home: u32) -> Self {
        let key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        Self { world: World::new().with_variable("encryption_key", key), home }
    }

    fn post(&self, path: &str, key: &str, body: &str) -> Asked {
        ask("POST", &format!("{path}?home={}", self.home))
            .header("idempotency-key", key)
            .body(Body::Whole(body.to_owned().into()))
    }

    async fn send(&self, asked: Asked) -> Answer {
        let served = meridian_gateway::serve(&TABLE, &self.world, &self.world, asked.incoming());
        Answer(served.await)
    }

    /// Sends what never answers, and gives up on it.
    async fn send_in_vain(&self, asked: Asked) {
        let answer = tokio::time::timeout(Duration::from_millis(300), self.send(asked)).await;
        assert!(answer.is_err(), "it answered");
    }

    async fn count(&self) -> i64 {
        let rows = home(self.home).await;
        let rows = rows.read_primary(Statement::query("SELECT count(*) FROM team", [])).await;
        rows.unwrap().first().unwrap().integer(0).unwrap()
    }
}

fn is_replay(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

#[tokio::test]
async fn a_repeat_is_answered_the_same_byte_for_byte_and_writes_nothing() {
    let notes = Notes::new(101);
    let first = notes.send(notes.post("/v2/notes", "one", "a")).await;
    assert_eq!((first.status(), is_replay(&first)), (201, false));
    notes.world.wait_seconds(3600);
    let again = notes.send(notes.post("/v2/notes", "one", "a")).await;
    assert_eq!((again.status(), is_replay(&again)), (201, true));
    assert_eq!(first.0.body(), again.0.body());
    assert_eq!(first.header("content-type"), again.header("content-type"));
    assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
    assert_eq!(notes.count().await, 1);
}

#[tokio::test]
async fn a_key_names_one_request_of_one_caller_for_a_day() {
    let notes = Notes::new(102);
    assert_eq!(notes.send(notes.post("/v2/notes", "k", "a")).await.status(), 201);
    let other = notes.send(notes.post("/v2/notes", "k", "b")).await;
    assert_eq!(other.status(), 422);
    assert!(other.message().contains("Idempotency-Key"), "{}", other.message());
    let somebody = notes.post("/v2/notes", "k", "c").bearer("ada");
    assert_eq!(notes.send(somebody).await.status(), 201);
    let elsewhere = notes.post("/v2/notes", "k", "d").sent_from("10.0.0.9:1");
    assert_eq!(notes.send(elsewhere).await.status(), 201);
    notes.world.wait_seconds(24 * 3600 + 1);
    let later = notes.send(notes.post("/v2/notes", "k", "e")).await;
    assert_eq!((later.status(), is_replay(&later)), (201, false));
    assert_eq!(notes.count().await, 4);
}

#[tokio::test]
async fn a_mistake_does_not_use_the_key_up_and_a_conflict_does() {
    let notes = Notes::new(103);
    assert_eq!(notes.send(notes.post("/v2/notes", "k", "invalid")).await.status(), 400);
    assert_eq!(notes.send(notes.post("/v2/notes", "k", "good")).await.status(), 201);
    for (key, body, status) in [("t", "taken", 409), ("p", "past", 400)] {
        let first = notes.send(notes.post("/v2/notes", key, body)).await;
        assert_eq!((first.status(), is_replay(&first)), (status, false));
        notes.world.wait_seconds(10);
        let again = notes.send(notes.post("/v2/notes", key, body)).await;
        assert_eq!((again.status(), is_replay(&again)), (status, true));
        assert_eq!(first.0.body(), again.0.body());
    }
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_answered_from_what_it_left() {
    let notes = Notes::new(105);
    notes.send_in_vain(notes.post("/v2/notes/slow", "k", "only once")).await;
    assert_eq!(notes.count().await, 1);
    let again = notes.send(notes.post("/v2/notes/slow", "k", "only once")).await;
    assert_eq!((again.status(), is_replay(&again)), (201, true));
    assert_eq!(again.data()["slug"], "only once");
    let third = notes.send(notes.post("/v2/notes/slow", "k", "only once")).await;
    assert_eq!(third.0.body(), again.0.body());
    assert_eq!(notes.count().await, 1);
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_still_shows_what_was_deleted() {
    let notes = Notes::new(106);
    let made = notes.send(notes.post("/v2/notes", "k", "doomed")).await;
    let id = made.data()["id"].as_i64().unwrap() + (106 << 32);
    let delete =
        || ask("DELETE", &format!("/v2/notes/{id}?home=106")).header("idempotency-key", "d");
    notes.send_in_vain(delete()).await;
    assert_eq!(notes.count().await, 0);
    let again = notes.send(delete()).await;
    assert_eq!((again.status(), is_replay(&again)), (200, true));
    assert_eq!(again.data()["slug"], "doomed");
}

#[tokio::test]
async fn while_an_attempt_may_be_at_work_a_repeat_waits_and_then_takes_over() {
    let notes = Notes::new(107);
    notes.send_in_vain(notes.post("/v2/notes/waiting", "k", "a")).await;
    let waits = notes.send(notes.post("/v2/notes/waiting", "k", "a")).await;
    assert_eq!((waits.status(), is_replay(&waits)), (409, false));
    let seconds: u64 = waits.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=5).contains(&seconds), "{seconds}");
    notes.world.wait_seconds(6);
    // The key is free again: this attempt is at work as the first one was.
    notes.send_in_vain(notes.post("/v2/notes/waiting", "k", "a")).await;
    assert_eq!(notes.count().await, 0);
}

#[tokio::test]
async fn keys_are_checked_and_reads_have_none() {
    let notes = Notes::new(108);
    for key in ["", &"k".repeat(256)] {
        let answer = notes.send(notes.post("/v2/notes", key, "a")).await;
        assert_eq!(answer.0.status(), StatusCode::BAD_REQUEST);
        assert!(answer.message().contains("Idempotency-Key"), "{}", answer.message());
    }
    let twice = notes.post("/v2/notes", "k", "a").header("idempotency-key", "l");
    assert_eq!(notes.send(twice).await.status(), 400);
    assert_eq!(notes.count().await, 0);
}

#[tokio::test]
async fn kept_answers_are_sealed() {
    let notes = Notes::new(109);
    notes.send(notes.post("/v2/notes", "k", "visible")).await;
    let scope = home(109).await;
    let select = Statement::query("SELECT answer FROM idempotency_key", []);
    let rows = scope.read_primary(select).await.unwrap();
    let answer = rows.first().unwrap().string(0).unwrap();
    assert!(!answer.is_empty() && !answer.contains("success"), "{answer}");
}

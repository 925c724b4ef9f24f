//! Keys of writes: claimed, marked in the write's own batch, answered.

use meridian_database::Databases;
use meridian_kernel::Instant;
use meridian_store::idempotency::{Answer, Attempt, Claim, Mark, claim, keep, release};
use meridian_store::{DatabaseError, Scope, Statement, arguments};

use crate::support::{Home, at, organization};

const NOW: &str = "2026-11-25T12:00:00Z";

fn attempt(token: &str) -> Attempt {
    Attempt { key: "key".to_owned(), fingerprint: "print".to_owned(), token: token.to_owned() }
}

fn answer() -> Answer {
    Answer { status: 201, content_type: Some("application/json".into()), body: "sealed".into() }
}

fn insert(slug: &str) -> Statement {
    let sql = "INSERT INTO team (slug, name, created_at, updated_at) VALUES (?1, ?1, 0, 0)";
    Statement::command(sql, arguments![slug]).must_affect()
}

fn marked<'a>(scope: &Scope<'a, Databases>, token: &str) -> Scope<'a, Databases> {
    scope.same().marked(Mark::new(attempt(token), "/v2/teams".to_owned(), organization()))
}

async fn claimed(scope: &Scope<'_, Databases>, token: &str, now: Instant) -> Claim {
    claim(scope, &attempt(token), None, now).await.unwrap()
}

#[tokio::test]
async fn one_attempt_has_a_key_until_it_answers_gives_it_back_or_its_lease_ends() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let now = at(NOW);
    assert_eq!(claimed(&scope, "a", now).await, Claim::Ours);
    assert_eq!(claimed(&scope, "b", now).await, Claim::InFlight(now.plus_millis(5_000)));
    release(&scope, &attempt("b")).await.unwrap();
    assert!(matches!(claimed(&scope, "b", now).await, Claim::InFlight(_)), "not b's to give back");
    release(&scope, &attempt("a")).await.unwrap();
    assert_eq!(claimed(&scope, "b", now).await, Claim::Ours);
    assert_eq!(claimed(&scope, "c", now.plus_millis(5_000)).await, Claim::Ours);
    assert_eq!(keep(&scope, &attempt("c"), &answer()).await.unwrap(), None);
    assert_eq!(claimed(&scope, "d", now.plus_millis(6_000)).await, Claim::Answered(answer()));
    let other = Attempt { fingerprint: "other".to_owned(), ..attempt("d") };
    assert_eq!(claim(&scope, &other, None, now).await.unwrap(), Claim::OtherRequest);
}

#[tokio::test]
async fn a_write_and_its_mark_are_one() {
    let home = Home::new().await;
    let scope = home.scope().await;
    assert_eq!(claimed(&scope, "a", at(NOW)).await, Claim::Ours);
    let ours = marked(&scope, "a");
    let answers = ours.write(vec![insert("one"), insert("two")]).await.unwrap();
    assert_eq!(answers.len(), 2, "the mark's own answer is not shown");
    let Claim::Unanswered { subject, planned, token } = claimed(&scope, "b", at(NOW)).await else {
        panic!("it was written");
    };
    let id = (i64::from(organization().get()) << 32) + answers[0].last_insert_rowid;
    assert_eq!(subject, Some(format!("/v2/teams/{id}")));
    assert_eq!((planned, token.as_str()), (None, "a"));
}

#[tokio::test]
async fn an_attempt_that_lost_its_key_writes_nothing() {
    let home = Home::new().await;
    let scope = home.scope().await;
    assert_eq!(claimed(&scope, "a", at(NOW)).await, Claim::Ours);
    let late = at(NOW).plus_millis(60_000);
    assert_eq!(claimed(&scope, "b", late).await, Claim::Ours);
    let refused = marked(&scope, "a").write(vec![insert("one")]).await;
    assert_eq!(refused, Err(DatabaseError::Busy));
    marked(&scope, "b").write(vec![insert("one")]).await.unwrap();
    assert_eq!(keep(&scope, &attempt("b"), &answer()).await.unwrap(), None);
    // Whoever kept its answer first has the last word.
    let other = Answer { body: "another".into(), ..answer() };
    assert_eq!(keep(&scope, &attempt("a"), &other).await.unwrap(), Some(answer()));
}

#[tokio::test]
async fn failures_are_told_as_if_there_were_no_mark() {
    let home = Home::new().await;
    let scope = home.scope().await;
    assert_eq!(claimed(&scope, "a", at(NOW)).await, Claim::Ours);
    let ours = marked(&scope, "a");
    let nothing = Statement::command("DELETE FROM team WHERE id = -1", []).must_affect();
    let failed = ours.write(vec![insert("one"), nothing.clone()]).await;
    assert_eq!(failed, Err(DatabaseError::Precondition(1)));
    assert_eq!(ours.write(vec![nothing]).await, Err(DatabaseError::Precondition(0)));
    let twice = ours.write(vec![insert("one"), insert("one")]).await;
    assert!(matches!(twice, Err(DatabaseError::Constraint { statement: 1, .. })), "{twice:?}");
    assert!(matches!(claimed(&scope, "b", at(NOW)).await, Claim::InFlight(_)), "nothing written");
}

#[tokio::test]
async fn keys_are_forgotten_after_a_day() {
    let home = Home::new().await;
    let scope = home.scope().await;
    assert_eq!(claimed(&scope, "a", at(NOW)).await, Claim::Ours);
    keep(&scope, &attempt("a"), &answer()).await.unwrap();
    let day = 24 * 60 * 60 * 1000;
    let just = at(NOW).plus_millis(day - 1);
    assert!(matches!(claimed(&scope, "b", just).await, Claim::Answered(_)));
    assert_eq!(claimed(&scope, "b", at(NOW).plus_millis(day)).await, Claim::Ours);
}

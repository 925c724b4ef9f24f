//! Sessions and passwords.

use meridian_database::Databases;
use meridian_kernel::{Instant, UserId, WireId};
use meridian_store::sessions::{self, MAX_SESSIONS, NewSession, SessionProof};
use meridian_store::{Scope, Statement, arguments};

use crate::support::{Home, leave, user, write};

const NOW: Instant = Instant::from_millis(1_000_500);

async fn person(scope: &Scope<'_, Databases>) -> UserId {
    let ada = user(scope, "ada").await;
    let sql = "UPDATE user SET password_hash = 'old' WHERE id = ?1";
    write(scope, Statement::command(sql, arguments![ada.row()])).await;
    ada
}

async fn begin(scope: &Scope<'_, Databases>, user: UserId, id: &str, password: &str) -> bool {
    let new = NewSession {
        id_hash: id,
        user,
        password_hash: password,
        expires_at: NOW.plus_minutes(60 + id.len() as i64),
    };
    sessions::begin(scope, &new, NOW).await.unwrap()
}

async fn stands(scope: &Scope<'_, Databases>, user: UserId, proof: SessionProof<'_>) -> bool {
    sessions::find_holder(scope, user, proof, NOW).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_stands_until_it_is_ended_and_for_its_own_user_only() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (person(&scope).await, user(&scope, "bob").await);
    assert!(begin(&scope, ada, "one", "old").await);
    let one = SessionProof::Begun("one");
    assert!(stands(&scope, ada, one).await && !stands(&scope, bob, one).await);
    assert!(!stands(&scope, ada, SessionProof::Begun("two")).await);
    let late = sessions::find_holder(&scope, ada, one, NOW.plus_minutes(120)).await.unwrap();
    assert_eq!(late, None);
    sessions::end(&scope, "one").await.unwrap();
    assert!(!stands(&scope, ada, one).await);
    assert!(begin(&scope, ada, "two", "old").await);
    leave(&scope, ada).await;
    assert!(!stands(&scope, ada, SessionProof::Begun("two")).await);
    assert!(!begin(&scope, ada, "three", "old").await);
    assert_eq!(sessions::find_login(&scope, "ada@example.com").await.unwrap(), None);
}

#[tokio::test]
async fn a_password_that_changed_while_it_was_checked_begins_nothing() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = person(&scope).await;
    assert!(begin(&scope, ada, "one", "old").await);
    let change = |old| sessions::change_password(&scope, ada, old, "new", NOW);
    assert!(!change(Some("older")).await.unwrap() && !change(None).await.unwrap());
    assert!(stands(&scope, ada, SessionProof::Begun("one")).await);
    assert!(change(Some("old")).await.unwrap());
    assert!(!stands(&scope, ada, SessionProof::Begun("one")).await);
    assert!(!begin(&scope, ada, "two", "old").await);
    assert!(begin(&scope, ada, "two", "new").await);
}

#[tokio::test]
async fn sessions_that_began_elsewhere_end_together() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = person(&scope).await;
    let since = |millis| SessionProof::Elsewhere {
        email: "Ada@example.com",
        issued_at: Instant::from_millis(millis),
    };
    let stranger =
        SessionProof::Elsewhere { email: "eve@example.com", issued_at: Instant::from_millis(0) };
    assert!(stands(&scope, ada, since(0)).await && !stands(&scope, ada, stranger).await);
    sessions::end_elsewhere(&scope, ada, NOW).await.unwrap();
    // One of the same second began before.
    assert!(!stands(&scope, ada, since(1_000_000)).await);
    assert!(stands(&scope, ada, since(1_001_000)).await);
}

#[tokio::test]
async fn a_user_has_so_many_sessions_and_the_first_to_end_give_way() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = person(&scope).await;
    // The longer its id the later a session of this test ends.
    for length in 1..=MAX_SESSIONS as usize + 2 {
        assert!(begin(&scope, ada, &"x".repeat(length), "old").await);
    }
    for (length, is_there) in [(1, false), (2, false), (3, true), (MAX_SESSIONS as usize + 2, true)]
    {
        let id = "x".repeat(length);
        assert_eq!(stands(&scope, ada, SessionProof::Begun(&id)).await, is_there, "{length}");
    }
}

#[tokio::test]
async fn whoever_comes_back_signs_in_anew() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = person(&scope).await;
    assert!(begin(&scope, ada, "one", "old").await);
    leave(&scope, ada).await;
    let sql = "UPDATE user SET left_at = NULL WHERE id = ?1";
    write(&scope, Statement::command(sql, arguments![ada.row()])).await;
    assert!(!stands(&scope, ada, SessionProof::Begun("one")).await);
    let before = Instant::from_millis(0);
    let elsewhere = SessionProof::Elsewhere { email: "ada@example.com", issued_at: before };
    assert!(!stands(&scope, ada, elsewhere).await);
    assert!(begin(&scope, ada, "two", "old").await);
}

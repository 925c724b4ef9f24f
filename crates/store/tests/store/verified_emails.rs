//! Mailboxes that were shown to be somebody's, and addresses that change.

use meridian_database::Databases;
use meridian_kernel::{Instant, UserId};
use meridian_store::Scope;
use meridian_store::jobs::{NewJob, Payload};
use meridian_store::users::address::{self, Confirmed, LINK_HOURS};
use meridian_store::users::{self, NewAddress, UserChange, UserChanged};
use meridian_store::verified_emails::{
    self, CODE_MINUTES, MAX_WRONG_TRIES, Owner, Purpose, VerifiedEmail,
};

use crate::support::{Home, user};

const NOW: Instant = Instant::from_millis(1_800_000_000_000);
const BOX: &str = "box@example.org";

fn mail() -> NewJob {
    NewJob::new("email", Payload::Plain("{}".to_owned()), NOW, 3).unwrap()
}

async fn put(scope: &Scope<'_, Databases>, purpose: Purpose, mac: &str) {
    verified_emails::put_code(scope, purpose, (BOX, mac), mail(), NOW).await.unwrap();
}

async fn verify(
    scope: &Scope<'_, Databases>,
    owner: Owner,
    macs: &[&str],
    now: Instant,
) -> Option<VerifiedEmail> {
    let macs: Vec<String> = macs.iter().map(|mac| (*mac).to_owned()).collect();
    verified_emails::verify(scope, owner, (BOX, &macs), now).await.unwrap()
}

#[tokio::test]
async fn a_code_is_good_once_for_its_owner_and_until_it_expires() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, grace) = (user(&scope, "ada").await, user(&scope, "grace").await);
    let (ada, grace) = (Owner::User(ada), Owner::User(grace));
    put(&scope, Purpose::Ownership(ada), "right").await;
    assert_eq!(verify(&scope, grace, &["right"], NOW).await, None);
    assert_eq!(verify(&scope, ada, &["wrong"], NOW).await, None);
    let end = NOW.plus_minutes(CODE_MINUTES);
    assert_eq!(verify(&scope, ada, &["right"], end).await, None);
    // Any of the hashes counts: one for each key of the deployment.
    let found = verify(&scope, ada, &["newer", "right"], end.plus_millis(-1)).await.unwrap();
    assert_eq!(found.email, BOX);
    assert_eq!(verify(&scope, ada, &["right"], NOW).await, None);
    assert_eq!(verified_emails::list(&scope, ada, (0, 10)).await.unwrap(), [found.clone()]);
    assert_eq!(verified_emails::find(&scope, ada, found.id).await.unwrap(), Some(found.clone()));
    assert_eq!(verified_emails::find(&scope, grace, found.id).await.unwrap(), None);
}

#[tokio::test]
async fn wrong_tries_void_a_code_and_a_new_one_begins_again() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = Owner::User(user(&scope, "ada").await);
    put(&scope, Purpose::Ownership(ada), "right").await;
    for _ in 0..MAX_WRONG_TRIES {
        assert_eq!(verify(&scope, ada, &["wrong"], NOW).await, None);
    }
    assert_eq!(verify(&scope, ada, &["right"], NOW).await, None);
    put(&scope, Purpose::Ownership(ada), "newer").await;
    assert!(verify(&scope, ada, &["newer"], NOW).await.is_some());
}

#[tokio::test]
async fn the_code_of_a_booking_stays_good_and_wrong_tries_count() {
    let home = Home::new().await;
    let scope = home.scope().await;
    put(&scope, Purpose::Booking, "right").await;
    let right = ["right".to_owned()];
    let wrong = ["wrong".to_owned()];
    for _ in 0..3 {
        assert!(verified_emails::check_booking_code(&scope, (BOX, &right), NOW).await.unwrap());
    }
    for _ in 0..MAX_WRONG_TRIES {
        assert!(!verified_emails::check_booking_code(&scope, (BOX, &wrong), NOW).await.unwrap());
    }
    assert!(!verified_emails::check_booking_code(&scope, (BOX, &right), NOW).await.unwrap());
}

async fn want(scope: &Scope<'_, Databases>, id: UserId, address: NewAddress) -> UserChanged {
    users::update(scope, id, &UserChange::default(), Some(&address), NOW).await.unwrap()
}

fn by_link(email: &str, token_hash: &str) -> NewAddress {
    NewAddress::Unverified {
        email: email.to_owned(),
        token_hash: token_hash.to_owned(),
        mail: mail(),
    }
}

#[tokio::test]
async fn an_address_waits_for_its_link_and_then_both_are_verified() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let old = users::find(&scope, ada).await.unwrap().unwrap().email;
    let UserChanged::Changed(kept) = want(&scope, ada, by_link(BOX, "hash")).await else {
        panic!("not changed");
    };
    assert_eq!(kept.email, old);
    let end = NOW.plus_minutes(LINK_HOURS * 60);
    assert_eq!(address::find_pending(&scope, "hash", end).await.unwrap(), None);
    let pending = address::find_pending(&scope, "hash", NOW).await.unwrap().unwrap();
    assert_eq!((pending.old.as_str(), pending.new.as_str()), (old.as_str(), BOX));
    let confirm = || address::confirm(&scope, &pending, "hash", mail(), NOW);
    let Confirmed::Changed(changed) = confirm().await.unwrap() else { panic!("not confirmed") };
    assert_eq!(changed.email, BOX);
    assert_eq!(confirm().await.unwrap(), Confirmed::Unknown);
    for email in [old.as_str(), BOX] {
        assert!(address::has_verified(&scope, ada, email).await.unwrap(), "{email}");
    }
    let UserChanged::Changed(back) = want(&scope, ada, NewAddress::Verified(old.clone())).await
    else {
        panic!("not changed");
    };
    assert_eq!(back.email, old);
}

#[tokio::test]
async fn an_address_that_is_not_verified_or_somebody_elses_is_refused_by_the_write() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, grace) = (user(&scope, "ada").await, user(&scope, "grace").await);
    let refused = want(&scope, ada, NewAddress::Verified(BOX.to_owned())).await;
    assert_eq!(refused, UserChanged::NotVerified);
    // Both wait for the same one: the first to confirm has it.
    want(&scope, ada, by_link(BOX, "of ada")).await;
    want(&scope, grace, by_link(BOX, "of grace")).await;
    for (hash, expected) in [("of grace", true), ("of ada", false)] {
        let pending = address::find_pending(&scope, hash, NOW).await.unwrap().unwrap();
        let confirmed = address::confirm(&scope, &pending, hash, mail(), NOW).await.unwrap();
        assert_eq!(matches!(confirmed, Confirmed::Changed(_)), expected, "{confirmed:?}");
        assert!(expected || confirmed == Confirmed::Taken);
    }
    // Ada shows that she reads it too: it is still Grace's.
    put(&scope, Purpose::Ownership(Owner::User(ada)), "right").await;
    verify(&scope, Owner::User(ada), &["right"], NOW).await.unwrap();
    let taken = want(&scope, ada, NewAddress::Verified(BOX.to_owned())).await;
    assert_eq!(taken, UserChanged::EmailTaken);
}

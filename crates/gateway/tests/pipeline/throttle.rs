//! Guesses at secrets.

use futures::executor::block_on;
use meridian_gateway::throttle::{self, Guess, SIGN_INS_BY_ACCOUNT, SIGN_INS_BY_ADDRESS};
use meridian_gateway::{ApiError, Services as _};

use crate::world::World;

/// One sign-in; whether it was let through to be tried.
fn sign_in(world: &World, address: &str, account: &str, is_right: bool) -> Result<(), ApiError> {
    let guesses = [
        Guess::by_address(&SIGN_INS_BY_ADDRESS, address),
        Guess::at_account(&SIGN_INS_BY_ACCOUNT, account),
    ];
    block_on(async {
        let attempt = throttle::attempt(world, world.now(), &guesses).await?;
        if is_right {
            attempt.succeeded().await;
        }
        Ok(())
    })
}

#[test]
fn the_sixth_wrong_password_within_a_quarter_of_an_hour_is_not_even_tried() {
    let world = World::new();
    for guess in 0..5 {
        sign_in(&world, &format!("10.0.0.{guess}"), "ada", false).unwrap();
    }
    // From a new address, and with the right password: nobody learns that it is.
    let refused = sign_in(&world, "10.0.1.1", "ada", true).unwrap_err();
    assert_eq!((refused.status.as_u16(), refused.retry_after), (429, Some(900)));
    sign_in(&world, "10.0.1.1", "eve", false).unwrap();
    world.wait_seconds(899);
    assert_eq!(sign_in(&world, "10.0.1.2", "ada", true).unwrap_err().retry_after, Some(1));
    world.wait_seconds(1);
    sign_in(&world, "10.0.1.1", "ada", true).unwrap();
}

#[test]
fn one_address_cannot_try_many_accounts() {
    let world = World::new();
    for account in 0..20 {
        sign_in(&world, "10.0.0.1", &format!("user {account}"), false).unwrap();
    }
    assert!(sign_in(&world, "10.0.0.1", "another", false).is_err());
    // What the address may not try any more does not count against the account.
    for guess in 0..5 {
        sign_in(&world, &format!("10.0.1.{guess}"), "another", false).unwrap();
    }
}

#[test]
fn who_is_right_is_not_counted_and_clears_the_account() {
    let world = World::new();
    for _ in 0..100 {
        sign_in(&world, "10.0.0.1", "ada", true).unwrap();
    }
    for _ in 0..4 {
        sign_in(&world, "10.0.0.1", "ada", false).unwrap();
    }
    sign_in(&world, "10.0.0.1", "ada", true).unwrap();
    for _ in 0..5 {
        sign_in(&world, "10.0.0.1", "ada", false).unwrap();
    }
    assert!(sign_in(&world, "10.0.0.1", "ada", true).is_err());
}

#[test]
fn attempts_at_once_are_counted_before_any_is_judged() {
    let world = World::new();
    let guess = [Guess::at_account(&SIGN_INS_BY_ACCOUNT, "ada")];
    let attempts = (0..50).map(|_| throttle::attempt(&world, world.now(), &guess));
    let attempts = block_on(futures::future::join_all(attempts));
    assert_eq!(attempts.into_iter().filter(Result::is_ok).count(), 5);
}

#[test]
fn a_success_after_its_window_takes_nothing_from_the_next() {
    let world = World::new();
    let guess = [Guess::by_address(&SIGN_INS_BY_ADDRESS, "10.0.0.1")];
    let slow = block_on(throttle::attempt(&world, world.now(), &guess)).unwrap();
    world.wait_seconds(900);
    for _ in 0..20 {
        sign_in(&world, "10.0.0.1", &format!("{}", world.counters().len()), false).unwrap();
    }
    block_on(slow.succeeded());
    assert!(sign_in(&world, "10.0.0.1", "ada", false).is_err());
}

#[test]
fn counters_name_neither_accounts_nor_addresses() {
    let world = World::new();
    sign_in(&world, "10.0.0.1", "ada@example.org", false).unwrap();
    for key in world.counters() {
        assert!(key.starts_with("throttle:sign-in-") && !key.contains("ada"), "{key}");
        assert_eq!(key.rsplit(':').next().unwrap().len(), 64, "{key}");
    }
}

use meridian_kernel::Instant;
use meridian_kernel::limits::NO_SHOW_WAIT;
use meridian_store::bookings::calls;
use meridian_store::jobs::{NewJob, Payload};
use meridian_store::{Statement, due_work};

use crate::world::{HOUR, NOW, World, after};

const NO_SHOWS: &str = r#"["AFTER_HOSTS_CAL_VIDEO_NO_SHOW"]"#;
const WAIT: i64 = NO_SHOW_WAIT * 60_000;

async fn meet(world: &World, id: i64, uid: &str, start: i64) {
    world.book(id, uid, after(start).millis(), after(start + HOUR).millis()).await;
    world.run("UPDATE booking SET location = 'integrations:daily'").await;
}

/// Looks at what is due, so many at a time, and answers it.
async fn looked_at(world: &World, now: Instant, most: u32) -> Vec<String> {
    let scope = world.scope().await;
    let mut all = Vec::new();
    while let Some(due) = calls::due(&scope, now, most).await.unwrap() {
        let job = |uid: &String| {
            NewJob::new("call_check", Payload::Plain(format!("{{\"uid\":\"{uid}\"}}")), now, 1)
        };
        let jobs: Vec<_> = due.due.iter().map(|uid| job(uid).unwrap()).collect();
        assert!(calls::look(&scope, &due, &jobs, now).await.unwrap());
        all.extend(due.due);
    }
    all
}

async fn next(world: &World) -> Option<Instant> {
    due_work::outlook(&world.scope().await).await.unwrap().next_due
}

#[tokio::test]
async fn a_call_is_looked_at_once_a_while_after_its_start() {
    let world = World::new(1).await;
    world.webhook_for(NO_SHOWS, NOW).await;
    meet(&world, 21, "a", HOUR).await;
    meet(&world, 22, "b", 2 * HOUR).await;
    assert_eq!(next(&world).await, Some(after(HOUR + WAIT)));
    assert!(looked_at(&world, after(HOUR + WAIT - 1), 100).await.is_empty());
    assert_eq!(looked_at(&world, after(HOUR + WAIT), 100).await, ["a"]);
    assert!(looked_at(&world, after(HOUR + WAIT), 100).await.is_empty());
    let sql = "SELECT count(*) FROM job WHERE kind = 'call_check' AND payload ->> 'uid' = 'a'";
    assert_eq!(world.count(sql).await, 1);
    // The job is what comes next, and after it the next call.
    assert_eq!(next(&world).await, Some(after(HOUR + WAIT)));
    world.run("DELETE FROM job").await;
    assert_eq!(next(&world).await, Some(after(2 * HOUR + WAIT)));
}

#[tokio::test]
async fn calls_of_one_instant_are_looked_at_in_parts_and_none_is_forgotten() {
    let world = World::new(1).await;
    world.webhook_for(NO_SHOWS, NOW).await;
    for id in 0..7 {
        meet(&world, 30 + id, &format!("m{id}"), HOUR).await;
    }
    let scope = world.scope().await;
    let first = calls::due(&scope, after(HOUR + WAIT), 3).await.unwrap().unwrap();
    assert!(calls::look(&scope, &first, &[], after(HOUR + WAIT)).await.unwrap());
    // Whoever stops in between is due at once again.
    assert_eq!(next(&world).await, Some(after(HOUR + WAIT)));
    assert_eq!(looked_at(&world, after(HOUR + WAIT), 3).await, ["m3", "m4", "m5", "m6"]);
}

#[tokio::test]
async fn moved_calls_are_looked_at_later_and_cancelled_or_other_ones_never() {
    let world = World::new(1).await;
    world.webhook_for(NO_SHOWS, NOW).await;
    for (id, uid) in [(21, "moved"), (22, "cancelled"), (23, "pending"), (24, "elsewhere")] {
        meet(&world, id, uid, HOUR).await;
    }
    for sql in [
        "UPDATE booking SET status = 'cancelled' WHERE uid = 'cancelled'",
        "UPDATE booking SET status = 'pending' WHERE uid = 'pending'",
        "UPDATE booking SET location = 'https://meet.example.org' WHERE uid = 'elsewhere'",
        "UPDATE booking SET start_at = start_at + 7200000, end_at = end_at + 7200000 WHERE uid = 'moved'",
    ] {
        world.run(sql).await;
    }
    assert_eq!(next(&world).await, Some(after(3 * HOUR + WAIT)));
    assert!(looked_at(&world, after(2 * HOUR), 100).await.is_empty());
    assert_eq!(looked_at(&world, after(4 * HOUR), 100).await, ["moved"]);
    assert_eq!(next(&world).await, Some(after(4 * HOUR)), "only its job is left");
}

#[tokio::test]
async fn nobody_asks_nothing_is_looked_at_and_what_went_by_stays_so() {
    let world = World::new(1).await;
    meet(&world, 21, "before", HOUR).await;
    meet(&world, 22, "after", 4 * HOUR).await;
    assert!(looked_at(&world, after(2 * HOUR), 100).await.is_empty());
    assert_eq!(next(&world).await, None);
    let webhook = world.webhook_for(NO_SHOWS, after(3 * HOUR)).await;
    assert_eq!(next(&world).await, Some(after(4 * HOUR + WAIT)));
    // Asleep while the other one goes by.
    let turn = |active: i64, at: Instant| {
        let sql = "UPDATE webhook SET active = ?2, updated_at = ?3 WHERE id = ?1";
        Statement::command(sql, meridian_store::arguments![webhook.as_str(), active, at])
    };
    world.write(turn(0, after(3 * HOUR))).await;
    assert_eq!(next(&world).await, None);
    world.write(turn(1, after(6 * HOUR))).await;
    assert!(looked_at(&world, after(7 * HOUR), 100).await.is_empty());
}

#[tokio::test]
async fn of_two_workers_one_looks() {
    let world = World::new(1).await;
    world.webhook_for(NO_SHOWS, NOW).await;
    meet(&world, 21, "a", HOUR).await;
    let (scope, now) = (world.scope().await, after(HOUR + WAIT));
    let first = calls::due(&scope, now, 100).await.unwrap().unwrap();
    let second = calls::due(&scope, now, 100).await.unwrap().unwrap();
    assert!(calls::look(&scope, &first, &[], now).await.unwrap());
    assert!(!calls::look(&scope, &second, &[], now).await.unwrap());
}

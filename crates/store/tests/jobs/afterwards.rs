use meridian_kernel::Instant;
use meridian_store::due_work;
use meridian_store::jobs::{self, RETENTION, Retried, Verdict};
use serde_json::json;

use crate::world::{HOUR, LEASE, NOW, SECOND, World, after, job};

async fn dies(world: &World, now: Instant) -> i64 {
    let taken = world.take(now).await.remove(0);
    world.record(&taken, Verdict::Dead("never".to_owned()), now).await;
    taken.id
}

#[tokio::test]
async fn a_dead_job_is_kept_with_what_went_wrong() {
    let world = World::new(1).await;
    world.enqueue(&[job("{}").unique("k").unwrap()], NOW).await;
    let first = world.take(NOW).await.remove(0);
    world.record(&first, Verdict::Again(after(SECOND), "x".repeat(1_000)), NOW).await;
    let id = dies(&world, after(SECOND)).await;
    assert!(world.take(after(10 * HOUR)).await.is_empty());
    let scope = world.scope().await;
    let dead = jobs::list(&scope, Some("dead"), (0, 10)).await.unwrap();
    let [dead] = dead.as_slice() else { panic!("{dead:?}") };
    assert_eq!((dead.id, dead.kind.as_str(), dead.attempts), (id, "test", 2));
    assert_eq!((dead.unique_key.as_deref(), dead.run_at), (Some("k"), None));
    assert_eq!(dead.error.as_deref(), Some("never"));
    let expected = json!([
        {"at": NOW.millis(), "attempt": 1, "error": "x".repeat(500)},
        {"at": after(SECOND).millis(), "attempt": 2, "error": "never"},
    ]);
    assert_eq!(dead.history, expected);
    assert!(jobs::list(&scope, Some("waiting"), (0, 10)).await.unwrap().is_empty());
    assert_eq!(jobs::list(&scope, None, (1, 10)).await.unwrap(), []);
}

#[tokio::test]
async fn only_the_last_failures_are_kept() {
    let world = World::new(1).await;
    world.enqueue(&[job("{}")], NOW).await;
    for number in 0..15 {
        let now = after(number * LEASE);
        let taken = world.take(now).await.remove(0);
        world.record(&taken, Verdict::Again(now, number.to_string()), now).await;
    }
    let waiting = jobs::list(&world.scope().await, None, (0, 10)).await.unwrap().remove(0);
    let errors: Vec<_> =
        waiting.history.as_array().unwrap().iter().map(|one| one["error"].clone()).collect();
    assert_eq!(json!(errors), json!(["5", "6", "7", "8", "9", "10", "11", "12", "13", "14"]));
}

#[tokio::test]
async fn a_dead_job_that_is_tried_again_begins_anew_and_twice_is_no_mistake() {
    let world = World::new(1).await;
    world.enqueue(&[job("{}")], NOW).await;
    let id = dies(&world, NOW).await;
    let scope = world.scope().await;
    for _ in 0..2 {
        let Retried::Waiting(retried) = jobs::retry(&scope, id, after(HOUR)).await.unwrap() else {
            panic!("it is dead");
        };
        assert_eq!((retried.attempts, retried.run_at), (0, Some(after(HOUR))));
    }
    let taken = world.take(after(HOUR)).await.remove(0);
    assert_eq!((taken.id, taken.attempt), (id, 1));
    // Nor does it take it from whoever has it now.
    assert!(matches!(jobs::retry(&scope, id, after(HOUR)).await.unwrap(), Retried::Waiting(_)));
    assert!(world.take(after(HOUR)).await.is_empty());
    world.record(&taken, Verdict::Done, after(HOUR)).await;
    assert_eq!(jobs::retry(&scope, id, after(HOUR)).await.unwrap(), Retried::Unknown);
}

#[tokio::test]
async fn a_dead_job_does_not_come_back_beside_a_newer_one_of_its_key() {
    let world = World::new(1).await;
    let unique = || job("{}").unique("k").unwrap();
    world.enqueue(&[unique()], NOW).await;
    let old = dies(&world, NOW).await;
    world.enqueue(&[unique()], NOW).await;
    let scope = world.scope().await;
    assert_eq!(jobs::retry(&scope, old, NOW).await.unwrap(), Retried::Superseded);
    let new = world.take(NOW).await.remove(0);
    world.record(&new, Verdict::Done, NOW).await;
    assert!(matches!(jobs::retry(&scope, old, NOW).await.unwrap(), Retried::Waiting(_)));
}

#[tokio::test]
async fn a_dead_job_goes_after_its_time() {
    let world = World::new(1).await;
    world.enqueue(&[job("{}"), crate::world::at("{}", after(RETENTION))], NOW).await;
    dies(&world, NOW).await;
    let scope = world.scope().await;
    let outlook = due_work::outlook(&scope).await.unwrap();
    assert_eq!((outlook.jobs_waiting, outlook.jobs_dead), (1, 1));
    // Its organisation is looked at for that.
    assert_eq!(outlook.next_due, Some(after(RETENTION)));
    jobs::prune(&scope, after(RETENTION - 1), 5).await.unwrap();
    assert_eq!(world.count("SELECT count(*) FROM job").await, 2);
    jobs::prune(&scope, after(RETENTION), 5).await.unwrap();
    assert_eq!(world.count("SELECT count(*) FROM job WHERE state = 'dead'").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM job").await, 1);
}

use meridian_store::jobs::{
    self, MAX_KEY, MAX_PAYLOAD, NewJob, Payload, Priority, TooLong, Verdict,
};
use meridian_store::{DatabaseError, Statement};

use crate::world::{HOUR, LEASE, NOW, SECOND, World, after, at, job, payloads};

#[tokio::test]
async fn what_is_taken_has_all_that_a_worker_needs() {
    let world = World::new(1).await;
    let sealed = NewJob::new("email", Payload::Sealed("v1.x".to_owned()), NOW, 10).unwrap();
    world.enqueue(&[job(r#"{"a":"\"b\" 'c'"}"#), sealed], NOW).await;
    let taken = world.take(NOW).await;
    let [plain, sealed] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!(plain.payload, Payload::Plain(r#"{"a":"\"b\" 'c'"}"#.to_owned()));
    assert_eq!((plain.kind.as_str(), plain.attempt, plain.max_attempts), ("test", 1, 3));
    assert_eq!((plain.claim, plain.created_at), (1, NOW));
    assert_eq!(sealed.payload, Payload::Sealed("v1.x".to_owned()));
    assert_eq!((sealed.kind.as_str(), sealed.max_attempts), ("email", 10));
}

#[tokio::test]
async fn a_job_is_written_with_what_makes_it_necessary_or_not_at_all() {
    let world = World::new(1).await;
    let nothing = Statement::command("UPDATE user SET name = name WHERE id = 77", []);
    let batch = vec![nothing.must_affect(), jobs::enqueue(&[job("{}")], NOW)];
    let refused = world.scope().await.write(batch).await;
    assert_eq!(refused, Err(DatabaseError::Precondition(0)));
    assert!(world.take(NOW).await.is_empty());
}

#[tokio::test]
async fn a_job_waits_for_its_time() {
    let world = World::new(1).await;
    world.enqueue(&[at("later", after(HOUR)), job("now")], NOW).await;
    assert_eq!(payloads(&world.take(NOW).await), ["now"]);
    assert!(world.take(after(HOUR - 1)).await.iter().all(|job| job.attempt == 2));
    assert!(payloads(&world.take(after(HOUR)).await).contains(&"later"));
}

#[tokio::test]
async fn the_most_urgent_and_then_the_longest_overdue_go_first() {
    let world = World::new(1).await;
    let jobs = [
        at("usual, late", after(2)),
        at("background", NOW).priority(Priority::Background),
        at("usual, soon", after(1)),
        at("urgent, late", after(3)).priority(Priority::Urgent),
        at("urgent, soon", NOW).priority(Priority::Urgent),
    ];
    world.enqueue(&jobs, NOW).await;
    let mut order = Vec::new();
    for _ in 0..5 {
        order.extend(world.turn(&[], after(10), 1).await);
    }
    assert_eq!(
        payloads(&order),
        ["urgent, soon", "urgent, late", "usual, soon", "usual, late", "background"]
    );
}

#[tokio::test]
async fn the_newest_of_one_key_takes_the_place_of_the_one_that_waits() {
    let world = World::new(1).await;
    let unique = |payload: &str, run_at| at(payload, run_at).unique("k").unwrap();
    world.enqueue(&[unique("first", NOW)], NOW).await;
    let first = world.take(NOW).await.remove(0);
    world.record(&first, Verdict::Again(after(SECOND), "no".to_owned()), NOW).await;
    world.enqueue(&[unique("second", after(HOUR)), job("without a key")], after(SECOND)).await;
    assert_eq!(world.count("SELECT count(*) FROM job").await, 2);
    assert_eq!(payloads(&world.take(after(SECOND)).await), ["without a key"]);
    let second = world.take(after(HOUR)).await;
    let second = second.iter().find(|job| job.attempt == 1).unwrap();
    assert_eq!(second.payload, Payload::Plain("second".to_owned()));
    // Of another kind, the same key is another one.
    let other = NewJob::new("other", Payload::Plain("{}".to_owned()), NOW, 1).unwrap();
    world.enqueue(&[other.unique("k").unwrap()], after(HOUR)).await;
    assert_eq!(world.count("SELECT count(*) FROM job WHERE unique_key = 'k'").await, 2);
}

#[tokio::test]
async fn what_is_asked_for_again_while_it_is_under_way_is_done_once_more_after_that() {
    let world = World::new(1).await;
    let unique = |payload: &str| job(payload).unique("k").unwrap();
    for verdict in [
        Verdict::Done,
        Verdict::Again(after(HOUR), "no".to_owned()),
        Verdict::Dead("never".to_owned()),
    ] {
        world.enqueue(&[unique("old")], NOW).await;
        let old = world.take(NOW).await.remove(0);
        world.enqueue(&[unique("new")], NOW).await;
        assert!(world.take(after(1)).await.is_empty(), "never two at a time");
        world.record(&old, verdict, after(1)).await;
        let new = world.take(after(1)).await.remove(0);
        assert_eq!((new.payload.clone(), new.attempt), (Payload::Plain("new".to_owned()), 1));
        // What the first one says of its claim says nothing of this one.
        world.record(&old, Verdict::Done, after(2)).await;
        assert_eq!(world.count("SELECT count(*) FROM job").await, 1);
        world.record(&new, Verdict::Done, after(2)).await;
        assert_eq!(world.count("SELECT count(*) FROM job").await, 0);
    }
}

#[tokio::test]
async fn what_was_asked_for_again_is_done_though_the_worker_died() {
    let world = World::new(1).await;
    let unique = |payload: &str| job(payload).unique("k").unwrap();
    world.enqueue(&[unique("old")], NOW).await;
    world.take(NOW).await;
    world.enqueue(&[unique("new")], NOW).await;
    assert_eq!(payloads(&world.take(after(LEASE)).await), ["new"]);
}

#[tokio::test]
async fn what_is_withdrawn_is_not_done() {
    let world = World::new(1).await;
    let unique = |payload: &str, key: &str| job(payload).unique(key).unwrap();
    world.enqueue(&[unique("a", "a"), unique("b", "b")], NOW).await;
    world.write(jobs::withdraw("test", "a")).await;
    let taken = world.take(NOW).await;
    assert_eq!(payloads(&taken), ["b"]);
    // Under way it is not tried again.
    world.write(jobs::withdraw("test", "b")).await;
    world.record(&taken[0], Verdict::Again(NOW, "no".to_owned()), NOW).await;
    assert!(world.take(after(HOUR)).await.is_empty());
}

#[test]
fn payloads_and_keys_have_a_length() {
    let long = Payload::Sealed("x".repeat(MAX_PAYLOAD + 1));
    assert_eq!(NewJob::new("test", long, NOW, 1), Err(TooLong::Payload));
    assert_eq!(job("{}").unique("k".repeat(MAX_KEY + 1)), Err(TooLong::Key));
}

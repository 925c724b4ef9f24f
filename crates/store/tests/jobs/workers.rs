use std::collections::HashSet;
use std::sync::Mutex;

use meridian_store::due_work;
use meridian_store::jobs::{self, Verdict};

use crate::world::{HOUR, LEASE, NOW, SECOND, World, after, job, payloads, report};

#[tokio::test]
async fn a_job_that_is_done_is_no_more() {
    let world = World::new(1).await;
    world.enqueue(&[job("{}")], NOW).await;
    let taken = world.take(NOW).await.remove(0);
    assert!(world.take(NOW).await.is_empty(), "it is somebody's");
    world.record(&taken, Verdict::Done, NOW).await;
    assert_eq!(world.count("SELECT count(*) FROM job").await, 0);
}

#[tokio::test]
async fn one_batch_records_and_takes() {
    let world = World::new(1).await;
    world.enqueue(&[job("a"), job("b"), job("c"), job("d")], NOW).await;
    let taken = world.turn(&[], NOW, 3).await;
    let reports = [
        report(&taken[0], Verdict::Done),
        report(&taken[1], Verdict::Again(after(SECOND), "busy".to_owned())),
        report(&taken[2], Verdict::Dead("never".to_owned())),
    ];
    assert_eq!(payloads(&world.turn(&reports, NOW, 3).await), ["d"]);
    assert_eq!(payloads(&world.take(after(SECOND)).await), ["b"]);
    assert_eq!(world.count("SELECT count(*) FROM job WHERE state = 'dead'").await, 1);
}

#[tokio::test]
async fn what_a_crashed_worker_held_is_free_after_the_lease() {
    let world = World::new(1).await;
    world.enqueue(&[job("{}")], NOW).await;
    let slow = world.take(NOW).await.remove(0);
    let outlook = due_work::outlook(&world.scope().await).await.unwrap();
    assert_eq!((outlook.jobs_waiting, outlook.next_due), (1, Some(after(LEASE))));
    assert!(world.take(after(LEASE - 1)).await.is_empty());
    let quick = world.take(after(LEASE)).await.remove(0);
    assert_eq!((quick.attempt, quick.claim), (2, 2));
    // Whoever comes back late says nothing any more.
    for verdict in
        [Verdict::Done, Verdict::Dead("no".to_owned()), Verdict::Again(NOW, String::new())]
    {
        world.record(&slow, verdict, after(LEASE)).await;
        assert!(world.take(after(LEASE)).await.is_empty());
    }
    world.record(&quick, Verdict::Done, after(LEASE)).await;
    assert!(world.take(after(HOUR)).await.is_empty());
}

#[tokio::test]
async fn all_workers_together_have_no_more_than_so_many_of_one_organisation() {
    let world = World::new(1).await;
    let all: Vec<_> = (0..10).map(|number| job(&number.to_string())).collect();
    world.enqueue(&all, NOW).await;
    let scope = world.scope().await;
    let take = async |now, most| {
        let lease_end = after(LEASE);
        jobs::take_turn(&scope, &[], now, lease_end, (most, 4)).await.unwrap()
    };
    let first = take(NOW, 3).await;
    assert_eq!(first.len(), 3);
    assert_eq!(take(NOW, 3).await.len(), 1);
    assert_eq!(take(NOW, 3).await.len(), 0);
    world.record(&first[0], Verdict::Done, NOW).await;
    assert_eq!(take(NOW, 3).await.len(), 1);
    // The leases of the dead do not count.
    assert_eq!(take(after(LEASE), 3).await.len(), 3);
}

#[tokio::test]
async fn what_waits_for_other_jobs_is_due_when_a_lease_of_theirs_ends() {
    let world = World::new(1).await;
    let all: Vec<_> = (0..=jobs::AT_A_TIME).map(|number| job(&number.to_string())).collect();
    world.enqueue(&all, NOW).await;
    let scope = world.scope().await;
    let next_due = async || due_work::outlook(&scope).await.unwrap().next_due;
    let at_hand = async || due_work::at_hand(&scope, NOW).await.unwrap().jobs;
    assert_eq!((next_due().await, at_hand().await), (Some(NOW), true));
    let all = (jobs::AT_A_TIME, jobs::AT_A_TIME);
    let taken = jobs::take_turn(&scope, &[], NOW, after(LEASE), all).await.unwrap();
    assert_eq!((next_due().await, at_hand().await), (Some(after(LEASE)), false));
    world.record(&taken[0], Verdict::Done, NOW).await;
    assert_eq!((next_due().await, at_hand().await), (Some(NOW), true));
}

#[tokio::test]
async fn an_organisation_is_due_when_its_next_job_is() {
    let world = World::new(1).await;
    let scope = world.scope().await;
    let next_due = async || due_work::outlook(&scope).await.unwrap().next_due;
    assert_eq!(next_due().await, None);
    let later = crate::world::at("{}", after(2 * HOUR));
    let background = crate::world::at("{}", after(HOUR));
    let background = background.priority(jobs::Priority::Background);
    world.enqueue(&[later, background], NOW).await;
    assert_eq!(next_due().await, Some(after(HOUR)));
    let taken = world.take(after(HOUR)).await;
    world.record(&taken[0], Verdict::Done, after(HOUR)).await;
    assert_eq!(next_due().await, Some(after(2 * HOUR)));
}

/// 1,000 jobs; two workers take turns as fast as they can, each on a thread of its own,
/// and some jobs fail at first.
#[test]
fn two_workers_racing_run_each_of_a_thousand_once() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime().block_on(async {
        let world = World::new(1).await;
        let all: Vec<_> = (0..1_000).map(|number| job(&number.to_string())).collect();
        world.enqueue(&all, NOW).await;
        world
    });
    let ran: Mutex<Vec<(i64, u32)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                runtime().block_on(async {
                    let mut reports = Vec::new();
                    let mut idle = 0;
                    while idle < 200 {
                        let taken = world.turn(&reports, NOW, 16).await;
                        idle = if taken.is_empty() { idle + 1 } else { 0 };
                        reports = taken
                            .iter()
                            .map(|job| {
                                let fails = job.id % 10 == 0 && job.attempt == 1;
                                let again = Verdict::Again(NOW, "not yet".to_owned());
                                report(job, if fails { again } else { Verdict::Done })
                            })
                            .collect();
                        let ids = taken.iter().map(|job| (job.id, job.attempt));
                        ran.lock().unwrap().extend(ids);
                        tokio::task::yield_now().await;
                    }
                });
            });
        }
    });
    let ran = ran.into_inner().unwrap();
    let distinct: HashSet<_> = ran.iter().copied().collect();
    assert_eq!((ran.len(), distinct.len()), (1_100, 1_100));
    assert_eq!(ran.iter().filter(|(_, attempt)| *attempt == 1).count(), 1_000);
    assert_eq!(runtime().block_on(world.count("SELECT count(*) FROM job")), 0);
}

/// What a job is there for, and its end, in one batch.
#[tokio::test]
async fn a_job_that_ends_itself_does_so_once_and_only_under_its_own_claim() {
    let world = World::new(1).await;
    world.enqueue(&[job("{}")], NOW).await;
    let slow = world.take(NOW).await.remove(0);
    let quick = world.take(after(LEASE)).await.remove(0);
    let scope = world.scope().await;
    let end = async |held: &meridian_store::jobs::Job| scope.work(vec![held.done()]).await;
    assert_eq!(end(&slow).await, Err(meridian_store::DatabaseError::Precondition(0)));
    assert!(end(&quick).await.is_ok());
    assert_eq!(end(&quick).await, Err(meridian_store::DatabaseError::Precondition(0)));
    world.record(&quick, Verdict::Again(NOW, "no".to_owned()), after(LEASE)).await;
    assert_eq!(world.count("SELECT count(*) FROM job").await, 0);
}

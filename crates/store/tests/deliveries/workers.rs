use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use meridian_store::deliveries::{Report, Verdict};
use meridian_store::due_work;
use meridian_store::{Statement, arguments};

use crate::world::{LEASE, NOW, SECOND, World, after};

#[tokio::test]
async fn what_is_taken_has_all_that_a_worker_needs() {
    let world = World::new(3).await;
    let webhook = world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let taken = world.take(NOW).await;
    let [delivery] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!(delivery.webhook_id, webhook.as_str());
    assert_eq!(delivery.subscriber_url, format!("https://{}", webhook.as_str()));
    assert_eq!(delivery.sealed_secret.as_deref(), Some("sealed"));
    assert_eq!(delivery.previous_sealed_secret, None);
    assert_eq!((delivery.attempt, delivery.deferrals, delivery.failing_since), (1, 0, None));
    assert_eq!((delivery.trigger.as_str(), delivery.happened_at), ("BOOKING_CREATED", NOW));
    let payload: serde_json::Value = serde_json::from_str(&delivery.payload).unwrap();
    assert_eq!(payload["bookingId"], 3 * (1_i64 << 32) + 11);
}

#[tokio::test]
async fn a_replaced_secret_signs_until_its_time_is_over() {
    let world = World::new(1).await;
    let webhook = world.webhook().await;
    let replace = "UPDATE webhook SET previous_secret = 'old', previous_secret_until = ?2 \
                   WHERE id = ?1";
    let until = after(SECOND);
    world.write(Statement::command(replace, arguments![webhook.as_str(), until])).await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CREATED", "second", until).await;
    let taken = world.take(NOW).await;
    assert_eq!(taken[0].previous_sealed_secret.as_deref(), Some("old"));
    assert_eq!(world.take(until).await[0].previous_sealed_secret, None);
}

#[tokio::test]
async fn what_a_crashed_worker_held_is_free_after_the_lease() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    assert_eq!(world.take(NOW).await.len(), 1);
    assert!(world.take(after(LEASE - 1)).await.is_empty());
    let again = world.take(after(LEASE)).await;
    assert_eq!((again[0].attempt, again[0].claim), (2, 2));
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_does_not_undo_the_next_ones_result() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let slow = world.take(NOW).await.remove(0);
    let later = after(LEASE);
    let quick = world.take(later).await.remove(0);
    world.record(&slow, Verdict::GivenUp, later).await;
    world.record(&slow, Verdict::Again(later), later).await;
    assert!(world.take(later).await.is_empty(), "it is still the second worker's");
    world.record(&quick, Verdict::Delivered, later).await;
    world.record(&slow, Verdict::Again(later), later).await;
    assert!(world.take(after(2 * LEASE)).await.is_empty());
    assert_eq!(world.count("SELECT response_status FROM webhook_delivery").await, 200);
}

#[tokio::test]
async fn what_was_delivered_after_the_lease_is_not_sent_a_third_time() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let slow = world.take(NOW).await.remove(0);
    let quick = world.take(after(LEASE)).await.remove(0);
    world.record(&slow, Verdict::Delivered, after(LEASE)).await;
    world.record(&quick, Verdict::Again(after(LEASE)), after(LEASE)).await;
    assert!(world.take(after(2 * LEASE)).await.is_empty());
}

#[tokio::test]
async fn one_batch_records_and_takes() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    let created = world.take(NOW).await.remove(0);
    let report = Report::new(&created, Verdict::Delivered);
    let taken = world.turn(&[report], NOW).await;
    assert_eq!(taken[0].trigger, "BOOKING_CANCELLED");
}

/// 1,000 deliveries to ten endpoints, in the order of 100 bookings; two workers take
/// turns as fast as they can, each on a thread of its own.
#[test]
fn two_workers_racing_run_each_of_a_thousand_once_and_in_order() {
    const BOOKINGS: i64 = 100;
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime().block_on(async {
        let world = World::new(1).await;
        for booking in 0..BOOKINGS {
            world.book(100 + booking, &format!("b{booking}"), 1, 2).await;
        }
        for _ in 0..5 {
            world.webhook().await;
        }
        for trigger in ["BOOKING_CREATED", "BOOKING_CANCELLED"] {
            for booking in 0..BOOKINGS {
                world.happens(trigger, &format!("b{booking}"), NOW).await;
            }
        }
        world
    });
    let sent: Mutex<Vec<(i64, String)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                runtime().block_on(async {
                    let mut reports = Vec::new();
                    let mut idle = 0;
                    while idle < 200 {
                        let taken = world.turn(&reports, NOW).await;
                        idle = if taken.is_empty() { idle + 1 } else { 0 };
                        reports = taken
                            .iter()
                            .map(|delivery| Report::new(delivery, Verdict::Delivered))
                            .collect();
                        sent.lock().unwrap().extend(
                            taken.into_iter().map(|delivery| (delivery.id, delivery.trigger)),
                        );
                        tokio::task::yield_now().await;
                    }
                });
            });
        }
    });
    let sent = sent.into_inner().unwrap();
    let distinct: HashSet<i64> = sent.iter().map(|(id, _)| *id).collect();
    assert_eq!((sent.len(), distinct.len()), (1_000, 1_000));
    // Ids are by event, then endpoint: 500 of creations, then 500 of cancellations,
    // each 500 after that which it follows.
    let place: HashMap<i64, usize> =
        sent.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    for (id, trigger) in &sent {
        if trigger == "BOOKING_CANCELLED" {
            assert!(place[id] > place[&(id - 500)], "delivery {id} overtook");
        }
    }
    let left = "SELECT count(*) FROM webhook_delivery WHERE state <> 'delivered'";
    assert_eq!(runtime().block_on(world.count(left)), 0);
}

/// What was written before the process died is all that the next one has.
#[tokio::test]
async fn a_crash_at_any_step_loses_nothing() {
    let world = World::new(1).await;
    world.webhook().await;
    // Written, never taken.
    world.happens("BOOKING_CREATED", "first", NOW).await;
    // Taken, never sent, or sent and never recorded: the same to whoever comes after.
    assert_eq!(world.take(NOW).await.len(), 1);
    let outlook = due_work::outlook(&world.scope().await).await.unwrap();
    assert_eq!((outlook.pending, outlook.next_due), (1, Some(after(LEASE))));
    let again = world.take(after(LEASE)).await.remove(0);
    // Recorded as failed, then nothing.
    world.record(&again, Verdict::Again(after(LEASE + 5 * SECOND)), after(LEASE)).await;
    assert!(world.take(after(LEASE)).await.is_empty());
    let third = world.take(after(LEASE + 5 * SECOND)).await.remove(0);
    world.record(&third, Verdict::Delivered, after(LEASE + 5 * SECOND)).await;
    assert!(world.take(after(10 * LEASE)).await.is_empty());
    assert_eq!(world.count("SELECT attempts FROM webhook_delivery").await, 3);
}

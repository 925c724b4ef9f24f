use meridian_kernel::{OrganizationNumber, UuidUid};
use meridian_store::deliveries::{self, Redelivery, Verdict};
use meridian_store::{Statement, arguments};

use crate::world::{DAY, HOUR, NOW, SECOND, World, after, triggers};

#[tokio::test]
async fn deliveries_are_listed_newest_first_by_state() {
    let world = World::new(1).await;
    let webhook = world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CREATED", "second", NOW).await;
    let taken = world.take(NOW).await;
    world.record(&taken[0], Verdict::Delivered, after(SECOND)).await;
    let scope = world.scope().await;
    let all = deliveries::list(&scope, &webhook, None, (0, 10)).await.unwrap();
    let states: Vec<_> = all.iter().map(|one| one.state.as_str()).collect();
    assert_eq!(states, ["pending", "delivered"]);
    assert_eq!(all[1].delivered_at, Some(after(SECOND)));
    assert_eq!((all[1].status, all[1].next_attempt_at, all[1].attempts), (Some(200), None, 1));
    assert_eq!(all[0].booking_uid.as_deref(), Some("second"));
    let delivered = deliveries::list(&scope, &webhook, Some("delivered"), (0, 10)).await.unwrap();
    assert_eq!(delivered, all[1..]);
    assert_eq!(deliveries::list(&scope, &webhook, None, (1, 1)).await.unwrap(), all[1..]);
    let other = UuidUid::generate(OrganizationNumber::new(2).unwrap());
    assert!(deliveries::list(&scope, &other, None, (0, 10)).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_an_endpoint_that_rests_is_to_get_is_tried_after_its_rest() {
    let world = World::new(1).await;
    let webhook = world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CREATED", "second", NOW).await;
    let taken = world.take(NOW).await;
    world.record(&taken[0], Verdict::Deferred(after(HOUR)), NOW).await;
    world.record(&taken[1], Verdict::Again(after(SECOND)), NOW).await;
    let all = deliveries::list(&world.scope().await, &webhook, None, (0, 10)).await.unwrap();
    assert_eq!([&all[0], &all[1]].map(|one| one.next_attempt_at), [Some(after(HOUR)); 2]);
}

#[tokio::test]
async fn a_delivery_is_sent_again_under_the_same_id() {
    let world = World::new(1).await;
    let webhook = world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let first = world.take(NOW).await.remove(0);
    let scope = world.scope().await;
    let again = async |now| deliveries::redeliver(&scope, &webhook, first.id, now).await.unwrap();
    assert_eq!(again(NOW).await, Redelivery::UnderWay);
    world.record(&first, Verdict::Delivered, NOW).await;
    let Redelivery::Due(due) = again(after(HOUR)).await else { panic!("not due") };
    assert_eq!((due.state.as_str(), due.attempts), ("pending", 0));
    let second = world.take(after(HOUR)).await.remove(0);
    assert_eq!((second.id, second.attempt), (first.id, 1));
    // Who was told of it under the old claim says nothing of the new one.
    world.record(&first, Verdict::GivenUp, after(HOUR)).await;
    let states = "SELECT count(*) FROM webhook_delivery WHERE state = 'pending'";
    assert_eq!(world.count(states).await, 1);
}

#[tokio::test]
async fn only_an_active_webhook_gets_its_own_deliveries_again() {
    let world = World::new(1).await;
    let webhook = world.webhook().await;
    let other = world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let taken = world.take(NOW).await;
    let own = taken.iter().find(|one| one.webhook_id == webhook.as_str()).unwrap();
    world.record(own, Verdict::GivenUp, NOW).await;
    let scope = world.scope().await;
    let again = async |webhook| deliveries::redeliver(&scope, webhook, own.id, NOW).await.unwrap();
    assert_eq!(again(&other).await, Redelivery::Unknown);
    let sleep = "UPDATE webhook SET active = 0 WHERE id = ?1";
    world.write(Statement::command(sleep, arguments![webhook.as_str()])).await;
    assert_eq!(again(&webhook).await, Redelivery::Inactive);
    assert_eq!(deliveries::replay(&scope, &webhook, NOW, NOW).await.unwrap(), 0);
}

#[tokio::test]
async fn all_that_failed_since_then_is_sent_again_in_order() {
    let world = World::new(1).await;
    let webhook = world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CREATED", "second", after(HOUR)).await;
    world.happens("BOOKING_CANCELLED", "second", after(HOUR)).await;
    for _ in 0..2 {
        for delivery in world.take(after(HOUR)).await {
            world.record(&delivery, Verdict::GivenUp, after(HOUR)).await;
        }
    }
    let scope = world.scope().await;
    let later = after(2 * HOUR);
    assert_eq!(deliveries::replay(&scope, &webhook, after(1), later).await.unwrap(), 2);
    let taken = world.take(later).await;
    assert_eq!(triggers(&taken), ["BOOKING_CREATED"]);
    world.record(&taken[0], Verdict::Delivered, later).await;
    assert_eq!(triggers(&world.take(later).await), ["BOOKING_CANCELLED"]);
    assert_eq!(deliveries::replay(&scope, &webhook, NOW, later).await.unwrap(), 1);
}

#[tokio::test]
async fn what_waited_behind_a_delivery_does_not_wait_when_it_is_sent_again() {
    let world = World::new(1).await;
    let webhook = world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    let first = world.take(NOW).await.remove(0);
    world.record(&first, Verdict::Again(after(DAY)), NOW).await;
    let scope = world.scope().await;
    deliveries::line_up(&scope, NOW).await.unwrap();
    deliveries::redeliver(&scope, &webhook, first.id, after(HOUR)).await.unwrap();
    let first = world.take(after(HOUR)).await.remove(0);
    world.record(&first, Verdict::Delivered, after(HOUR)).await;
    assert_eq!(triggers(&world.take(after(HOUR)).await), ["BOOKING_CANCELLED"]);
}

#[tokio::test]
async fn a_test_goes_to_its_webhook_alone_whatever_it_asked_for() {
    let world = World::new(1).await;
    let webhook = world.webhook().await;
    world.webhook().await;
    let scope = world.scope().await;
    let payload = || r#"{"a":1}"#.to_owned();
    let sent = deliveries::send_test(&scope, &webhook, "OOO_CREATED", payload(), NOW).await;
    let sent = sent.unwrap().unwrap();
    assert_eq!((sent.state.as_str(), sent.trigger.as_str()), ("pending", "OOO_CREATED"));
    let taken = world.take(NOW).await;
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].id, taken[0].payload.as_str()), (sent.id, r#"{"a":1}"#));
    let unknown = UuidUid::generate(world.organization);
    let sent = deliveries::send_test(&scope, &unknown, "OOO_CREATED", payload(), NOW).await;
    assert_eq!(sent.unwrap(), None);
}

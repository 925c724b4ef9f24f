use meridian_store::deliveries::{self, BookingEvent, Verdict};
use meridian_store::due_work;

use crate::world::{LEASE, NOW, SECOND, World, after, triggers};

#[tokio::test]
async fn a_subscriber_hears_of_a_booking_in_order() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    world.happens("BOOKING_CREATED", "second", NOW).await;
    let taken = world.take(NOW).await;
    assert_eq!(triggers(&taken), ["BOOKING_CREATED", "BOOKING_CREATED"]);
    // A failure keeps the rest of that booking waiting, and only that.
    let later = after(5 * SECOND);
    world.record(&taken[0], Verdict::Again(later), NOW).await;
    world.record(&taken[1], Verdict::Delivered, NOW).await;
    assert!(world.take(NOW).await.is_empty());
    let taken = world.take(later).await;
    assert_eq!(triggers(&taken), ["BOOKING_CREATED"]);
    world.record(&taken[0], Verdict::Delivered, later).await;
    assert_eq!(triggers(&world.take(later).await), ["BOOKING_CANCELLED"]);
}

#[tokio::test]
async fn order_holds_over_moves() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.move_booking("first", 21, "moved").await;
    world.happens("BOOKING_CREATED", "moved", NOW).await;
    world.move_booking("moved", 22, "moved-again").await;
    world.happens("BOOKING_CANCELLED", "moved-again", NOW).await;
    let retry = after(5 * SECOND);
    let taken = world.take(NOW).await;
    assert_eq!(triggers(&taken), ["BOOKING_CREATED"], "its successors wait");
    world.record(&taken[0], Verdict::Again(retry), NOW).await;
    assert!(world.take(NOW).await.is_empty());
    let scope = world.scope().await;
    deliveries::line_up(&scope, NOW).await.unwrap();
    assert_eq!(due_work::outlook(&scope).await.unwrap().oldest_due, Some(retry));
    for expected in ["BOOKING_CREATED", "BOOKING_CREATED", "BOOKING_CANCELLED"] {
        let taken = world.take(retry).await;
        assert_eq!(triggers(&taken), [expected]);
        world.record(&taken[0], Verdict::Delivered, retry).await;
    }
}

#[tokio::test]
async fn what_happens_at_once_is_told_in_the_order_it_is_given() {
    let world = World::new(1).await;
    world.webhook().await;
    let event = |trigger, booking: &str| BookingEvent {
        trigger,
        booking_uid: booking.to_owned(),
        payload: "{}".to_owned(),
    };
    let [created, cancelled] =
        ["BOOKING_CREATED", "BOOKING_CANCELLED"].map(|trigger| event(trigger, "first"));
    world.happen(&[created, cancelled, event("BOOKING_CREATED", "second")], NOW).await;
    let taken = world.take(NOW).await;
    assert_eq!(triggers(&taken), ["BOOKING_CREATED", "BOOKING_CREATED"]);
    world.record(&taken[0], Verdict::Delivered, NOW).await;
    assert_eq!(triggers(&world.take(NOW).await), ["BOOKING_CANCELLED"]);
}

#[tokio::test]
async fn an_event_that_is_told_alone_has_the_id_its_deliveries_name() {
    let world = World::new(1).await;
    world.webhook().await;
    // The first of a database, one behind others, one behind others that went.
    for before in ["SELECT 1", "SELECT 1", "DELETE FROM outbox_event"] {
        world.run(before).await;
        world.happens("BOOKING_CREATED", "first", NOW).await;
        let newest = "SELECT max(event_id) = (SELECT max(id) FROM outbox_event) \
                      FROM webhook_delivery";
        assert_eq!(world.count(newest).await, 1);
    }
    assert_eq!(world.count("SELECT max(id) FROM outbox_event").await, 3);
}

#[tokio::test]
async fn one_endpoint_that_fails_keeps_no_other_waiting() {
    let world = World::new(1).await;
    world.webhook().await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    let taken = world.take(NOW).await;
    world.record(&taken[0], Verdict::Again(after(5 * SECOND)), NOW).await;
    world.record(&taken[1], Verdict::Delivered, NOW).await;
    let next = world.take(NOW).await;
    assert_eq!(triggers(&next), ["BOOKING_CANCELLED"]);
    assert_eq!(next[0].webhook_id, taken[1].webhook_id);
}

#[tokio::test]
async fn a_delivery_that_failed_for_good_lets_the_next_pass() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    let taken = world.take(NOW).await;
    world.record(&taken[0], Verdict::GivenUp, NOW).await;
    assert_eq!(triggers(&world.take(NOW).await), ["BOOKING_CANCELLED"]);
}

#[tokio::test]
async fn what_waits_behind_a_retry_is_not_due_before_it() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    let taken = world.take(NOW).await;
    let scope = world.scope().await;
    // While the first is under way the second must be free as soon as it is there.
    deliveries::line_up(&scope, NOW).await.unwrap();
    assert_eq!(due_work::outlook(&scope).await.unwrap().next_due, Some(NOW));
    let retry = after(60 * SECOND);
    world.record(&taken[0], Verdict::Again(retry), NOW).await;
    deliveries::line_up(&scope, NOW).await.unwrap();
    let outlook = due_work::outlook(&scope).await.unwrap();
    assert_eq!((outlook.next_due, outlook.oldest_due), (Some(retry), Some(retry)));
    let first = world.take(retry).await.remove(0);
    assert_eq!(first.trigger, "BOOKING_CREATED");
    world.record(&first, Verdict::Delivered, retry).await;
    assert_eq!(triggers(&world.take(retry).await), ["BOOKING_CANCELLED"]);
}

#[tokio::test]
async fn order_holds_while_a_lease_that_ended_is_taken_again() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    world.take(NOW).await;
    assert_eq!(triggers(&world.take(after(LEASE)).await), ["BOOKING_CREATED"]);
}

use meridian_kernel::Instant;
use meridian_store::deliveries::{self, AT_A_TIME_PER_ENDPOINT, MOST_FAILURES, Verdict};
use meridian_store::webhooks::{self, Changed, Changes, Disabled};
use meridian_store::{Statement, arguments, due_work};

use crate::world::{DAY, LEASE, MINUTE, NOW, SECOND, World, after, triggers};

/// Bookings that the webhooks hear of at once.
async fn bookings(world: &World, count: i64) {
    for number in 0..count {
        let uid = format!("n{number}");
        world.book(1_000 + number, &uid, 1, 2).await;
        world.happens("BOOKING_CREATED", &uid, NOW).await;
    }
}

/// Lets deliveries fail one after the other until the endpoint is known to be broken.
async fn break_down(world: &World, now: Instant) {
    let mut failures = 0;
    while failures < MOST_FAILURES {
        for delivery in world.take(now).await {
            world.record(&delivery, Verdict::Again(after(DAY)), now).await;
            failures += 1;
        }
    }
}

#[tokio::test]
async fn a_slow_endpoint_leaves_room_for_the_others() {
    let world = World::new(1).await;
    let slow = world.webhook().await;
    bookings(&world, 40).await;
    let mut under_way = 0;
    for _ in 0..5 {
        under_way += world.take(NOW).await.len();
    }
    assert_eq!(under_way, AT_A_TIME_PER_ENDPOINT as usize);
    let quick = world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let taken = world.take(NOW).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].webhook_id, quick.as_str());
    assert_ne!(slow, quick);
}

#[tokio::test]
async fn an_endpoint_that_only_fails_is_rested_then_tried_one_at_a_time() {
    let world = World::new(1).await;
    world.webhook().await;
    bookings(&world, 30).await;
    break_down(&world, NOW).await;
    assert!(world.take(NOW).await.is_empty(), "it rests");
    let outlook = due_work::outlook(&world.scope().await).await.unwrap();
    assert_eq!(outlook.next_due, Some(after(15 * SECOND)));
    // What waits has lost no attempt by that.
    let rested = after(15 * SECOND);
    let probe = world.take(rested).await;
    assert_eq!(probe.len(), 1);
    assert_eq!(probe[0].attempt, 1);
    assert!(world.take(rested).await.is_empty(), "one at a time");
    // It fails once more and rests for twice as long.
    world.record(&probe[0], Verdict::Again(after(DAY)), rested).await;
    assert!(world.take(after(44 * SECOND)).await.is_empty());
    let probe = world.take(after(45 * SECOND)).await;
    assert_eq!(probe.len(), 1);
    // One success and everything flows.
    world.record(&probe[0], Verdict::Delivered, after(45 * SECOND)).await;
    assert_eq!(world.take(after(45 * SECOND)).await.len(), AT_A_TIME_PER_ENDPOINT as usize);
}

/// Looking again and again would not make room.
#[tokio::test]
async fn what_waits_for_others_of_its_endpoint_is_due_when_a_lease_of_theirs_ends() {
    let world = World::new(1).await;
    world.webhook().await;
    bookings(&world, 40).await;
    let next_due = async || due_work::outlook(&world.scope().await).await.unwrap().next_due;
    assert_eq!(next_due().await, Some(NOW));
    let taken = world.take(NOW).await;
    assert_eq!(taken.len(), AT_A_TIME_PER_ENDPOINT as usize);
    assert_eq!(next_due().await, Some(after(LEASE)));
    // One of them is done, and its worker gone.
    world.record(&taken[0], Verdict::Delivered, after(SECOND)).await;
    assert_eq!(next_due().await, Some(NOW));
    // A broken one is asked with one at a time.
    break_down(&world, after(LEASE)).await;
    let rested = after(LEASE + 15 * SECOND);
    assert_eq!(next_due().await, Some(rested));
    assert_eq!(world.take(rested).await.len(), 1);
    assert_eq!(next_due().await, Some(rested.plus_millis(LEASE)));
}

#[tokio::test]
async fn an_endpoint_rests_a_quarter_of_an_hour_at_most() {
    let world = World::new(1).await;
    world.webhook().await;
    bookings(&world, 40).await;
    break_down(&world, NOW).await;
    let mut now = NOW;
    for _ in 0..12 {
        let outlook = due_work::outlook(&world.scope().await).await.unwrap();
        let next = outlook.next_due.unwrap();
        assert!(next.millis() - now.millis() <= 15 * MINUTE);
        now = next;
        let probe = world.take(now).await.remove(0);
        world.record(&probe, Verdict::Again(after(DAY)), now).await;
    }
}

#[tokio::test]
async fn an_endpoint_that_asked_for_a_pause_gets_it_and_the_others_do_not() {
    let world = World::new(1).await;
    let busy = world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let delivery = world.take(NOW).await.remove(0);
    world.record(&delivery, Verdict::Deferred(after(MINUTE)), NOW).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "second", NOW).await;
    let taken = world.take(after(30 * SECOND)).await;
    assert_eq!(taken.len(), 1);
    assert_ne!(taken[0].webhook_id, busy.as_str());
    let resumed = world.take(after(MINUTE)).await;
    let own: Vec<_> = resumed.iter().filter(|one| one.webhook_id == busy.as_str()).collect();
    assert_eq!(own.len(), 2);
    assert_eq!((own[0].attempt, own[0].deferrals), (2, 1));
}

#[tokio::test]
async fn a_webhook_is_switched_off_once_and_gives_up_what_is_pending() {
    let world = World::new(1).await;
    let gone = world.webhook().await;
    let other = world.webhook().await;
    bookings(&world, 12).await;
    let taken = world.take(NOW).await;
    let own = taken.iter().find(|delivery| delivery.webhook_id == gone.as_str()).unwrap();
    world.record(own, Verdict::Disabled("it is gone"), NOW).await;
    let off = "SELECT count(*) FROM webhook WHERE active = 0";
    assert_eq!(world.count(off).await, 1);
    let scope = world.scope().await;
    let found = webhooks::find(&scope, &gone).await.unwrap().unwrap();
    let disabled = Disabled { at: NOW, reason: "it is gone".to_owned() };
    assert_eq!(found.disabled.as_ref(), Some(&disabled));
    let failed = "SELECT count(*) FROM webhook_delivery WHERE state = 'failed'";
    assert_eq!(world.count(failed).await, 12);
    for delivery in world.take(after(DAY)).await {
        assert_eq!(delivery.webhook_id, other.as_str());
    }
    let mails = "SELECT count(*) FROM job WHERE kind = 'webhook_disabled_mail'";
    assert_eq!(world.count(mails).await, 1);
    // A delivery that finds out later tells nobody anything new.
    world.run("DELETE FROM job").await;
    world.record(own, Verdict::Disabled("it is gone again"), after(DAY)).await;
    assert_eq!(world.count(mails).await, 0);
    let found = webhooks::find(&scope, &gone).await.unwrap().unwrap();
    assert_eq!(found.disabled, Some(disabled));
    // Somebody else's change leaves it so; whoever switches it on has read it.
    for (active, left) in [(None, true), (Some(false), true), (Some(true), false)] {
        let changes = Changes { active, ..Changes::default() };
        let changed = webhooks::update(&scope, &gone, &changes, after(DAY)).await.unwrap();
        let Changed::Done(changed) = changed else { panic!("{changed:?}") };
        assert_eq!(changed.disabled.is_some(), left, "{active:?}");
    }
}

#[tokio::test]
async fn whoever_asked_hears_of_a_webhook_that_was_switched_off() {
    let world = World::new(1).await;
    let gone = world.webhook_for(r#"["BOOKING_CREATED","WEBHOOK_DISABLED"]"#, NOW).await;
    let own = world.webhook_for(r#"["WEBHOOK_DISABLED"]"#, NOW).await;
    let all = world.webhook_for(r#"["WEBHOOK_DISABLED"]"#, NOW).await;
    let sql = "UPDATE webhook SET user_id = NULL, of_organization = 1 WHERE id = ?1";
    world.write(Statement::command(sql, arguments![all.as_str()])).await;
    let theirs = world.webhook_for(r#"["WEBHOOK_DISABLED"]"#, NOW).await;
    world
        .run(
            "INSERT INTO user (id, username, email, time_zone, created_at, updated_at) \
             VALUES (2, 'eve', 'eve@example.org', 'UTC', 0, 0)",
        )
        .await;
    let sql = "UPDATE webhook SET user_id = 2 WHERE id = ?1";
    world.write(Statement::command(sql, arguments![theirs.as_str()])).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let taken = world.take(NOW).await;
    let delivery = taken.iter().find(|delivery| delivery.webhook_id == gone.as_str()).unwrap();
    for _ in 0..2 {
        world.record(delivery, Verdict::Disabled("it is gone"), NOW).await;
    }
    let told = world.take(NOW).await;
    let mut who: Vec<&str> = told.iter().map(|delivery| delivery.webhook_id.as_str()).collect();
    who.sort_unstable();
    let mut expected = [own.as_str(), all.as_str()];
    expected.sort_unstable();
    assert_eq!(who, expected);
    assert_eq!(triggers(&told), ["WEBHOOK_DISABLED"; 2]);
    let payload = deliveries::disabled_payload(gone.as_str(), "it is gone", NOW);
    assert_eq!(told[0].payload, payload.to_string());
    // Without anybody who asked there is no event.
    let other = world.webhook().await;
    world.run("DELETE FROM webhook WHERE instr(triggers, 'WEBHOOK_DISABLED') > 0").await;
    world.happens("BOOKING_CANCELLED", "first", NOW).await;
    let taken = world.take(NOW).await;
    let delivery = taken.iter().find(|delivery| delivery.webhook_id == other.as_str()).unwrap();
    world.record(delivery, Verdict::Disabled("it is gone"), NOW).await;
    let events = "SELECT count(*) FROM outbox_event WHERE trigger_event = 'WEBHOOK_DISABLED'";
    assert_eq!(world.count(events).await, 1);
}

#[tokio::test]
async fn a_worker_is_told_since_when_an_endpoint_fails() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    let delivery = world.take(NOW).await.remove(0);
    world.record(&delivery, Verdict::Again(after(DAY)), NOW).await;
    let delivery = world.take(after(DAY)).await.remove(0);
    assert_eq!(delivery.failing_since, Some(NOW));
    world.record(&delivery, Verdict::Delivered, after(DAY)).await;
    world.happens("BOOKING_CANCELLED", "first", after(DAY)).await;
    assert_eq!(world.take(after(DAY)).await[0].failing_since, None);
}

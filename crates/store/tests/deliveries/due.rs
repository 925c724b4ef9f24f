use meridian_store::deliveries::{self, Verdict};
use meridian_store::due_work::{self, AtHand, Outlook, RETENTION};
use meridian_store::jobs::{self, NewJob, Payload};
use meridian_store::{Statement, arguments};

use crate::world::{HOUR, LEASE, NOW, SECOND, World, after};

#[tokio::test]
async fn an_organisation_is_due_when_its_next_try_is_and_not_before() {
    // The memo is per thread, and so per test; the organisation is this test's own.
    let world = World::new(77).await;
    let (scope, platform) = (world.scope().await, world.platform().await);
    let due = async |now| due_work::due(&platform, now, 10).await.unwrap();
    due_work::mark_due(&scope, NOW).await.unwrap();
    assert_eq!(due(NOW).await, [world.organization]);
    let hours_away = Outlook { next_due: Some(after(5 * HOUR)), pending: 1, ..Outlook::default() };
    // A writer may still rely on the mark: it is looked at again soon.
    let put_off = async |outlook, now| {
        due_work::put_off(&platform, world.organization, &outlook, now).await.unwrap();
    };
    put_off(hours_away, after(90 * SECOND)).await;
    assert!(due(after(99 * SECOND)).await.is_empty());
    assert_eq!(due(after(100 * SECOND)).await, [world.organization]);
    put_off(hours_away, after(101 * SECOND)).await;
    assert!(due(after(5 * HOUR - 1)).await.is_empty());
    assert_eq!(due(after(5 * HOUR)).await, [world.organization]);
    // A worker left something.
    due_work::leave(&scope, after(101 * SECOND)).await.unwrap();
    assert_eq!(due(after(101 * SECOND)).await, [world.organization]);
    put_off(hours_away, after(192 * SECOND)).await;
    assert!(due(after(5 * HOUR - 1)).await.is_empty());
    // What happens in between is seen at once.
    due_work::mark_due(&scope, after(HOUR)).await.unwrap();
    assert_eq!(due(after(HOUR)).await, [world.organization]);
}

#[tokio::test]
async fn an_organisation_with_nothing_to_do_is_forgotten_once_its_mark_is_old() {
    let world = World::new(78).await;
    let (scope, platform) = (world.scope().await, world.platform().await);
    let figures = async || deliveries::metrics::figures(&platform, NOW).await.unwrap();
    let idle = Outlook::default();
    assert_eq!(due_work::outlook(&scope).await.unwrap(), idle);
    due_work::mark_due(&scope, NOW).await.unwrap();
    due_work::put_off(&platform, world.organization, &idle, after(90 * SECOND)).await.unwrap();
    assert_eq!(figures().await.organizations, 1);
    due_work::put_off(&platform, world.organization, &idle, after(91 * SECOND)).await.unwrap();
    assert_eq!(figures().await.organizations, 0);
    // Nothing is written while the last mark is fresh; then it is.
    due_work::mark_due(&scope, after(29 * SECOND)).await.unwrap();
    assert_eq!(figures().await.organizations, 0);
    due_work::mark_due(&scope, after(30 * SECOND)).await.unwrap();
    assert_eq!(figures().await.organizations, 1);
}

#[tokio::test]
async fn what_happened_goes_after_its_time_and_what_is_pending_stays() {
    let world = World::new(1).await;
    world.webhook().await;
    world.happens("BOOKING_CREATED", "first", NOW).await;
    world.happens("BOOKING_CREATED", "second", NOW).await;
    let taken = world.take(NOW).await;
    world.record(&taken[0], Verdict::Delivered, NOW).await;
    let scope = world.scope().await;
    let events = "SELECT count(*) FROM outbox_event";
    deliveries::prune(&scope, after(RETENTION - 1), 5).await.unwrap();
    assert_eq!(world.count(events).await, 2);
    deliveries::prune(&scope, after(RETENTION), 5).await.unwrap();
    assert_eq!(world.count(events).await, 1);
    assert_eq!(world.count("SELECT count(*) FROM webhook_delivery").await, 1);
    world.record(&taken[1], Verdict::GivenUp, NOW).await;
    // Its organisation is looked at for that.
    let outlook = due_work::outlook(&scope).await.unwrap();
    assert_eq!(outlook.next_due, Some(after(RETENTION)));
    deliveries::prune(&scope, after(RETENTION), 5).await.unwrap();
    assert_eq!(world.count(events).await, 0);
    assert_eq!(world.count("SELECT count(*) FROM webhook_delivery").await, 0);
}

#[tokio::test]
async fn what_was_delivered_goes_with_its_event_however_much_it_is() {
    let world = World::new(1).await;
    for _ in 0..3 {
        world.webhook().await;
    }
    for number in 0..450 {
        let at = if number < 430 { NOW } else { after(HOUR) };
        world.happens("BOOKING_CREATED", "first", at).await;
    }
    let keep = "UPDATE webhook_delivery SET state = 'delivered' WHERE event_id <> 7";
    world.run(keep).await;
    let scope = world.scope().await;
    let left = async || {
        let deliveries = world.count("SELECT count(*) FROM webhook_delivery").await;
        (world.count("SELECT count(*) FROM outbox_event").await, deliveries)
    };
    deliveries::prune(&scope, after(RETENTION), 1).await.unwrap();
    assert_eq!(left().await, (251, 753));
    deliveries::prune(&scope, after(RETENTION), 5).await.unwrap();
    assert_eq!(left().await, (21, 63));
    let orphans = "SELECT count(*) FROM webhook_delivery \
                   WHERE event_id NOT IN (SELECT id FROM outbox_event)";
    assert_eq!(world.count(orphans).await, 0);
    // The last one goes as well, whatever is left to tell how far.
    world.run("UPDATE webhook_delivery SET state = 'failed'").await;
    deliveries::prune(&scope, after(RETENTION + HOUR), 5).await.unwrap();
    assert_eq!(left().await, (0, 0));
}

#[tokio::test]
async fn counters_add_up_and_the_oldest_is_found() {
    let world = World::new(5).await;
    let platform = world.platform().await;
    for amounts in [[("a", 1), ("b", 2)], [("b", 3), ("c", 4)]] {
        deliveries::metrics::count(&platform, &amounts).await.unwrap();
    }
    due_work::mark_due(&world.scope().await, NOW).await.unwrap();
    let oldest_due = Some(after(SECOND));
    let outlook = Outlook { next_due: oldest_due, pending: 7, oldest_due, ..Outlook::default() };
    due_work::put_off(&platform, world.organization, &outlook, NOW).await.unwrap();
    let figures = deliveries::metrics::figures(&platform, after(SECOND)).await.unwrap();
    let counters = [("a", 1), ("b", 5), ("c", 4)].map(|(name, value)| (name.to_owned(), value));
    assert_eq!(figures.counters, counters);
    assert_eq!((figures.pending, figures.organizations_due), (7, 1));
    assert_eq!(figures.oldest_due, Some(after(SECOND)));
    let before = deliveries::metrics::figures(&platform, NOW).await.unwrap();
    assert_eq!((before.organizations_due, before.oldest_due), (0, None));
}

#[tokio::test]
async fn a_worker_sees_what_it_could_take_and_nothing_else() {
    let world = World::new(1).await;
    let webhook = world.webhook().await;
    let scope = world.scope().await;
    let at_hand = async |now| due_work::at_hand(&scope, now).await.unwrap();
    let (nothing, deliveries) =
        (AtHand::default(), AtHand { deliveries: true, ..AtHand::default() });
    assert_eq!(at_hand(NOW).await, nothing);
    world.happens("BOOKING_CREATED", "first", NOW).await;
    assert_eq!(at_hand(NOW).await, deliveries);
    // Somebody has it, until the lease ends; then it waits for the next try.
    let taken = world.take(NOW).await;
    assert_eq!(at_hand(NOW).await, nothing);
    assert_eq!(at_hand(after(LEASE)).await, deliveries);
    world.record(&taken[0], Verdict::Again(after(HOUR)), NOW).await;
    assert_eq!(at_hand(after(HOUR - 1)).await, nothing);
    assert_eq!(at_hand(after(HOUR)).await, deliveries);
    // The endpoint rests.
    let rest = "INSERT INTO webhook_health (webhook_id, failures, failing_since, open_until) \
                VALUES (?1, 10, 0, ?2) ON CONFLICT DO UPDATE SET open_until = ?2";
    let rest = Statement::command(rest, arguments![webhook.as_str(), after(2 * HOUR)]);
    world.write(rest).await;
    assert_eq!(at_hand(after(2 * HOUR - 1)).await, nothing);
    assert_eq!(at_hand(after(2 * HOUR)).await, deliveries);
    // Jobs of every priority.
    for priority in [jobs::Priority::Urgent, jobs::Priority::Usual, jobs::Priority::Background] {
        let job = NewJob::new("test", Payload::Plain("{}".to_owned()), after(SECOND), 1).unwrap();
        world.write(jobs::enqueue(&[job.priority(priority)], NOW)).await;
        assert_eq!(at_hand(NOW).await, nothing);
        assert_eq!(at_hand(after(SECOND)).await, AtHand { jobs: true, ..nothing });
        world.run("DELETE FROM job").await;
    }
}

#[tokio::test]
async fn what_comes_next_is_found_without_reading_what_went_by() {
    let world = World::new(1).await;
    let query = due_work::outlook_query();
    let plan = meridian_store::Statement {
        sql: format!("EXPLAIN QUERY PLAN {}", query.sql).into(),
        ..query
    };
    let rows = world.scope().await.read_one(plan).await.unwrap();
    let steps = rows.map(|row| row.string(3)).unwrap();
    for search in [
        "INDEX booking_starts (start_at>?)",
        "INDEX booking_ends (end_at>?)",
        "INDEX booking_calls (start_at>?)",
    ] {
        assert!(steps.iter().any(|step| step.contains(search)), "{search} in {steps:#?}");
    }
    let whole = |step: &&String| ["SCAN b", "SCAN booking"].contains(&step.as_str());
    assert_eq!(steps.iter().find(whole), None);
}

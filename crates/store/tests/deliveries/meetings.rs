use meridian_kernel::Instant;
use meridian_store::bookings::meetings;
use meridian_store::due_work;

use crate::world::{HOUR, NOW, World, after};

const BOTH: &str = r#"["MEETING_STARTED","MEETING_ENDED"]"#;

/// Tells what is due, and answers it: the trigger's last letters and the booking.
async fn told(world: &World, now: Instant, most: u32) -> Vec<String> {
    let scope = world.scope().await;
    let mut all = Vec::new();
    while let Some(due) = meetings::due(&scope, now, most).await.unwrap() {
        for (is_start, booking) in &due.due {
            all.push(format!("{} {}", if *is_start { "start" } else { "end" }, booking.uid));
        }
        assert!(meetings::tell(&scope, &due, |_| "{}".to_owned(), now).await.unwrap());
    }
    all
}

async fn meet(world: &World, id: i64, uid: &str, start: i64, end: i64) {
    world.book(id, uid, after(start).millis(), after(end).millis()).await;
}

#[tokio::test]
async fn beginnings_and_ends_are_told_once_when_their_time_comes() {
    let world = World::new(1).await;
    world.webhook_for(BOTH, NOW).await;
    meet(&world, 21, "a", HOUR, 2 * HOUR).await;
    meet(&world, 22, "b", 2 * HOUR, 3 * HOUR).await;
    let scope = world.scope().await;
    let next = async || due_work::outlook(&scope).await.unwrap().next_due;
    assert_eq!(next().await, Some(after(HOUR)));
    assert!(told(&world, after(HOUR - 1), 100).await.is_empty());
    assert_eq!(told(&world, after(HOUR), 100).await, ["start a"]);
    assert!(told(&world, after(HOUR), 100).await.is_empty());
    assert_eq!(told(&world, after(2 * HOUR), 100).await, ["end a", "start b"]);
    assert_eq!(told(&world, after(9 * HOUR), 100).await, ["end b"]);
    let taken = world.take(after(9 * HOUR)).await;
    assert_eq!(taken.iter().filter(|one| one.trigger == "MEETING_STARTED").count(), 2);
}

#[tokio::test]
async fn what_begins_at_one_instant_is_told_in_parts_without_loss() {
    let world = World::new(1).await;
    world.webhook_for(BOTH, NOW).await;
    for id in 0..7 {
        meet(&world, 30 + id, &format!("m{id}"), HOUR, 2 * HOUR).await;
    }
    let starts: Vec<_> = (0..7).map(|id| format!("start m{id}")).collect();
    assert_eq!(told(&world, after(HOUR), 3).await, starts);
    let ends: Vec<_> = (0..7).map(|id| format!("end m{id}")).collect();
    assert_eq!(told(&world, after(2 * HOUR), 3).await, ends);
}

#[tokio::test]
async fn a_moved_meeting_moves_them_and_a_cancelled_one_drops_them() {
    let world = World::new(1).await;
    world.webhook_for(BOTH, NOW).await;
    meet(&world, 21, "moved", HOUR, 2 * HOUR).await;
    meet(&world, 22, "cancelled", HOUR, 2 * HOUR).await;
    meet(&world, 23, "pending", HOUR, 2 * HOUR).await;
    world.run("UPDATE booking SET status = 'cancelled' WHERE uid = 'cancelled'").await;
    world.run("UPDATE booking SET status = 'pending' WHERE uid = 'pending'").await;
    world
        .run("UPDATE booking SET start_at = start_at + 7200000, end_at = end_at + 7200000 WHERE uid = 'moved'")
        .await;
    assert!(told(&world, after(2 * HOUR), 100).await.is_empty());
    assert_eq!(told(&world, after(4 * HOUR), 100).await, ["start moved", "end moved"]);
}

#[tokio::test]
async fn whoever_asks_later_does_not_hear_of_what_went_by() {
    let world = World::new(1).await;
    meet(&world, 21, "before", HOUR, 2 * HOUR).await;
    meet(&world, 22, "after", 4 * HOUR, 5 * HOUR).await;
    assert!(told(&world, after(3 * HOUR), 100).await.is_empty());
    assert_eq!(due_work::outlook(&world.scope().await).await.unwrap().next_due, None);
    let webhook = world.webhook_for(BOTH, after(3 * HOUR)).await;
    assert_eq!(told(&world, after(4 * HOUR), 100).await, ["start after"]);
    // Asleep, and awake again.
    let turn = |active: i64, at: Instant| {
        let sql = "UPDATE webhook SET active = ?2, updated_at = ?3 WHERE id = ?1";
        let arguments = meridian_store::arguments![webhook.as_str(), active, at];
        meridian_store::Statement::command(sql, arguments)
    };
    world.write(turn(0, after(4 * HOUR))).await;
    world.write(turn(1, after(6 * HOUR))).await;
    assert!(told(&world, after(7 * HOUR), 100).await.is_empty());
}

#[tokio::test]
async fn of_two_workers_one_tells() {
    let world = World::new(1).await;
    world.webhook_for(BOTH, NOW).await;
    meet(&world, 21, "a", HOUR, 2 * HOUR).await;
    let scope = world.scope().await;
    let now = after(HOUR);
    let first = meetings::due(&scope, now, 100).await.unwrap().unwrap();
    let second = meetings::due(&scope, now, 100).await.unwrap().unwrap();
    assert!(meetings::tell(&scope, &first, |_| "{}".to_owned(), now).await.unwrap());
    assert!(!meetings::tell(&scope, &second, |_| "{}".to_owned(), now).await.unwrap());
    assert_eq!(world.count("SELECT count(*) FROM outbox_event").await, 1);
}

//! A database of an older version, brought up to date with what is in it.

use meridian_database::{Databases, Options};
use meridian_store::{Access, Rows, Scope, Statement, arguments, migrate};

use crate::support::organization;

/// What the first version held: a user with a schedule, an event type, a booking and a
/// webhook that hears of it, and heard of something that is gone.
const ROWS: [&str; 9] = [
    "INSERT INTO user (id, username, email, time_zone, created_at, updated_at) \
     VALUES (1, 'ada', 'ada@example.com', 'UTC', 1, 1)",
    "INSERT INTO schedule (id, owner_id, name, time_zone, availability, overrides, created_at, \
     updated_at) VALUES (1, 1, 'Hours', 'UTC', '[]', '[]', 1, 1)",
    "INSERT INTO event_type (id, owner_id, slug, title, length_minutes, schedule_id, settings, \
     created_at, updated_at) VALUES (5, 1, 'intro', 'Intro', 30, 1, \
     '{\"seats\":{\"seatsPerTimeSlot\":4}}', 1, 1)",
    "INSERT INTO booking (id, uid, event_type_id, user_id, title, status, start_at, end_at, \
     ical_uid, created_at, updated_at) VALUES (9, 'b', 5, 1, 'Intro', 'accepted', 1000, 2000, \
     'b@x', 1, 1)",
    "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id) VALUES (1, 1000, 2000, 9)",
    "INSERT INTO webhook (id, user_id, subscriber_url, active, triggers, secret, version, \
     created_at, updated_at) VALUES ('w', 1, 'https://x.org', 1, '[\"BOOKING_CREATED\"]', 's', \
     'v', 1, 1)",
    "INSERT INTO outbox_event (id, trigger_event, booking_uid, payload, created_at) \
     VALUES (3, 'BOOKING_CREATED', 'b', '{}', 1), (4, 'BOOKING_CANCELLED', 'b', '{}', 1)",
    "INSERT INTO webhook_delivery (id, event_id, webhook_id, attempts, next_attempt_at) \
     VALUES (6, 3, 'w', 2, 77), (8, 4, 'w', 0, 0)",
    "DELETE FROM webhook_delivery WHERE id = 8",
];

async fn read(databases: &Databases, sql: &'static str) -> Rows {
    let scope = Scope::open(databases, organization()).await.unwrap();
    scope.read_primary(Statement::query(sql, [])).await.unwrap()
}

async fn run(databases: &Databases, name: &str, statements: Vec<Statement>) {
    databases.execute(name, Access::Write, true, statements).await.unwrap();
}

/// A database as the first version made it.
async fn first_version(folder: &std::path::Path, name: &str) -> Databases {
    let databases = Databases::open(folder, Options::default()).unwrap();
    // An empty file is an empty database; a created one would be of the newest version.
    std::fs::write(folder.join(format!("{name}.db")), b"").unwrap();
    let mut steps = migrate::ORGANIZATION.statements_from(0).into_iter();
    run(&databases, name, steps.next().unwrap()).await;
    let rows = ROWS.into_iter().map(|sql| Statement::command(sql, []));
    run(&databases, name, rows.collect()).await;
    databases
}

#[tokio::test]
async fn rows_of_the_first_version_are_there_after_all_migrations() {
    let folder = tempfile::tempdir().unwrap();
    let name = organization().database_name();
    let databases = first_version(folder.path(), &name).await;
    let types = read(&databases, "SELECT id, owner_id, slug, seats_per_slot FROM event_type").await;
    let row = types.first().unwrap();
    assert_eq!((row.integer(0).unwrap(), row.integer(1).unwrap()), (5, 1));
    assert_eq!((row.text(2).unwrap(), row.integer(3).unwrap()), ("intro", 4));
    let busy = read(&databases, "SELECT booking_id, exclusive FROM busy_time").await;
    assert_eq!(busy.first().unwrap().integer(1).unwrap(), 1);
    let bookings = read(&databases, "SELECT extras FROM booking WHERE uid = 'b'").await;
    assert_eq!(bookings.first().unwrap().text(0).unwrap(), "{}");
    let version = read(&databases, "SELECT max(version) FROM schema_migration").await;
    let newest = i64::try_from(migrate::ORGANIZATION.version()).unwrap();
    assert_eq!(version.first().unwrap().integer(0).unwrap(), newest);
}

#[tokio::test]
async fn webhooks_keep_their_deliveries_when_they_get_other_owners() {
    let folder = tempfile::tempdir().unwrap();
    let name = organization().database_name();
    let databases = first_version(folder.path(), &name).await;
    let sql = "SELECT w.user_id, w.secret, d.id, d.attempts, d.next_attempt_at, d.event_id \
               FROM webhook w JOIN webhook_delivery d ON d.webhook_id = w.id";
    let kept = read(&databases, sql).await;
    assert_eq!(kept.values().count(), 6);
    let row = kept.first().unwrap();
    assert_eq!((row.integer(0).unwrap(), row.text(1).unwrap()), (1, "s"));
    assert_eq!([2, 3, 4, 5].map(|column| row.integer(column).unwrap()), [6, 2, 77, 3]);
    // No delivery gets the id of one that was, and deliveries go with their webhook.
    let deliver = "INSERT INTO webhook_delivery (event_id, webhook_id, next_attempt_at) \
                   VALUES (4, 'w', 0)";
    run(&databases, &name, vec![Statement::command(deliver, [])]).await;
    let newest = read(&databases, "SELECT max(id) FROM webhook_delivery").await;
    assert_eq!(newest.first().unwrap().integer(0).unwrap(), 9);
    run(&databases, &name, vec![Statement::command("DELETE FROM webhook", [])]).await;
    let left = read(&databases, "SELECT count(*) FROM webhook_delivery").await;
    assert_eq!(left.first().unwrap().integer(0).unwrap(), 0);
    let broken = read(&databases, "SELECT count(*) FROM pragma_foreign_key_check").await;
    assert_eq!(broken.first().unwrap().integer(0).unwrap(), 0);
}

#[tokio::test]
async fn what_happened_to_a_booking_keeps_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let databases = first_version(folder.path(), &organization().database_name()).await;
    let sql = "SELECT e.booking_id FROM outbox_event e ORDER BY e.id";
    let bookings = read(&databases, sql).await.map(|row| row.integer(0)).unwrap();
    assert_eq!(bookings, [9, 9]);
    let sql = "SELECT chain_id FROM webhook_delivery WHERE id = 6";
    let chain = read(&databases, sql).await;
    assert_eq!(chain.first().unwrap().integer(0).unwrap(), 9);
}

/// Which of [`migrate::ORGANIZATION`] brings chains.
const CHAINS: usize = 16;

#[tokio::test]
async fn bookings_that_were_moved_before_are_of_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let name = organization().database_name();
    let databases = Databases::open(folder.path(), Options::default()).unwrap();
    std::fs::write(folder.path().join(format!("{name}.db")), b"").unwrap();
    let steps = migrate::ORGANIZATION.statements_from(0);
    assert!(steps[CHAINS - 1].iter().any(|statement| statement.sql.contains("chain_id")));
    for step in steps.into_iter().take(CHAINS - 1) {
        run(&databases, &name, step).await;
    }
    run(&databases, &name, vec![Statement::command(ROWS[0], [])]).await;
    // Moved twice, two seats of one moved away, and one whose start is gone.
    for (id, uid, before) in [
        (1_i64, "a", None),
        (2, "b", Some("a")),
        (3, "c", Some("b")),
        (4, "d", Some("a")),
        (5, "e", Some("gone")),
        (6, "f", None),
    ] {
        let sql = "INSERT INTO booking (id, uid, event_type_id, user_id, title, status, \
                   start_at, end_at, ical_uid, created_at, updated_at, rescheduled_from_uid) \
                   VALUES (?1, ?2, 5, 1, 'T', 'cancelled', 1, 2, ?2, 1, 1, ?3)";
        let before: Option<&str> = before;
        run(&databases, &name, vec![Statement::command(sql, arguments![id, uid, before])]).await;
    }
    let chains = read(&databases, "SELECT coalesce(chain_id, 0) FROM booking ORDER BY id").await;
    assert_eq!(chains.map(|row| row.integer(0)).unwrap(), [0, 1, 1, 1, 0, 0]);
}

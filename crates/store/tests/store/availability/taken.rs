//! When hosts are taken.

use meridian_kernel::limits::{MAX_BUFFER_MINUTES, MAX_BUSY_SPAN_MINUTES};
use meridian_kernel::{Instant, WireId};
use meridian_store::availability::{Range, Taken};
use meridian_store::{Statement, arguments};

use super::{Made, day, event_type, host, loaded, loaded_for, reservation, team, team_event_type};
use crate::support::{Home, at, user};

fn times(taken: &[Taken]) -> Vec<(Instant, Instant)> {
    taken.iter().map(|one| (one.start, one.end)).collect()
}

#[tokio::test]
async fn times_that_touch_the_range_or_its_buffers_come_along() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let id = event_type(&scope, ada, None, "{}").await;
    let buffer = i64::from(MAX_BUFFER_MINUTES);
    let (first, last) =
        (at("2026-06-04").plus_minutes(-buffer), at("2026-06-05").plus_minutes(buffer));
    let longest = i64::from(MAX_BUSY_SPAN_MINUTES);
    let cases = [
        ("long before", first.plus_minutes(1 - longest), longest, true),
        ("inside", first.plus_minutes(60), 30, true),
        ("long after", last.plus_minutes(-1), longest, true),
        ("begins as it ends", last.plus_minutes(longest), 60, false),
        ("ends as it begins", first.plus_minutes(-longest), 1, false),
    ];
    let mut expected = Vec::new();
    for (uid, start, minutes, counts) in cases {
        let made = Made { of: id, host: ada, uid, start, minutes };
        made.take(&scope).await;
        if counts {
            expected.push((start, made.end()));
        }
    }
    let start = first.plus_minutes(60);
    Made { of: id, host: bob, uid: "another host's", start, minutes: 30 }.take(&scope).await;
    expected.sort_by_key(|(_, end)| *end);
    assert_eq!(times(&loaded(&scope, id).await.hosts[0].taken), expected);
}

#[tokio::test]
async fn every_host_has_their_own_times() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let sales = team(&scope, "sales", None).await;
    let id = team_event_type(&scope, sales, "intro", "roundRobin").await;
    let mut starts = Vec::new();
    for index in 0..10_u32 {
        let name = format!("host-{index}");
        let someone = user(&scope, &name).await;
        host(&scope, id, someone, 10 - index).await;
        let start = at("2026-06-04T08:00Z").plus_minutes(i64::from(index));
        for (day, uid) in [(0, &name), (1_440, &format!("{name}-next"))] {
            let start = start.plus_minutes(day);
            Made { of: id, host: someone, uid, start, minutes: 30 }.take(&scope).await;
        }
        starts.insert(0, (someone, start));
    }
    let hosts = loaded(&scope, id).await.hosts;
    let found: Vec<_> = hosts.iter().map(|host| (host.user_id, host.taken[0].start)).collect();
    assert_eq!(found, starts);
    assert!(hosts.iter().all(|host| host.taken.len() == 2));
}

#[tokio::test]
async fn the_booking_being_moved_does_not_count() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None, "{}").await;
    let start = at("2026-06-04T10:00Z");
    Made { of: id, host: ada, uid: "moved", start, minutes: 30 }.take(&scope).await;
    let start = start.plus_minutes(30);
    Made { of: id, host: ada, uid: "other", start, minutes: 30 }.take(&scope).await;
    let count = async |ignoring_booking| {
        let range = Range { ignoring_booking, ..day() };
        loaded_for(&scope, id, &range).await.hosts[0].taken.len()
    };
    assert_eq!(count(None).await, 2);
    assert_eq!(count(Some("moved")).await, 1);
    assert_eq!(count(Some("unknown")).await, 2);
}

#[tokio::test]
async fn live_reservations_of_others_count_too() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None, "{}").await;
    let start = at("2026-06-04T10:00Z");
    let live = Made { of: id, host: ada, uid: "live", start, minutes: 30 };
    reservation(&scope, &live, "2026-06-01T00:01Z", false).await;
    let over = Made { of: id, host: ada, uid: "over", start: live.end(), minutes: 30 };
    reservation(&scope, &over, "2026-06-01", false).await;
    let taken = &loaded(&scope, id).await.hosts[0].taken;
    assert_eq!(times(taken), [(start, live.end())]);
    assert!(taken[0].is_held);
    let range = Range { ignoring_reservation: Some("live"), ..day() };
    assert!(loaded_for(&scope, id, &range).await.hosts[0].taken.is_empty());
}

#[tokio::test]
async fn more_times_than_one_answer_holds_come_page_by_page() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let sales = team(&scope, "sales", None).await;
    let id = team_event_type(&scope, sales, "intro", "collective").await;
    host(&scope, id, ada, 1).await;
    host(&scope, id, bob, 0).await;
    let start = at("2026-06-04T00:00Z");
    // Many share an end, so that a page may stop among them.
    let many = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, end_at, \
                ical_uid, created_at, updated_at) \
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
                SELECT 'n' || ?1 || i, 1, ?1, 'x', 'accepted', ?2, ?2 + 1 + i / 100, '', 0, 0 FROM n";
    let taken = "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id, exclusive) \
                 SELECT user_id, start_at, end_at, id, 0 FROM booking";
    let held = "INSERT INTO hold (user_id, busy_start, busy_end, reservation_uid) \
                VALUES (?1, ?2, ?2 + 25, 'r')";
    let made = Made { of: id, host: ada, uid: "r", start: start.plus_millis(1), minutes: 1 };
    reservation(&scope, &made, "2026-06-02", false).await;
    let statements = vec![
        Statement::command(many, arguments![ada.row(), start]),
        Statement::command(many, arguments![bob.row(), start]),
        Statement::command(taken, []),
        Statement::command(held, arguments![bob.row(), start]),
    ];
    scope.write(statements).await.unwrap();
    let hosts = loaded(&scope, id).await.hosts;
    let counts: Vec<usize> = hosts.iter().map(|host| host.taken.len()).collect();
    assert_eq!(counts, [5_001, 5_001]);
    for host in hosts {
        assert!(host.taken.is_sorted_by_key(|one| one.end));
        assert_eq!(host.taken.iter().filter(|one| one.is_held).count(), 1);
    }
}

//! Bookings that count towards limits.

use meridian_database::Databases;
use meridian_kernel::{EventTypeId, UserId, WireId};
use meridian_store::availability::Range;
use meridian_store::{Scope, Statement, arguments};

use super::{Made, day, event_type, loaded, loaded_for, team, team_event_type};
use crate::support::{Home, at, user, write};

async fn set(scope: &Scope<'_, Databases>, id: EventTypeId, settings: &str) {
    let sql = "UPDATE event_type SET settings = ?2 WHERE id = ?1";
    write(scope, Statement::command(sql, arguments![id.row(), settings])).await;
}

async fn book(scope: &Scope<'_, Databases>, of: EventTypeId, host: UserId, day: &str) {
    Made { of, host, uid: day, start: at(day), minutes: 30 }.book(scope).await;
}

#[tokio::test]
async fn bookings_count_as_far_as_the_longest_limited_period_reaches() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None, "{}").await;
    for day in ["2025-06-20", "2026-05-10", "2026-05-30", "2026-06-03", "2026-06-04"] {
        book(&scope, id, ada, day).await;
    }
    for (limits, count) in [
        ("{}", 0),
        (r#"{"bookingLimitsCount":{"day":1}}"#, 2),
        (r#"{"bookingLimitsDuration":{"day":60,"week":60}}"#, 3),
        (r#"{"bookingLimitsCount":{"day":1},"bookingLimitsDuration":{"month":60}}"#, 4),
        (r#"{"bookingLimitsCount":{"year":1}}"#, 5),
    ] {
        set(&scope, id, limits).await;
        let counted = loaded(&scope, id).await.counted;
        assert_eq!(counted.len(), count, "{limits}");
        assert!(counted.iter().all(|one| !one.is_of_team));
        assert!(counted.iter().all(|one| one.end == one.start.plus_minutes(30)));
    }
}

#[tokio::test]
async fn cancelled_bookings_and_the_one_being_moved_do_not_count() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None, r#"{"bookingLimitsCount":{"day":1}}"#).await;
    for day in ["2026-06-04", "2026-06-05", "2026-06-03"] {
        book(&scope, id, ada, day).await;
    }
    let cancel = "UPDATE booking SET status = 'cancelled' WHERE uid = '2026-06-05'";
    let wait = "UPDATE booking SET status = 'pending' WHERE uid = '2026-06-03'";
    write(&scope, Statement::command(cancel, [])).await;
    write(&scope, Statement::command(wait, [])).await;
    assert_eq!(loaded(&scope, id).await.counted.len(), 2);
    let range = Range { ignoring_booking: Some("2026-06-04"), ..day() };
    assert_eq!(loaded_for(&scope, id, &range).await.counted.len(), 1);
}

#[tokio::test]
async fn a_teams_limits_count_all_its_event_types_and_copies_where_it_says_so() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let sales = team(&scope, "sales", Some(r#"{"day":5}"#)).await;
    let others = team(&scope, "others", Some(r#"{"day":5}"#)).await;
    let id = team_event_type(&scope, sales, "one", "roundRobin").await;
    let two = team_event_type(&scope, sales, "two", "collective").await;
    let managed = team_event_type(&scope, sales, "managed", "managed").await;
    let foreign = team_event_type(&scope, others, "foreign", "collective").await;
    let copy = event_type(&scope, ada, None, "{}").await;
    let adopt = "UPDATE event_type SET parent_id = ?1 WHERE id = ?2";
    write(&scope, Statement::command(adopt, arguments![managed.row(), copy.row()])).await;
    for (of, start) in [
        (id, "2026-06-04T08:00Z"),
        (two, "2026-06-04T09:00Z"),
        (copy, "2026-06-04T10:00Z"),
        (foreign, "2026-06-04T11:00Z"),
    ] {
        book(&scope, of, ada, start).await;
    }
    let counted = async |id| {
        let found = loaded(&scope, id).await;
        let hours = found
            .counted
            .iter()
            .map(|one| format!("{:02}", one.start.minutes_since(at("2026-06-04")) / 60));
        (hours.collect::<Vec<_>>().join(" "), found.rules.team_booking_limits.is_some())
    };
    assert_eq!(counted(id).await, ("08 09".to_owned(), true));
    assert_eq!(counted(copy).await, (String::new(), false));
    let include = "UPDATE team SET include_managed_events_in_limits = 1";
    write(&scope, Statement::command(include, [])).await;
    assert_eq!(counted(id).await, ("08 09 10".to_owned(), true));
    assert_eq!(counted(copy).await, ("08 09 10".to_owned(), true));
    // What counts for both limits comes for each.
    set(&scope, id, r#"{"bookingLimitsCount":{"day":1}}"#).await;
    let both = loaded(&scope, id).await.counted;
    assert_eq!(both.iter().filter(|one| one.is_of_team).count(), 3);
    assert_eq!(both.iter().filter(|one| !one.is_of_team).count(), 1);
}

#[tokio::test]
async fn more_bookings_than_one_answer_holds_come_page_by_page() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let sales = team(&scope, "sales", Some(r#"{"day":5}"#)).await;
    let id = team_event_type(&scope, sales, "one", "roundRobin").await;
    set(&scope, id, r#"{"bookingLimitsCount":{"day":1}}"#).await;
    let many = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, end_at, \
                ical_uid, created_at, updated_at) \
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1750) \
                SELECT 'n' || i, ?1, ?2, 'x', 'accepted', ?3 + i / 50, ?3 + 1000, '', 0, 0 FROM n";
    let arguments = arguments![id.row(), ada.row(), at("2026-06-04")];
    write(&scope, Statement::command(many, arguments)).await;
    let counted = loaded(&scope, id).await.counted;
    assert_eq!(counted.iter().filter(|one| one.is_of_team).count(), 1_750);
    assert_eq!(counted.len(), 3_500);
}

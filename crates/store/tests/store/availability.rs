//! What slots load: the event type's rules, the host's hours, and busy times.

use meridian_database::Databases;
use meridian_kernel::limits::{MAX_BUFFER_MINUTES, MAX_BUSY_SPAN_MINUTES};
use meridian_kernel::{EventTypeId, Instant, OrganizationNumber, UserId, WireId, Zone};
use meridian_store::availability::{Availability, Range, Selector, has_user, load};
use meridian_store::schedules::{NewSchedule, create};
use meridian_store::{Scope, Statement, arguments};

use crate::support::{Home, at, organization, user, write};

async fn schedule(scope: &Scope<'_, Databases>, owner: UserId, availability: &str) -> i64 {
    let new = NewSchedule {
        name: "Hours".to_owned(),
        time_zone: Zone::parse("Asia/Kolkata").unwrap(),
        availability: availability.to_owned(),
        overrides: "[]".to_owned(),
        make_default: false,
    };
    create(scope, owner, new, at("2026-01-01")).await.unwrap().id.row()
}

async fn event_type(
    scope: &Scope<'_, Databases>,
    owner: UserId,
    schedule: Option<i64>,
    settings: &str,
) -> EventTypeId {
    let sql = "INSERT INTO event_type (owner_id, slug, title, length_minutes, schedule_id, \
               slot_interval, minimum_booking_notice, before_event_buffer, after_event_buffer, \
               offset_start, settings, created_at, updated_at) \
               VALUES (?1, 'intro', 'Intro', 30, ?2, 15, 60, 5, 10, 2, ?3, 0, 0)";
    let arguments = arguments![owner.row(), schedule, settings];
    EventTypeId::new(organization(), write(scope, Statement::command(sql, arguments)).await)
}

/// A booking that takes its host from one instant to another.
async fn busy(
    scope: &Scope<'_, Databases>,
    owner: UserId,
    uid: &str,
    start: Instant,
    end: Instant,
) {
    let booking = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, \
                   end_at, ical_uid, created_at, updated_at) \
                   VALUES (?1, 1, ?2, 'x', 'accepted', ?3, ?4, ?1, 0, 0)";
    let taken = "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id) \
                 VALUES (?1, ?2, ?3, last_insert_rowid())";
    let statements = vec![
        Statement::command(booking, arguments![uid, owner.row(), start, end]),
        Statement::command(taken, arguments![owner.row(), start, end]),
    ];
    scope.write(statements).await.unwrap();
}

fn day<'a>(ignoring_booking: Option<&'a str>) -> Range<'a> {
    Range { from: at("2026-06-04"), to: at("2026-06-05"), ignoring_booking }
}

async fn loaded(scope: &Scope<'_, Databases>, id: EventTypeId) -> Availability {
    load(scope, Selector::Id(id), day(None)).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_event_type_brings_its_rules_and_its_hosts_default_hours() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let settings = r#"{"bookingWindow":{"type":"calendarDays","value":3},
        "onlyShowFirstAvailableSlot":true,"lengthInMinutesOptions":[15,30],"other":{"a":1}}"#;
    let id = event_type(&scope, ada, None, settings).await;
    assert_eq!(loaded(&scope, id).await.rules.schedule, None);
    schedule(&scope, ada, "[1]").await;
    let found = loaded(&scope, id).await;
    let rules = found.rules;
    assert_eq!((rules.id, rules.owner_id, rules.length_minutes), (id, ada, 30));
    assert_eq!((rules.slot_interval, rules.minimum_booking_notice), (Some(15), 60));
    assert_eq!((rules.before_event_buffer, rules.after_event_buffer), (5, 10));
    assert_eq!(rules.offset_start, 2);
    assert_eq!(rules.length_options, [15, 30]);
    assert_eq!(rules.booking_window, r#"{"type":"calendarDays","value":3}"#);
    assert!(rules.first_slot_only);
    let hours = rules.schedule.unwrap();
    assert_eq!((hours.time_zone.name(), hours.availability.as_str()), ("Asia/Kolkata", "[1]"));
    assert!(found.busy.is_empty());
}

#[tokio::test]
async fn a_schedule_of_its_own_goes_before_the_default() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    schedule(&scope, ada, "[1]").await;
    let other = schedule(&scope, ada, "[2]").await;
    let id = event_type(&scope, ada, Some(other), r#"{"bookingWindow":null}"#).await;
    let rules = loaded(&scope, id).await.rules;
    assert_eq!(rules.schedule.unwrap().availability, "[2]");
    assert_eq!(rules.booking_window, "null");
    assert!(rules.length_options.is_empty() && !rules.first_slot_only);
}

#[tokio::test]
async fn username_and_slug_find_it_in_any_case_and_an_id_only_at_home() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let id = event_type(&scope, ada, None, "{}").await;
    event_type(&scope, bob, None, "{}").await;
    let start = at("2026-06-04T10:00Z");
    busy(&scope, ada, "a", start, start.plus_minutes(30)).await;
    let by = |username, slug| load(&scope, Selector::Slug { username, slug }, day(None));
    let found = by("ADA", "Intro").await.unwrap().unwrap();
    assert_eq!((found.rules.id, found.busy.len()), (id, 1));
    assert_eq!(found, loaded(&scope, id).await);
    assert_eq!(by("ada", "other").await.unwrap(), None);
    assert_eq!(by("eve", "intro").await.unwrap(), None);
    assert!(has_user(&scope, "Ada").await.unwrap());
    assert!(!has_user(&scope, "eve").await.unwrap());
    let elsewhere = EventTypeId::new(OrganizationNumber::new(8).unwrap(), id.row());
    assert_eq!(load(&scope, Selector::Id(elsewhere), day(None)).await.unwrap(), None);
}

#[tokio::test]
async fn busy_times_that_touch_the_range_or_its_buffers_come_along() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let id = event_type(&scope, ada, None, "{}").await;
    let buffer = i64::from(MAX_BUFFER_MINUTES);
    let (first, last) =
        (at("2026-06-04").plus_minutes(-buffer), at("2026-06-05").plus_minutes(buffer));
    let longest = i64::from(MAX_BUSY_SPAN_MINUTES);
    let cases = [
        ("ends as it begins", first.plus_minutes(-60), first, false),
        ("reaches in", first.plus_minutes(-60), first.plus_minutes(1), true),
        ("long before", first.plus_minutes(1 - longest), first.plus_minutes(1), true),
        ("inside", first.plus_minutes(60), first.plus_minutes(90), true),
        ("long after", last.plus_minutes(-1), last.plus_minutes(longest - 1), true),
        ("begins as it ends", last, last.plus_minutes(60), false),
    ];
    let mut expected = Vec::new();
    for (uid, start, end, counts) in cases {
        busy(&scope, ada, uid, start, end).await;
        if counts {
            expected.push((start, end));
        }
    }
    busy(&scope, bob, "another host's", first.plus_minutes(60), first.plus_minutes(90)).await;
    expected.sort_by_key(|(_, end)| *end);
    let mut found = loaded(&scope, id).await.busy;
    found.sort_by_key(|(_, end)| *end);
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_booking_being_moved_does_not_count() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None, "{}").await;
    let start = at("2026-06-04T10:00Z");
    busy(&scope, ada, "moved", start, start.plus_minutes(30)).await;
    busy(&scope, ada, "other", start.plus_minutes(30), start.plus_minutes(60)).await;
    let count = async |ignored| {
        load(&scope, Selector::Id(id), day(ignored)).await.unwrap().unwrap().busy.len()
    };
    assert_eq!(count(None).await, 2);
    assert_eq!(count(Some("moved")).await, 1);
    assert_eq!(count(Some("unknown")).await, 2);
}

#[tokio::test]
async fn more_busy_times_than_one_answer_holds_come_page_by_page() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None, "{}").await;
    let start = at("2026-06-04T00:00Z");
    busy(&scope, ada, "first", start, start.plus_millis(1)).await;
    // Many share an end, so that a page may stop among them.
    let many = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, end_at, \
                ical_uid, created_at, updated_at) \
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
                SELECT 'n' || i, 1, ?1, 'x', 'accepted', ?2, ?2 + 1 + i / 100, '', 0, 0 FROM n";
    let taken = "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id) \
                 SELECT user_id, start_at, end_at, id FROM booking WHERE uid LIKE 'n%'";
    let statements =
        vec![Statement::command(many, arguments![ada.row(), start]), Statement::command(taken, [])];
    scope.write(statements).await.unwrap();
    let found = loaded(&scope, id).await.busy;
    assert_eq!(found.len(), 5_001);
    assert!(found.is_sorted_by_key(|(_, end)| *end));
}

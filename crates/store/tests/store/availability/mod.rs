//! What slots load: the event type's rules, its hosts' hours, and when they are taken.

mod hosts;
mod limits;
mod plans;
mod seats;
mod taken;

use meridian_database::Databases;
use meridian_kernel::{EventTypeId, Instant, OrganizationNumber, UserId, WireId};
use meridian_store::availability::{Availability, Range, Selector, has_team, has_user, load};
use meridian_store::{Scope, Statement, arguments};

use crate::support::{Home, at, organization, user, write};

/// A schedule, the default of an owner who has none yet; its row.
async fn schedule(scope: &Scope<'_, Databases>, owner: UserId, availability: &str) -> i64 {
    let sql = "INSERT INTO schedule (owner_id, name, time_zone, availability, overrides, \
               created_at, updated_at) VALUES (?1, 'Hours', 'Asia/Kolkata', ?2, '[]', 0, 0)";
    let row = write(scope, Statement::command(sql, arguments![owner.row(), availability])).await;
    let default = "UPDATE user SET default_schedule_id = coalesce(default_schedule_id, ?2) \
                   WHERE id = ?1";
    write(scope, Statement::command(default, arguments![owner.row(), row])).await;
    row
}

async fn event_type(
    scope: &Scope<'_, Databases>,
    owner: UserId,
    schedule: Option<i64>,
    settings: &str,
) -> EventTypeId {
    let sql = "INSERT INTO event_type (owner_id, slug, title, length_minutes, schedule_id, \
               slot_interval, minimum_booking_notice, before_event_buffer, after_event_buffer, \
               offset_start, seats_per_slot, settings, created_at, updated_at) \
               VALUES (?1, 'intro', 'Intro', 30, ?2, 15, 60, 5, 10, 2, \
               ?3 ->> '$.seats.seatsPerTimeSlot', ?3, 0, 0)";
    let arguments = arguments![owner.row(), schedule, settings];
    EventTypeId::new(organization(), write(scope, Statement::command(sql, arguments)).await)
}

/// A team; its row.
async fn team(scope: &Scope<'_, Databases>, slug: &str, limits: Option<&str>) -> i64 {
    let sql = "INSERT INTO team (slug, name, booking_limits, created_at, updated_at) \
               VALUES (?1, ?1, ?2, 0, 0)";
    write(scope, Statement::command(sql, arguments![slug, limits])).await
}

/// An event type of a team, without hosts.
async fn team_event_type(
    scope: &Scope<'_, Databases>,
    team: i64,
    slug: &str,
    kind: &str,
) -> EventTypeId {
    let sql = "INSERT INTO event_type (team_id, slug, title, length_minutes, scheduling_type, \
               settings, created_at, updated_at) VALUES (?1, ?2, ?2, 30, ?3, '{}', 0, 0)";
    let arguments = arguments![team, slug, kind];
    EventTypeId::new(organization(), write(scope, Statement::command(sql, arguments)).await)
}

async fn host(scope: &Scope<'_, Databases>, of: EventTypeId, user: UserId, position: u32) {
    let sql = "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, created_at) \
               VALUES (?1, ?2, ?3, 0, 0)";
    write(scope, Statement::command(sql, arguments![of.row(), user.row(), position])).await;
}

/// A booking of an event type.
struct Made<'a> {
    of: EventTypeId,
    host: UserId,
    uid: &'a str,
    start: Instant,
    minutes: i64,
}

impl Made<'_> {
    fn end(&self) -> Instant {
        self.start.plus_minutes(self.minutes)
    }

    /// Accepted, without taking time.
    async fn book(&self, scope: &Scope<'_, Databases>) -> i64 {
        let sql = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, \
                   end_at, ical_uid, created_at, updated_at, seats_per_slot) \
                   SELECT ?1, id, ?3, 'x', 'accepted', ?4, ?5, ?1, 0, 0, seats_per_slot \
                   FROM event_type WHERE id = ?2";
        let end = self.end();
        let arguments = arguments![self.uid, self.of.row(), self.host.row(), self.start, end];
        write(scope, Statement::command(sql, arguments)).await
    }

    /// The same, taking its host's time.
    async fn take(&self, scope: &Scope<'_, Databases>) -> i64 {
        let booking = self.book(scope).await;
        let sql = "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id) \
                   VALUES (?1, ?2, ?3, ?4)";
        let arguments = arguments![self.host.row(), self.start, self.end(), booking];
        scope.write(vec![Statement::command(sql, arguments)]).await.unwrap();
        booking
    }
}

/// A reservation of an event type's slot that ends at some time.
async fn reservation(scope: &Scope<'_, Databases>, of: &Made<'_>, expires: &str, is_seat: bool) {
    let reservation = "INSERT INTO reservation (uid, event_type_id, start_at, end_at, \
                       duration_minutes, expires_at, is_seat, created_at) \
                       VALUES (?1, ?2, ?3, ?4, 5, ?5, ?6, 0)";
    let hold = "INSERT INTO hold (user_id, busy_start, busy_end, reservation_uid) \
                VALUES (?1, ?2, ?3, ?4)";
    let (event, expires) = (of.of.row(), at(expires));
    let (start, end) = (of.start, of.end());
    let statements = vec![
        Statement::command(reservation, arguments![of.uid, event, start, end, expires, is_seat]),
        Statement::command(hold, arguments![of.host.row(), start, end, of.uid]),
    ];
    scope.write(statements).await.unwrap();
}

/// 4 June, asked on the first.
fn day<'a>() -> Range<'a> {
    Range {
        from: at("2026-06-04"),
        to: at("2026-06-05"),
        now: at("2026-06-01"),
        ignoring_booking: None,
        ignoring_reservation: None,
    }
}

async fn loaded(scope: &Scope<'_, Databases>, id: EventTypeId) -> Availability {
    load(scope, Selector::Id(id), &day()).await.unwrap().unwrap()
}

async fn loaded_for(
    scope: &Scope<'_, Databases>,
    id: EventTypeId,
    range: &Range<'_>,
) -> Availability {
    load(scope, Selector::Id(id), range).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_event_type_brings_its_rules() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let own = schedule(&scope, ada, "[1]").await;
    let restriction = schedule(&scope, ada, "[2]").await;
    let restriction = meridian_kernel::ScheduleId::new(organization(), restriction);
    let settings = format!(
        r#"{{"bookingWindow":{{"type":"calendarDays","value":3}},
        "onlyShowFirstAvailableSlot":true,"showOptimizedSlots":true,
        "lengthInMinutesOptions":[15,30],"other":{{"a":1}},"bookingLimitsCount":{{"day":2}},
        "bookingLimitsDuration":{{"week":60}},"seats":{{"seatsPerTimeSlot":4}},
        "restrictionScheduleId":{restriction},"useBookerTimezone":true}}"#
    );
    let id = event_type(&scope, ada, Some(own), &settings).await;
    let rules = loaded(&scope, id).await.rules;
    assert_eq!((rules.id, rules.owner_id, rules.length_minutes), (id, Some(ada), 30));
    assert_eq!((rules.slot_interval, rules.minimum_booking_notice), (Some(15), 60));
    assert_eq!((rules.before_event_buffer, rules.after_event_buffer), (5, 10));
    assert_eq!((rules.offset_start, rules.seats_per_slot), (2, Some(4)));
    assert_eq!(rules.length_options, [15, 30]);
    assert_eq!(rules.booking_window.unwrap(), r#"{"type":"calendarDays","value":3}"#);
    assert!(rules.first_slot_only && rules.optimized_slots);
    assert_eq!(rules.booking_limits.unwrap(), r#"{"day":2}"#);
    assert_eq!(rules.duration_limits.unwrap(), r#"{"week":60}"#);
    assert_eq!(rules.schedule_zone.unwrap().name(), "Asia/Kolkata");
    assert_eq!(rules.restriction.unwrap().availability, "[2]");
    assert!(rules.restriction_in_booker_zone);
    assert_eq!((rules.scheduling_type, rules.team_row), (None, None));
}

#[tokio::test]
async fn settings_that_are_not_set_say_nothing() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    for settings in ["{}", r#"{"bookingWindow":null,"bookingLimitsCount":null}"#] {
        let id = event_type(&scope, ada, None, settings).await;
        let rules = loaded(&scope, id).await.rules;
        assert_eq!((rules.booking_window, rules.booking_limits), (None, None));
        assert!(rules.length_options.is_empty() && !rules.first_slot_only);
        assert_eq!((rules.restriction, rules.schedule_zone), (None, None));
        let gone = "DELETE FROM event_type WHERE id = ?1";
        write(&scope, Statement::command(gone, arguments![id.row()])).await;
    }
}

#[tokio::test]
async fn names_find_it_in_any_case_and_an_id_only_at_home() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let id = event_type(&scope, ada, None, "{}").await;
    event_type(&scope, bob, None, "{}").await;
    Made { of: id, host: ada, uid: "a", start: at("2026-06-04T10:00Z"), minutes: 30 }
        .take(&scope)
        .await;
    let range = day();
    let by = |username, slug| load(&scope, Selector::OfUser { username, slug }, &range);
    let found = by("ADA", "Intro").await.unwrap().unwrap();
    assert_eq!((found.rules.id, found.hosts[0].taken.len()), (id, 1));
    assert_eq!(found, loaded(&scope, id).await);
    assert_eq!(by("ada", "other").await.unwrap(), None);
    assert_eq!(by("eve", "intro").await.unwrap(), None);
    assert!(has_user(&scope, "Ada").await.unwrap());
    assert!(!has_user(&scope, "eve").await.unwrap());
    let elsewhere = EventTypeId::new(OrganizationNumber::new(8).unwrap(), id.row());
    assert_eq!(load(&scope, Selector::Id(elsewhere), &range).await.unwrap(), None);
}

#[tokio::test]
async fn a_teams_slug_finds_the_event_type_of_the_team() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    event_type(&scope, ada, None, "{}").await;
    let sales = team(&scope, "sales", None).await;
    let id = team_event_type(&scope, sales, "intro", "roundRobin").await;
    host(&scope, id, ada, 0).await;
    let range = day();
    let by = |team, slug| load(&scope, Selector::OfTeam { team, slug }, &range);
    let found = by("Sales", "INTRO").await.unwrap().unwrap();
    assert_eq!((found.rules.id, found.rules.team_row), (id, Some(sales)));
    assert_eq!(found, loaded(&scope, id).await);
    assert_eq!(by("sales", "other").await.unwrap(), None);
    assert_eq!(by("ada", "intro").await.unwrap(), None);
    assert!(has_team(&scope, "SALES").await.unwrap());
    assert!(!has_team(&scope, "ada").await.unwrap());
}

//! Shared slots.

use meridian_kernel::{EventTypeId, UserId, WireId};
use meridian_store::availability::{Range, SharedSlot};
use meridian_store::{Scope, Statement, arguments};

use super::{Made, day, event_type, loaded, loaded_for, reservation};
use crate::support::{Home, at, user, write};
use meridian_database::Databases;

const SHARED: &str = r#"{"seats":{"seatsPerTimeSlot":3}}"#;

async fn seat(scope: &Scope<'_, Databases>, booking: i64, uid: &str) {
    let sql = "INSERT INTO attendee (booking_id, name, email, time_zone, seat_uid) \
               VALUES (?1, ?2, ?2 || '@x.org', 'UTC', ?2)";
    write(scope, Statement::command(sql, arguments![booking, uid])).await;
}

/// A shared slot at ten with two seats booked and one held, and its event type.
async fn shared(scope: &Scope<'_, Databases>) -> (EventTypeId, UserId) {
    let ada = user(scope, "ada").await;
    let id = event_type(scope, ada, None, SHARED).await;
    let start = at("2026-06-04T10:00Z");
    let booking = Made { of: id, host: ada, uid: "slot", start, minutes: 30 }.take(scope).await;
    seat(scope, booking, "first").await;
    seat(scope, booking, "second").await;
    let held = Made { of: id, host: ada, uid: "held", start, minutes: 30 };
    reservation(scope, &held, "2026-06-02", true).await;
    (id, ada)
}

fn slot(booking_uid: Option<&str>, seats_gone: u32) -> SharedSlot {
    let start = at("2026-06-04T10:00Z");
    let booking_uid = booking_uid.map(str::to_owned);
    SharedSlot { start, end: start.plus_minutes(30), booking_uid, seats_gone }
}

#[tokio::test]
async fn seats_are_counted_and_the_time_of_their_own_slot_is_told_apart() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (id, ada) = shared(&scope).await;
    let other = "UPDATE event_type SET slug = 'other' WHERE id = ?1";
    write(&scope, Statement::command(other, arguments![id.row()])).await;
    let plain = event_type(&scope, ada, None, "{}").await;
    let noon = at("2026-06-04T12:00Z");
    Made { of: plain, host: ada, uid: "plain", start: noon, minutes: 30 }.take(&scope).await;
    let found = loaded(&scope, id).await;
    let mut seats = found.seats;
    seats.sort_by_key(|one| one.booking_uid.clone());
    assert_eq!(seats, [slot(None, 1), slot(Some("slot"), 2)]);
    let ten = at("2026-06-04T10:00Z");
    let own: Vec<_> = found.hosts[0].taken.iter().map(|one| (one.start, one.seats_of)).collect();
    assert_eq!(own, [(ten, Some(ten)), (ten, Some(ten)), (noon, None)]);
    // To another event type its host is just taken.
    let found = loaded(&scope, plain).await;
    assert!(found.seats.is_empty());
    assert!(found.hosts[0].taken.iter().all(|one| one.seats_of.is_none()));
    assert_eq!(found.hosts[0].taken.len(), 3);
}

#[tokio::test]
async fn a_seat_being_moved_is_free_and_the_slot_too_if_it_was_the_last() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (id, _) = shared(&scope).await;
    let without = async |ignoring_booking| {
        let range = Range { ignoring_booking, ignoring_reservation: Some("held"), ..day() };
        let found = loaded_for(&scope, id, &range).await;
        (found.seats, found.hosts[0].taken.len())
    };
    assert_eq!(without(None).await, (vec![slot(Some("slot"), 2)], 1));
    assert_eq!(without(Some("second")).await, (vec![slot(Some("slot"), 1)], 1));
    assert_eq!(without(Some("slot")).await, (vec![], 0));
    let leave = "DELETE FROM attendee WHERE seat_uid = 'first'";
    write(&scope, Statement::command(leave, [])).await;
    assert_eq!(without(Some("second")).await, (vec![], 0));
}

#[tokio::test]
async fn more_shared_slots_than_one_answer_holds_come_page_by_page() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None, SHARED).await;
    let many = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, end_at, \
                ical_uid, created_at, updated_at, seats_per_slot) \
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300) \
                SELECT 'n' || i, ?1, ?2, 'x', 'accepted', ?3 + i / 7, ?3 + 1800000, '', 0, 0, 3 \
                FROM n";
    let arguments = arguments![id.row(), ada.row(), at("2026-06-04")];
    write(&scope, Statement::command(many, arguments)).await;
    assert_eq!(loaded(&scope, id).await.seats.len(), 1_300);
}

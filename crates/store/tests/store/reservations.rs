//! Slots held for whoever is just booking them.

use meridian_database::Databases;
use meridian_kernel::{EventTypeId, Instant, OrganizationNumber, UserId, WireId};
use meridian_store::reservations::{
    Claim, ClaimOutcome, Reservation, consume, create, delete, find, may_choose_duration, replace,
};
use meridian_store::{Scope, Statement, arguments};

use crate::support::{Home, at, organization, user, write};
use ClaimOutcome::{Awaited, Gone, Held, Taken};

/// The clock of these tests.
const NOW: Instant = Instant::from_millis(1_780_000_000_000);

async fn event_type(
    scope: &Scope<'_, Databases>,
    owner: UserId,
    seats: Option<u32>,
) -> EventTypeId {
    let sql = "INSERT INTO event_type (owner_id, slug, title, length_minutes, seats_per_slot, \
               settings, created_at, updated_at) \
               VALUES (?1, 's' || (SELECT count(*) FROM event_type), 'T', 30, ?2, '{}', 0, 0)";
    let row = write(scope, Statement::command(sql, arguments![owner.row(), seats])).await;
    EventTypeId::new(organization(), row)
}

/// A reservation of half an hour, ending five minutes from now.
fn reservation(uid: &str, of: EventTypeId, start: Instant, is_seat: bool) -> Reservation {
    Reservation {
        uid: uid.to_owned(),
        event_type_id: of,
        start,
        end: start.plus_minutes(30),
        duration_minutes: 5,
        expires_at: NOW.plus_minutes(5),
        is_seat,
    }
}

/// With ten minutes kept free on both sides.
fn claim<'a>(reservation: &'a Reservation, hosts: &'a [UserId], now: Instant) -> Claim<'a> {
    let needs = (reservation.start.plus_minutes(-10), reservation.end.plus_minutes(10));
    Claim { reservation, hosts, needs, now }
}

async fn hold(
    scope: &Scope<'_, Databases>,
    reservation: &Reservation,
    hosts: &[UserId],
) -> ClaimOutcome {
    create(scope, &claim(reservation, hosts, NOW)).await.unwrap()
}

async fn change(
    scope: &Scope<'_, Databases>,
    reservation: &Reservation,
    hosts: &[UserId],
) -> ClaimOutcome {
    replace(scope, &claim(reservation, hosts, NOW)).await.unwrap()
}

/// A booking of half an hour; its row.
async fn book(
    scope: &Scope<'_, Databases>,
    of: EventTypeId,
    host: UserId,
    start: Instant,
    seats: &[&str],
) -> i64 {
    let booking = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, \
                   end_at, ical_uid, created_at, updated_at, seats_per_slot) \
                   SELECT 'b' || ?3, id, ?2, 'x', 'accepted', ?3, ?3 + 1800000, '', 0, 0, \
                   seats_per_slot FROM event_type WHERE id = ?1";
    let arguments = arguments![of.row(), host.row(), start];
    let row = write(scope, Statement::command(booking, arguments)).await;
    let taken = "INSERT INTO busy_time (user_id, busy_start, busy_end, booking_id) \
                 VALUES (?1, ?2, ?2 + 1800000, ?3)";
    let taken = Statement::command(taken, arguments![host.row(), start, row]);
    let seat = "INSERT INTO attendee (booking_id, name, email, time_zone, seat_uid) \
                VALUES (?1, ?2, ?2 || '@x.org', 'UTC', ?2)";
    let seats = seats.iter().map(|uid| Statement::command(seat, arguments![row, *uid]));
    scope.write([taken].into_iter().chain(seats).collect()).await.unwrap();
    row
}

fn ten() -> Instant {
    at("2026-06-04T10:00Z")
}

#[tokio::test]
async fn what_is_held_is_found_until_it_ends() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None).await;
    let made = reservation("r", id, ten(), false);
    assert_eq!(hold(&scope, &made, &[ada]).await, Held);
    assert_eq!(find(&scope, "r", NOW).await.unwrap(), Some(made.clone()));
    let just_before = made.expires_at.plus_millis(-1);
    assert!(find(&scope, "r", just_before).await.unwrap().is_some());
    assert_eq!(find(&scope, "r", made.expires_at).await.unwrap(), None);
    assert_eq!(find(&scope, "other", NOW).await.unwrap(), None);
    delete(&scope, "r").await.unwrap();
    delete(&scope, "r").await.unwrap();
    assert_eq!(find(&scope, "r", NOW).await.unwrap(), None);
    assert_eq!(hold(&scope, &made, &[ada]).await, Held);
}

#[tokio::test]
async fn a_time_is_held_once_with_its_buffers_and_by_every_host() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let (id, other) = (event_type(&scope, ada, None).await, event_type(&scope, bob, None).await);
    assert_eq!(hold(&scope, &reservation("r", id, ten(), false), &[ada, bob]).await, Held);
    // The buffers of both add up: 30 minutes and twice ten.
    for (minutes, outcome) in [(-49, Taken), (0, Taken), (49, Taken), (50, Held), (-50, Held)] {
        let next = reservation(&format!("n{minutes}"), other, ten().plus_minutes(minutes), false);
        assert_eq!(hold(&scope, &next, &[bob]).await, outcome, "{minutes}");
    }
    // Nothing is left of those that failed.
    assert_eq!(find(&scope, "n0", NOW).await.unwrap(), None);
}

#[tokio::test]
async fn a_booked_time_cannot_be_held() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None).await;
    book(&scope, id, ada, ten(), &[]).await;
    for (minutes, outcome) in [(-39, Taken), (39, Taken), (-40, Held), (40, Held)] {
        let next = reservation(&format!("n{minutes}"), id, ten().plus_minutes(minutes), false);
        assert_eq!(hold(&scope, &next, &[ada]).await, outcome, "{minutes}");
    }
}

#[tokio::test]
async fn a_booking_that_waits_for_its_hosts_word_is_in_the_way_of_its_own_event_type() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let (id, other) = (event_type(&scope, ada, None).await, event_type(&scope, ada, None).await);
    let waiting = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, \
                   end_at, ical_uid, created_at, updated_at) \
                   VALUES ('w', ?1, ?2, 'x', 'pending', ?3, ?3 + 1800000, '', 0, 0)";
    let arguments = arguments![id.row(), ada.row(), ten()];
    write(&scope, Statement::command(waiting, arguments)).await;
    assert_eq!(hold(&scope, &reservation("a", id, ten(), false), &[ada]).await, Awaited);
    let overlapping = reservation("b", id, ten().plus_minutes(29), false);
    assert_eq!(hold(&scope, &overlapping, &[ada]).await, Awaited);
    // It takes no time of another event type's, nor of another host.
    assert_eq!(hold(&scope, &reservation("c", other, ten(), false), &[ada]).await, Held);
    assert_eq!(hold(&scope, &reservation("d", id, ten(), false), &[bob]).await, Held);
    let next = reservation("e", id, ten().plus_minutes(60), false);
    assert_eq!(hold(&scope, &next, &[ada]).await, Held);
    let back = reservation("e", id, ten().plus_minutes(15), false);
    assert_eq!(change(&scope, &back, &[ada]).await, Awaited);
}

#[tokio::test]
async fn what_has_ended_is_in_nobodys_way_and_is_cleared() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None).await;
    let first = reservation("first", id, ten(), false);
    assert_eq!(hold(&scope, &first, &[ada]).await, Held);
    let second = Reservation {
        expires_at: first.expires_at.plus_minutes(5),
        ..reservation("second", id, ten(), false)
    };
    let too_early = first.expires_at.plus_millis(-1);
    for (now, outcome) in [(too_early, Taken), (first.expires_at, Held)] {
        assert_eq!(create(&scope, &claim(&second, &[ada], now)).await.unwrap(), outcome);
    }
    let left = "SELECT (SELECT count(*) FROM reservation), (SELECT count(*) FROM hold)";
    let rows = scope.read_one(Statement::query(left, [])).await.unwrap();
    let row = rows.first().unwrap();
    assert_eq!((row.integer(0).unwrap(), row.integer(1).unwrap()), (1, 1));
}

#[tokio::test]
async fn a_reservation_moves_under_the_same_conditions_and_not_past_its_end() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None).await;
    let made = reservation("r", id, ten(), false);
    hold(&scope, &made, &[ada]).await;
    hold(&scope, &reservation("other", id, ten().plus_minutes(120), false), &[ada]).await;
    // Its own time is not in its way.
    let nearby = reservation("r", id, ten().plus_minutes(15), false);
    assert_eq!(change(&scope, &nearby, &[ada]).await, Held);
    assert_eq!(find(&scope, "r", NOW).await.unwrap(), Some(nearby.clone()));
    let onto = reservation("r", id, ten().plus_minutes(120), false);
    assert_eq!(change(&scope, &onto, &[ada]).await, Taken);
    assert_eq!(find(&scope, "r", NOW).await.unwrap(), Some(nearby.clone()));
    // What it left is free, what it has is not.
    assert_eq!(
        hold(&scope, &reservation("a", id, ten().plus_minutes(-50), false), &[ada]).await,
        Held
    );
    assert_eq!(
        hold(&scope, &reservation("b", id, ten().plus_minutes(30), false), &[ada]).await,
        Taken
    );
    assert_eq!(change(&scope, &reservation("no", id, ten(), false), &[ada]).await, Gone);
    let late = nearby.expires_at;
    assert_eq!(replace(&scope, &claim(&nearby, &[ada], late)).await.unwrap(), Gone);
}

#[tokio::test]
async fn seats_are_held_as_long_as_one_is_left() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let shared = event_type(&scope, ada, Some(3)).await;
    let plain = event_type(&scope, ada, None).await;
    book(&scope, shared, ada, ten(), &["seat"]).await;
    let seat = |uid: &str| reservation(uid, shared, ten(), true);
    assert_eq!(hold(&scope, &seat("first"), &[ada]).await, Held);
    assert_eq!(hold(&scope, &seat("second"), &[ada]).await, Held);
    assert_eq!(hold(&scope, &seat("third"), &[ada]).await, Taken);
    // It keeps its own seat.
    assert_eq!(change(&scope, &seat("second"), &[ada]).await, Held);
    delete(&scope, "first").await.unwrap();
    assert_eq!(hold(&scope, &seat("third"), &[ada]).await, Held);
    // Every other start is out of the question, whoever asks.
    let later = ten().plus_minutes(15);
    assert_eq!(hold(&scope, &reservation("x", shared, later, true), &[ada]).await, Taken);
    assert_eq!(hold(&scope, &reservation("x", plain, ten(), false), &[ada]).await, Taken);
    let longer = Reservation { end: ten().plus_minutes(60), ..seat("x") };
    assert_eq!(hold(&scope, &longer, &[ada]).await, Taken);
}

#[tokio::test]
async fn a_seat_that_nobody_booked_yet_keeps_other_event_types_out() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let shared = event_type(&scope, ada, Some(3)).await;
    let plain = event_type(&scope, ada, None).await;
    assert_eq!(hold(&scope, &reservation("seat", shared, ten(), true), &[ada]).await, Held);
    assert_eq!(hold(&scope, &reservation("x", plain, ten(), false), &[ada]).await, Taken);
    assert_eq!(hold(&scope, &reservation("next", shared, ten(), true), &[ada]).await, Held);
    // A plain booking in the way of the slot keeps its seats out too.
    let noon = ten().plus_minutes(120);
    book(&scope, plain, ada, noon, &[]).await;
    assert_eq!(hold(&scope, &reservation("noon", shared, noon, true), &[ada]).await, Taken);
}

#[tokio::test]
async fn an_event_type_that_changed_or_went_is_no_longer_held() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let (shared, plain) =
        (event_type(&scope, ada, Some(3)).await, event_type(&scope, ada, None).await);
    let no_longer_shared = reservation("a", plain, ten(), true);
    let no_longer_plain = reservation("b", shared, ten(), false);
    let gone = reservation("c", EventTypeId::new(organization(), 99), ten(), false);
    for claimed in [no_longer_shared, no_longer_plain, gone] {
        assert_eq!(hold(&scope, &claimed, &[ada]).await, Taken);
    }
    assert_eq!(hold(&scope, &reservation("d", plain, ten(), false), &[]).await, Taken);
    // With the event type go its reservations.
    hold(&scope, &reservation("r", plain, ten(), false), &[ada]).await;
    let delete = "DELETE FROM event_type WHERE id = ?1";
    write(&scope, Statement::command(delete, arguments![plain.row()])).await;
    assert_eq!(find(&scope, "r", NOW).await.unwrap(), None);
    let held = scope.read_one(Statement::query("SELECT 1 FROM hold", [])).await.unwrap();
    assert!(held.first().is_none());
}

#[tokio::test]
async fn of_many_at_once_one_holds_the_slot_and_as_many_as_there_are_seats() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let (plain, shared) =
        (event_type(&scope, ada, None).await, event_type(&scope, ada, Some(7)).await);
    for (of, start, is_seat, capacity) in
        [(plain, ten(), false, 1), (shared, ten().plus_minutes(600), true, 7)]
    {
        let tries = (0..40).map(|index| {
            let scope = &scope;
            async move {
                // Identical, or merely overlapping.
                let start = if is_seat { start } else { start.plus_minutes(index % 3) };
                let reservation = reservation(&format!("{of}-{index}"), of, start, is_seat);
                hold(scope, &reservation, &[ada]).await
            }
        });
        let outcomes = futures::future::join_all(tries).await;
        assert_eq!(outcomes.iter().filter(|one| **one == Held).count(), capacity);
    }
}

#[tokio::test]
async fn the_batch_of_a_booking_ends_the_reservation_it_uses() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None).await;
    hold(&scope, &reservation("r", id, ten(), false), &[ada]).await;
    scope.write(vec![consume("r")]).await.unwrap();
    assert_eq!(find(&scope, "r", NOW).await.unwrap(), None);
    assert_eq!(hold(&scope, &reservation("s", id, ten(), false), &[ada]).await, Held);
}

#[tokio::test]
async fn who_belongs_to_the_event_type_may_say_how_long_it_is_held() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob, eve) =
        (user(&scope, "ada").await, user(&scope, "bob").await, user(&scope, "eve").await);
    let own = event_type(&scope, ada, None).await;
    let team = "INSERT INTO team (slug, name, created_at, updated_at) VALUES ('t', 't', 0, 0)";
    let team = write(&scope, Statement::command(team, [])).await;
    let of_team = "INSERT INTO event_type (team_id, slug, title, length_minutes, \
                   scheduling_type, settings, created_at, updated_at) \
                   VALUES (?1, 'x', 'x', 30, 'collective', '{}', 0, 0)";
    let of_team = write(&scope, Statement::command(of_team, arguments![team])).await;
    let of_team = EventTypeId::new(organization(), of_team);
    let may = async |user, of| may_choose_duration(&scope, user, of).await.unwrap();
    assert!(may(ada, own).await && !may(bob, own).await && !may(ada, of_team).await);
    let member = "INSERT INTO team_membership (team_id, user_id, role, accepted, created_at, \
                  updated_at) VALUES (?1, ?2, 'MEMBER', ?3, 0, 0)";
    for (user, accepted) in [(ada, true), (bob, true), (eve, false)] {
        let arguments = arguments![team, user.row(), accepted];
        write(&scope, Statement::command(member, arguments)).await;
    }
    assert!(may(bob, own).await && may(bob, of_team).await && may(ada, of_team).await);
    assert!(!may(eve, own).await && !may(eve, of_team).await);
    let foreign = EventTypeId::new(OrganizationNumber::NONE, 99);
    assert!(!may(ada, foreign).await);
}

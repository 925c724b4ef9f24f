//! Several hosts: none is in two places, and turns go round.

use meridian_kernel::{Instant, SchedulingType, UserId, WireId};
use meridian_store::bookings::{Bookable, Booking, CreateOutcome, NewBookings};
use meridian_store::{Statement, arguments};

use crate::world::{
    TRIES, book, book_with, booking, is_made, new, noon, now, of_team, organization, overlaps,
    race, scope, user,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_host_of_two_teams_is_in_one_place() {
    let scope = scope().await;
    let mut hosts = Vec::new();
    for name in ["left", "both", "right"] {
        hosts.push(user(&scope, name).await);
    }
    let collective = SchedulingType::Collective;
    let left = of_team(&scope, "left", collective, &[hosts[0], hosts[1]]).await;
    let right = of_team(&scope, "right", collective, &[hosts[1], hosts[2]]).await;
    for day in 0..TRIES {
        let outcomes = race([(&left, 0), (&right, 15)].map(|(of, minutes)| {
            let one = [booking(of, noon(day).plus_minutes(minutes), 30, "grace@x.org")];
            let of = of.clone();
            async move { book(&of, &one).await }
        }))
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| is_made(outcome)).count(), 1, "{outcomes:?}");
    }
    assert_eq!(overlaps().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn turns_go_round_however_many_choose_at_once() {
    let scope = scope().await;
    let mut hosts = Vec::new();
    for name in ["one", "two", "three"] {
        hosts.push(user(&scope, name).await);
    }
    let of = of_team(&scope, "robin", SchedulingType::RoundRobin, &hosts).await;
    // Each day nine bookings at different times: three for each host.
    for day in 0..TRIES {
        let outcomes = race((0..9).map(|index| {
            let (of, start) = (of.clone(), noon(day).plus_minutes(45 * index));
            async move { book_turn(&of, start, now().plus_minutes(day)).await }
        }))
        .await;
        assert!(outcomes.iter().all(is_made), "{outcomes:?}");
    }
    let sql = "SELECT user_id, count(*) FROM booking WHERE event_type_id = ?1 GROUP BY user_id";
    let query = Statement::query(sql, arguments![of.id.row()]);
    let rows = scope.read_primary(query).await.unwrap();
    let counts = rows.map(|row| row.integer(1)).unwrap();
    let even = TRIES * 9 / 3;
    assert!(counts.iter().all(|count| (count - even).abs() <= 1), "{counts:?}");
}

/// Books whoever waits longest, as a request does: what it read must still be so.
async fn book_turn(of: &Bookable, start: Instant, at: Instant) -> CreateOutcome {
    for _ in 0..200 {
        let (host, last) = next(of).await;
        let organizer = of.hosts.iter().find(|one| one.user.id == host).unwrap().user.clone();
        let plain = booking(of, start, 30, "grace@x.org");
        let one = [Booking { organizer, co_hosts: Vec::new(), ..plain }];
        let new = NewBookings { turns: vec![(host, last)], now: at, ..new(of) };
        let outcome = book_with(&one, new).await;
        if outcome != CreateOutcome::Outdated {
            return outcome;
        }
    }
    panic!("nothing settles")
}

async fn next(of: &Bookable) -> (UserId, Option<Instant>) {
    let sql = "SELECT user_id, last_booked_at FROM event_host WHERE event_type_id = ?1 \
               ORDER BY last_booked_at, position LIMIT 1";
    let query = Statement::query(sql, arguments![of.id.row()]);
    let rows = scope().await.read_primary(query).await.unwrap();
    let row = rows.first().unwrap();
    let last = row.optional(1, |row, column| row.instant(column)).unwrap();
    (UserId::new(organization(), row.integer(0).unwrap()), last)
}

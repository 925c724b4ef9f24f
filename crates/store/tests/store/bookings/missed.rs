//! Bookings that hosts could not have had: they came later, or were away.

use meridian_kernel::{SchedulingType, WireId};
use meridian_store::bookings::{self, Booking, Host, MissedByHosts};
use meridian_store::{Statement, arguments};

use super::NOON;
use super::kinds::{create, ids, of_all_hosts, team_event_type};
use crate::support::{Home, at, user, write};

const DAY: i64 = 24 * 60;

#[tokio::test]
async fn bookings_are_missed_by_who_came_later_or_was_away_and_does_not_hold_them() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let [ada, bob] = [user(&scope, "ada").await, user(&scope, "bob").await];
    let (_, of) = team_event_type(&scope, SchedulingType::RoundRobin, &[ada, bob]).await;
    let host = |id| of.hosts.iter().find(|host| host.user.id == id).unwrap().clone();
    let book = async |hosts: Vec<Host>, day: i64| {
        let start = at(NOON).plus_minutes(day * DAY);
        let mut hosts = hosts.into_iter();
        let organizer = hosts.next().unwrap().user;
        let (co_hosts, end) = (hosts.collect(), start.plus_minutes(30));
        let booking = Booking { organizer, co_hosts, start, end, ..of_all_hosts(&of) };
        ids(create(&scope, &[booking]).await);
    };
    let missed = async || {
        let period = (at(NOON).plus_minutes(-DAY), at(NOON).plus_minutes(30 * DAY));
        bookings::missed_by_hosts(&scope, of.id, period).await.unwrap()
    };
    for day in 0..3 {
        book(vec![host(ada)], day).await;
    }
    assert_eq!(missed().await, [], "everybody was there");

    // Bob is away on the last of the three days; the day after it he holds one.
    let midnight = at(NOON).plus_minutes(2 * DAY - 12 * 60);
    let away = "INSERT INTO out_of_office (uuid, user_id, start_at, end_at, created_at, updated_at) \
                VALUES ('u', ?1, ?2, ?3, 0, 0)";
    let last = midnight.plus_minutes(2 * DAY).plus_millis(-1);
    write(&scope, Statement::command(away, arguments![bob.row(), midnight, last])).await;
    book(vec![host(bob)], 3).await;
    let of_bob = |count| MissedByHosts { group: String::new(), absent: vec![bob], count };
    assert_eq!(missed().await, [of_bob(1)]);

    // Whoever is added after all of them missed those that are not theirs.
    let later = "UPDATE event_host SET created_at = ?2 WHERE user_id = ?1";
    write(&scope, Statement::command(later, arguments![bob.row(), i64::MAX])).await;
    assert_eq!(missed().await, [of_bob(3)]);
    book([ada, bob].map(host).to_vec(), 5).await;
    assert_eq!(missed().await, [of_bob(3)], "a host beside another one holds it too");
}

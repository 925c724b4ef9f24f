//! Who hosts an event type, and what their calendars say.

use meridian_store::availability::{Range, load_people};

use super::{day, event_type, host, loaded, loaded_for, schedule, team, team_event_type};
use crate::support::{Home, at, user, write};
use meridian_kernel::WireId;
use meridian_store::{Statement, arguments};

#[tokio::test]
async fn an_owner_hosts_by_the_event_types_schedule_or_else_by_the_default() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let id = event_type(&scope, ada, None, "{}").await;
    let hosts = loaded(&scope, id).await.hosts;
    assert_eq!((hosts.len(), hosts[0].user_id, &hosts[0].hours), (1, ada, &None));
    assert!(hosts[0].is_fixed);
    schedule(&scope, ada, "[1]").await;
    let found = &loaded(&scope, id).await.hosts[0];
    assert_eq!(found.hours.as_ref().unwrap().availability, "[1]");
    assert!(found.hours_are_default);
    let own = schedule(&scope, ada, "[2]").await;
    let change = "UPDATE event_type SET schedule_id = ?1";
    write(&scope, Statement::command(change, arguments![own])).await;
    let found = &loaded(&scope, id).await.hosts[0];
    assert_eq!(found.hours.as_ref().unwrap().availability, "[2]");
    assert!(!found.hours_are_default);
}

#[tokio::test]
async fn hosts_of_a_team_come_in_their_order_with_what_a_choice_looks_at() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob, eve) =
        (user(&scope, "ada").await, user(&scope, "bob").await, user(&scope, "eve").await);
    schedule(&scope, ada, "[1]").await;
    schedule(&scope, bob, "[2]").await;
    let special = schedule(&scope, bob, "[3]").await;
    let sales = team(&scope, "sales", None).await;
    let id = team_event_type(&scope, sales, "intro", "roundRobin").await;
    for (user, position) in [(eve, 0), (bob, 1), (ada, 2)] {
        host(&scope, id, user, position).await;
    }
    let change = "UPDATE event_host SET is_fixed = 1, priority = 4, weight = 50, \
                  group_id = 'g', schedule_id = ?2, last_booked_at = 1000 WHERE user_id = ?1";
    write(&scope, Statement::command(change, arguments![bob.row(), special])).await;
    let hosts = loaded(&scope, id).await.hosts;
    let order: Vec<_> = hosts.iter().map(|host| host.user_id).collect();
    assert_eq!(order, [eve, bob, ada]);
    assert_eq!((hosts[0].priority, hosts[0].weight, hosts[0].is_fixed), (2, 100, false));
    assert_eq!((&hosts[0].group, hosts[0].last_booked_at), (&None, None));
    let chosen = &hosts[1];
    assert_eq!((chosen.priority, chosen.weight, chosen.is_fixed), (4, 50, true));
    assert_eq!(chosen.group.as_deref(), Some("g"));
    assert_eq!(chosen.last_booked_at.unwrap().millis(), 1000);
    assert_eq!(chosen.hours.as_ref().unwrap().availability, "[3]");
    assert!(!chosen.hours_are_default && hosts[2].hours_are_default);
    // The event type's own schedule goes before everybody's.
    let change = "UPDATE event_type SET schedule_id = ?1 WHERE id = ?2";
    write(&scope, Statement::command(change, arguments![special, id.row()])).await;
    for host in loaded(&scope, id).await.hosts {
        assert_eq!(host.hours.unwrap().availability, "[3]");
    }
}

#[tokio::test]
async fn who_has_left_is_no_host_and_a_managed_event_type_has_none() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let own = event_type(&scope, bob, None, "{}").await;
    let sales = team(&scope, "sales", None).await;
    let id = team_event_type(&scope, sales, "intro", "collective").await;
    host(&scope, id, ada, 0).await;
    host(&scope, id, bob, 1).await;
    let managed = team_event_type(&scope, sales, "managed", "managed").await;
    host(&scope, managed, ada, 0).await;
    assert_eq!(loaded(&scope, id).await.hosts.len(), 2);
    assert!(loaded(&scope, managed).await.hosts.is_empty());
    let leave = "UPDATE user SET left_at = 1 WHERE id = ?1";
    write(&scope, Statement::command(leave, arguments![bob.row()])).await;
    let hosts = loaded(&scope, id).await.hosts;
    assert_eq!((hosts.len(), hosts[0].user_id), (1, ada));
    assert!(loaded(&scope, own).await.hosts.is_empty());
}

#[tokio::test]
async fn days_away_and_travels_that_meet_the_range_come_along() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let id = event_type(&scope, ada, None, "{}").await;
    let away = |owner: i64, first: &str, last: &str| {
        let sql = "INSERT INTO out_of_office (uuid, user_id, start_at, end_at, created_at, \
                   updated_at) VALUES (?1 || ?2, ?1, ?2, ?3, 0, 0)";
        let end = at(last).plus_millis(86_400_000 - 1);
        Statement::command(sql, arguments![owner, at(first), end])
    };
    let travel = |owner: i64, first: &str, last: Option<&str>| {
        let sql = "INSERT INTO travel_schedule (user_id, time_zone, start_date, end_date, \
                   created_at) VALUES (?1, 'Asia/Tokyo', ?2, ?3, 0)";
        Statement::command(sql, arguments![owner, first, last])
    };
    let statements = vec![
        away(ada.row(), "2026-05-01", "2026-05-30"),
        away(ada.row(), "2026-06-03", "2026-06-04"),
        away(ada.row(), "2026-06-09", "2026-06-10"),
        away(bob.row(), "2026-06-04", "2026-06-04"),
        travel(ada.row(), "2026-05-01", Some("2026-05-30")),
        travel(ada.row(), "2026-06-01", Some("2026-06-04")),
        travel(ada.row(), "2026-05-31", None),
        travel(ada.row(), "2026-06-09", None),
        travel(bob.row(), "2026-06-01", None),
    ];
    scope.write(statements).await.unwrap();
    let found = &loaded(&scope, id).await.hosts[0];
    let end = at("2026-06-05").plus_millis(-1);
    assert_eq!(found.away, [(at("2026-06-03"), end)]);
    let days: Vec<_> =
        found.travels.iter().map(|one| (one.first.as_str(), one.last.as_deref())).collect();
    assert_eq!(days, [("2026-05-31", None), ("2026-06-01", Some("2026-06-04"))]);
    assert_eq!(found.travels[0].time_zone.name(), "Asia/Tokyo");
    // A year later only the one without an end is left.
    let later = Range { from: at("2027-06-04"), to: at("2027-06-05"), ..day() };
    let found = &loaded_for(&scope, id, &later).await.hosts[0];
    assert_eq!((found.away.len(), found.travels.len()), (0, 2));
}

#[tokio::test]
async fn people_are_found_by_their_names_in_the_order_asked_for() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    user(&scope, "eve").await;
    schedule(&scope, ada, "[1]").await;
    let id = event_type(&scope, ada, None, "{}").await;
    let start = at("2026-06-04T10:00Z");
    super::Made { of: id, host: ada, uid: "a", start, minutes: 30 }.take(&scope).await;
    let refuse = "UPDATE user SET allow_dynamic_booking = 0 WHERE id = ?1";
    write(&scope, Statement::command(refuse, arguments![bob.row()])).await;
    let names = ["Bob".to_owned(), "nobody".to_owned(), "ADA".to_owned()];
    let people = load_people(&scope, &names, &day()).await.unwrap();
    let found: Vec<_> =
        people.iter().map(|one| (one.username.as_str(), one.allows_dynamic_booking)).collect();
    assert_eq!(found, [("bob", false), ("ada", true)]);
    assert_eq!(people[1].host.taken.len(), 1);
    assert_eq!(people[1].host.hours.as_ref().unwrap().availability, "[1]");
    assert!(people[0].host.is_fixed && people[0].host.taken.is_empty());
}

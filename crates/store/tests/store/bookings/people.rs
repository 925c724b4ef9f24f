//! People who come later, places that change, and what else readers ask.

use meridian_database::Databases;
use meridian_kernel::{EventTypeId, UserId, WireId};
use meridian_store::bookings::{
    self, Addition, AdditionOutcome, Attendee, Booking, Viewer, change_location,
};
use meridian_store::{Scope, Statement, arguments};
use serde_json::json;

use super::{NOON, attendee, booking, cancel, event_type, filter, made, now, number};
use crate::support::{Home, at, organization, user};

async fn add(
    scope: &Scope<'_, Databases>,
    booking: &Booking,
    people: &[Attendee],
    most: u32,
) -> AdditionOutcome {
    let addition = Addition { booking, people, most, now: now().plus_minutes(5) };
    bookings::add_attendees(scope, &addition).await.unwrap()
}

fn guest(name: &str) -> Attendee {
    attendee(&format!("{name}@example.com"), true)
}

async fn noon(scope: &Scope<'_, Databases>) -> (UserId, Booking) {
    let ada = user(scope, "ada").await;
    let of = event_type(scope, ada, "intro").await;
    (ada, made(scope, booking(&of, at(NOON), 30)).await)
}

#[tokio::test]
async fn who_is_added_attends_and_the_calendar_entry_changes() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (_, noon) = noon(&scope).await;
    let people = [guest("zoe"), attendee("carl@example.com", false)];
    let AdditionOutcome::Added(ids) = add(&scope, &noon, &people, 31).await else { panic!() };
    let found = bookings::find_primary(&scope, &noon.uid).await.unwrap().unwrap();
    let names: Vec<&str> = found.attendees.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["grace", "bob", "zoe", "carl"]);
    assert_eq!(ids, [found.attendees[2].id, found.attendees[3].id]);
    assert_eq!(found.responses["guests"], json!(["bob@x.org", "zoe@example.com"]));
    assert_eq!((found.ical_sequence, found.updated_at), (1, now().plus_minutes(5)));
}

#[tokio::test]
async fn nobody_is_added_twice_or_beyond_the_bound() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (_, noon) = noon(&scope).await;
    let known = [attendee("BOB@x.org", true), attendee("grace@X.org", true)];
    assert_eq!(add(&scope, &noon, &known, 31).await, AdditionOutcome::NobodyNew);
    let three = [guest("a"), guest("b"), guest("c")];
    assert_eq!(add(&scope, &noon, &three, 4).await, AdditionOutcome::TooMany);
    assert_eq!(number(&scope, "SELECT count(*) FROM attendee").await, 2);
    // Who attends already does not count again.
    let mixed = [attendee("bob@x.org", true), guest("a"), guest("b")];
    let AdditionOutcome::Added(ids) = add(&scope, &noon, &mixed, 4).await else { panic!() };
    assert_eq!(ids.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_additions_at_once_no_more_succeed_than_fit() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (_, noon) = noon(&scope).await;
    let people: Vec<[Attendee; 2]> = (0..20)
        .map(|index| [guest(&format!("a{index}")), guest(&format!("b{}", index / 2))])
        .collect();
    let added = people.iter().map(|two| add(&scope, &noon, two, 11));
    let outcomes = futures::future::join_all(added).await;
    let full = outcomes.iter().filter(|outcome| **outcome == AdditionOutcome::TooMany).count();
    assert!(full > 0, "{outcomes:?}");
    let count = number(&scope, "SELECT count(*) FROM attendee").await;
    assert!((10..=11).contains(&count), "{count}");
    let doubles = "SELECT count(*) - count(DISTINCT email) FROM attendee";
    assert_eq!(number(&scope, doubles).await, 0);
}

#[tokio::test]
async fn nobody_is_added_to_what_does_not_take_place_or_has_seats() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (_, noon) = noon(&scope).await;
    cancel(&scope, &noon).await;
    assert_eq!(add(&scope, &noon, &[guest("a")], 31).await, AdditionOutcome::NotOpen);
    let seats = "UPDATE booking SET status = 'accepted', seats_per_slot = 5";
    scope.write(vec![Statement::command(seats, [])]).await.unwrap();
    assert_eq!(add(&scope, &noon, &[guest("a")], 31).await, AdditionOutcome::NotOpen);
}

#[tokio::test]
async fn users_who_are_added_are_taken_and_see_the_booking() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (_, noon) = noon(&scope).await;
    let zoe = user(&scope, "zoe").await;
    add(&scope, &noon, &[guest("Zoe")], 31).await;
    let taken = "SELECT count(*) FROM busy_time z JOIN busy_time o USING (busy_start, busy_end, \
                 booking_id) WHERE z.exclusive = 0 AND o.exclusive = 1";
    assert_eq!(number(&scope, taken).await, 1);
    let seen = bookings::list(&scope, &filter(zoe)).await.unwrap();
    assert_eq!(seen.bookings.len(), 1);
}

#[tokio::test]
async fn whoever_moves_to_an_address_sees_what_it_attends() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, _) = noon(&scope).await;
    let zoe = user(&scope, "zoe").await;
    let count = async |user| bookings::list(&scope, &filter(user)).await.unwrap().total;
    assert_eq!(count(zoe).await, 0);
    let moves = "UPDATE user SET email = ?2 WHERE id = ?1";
    for (user, email, seen) in [
        (zoe, "GRACE@x.org", 1),
        (zoe, "bob@x.org", 1),
        (zoe, "zoe@example.com", 0),
        // A host stays one whatever the address.
        (ada, "ada@elsewhere.org", 1),
    ] {
        scope.write(vec![Statement::command(moves, arguments![user.row(), email])]).await.unwrap();
        assert_eq!(count(user).await, seen, "{email}");
    }
    let comes = "INSERT INTO user (username, email, time_zone, created_at, updated_at) \
                 VALUES ('new', 'bob@X.org', 'UTC', 0, 0)";
    let row = crate::support::write(&scope, Statement::command(comes, [])).await;
    assert_eq!(count(UserId::new(organization(), row)).await, 1);
}

#[tokio::test]
async fn a_place_is_changed_while_the_booking_takes_place() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (_, noon) = noon(&scope).await;
    let answer = json!({"value": "link", "optionValue": ""});
    let change =
        || change_location(&scope, &noon.uid, "https://a.b/c", &answer, now().plus_minutes(7));
    assert!(change().await.unwrap());
    let found = bookings::find_primary(&scope, &noon.uid).await.unwrap().unwrap();
    assert_eq!(found.location.as_deref(), Some("https://a.b/c"));
    assert_eq!(found.responses["location"], answer);
    assert_eq!((found.ical_sequence, found.updated_at), (1, now().plus_minutes(7)));
    cancel(&scope, &noon).await;
    assert!(!change().await.unwrap());
}

#[tokio::test]
async fn event_types_say_whether_seats_are_shown() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let mut ids = Vec::new();
    for (slug, settings) in [
        ("open", r#"{"seats": {"showAttendeeInfo": true}}"#),
        ("shut", r#"{"seats": {"showAttendeeInfo": false}}"#),
        ("none", "{}"),
    ] {
        let id = event_type(&scope, ada, slug).await.id;
        let sql = "UPDATE event_type SET settings = ?2 WHERE id = ?1";
        scope.write(vec![Statement::command(sql, arguments![id.row(), settings])]).await.unwrap();
        ids.push(id);
    }
    ids.push(EventTypeId::new(organization(), 99));
    let shown = bookings::showing_attendees(&scope, &ids).await.unwrap();
    assert_eq!(shown, ids[..1]);
}

#[tokio::test]
async fn a_seat_names_its_booking_and_a_series_its_times() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    for day in 0..3 {
        let mut one = booking(&of, at(NOON).plus_minutes(day * 1_440), 30);
        one.recurring_uid = Some("series".to_owned());
        one.attendees[0].seat_uid = Some(format!("seat-{day}"));
        let one = made(&scope, one).await;
        let seat = format!("seat-{day}");
        let found = bookings::find_uid_of_seat(&scope, &seat).await.unwrap();
        assert_eq!(found, Some(one.uid.clone()));
        if day == 1 {
            cancel(&scope, &one).await;
        }
    }
    assert_eq!(bookings::find_uid_of_seat(&scope, "seat-9").await.unwrap(), None);
    let times = bookings::series_times(&scope, &["series", "other"]).await.unwrap();
    let times: Vec<(&str, i64)> = times
        .iter()
        .map(|time| (time.status.as_str(), time.start.minutes_since(at(NOON)) / 1_440))
        .collect();
    assert_eq!(times, [("accepted", 0), ("cancelled", 1), ("accepted", 2)]);
    let all = bookings::Filter::of(Viewer::Organization, 10, 0, at(NOON));
    let recurring = bookings::Filter { statuses: vec![bookings::StatusFilter::Recurring], ..all };
    assert_eq!(bookings::list(&scope, &recurring).await.unwrap().total, 2);
}

//! Bookings of many times, hosts and seats: what one batch makes, and what it refuses.

use meridian_database::Databases;
use meridian_kernel::{EventTypeId, SchedulingType, TeamId, UserId, UuidUid, WireId};
use meridian_store::bookings::{
    self, Attendee, Bookable, BookerLimit, Booking, CreateOutcome, Host, Joining, LimitUnit, Made,
    NewBookings, PeriodLimit, Selector,
};
use meridian_store::reservations::{self, Claim, ClaimOutcome, Reservation};
use meridian_store::{Scope, Statement, arguments};

use super::{
    NOON, as_stored, attendee, booking, event, event_type, made, new, now, number, webhook,
};
use crate::support::{Home, at, organization, team, user, write};

pub async fn create(scope: &Scope<'_, Databases>, bookings: &[Booking]) -> CreateOutcome {
    bookings::create(scope, &new(bookings)).await.unwrap()
}

pub fn ids(outcome: CreateOutcome) -> Made {
    let CreateOutcome::Made(made) = outcome else { panic!("{outcome:?}") };
    made
}

/// Four weekly bookings from noon on.
fn series(of: &Bookable) -> Vec<Booking> {
    let uid = UuidUid::generate(organization()).to_string();
    let weekly = |week: i64| Booking {
        recurring_uid: Some(uid.clone()),
        ..booking(of, at(NOON).plus_minutes(week * 7 * 24 * 60), 30)
    };
    (0..4).map(weekly).collect()
}

#[tokio::test]
async fn a_series_is_read_as_it_was_made() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let series = series(&of);
    let made = ids(create(&scope, &series).await);
    assert_eq!((made.bookings.len(), made.attendees.len()), (4, 8));
    for (index, booking) in series.into_iter().enumerate() {
        let attendees = &made.attendees[2 * index..2 * index + 2];
        let expected = as_stored(booking, made.bookings[index], attendees);
        let found = bookings::find(&scope, &expected.uid).await.unwrap().unwrap();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_series_with_one_time_taken_leaves_nothing_behind() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let series = series(&of);
    let in_the_way = made(&scope, booking(&of, series[2].start.plus_minutes(-15), 30)).await;
    assert_eq!(create(&scope, &series).await, CreateOutcome::Taken);
    assert_eq!(number(&scope, "SELECT count(*) FROM booking").await, 1);
    assert_eq!(number(&scope, "SELECT count(*) FROM attendee").await, 2);
    super::cancel(&scope, &in_the_way).await;
    ids(create(&scope, &series).await);
}

#[tokio::test]
async fn a_series_that_overlaps_itself_is_refused_by_the_schema() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let close = [0, 20].map(|minutes| booking(&of, at(NOON).plus_minutes(minutes), 30));
    assert_eq!(create(&scope, &close).await, CreateOutcome::Taken);
    assert_eq!(number(&scope, "SELECT count(*) FROM booking").await, 0);
}

#[tokio::test]
async fn what_somebody_holds_is_in_the_way_of_a_series_and_not_of_its_holder() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let series = series(&of);
    let reservation = Reservation {
        uid: UuidUid::generate(organization()).to_string(),
        event_type_id: of.id,
        start: series[1].start,
        end: series[1].end,
        duration_minutes: 5,
        expires_at: now().plus_minutes(5),
        is_seat: false,
    };
    let (hosts, needs) = ([of.hosts[0].user.id], (series[1].start, series[1].end));
    let claim = Claim { reservation: &reservation, hosts: &hosts, needs, now: now() };
    assert_eq!(reservations::create(&scope, &claim).await.unwrap(), ClaimOutcome::Held);
    assert_eq!(create(&scope, &series).await, CreateOutcome::Taken);
    // It ends by itself, too.
    let later = NewBookings { now: now().plus_minutes(5), ..new(&series[..1]) };
    ids(bookings::create(&scope, &later).await.unwrap());
    let rest = &series[1..];
    let holder = NewBookings { reservation: Some(&reservation.uid), ..new(rest) };
    ids(bookings::create(&scope, &holder).await.unwrap());
    assert_eq!(number(&scope, "SELECT count(*) FROM reservation").await, 0);
    assert_eq!(number(&scope, "SELECT count(*) FROM hold").await, 0);
}

/// An event type of a team, with those hosts.
pub async fn team_event_type(
    scope: &Scope<'_, Databases>,
    scheduling: SchedulingType,
    hosts: &[UserId],
) -> (TeamId, Bookable) {
    let members: Vec<(UserId, bool)> = hosts.iter().map(|host| (*host, true)).collect();
    let team = team(scope, "sales", &members).await;
    let sql = "INSERT INTO event_type (team_id, scheduling_type, slug, title, length_minutes, \
               settings, created_at, updated_at) VALUES (?1, ?2, 'demo', 'Demo', 30, '{}', 0, 0)";
    let arguments = arguments![team.row(), scheduling.as_str()];
    let row = write(scope, Statement::command(sql, arguments)).await;
    // Against the order of their ids: the order is that of the positions.
    for (position, host) in hosts.iter().rev().enumerate() {
        let sql = "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, created_at) \
                   VALUES (?1, ?2, ?3, ?4, 0)";
        let fixed = scheduling == SchedulingType::Collective;
        let arguments = arguments![row, host.row(), position as i64, fixed];
        write(scope, Statement::command(sql, arguments)).await;
    }
    (team, find(scope, row).await)
}

async fn find(scope: &Scope<'_, Databases>, row: i64) -> Bookable {
    let id = EventTypeId::new(organization(), row);
    bookings::find_bookable(scope, Selector::Id(id)).await.unwrap().unwrap()
}

pub fn of_all_hosts(of: &Bookable) -> Booking {
    let team_id = of.team.as_ref().map(|team| team.id);
    Booking { co_hosts: of.hosts[1..].to_vec(), team_id, ..booking(of, at(NOON), 30) }
}

#[tokio::test]
async fn a_teams_event_type_is_found_with_its_hosts_in_order() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let hosts = [user(&scope, "ada").await, user(&scope, "bob").await];
    let (team, of) = team_event_type(&scope, SchedulingType::Collective, &hosts).await;
    let names: Vec<&str> = of.hosts.iter().map(|host| host.user.username.as_str()).collect();
    assert_eq!(names, ["bob", "ada"]);
    assert!(of.hosts.iter().all(|host| host.is_fixed));
    assert_eq!(of.team.as_ref().map(|team| (team.id, team.name.as_str())), Some((team, "sales")));
    assert_eq!((of.owner, of.scheduling), (None, Some(SchedulingType::Collective)));
    let by_slug = Selector::OfTeam { team: "SALES", slug: "Demo" };
    assert_eq!(bookings::find_bookable(&scope, by_slug).await.unwrap(), Some(of));
}

#[tokio::test]
async fn a_copy_of_a_managed_event_type_belongs_to_its_user_and_the_team() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let (team, parent) = team_event_type(&scope, SchedulingType::Managed, &[ada]).await;
    assert!(parent.hosts.is_empty());
    let copy = event_type(&scope, ada, "demo").await;
    let link = "UPDATE event_type SET parent_id = ?2 WHERE id = ?1";
    write(&scope, Statement::command(link, arguments![copy.id.row(), parent.id.row()])).await;
    let limits = "UPDATE team SET booking_limits = '{\"day\":1}'";
    write(&scope, Statement::command(limits, [])).await;
    let found = find(&scope, copy.id.row()).await;
    assert_eq!((found.owner, found.scheduling), (Some(ada), None));
    let of_team = found.team.unwrap();
    // The team does not limit copies unless it says so.
    assert_eq!((of_team.id, of_team.booking_limits), (team, None));
    let include = "UPDATE team SET include_managed_events_in_limits = 1";
    write(&scope, Statement::command(include, [])).await;
    let of_team = find(&scope, copy.id.row()).await.team.unwrap();
    assert_eq!(of_team.booking_limits.as_deref(), Some("{\"day\":1}"));
}

#[tokio::test]
async fn every_host_of_a_collective_is_needed_and_taken() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let hosts = [user(&scope, "ada").await, user(&scope, "bob").await];
    let (_, of) = team_event_type(&scope, SchedulingType::Collective, &hosts).await;
    let own = event_type(&scope, hosts[0], "own").await;
    let in_the_way = made(&scope, booking(&own, at(NOON).plus_minutes(10), 10)).await;
    assert_eq!(create(&scope, &[of_all_hosts(&of)]).await, CreateOutcome::Taken);
    super::cancel(&scope, &in_the_way).await;
    let together = of_all_hosts(&of);
    let made = ids(create(&scope, std::slice::from_ref(&together)).await);
    let expected = as_stored(together, made.bookings[0], &made.attendees);
    assert_eq!(bookings::find(&scope, &expected.uid).await.unwrap(), Some(expected));
    let late = create(&scope, &[booking(&own, at(NOON).plus_minutes(20), 30)]).await;
    assert_eq!(late, CreateOutcome::Taken);
}

#[tokio::test]
async fn whoever_hosts_no_longer_is_not_booked() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let hosts = [user(&scope, "ada").await, user(&scope, "bob").await];
    let (_, of) = team_event_type(&scope, SchedulingType::RoundRobin, &hosts).await;
    let leave = "DELETE FROM event_host WHERE user_id = ?1";
    write(&scope, Statement::command(leave, arguments![hosts[0].row()])).await;
    assert_eq!(create(&scope, &[of_all_hosts(&of)]).await, CreateOutcome::Outdated);
    let one = Booking { co_hosts: Vec::new(), ..of_all_hosts(&of) };
    ids(create(&scope, &[one]).await);
}

#[tokio::test]
async fn all_hosts_listeners_are_told_and_each_once_per_booking() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let hosts = [user(&scope, "ada").await, user(&scope, "bob").await];
    webhook(&scope, hosts[0], r#"["BOOKING_CREATED"]"#).await;
    let (_, of) = team_event_type(&scope, SchedulingType::Collective, &hosts).await;
    assert!(of.has_webhooks);
    let unheard = create(&scope, &[of_all_hosts(&of)]).await;
    assert_eq!(unheard, CreateOutcome::Outdated);
    let later = |minutes| Booking {
        start: at(NOON).plus_minutes(minutes),
        end: at(NOON).plus_minutes(minutes + 30),
        ..of_all_hosts(&of)
    };
    let two = [later(0), later(60)];
    let events = two.iter().map(event).collect();
    let told = NewBookings { events, has_listeners: true, ..new(&two) };
    assert!(ids(bookings::create(&scope, &told).await.unwrap()).to_deliver);
    assert_eq!(number(&scope, "SELECT count(*) FROM outbox_event").await, 2);
    assert_eq!(number(&scope, "SELECT count(DISTINCT event_id) FROM webhook_delivery").await, 2);
    let known = "SELECT count(*) FROM outbox_event o JOIN booking b ON b.uid = o.booking_uid \
                 WHERE o.payload ->> '$.bookingId' = b.id + 7 * 4294967296";
    assert_eq!(number(&scope, known).await, 2);
}

#[tokio::test]
async fn users_who_attend_are_taken_but_promise_nothing() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let of = event_type(&scope, ada, "intro").await;
    let with_bob = |minutes| Booking {
        attendees: vec![attendee("BOB@example.com", false), attendee("ada@example.com", true)],
        ..booking(&of, at(NOON).plus_minutes(minutes), 30)
    };
    made(&scope, with_bob(0)).await;
    let taken = "SELECT count(*) FROM busy_time WHERE exclusive = 0";
    assert_eq!(number(&scope, taken).await, 1, "the host is taken once, as the host");
    // Bob cannot be booked meanwhile, but may attend something else as well.
    let own = event_type(&scope, bob, "own").await;
    let late = create(&scope, &[booking(&own, at(NOON).plus_minutes(15), 30)]).await;
    assert_eq!(late, CreateOutcome::Taken);
    let other = event_type(&scope, user(&scope, "eve").await, "intro").await;
    let mut second = booking(&other, at(NOON).plus_minutes(15), 30);
    second.attendees = vec![attendee("bob@example.com", false)];
    made(&scope, second).await;
    assert_eq!(number(&scope, taken).await, 2);
}

#[tokio::test]
async fn who_ignores_conflicts_books_over_them_and_hinders_nobody_afterwards() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    made(&scope, booking(&of, at(NOON), 30)).await;
    let over = [booking(&of, at(NOON).plus_minutes(10), 40)];
    let forced = NewBookings { ignore_conflicts: true, ..new(&over) };
    ids(bookings::create(&scope, &forced).await.unwrap());
    let free = "SELECT count(*) FROM busy_time WHERE exclusive = 0";
    assert_eq!(number(&scope, free).await, 1);
    let late = create(&scope, &[booking(&of, at(NOON).plus_minutes(30), 30)]).await;
    assert_eq!(late, CreateOutcome::Taken, "what was forced is taken all the same");
}

#[tokio::test]
async fn limits_count_what_is_made_with_them() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let series = series(&of);
    let (from, to) = (series[0].start, series[3].start.plus_millis(1));
    let limit = |unit, most| PeriodLimit { unit, from, to, most };
    for (unit, most) in [(LimitUnit::Bookings, 3), (LimitUnit::Minutes, 119)] {
        let limits = vec![limit(LimitUnit::Bookings, 100), limit(unit, most)];
        let refused = NewBookings { limits, ..new(&series) };
        let outcome = bookings::create(&scope, &refused).await.unwrap();
        assert_eq!(outcome, CreateOutcome::LimitReached, "{unit:?}");
    }
    assert_eq!(number(&scope, "SELECT count(*) FROM booking").await, 0);
    let limits = vec![limit(LimitUnit::Bookings, 4), limit(LimitUnit::Minutes, 120)];
    ids(bookings::create(&scope, &NewBookings { limits, ..new(&series) }).await.unwrap());
    // What was cancelled does not count.
    super::cancel(&scope, &series[0]).await;
    let again = [booking(&of, series[0].start, 30)];
    let limits = vec![limit(LimitUnit::Bookings, 4)];
    ids(bookings::create(&scope, &NewBookings { limits, ..new(&again) }).await.unwrap());
}

#[tokio::test]
async fn a_teams_limit_counts_all_its_event_types() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let hosts = [user(&scope, "ada").await, user(&scope, "bob").await];
    let (team, of) = team_event_type(&scope, SchedulingType::RoundRobin, &hosts).await;
    let sql = "INSERT INTO event_type (team_id, scheduling_type, slug, title, length_minutes, \
               settings, created_at, updated_at) \
               VALUES (?1, 'roundRobin', 'other', 'Other', 30, '{}', 0, 0)";
    let other = write(&scope, Statement::command(sql, arguments![team.row()])).await;
    let sql = "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, created_at) \
               VALUES (?1, ?2, 0, 0, 0)";
    write(&scope, Statement::command(sql, arguments![other, hosts[0].row()])).await;
    let other = find(&scope, other).await;
    let on = |of: &Bookable, minutes: i64| {
        let start = at(NOON).plus_minutes(minutes);
        let end = start.plus_minutes(30);
        [Booking { co_hosts: Vec::new(), start, end, ..of_all_hosts(of) }]
    };
    let limit = PeriodLimit {
        unit: LimitUnit::Bookings,
        from: at(NOON),
        to: at(NOON).plus_minutes(24 * 60),
        most: 2,
    };
    let make = async |bookings: &[Booking]| {
        let new = NewBookings { team_limits: vec![limit], ..new(bookings) };
        bookings::create(&scope, &new).await.unwrap()
    };
    ids(make(&on(&of, 0)).await);
    ids(make(&on(&other, 60)).await);
    assert_eq!(make(&on(&of, 120)).await, CreateOutcome::LimitReached);
    ids(make(&on(&of, 24 * 60)).await);
}

#[tokio::test]
async fn one_booker_has_so_many_ahead_and_guests_do_not_count() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let make = async |minutes: i64, email: &str| {
        let one = [booking(&of, at(NOON).plus_minutes(minutes), 30)];
        let booker_limit = Some(BookerLimit { email, most: 1 });
        bookings::create(&scope, &NewBookings { booker_limit, ..new(&one) }).await.unwrap()
    };
    ids(make(0, "grace@x.org").await);
    assert_eq!(make(60, "Grace@X.org").await, CreateOutcome::BookerLimitReached);
    // Bob came along to the first one; he may book one himself.
    ids(make(60, "bob@x.org").await);
    let last = bookings::last_active(&scope, of.id, "grace@x.org", now()).await.unwrap();
    assert!(last.is_some());
    let over = at(NOON).plus_minutes(24 * 60);
    assert_eq!(bookings::last_active(&scope, of.id, "grace@x.org", over).await.unwrap(), None);
}

fn seat(email: &str) -> Attendee {
    let seat_uid = Some(UuidUid::generate(organization()).to_string());
    Attendee { seat_uid, ..attendee(email, false) }
}

#[tokio::test]
async fn seats_join_the_booking_that_is_there_until_it_is_full() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let of = event_type(&scope, user(&scope, "ada").await, "intro").await;
    let seats = "UPDATE event_type SET seats_per_slot = 3";
    write(&scope, Statement::command(seats, [])).await;
    let first = Booking {
        seats_per_slot: Some(3),
        attendees: vec![seat("grace@x.org")],
        ..booking(&of, at(NOON), 30)
    };
    ids(create(&scope, std::slice::from_ref(&first)).await);
    let again =
        Booking { uid: "other".to_owned(), attendees: vec![seat("x@x.org")], ..first.clone() };
    assert_eq!(create(&scope, &[again]).await, CreateOutcome::Outdated, "it is to be joined");

    let shared = bookings::find_shared(&scope, of.id, &[first.start]).await.unwrap();
    assert_eq!(shared.iter().map(|one| one.uid.as_str()).collect::<Vec<_>>(), [&first.uid]);
    let join = async |people: &[Attendee]| {
        let needs = (first.start, first.end);
        let joinings = vec![Joining { booking: &shared[0], seats: people, needs }];
        let new = NewBookings { joinings, ..NewBookings::none(of.id, now()) };
        bookings::create(&scope, &new).await.unwrap()
    };
    assert_eq!(join(&[seat("GRACE@x.org")]).await, CreateOutcome::AlreadySeated);
    let too_many = ["a@x.org", "b@x.org", "c@x.org"].map(seat);
    assert_eq!(join(&too_many).await, CreateOutcome::SeatsFull);
    let bob = [seat("bob@x.org")];
    assert_eq!(ids(join(&bob).await).seats.len(), 1);
    ids(join(&[seat("eve@x.org")]).await);
    assert_eq!(join(&[seat("zoe@x.org")]).await, CreateOutcome::SeatsFull);

    let found = bookings::find(&scope, &first.uid).await.unwrap().unwrap();
    let uids: Vec<_> = found.attendees.iter().filter_map(|one| one.seat_uid.clone()).collect();
    assert_eq!((uids.len(), Some(&uids[1])), (3, bob[0].seat_uid.as_ref()));
    super::cancel(&scope, &first).await;
    assert_eq!(join(&[seat("zoe@x.org")]).await, CreateOutcome::Outdated, "it is over");
}

#[tokio::test]
async fn seats_others_are_just_booking_are_not_left() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let of = event_type(&scope, ada, "intro").await;
    write(&scope, Statement::command("UPDATE event_type SET seats_per_slot = 2", [])).await;
    let reservation = Reservation {
        uid: UuidUid::generate(organization()).to_string(),
        event_type_id: of.id,
        start: at(NOON),
        end: at(NOON).plus_minutes(30),
        duration_minutes: 5,
        expires_at: now().plus_minutes(5),
        is_seat: true,
    };
    let needs = (reservation.start, reservation.end);
    let claim = Claim { reservation: &reservation, hosts: &[ada], needs, now: now() };
    assert_eq!(reservations::create(&scope, &claim).await.unwrap(), ClaimOutcome::Held);
    let shared = |people: Vec<Attendee>| {
        [Booking { seats_per_slot: Some(2), attendees: people, ..booking(&of, at(NOON), 30) }]
    };
    let two = shared(vec![seat("a@x.org"), seat("b@x.org")]);
    assert_eq!(create(&scope, &two).await, CreateOutcome::Taken);
    let first = shared(vec![seat("a@x.org")]);
    ids(create(&scope, &first).await);
    let there = bookings::find_shared(&scope, of.id, &[at(NOON)]).await.unwrap();
    let people = [seat("b@x.org")];
    let join = async |reservation: Option<&str>| {
        let joinings = vec![Joining { booking: &there[0], seats: &people, needs }];
        let new = NewBookings { joinings, reservation, ..NewBookings::none(of.id, now()) };
        bookings::create(&scope, &new).await.unwrap()
    };
    assert_eq!(join(None).await, CreateOutcome::SeatsFull);
    ids(join(Some(&reservation.uid)).await);
}

#[tokio::test]
async fn shares_are_counted_per_host_in_a_period() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let hosts = [user(&scope, "ada").await, user(&scope, "bob").await];
    let (_, of) = team_event_type(&scope, SchedulingType::RoundRobin, &hosts).await;
    let by = |hosts: &[&Host], minutes: i64| {
        let start = at(NOON).plus_minutes(minutes);
        let mut hosts = hosts.iter().map(|host| (*host).clone());
        let organizer = hosts.next().unwrap().user;
        let end = start.plus_minutes(30);
        Booking { organizer, co_hosts: hosts.collect(), start, end, ..of_all_hosts(&of) }
    };
    let (bob, ada) = (&of.hosts[0], &of.hosts[1]);
    for (index, hosts) in [vec![bob], vec![bob, ada], vec![bob]].iter().enumerate() {
        ids(create(&scope, &[by(hosts, 60 * index as i64)]).await);
    }
    let booked = async |hours: i64| {
        let period = (at(NOON), at(NOON).plus_minutes(60 * hours));
        let mut booked = bookings::booked_by_host(&scope, of.id, period).await.unwrap();
        booked.sort_unstable();
        booked
    };
    assert_eq!(booked(24).await, [(ada.user.id, 1), (bob.user.id, 3)]);
    assert_eq!(booked(1).await, [(bob.user.id, 1)]);
}

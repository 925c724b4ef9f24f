//! Schedules and their owner's default.

use meridian_database::Databases;
use meridian_kernel::{
    EventTypeId, Instant, OrganizationNumber, ScheduleId, TeamId, UserId, WireId, Zone,
};
use meridian_store::schedules::{
    self, Created, Deletion, MAX_PER_USER, NewSchedule, OfTeam, Owned, Schedule, ScheduleChange,
    TeamSchedules, Updated,
};
use meridian_store::{Scope, Statement, arguments};

use crate::support::{Home, leave, organization, team, user, write};

const NOW: Instant = Instant::from_millis(1_000);

fn new(name: &str, make_default: bool) -> NewSchedule {
    NewSchedule {
        name: name.to_owned(),
        time_zone: Zone::parse("Europe/Rome").unwrap(),
        availability: "[1]".to_owned(),
        overrides: "[2]".to_owned(),
        make_default,
    }
}

async fn create(
    scope: &Scope<'_, Databases>,
    owner: UserId,
    new: NewSchedule,
    now: Instant,
) -> Result<Schedule, Created> {
    match schedules::create(scope, owner, new, now).await.unwrap() {
        Created::Made(schedule) => Ok(schedule),
        other => Err(other),
    }
}

async fn defaults(scope: &Scope<'_, Databases>, owner: UserId) -> Vec<(String, bool)> {
    let all = schedules::list(scope, owner).await.unwrap().unwrap();
    all.into_iter().map(|schedule| (schedule.name, schedule.is_default)).collect()
}

fn named(pairs: &[(&str, bool)]) -> Vec<(String, bool)> {
    pairs.iter().map(|(name, default)| ((*name).to_owned(), *default)).collect()
}

fn own(found: Owned<Schedule>) -> Schedule {
    let Owned::Yes(schedule) = found else { panic!("{found:?}") };
    schedule
}

fn changed(found: Owned<Updated>) -> Schedule {
    let Owned::Yes(updated) = found else { panic!("{found:?}") };
    updated.schedule
}

#[tokio::test]
async fn the_first_schedule_becomes_the_default_and_another_only_where_asked() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    assert_eq!(schedules::find_default(&scope, ada).await.unwrap(), None);
    create(&scope, ada, new("first", false), NOW).await.unwrap();
    create(&scope, ada, new("second", false), NOW).await.unwrap();
    assert_eq!(defaults(&scope, ada).await, named(&[("first", true), ("second", false)]));
    let third = create(&scope, ada, new("third", true), NOW).await.unwrap();
    assert!(third.is_default);
    assert_eq!(schedules::find_default(&scope, ada).await.unwrap(), Some(third));
    assert_eq!(
        defaults(&scope, ada).await,
        named(&[("first", false), ("second", false), ("third", true)])
    );
}

#[tokio::test]
async fn a_change_touches_only_what_it_names() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    create(&scope, ada, new("first", false), NOW).await.unwrap();
    let before = create(&scope, ada, new("second", false), NOW).await.unwrap();
    let change = ScheduleChange { name: Some("renamed".to_owned()), ..ScheduleChange::default() };
    let after = changed(schedules::update(&scope, ada, before.id, change, NOW).await.unwrap());
    assert_eq!(after, Schedule { name: "renamed".to_owned(), ..before.clone() });
    let change = ScheduleChange {
        time_zone: Some(Zone::UTC),
        overrides: Some("[]".to_owned()),
        make_default: true,
        ..ScheduleChange::default()
    };
    let last = changed(schedules::update(&scope, ada, before.id, change, NOW).await.unwrap());
    let overrides = "[]".to_owned();
    let expected = Schedule { time_zone: Zone::UTC, overrides, is_default: true, ..after };
    assert_eq!(last, expected);
    assert_eq!(own(schedules::find(&scope, ada, before.id).await.unwrap()), expected);
    assert_eq!(defaults(&scope, ada).await, named(&[("first", false), ("renamed", true)]));
}

#[tokio::test]
async fn the_default_and_the_only_schedule_stay() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let first = create(&scope, ada, new("first", false), NOW).await.unwrap().id;
    let delete = |id| schedules::delete(&scope, ada, id);
    assert_eq!(delete(first).await.unwrap(), Owned::Yes(Deletion::Needed));
    let second = create(&scope, ada, new("second", true), NOW).await.unwrap().id;
    assert_eq!(delete(second).await.unwrap(), Owned::Yes(Deletion::Needed));
    assert_eq!(delete(first).await.unwrap(), Owned::Yes(Deletion::Done));
    assert_eq!(delete(first).await.unwrap(), Owned::Missing);
    // The only one stays even where nobody calls it the default.
    let forget = "UPDATE user SET default_schedule_id = NULL WHERE id = ?1";
    write(&scope, Statement::command(forget, arguments![ada.row()])).await;
    assert_eq!(delete(second).await.unwrap(), Owned::Yes(Deletion::Needed));
}

#[tokio::test]
async fn anothers_schedule_is_foreign_and_another_organisations_is_missing() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    create(&scope, ada, new("kept", false), NOW).await.unwrap();
    let of_ada = create(&scope, ada, new("spare", false), NOW).await.unwrap();
    create(&scope, bob, new("own", false), NOW).await.unwrap();
    let elsewhere = ScheduleId::new(OrganizationNumber::new(8).unwrap(), of_ada.id.row());
    let unknown = ScheduleId::new(organization(), 99);
    let change = ScheduleChange {
        name: Some("stolen".to_owned()),
        make_default: true,
        ..ScheduleChange::default()
    };
    for (id, expected) in
        [(of_ada.id, Owned::Foreign), (elsewhere, Owned::Missing), (unknown, Owned::Missing)]
    {
        assert_eq!(schedules::find(&scope, bob, id).await.unwrap(), expected);
        let changed = schedules::update(&scope, bob, id, change.clone(), NOW).await.unwrap();
        assert_eq!(changed == Owned::Foreign, expected == Owned::Foreign);
        assert!(!matches!(changed, Owned::Yes(_)));
        let deleted = schedules::delete(&scope, bob, id).await.unwrap();
        assert_eq!(deleted == Owned::Foreign, expected == Owned::Foreign);
        assert!(!matches!(deleted, Owned::Yes(_)));
    }
    assert_eq!(own(schedules::find(&scope, ada, of_ada.id).await.unwrap()), of_ada);
    assert_eq!(defaults(&scope, bob).await, named(&[("own", true)]));
}

#[tokio::test]
async fn a_change_says_what_the_default_was_before() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let first = create(&scope, ada, new("first", false), NOW).await.unwrap();
    assert!(first.is_only);
    let second = create(&scope, ada, new("second", false), NOW).await.unwrap();
    assert!(!second.is_only);
    let change = ScheduleChange { make_default: true, ..ScheduleChange::default() };
    let updated = schedules::update(&scope, ada, second.id, change, NOW).await.unwrap();
    let Owned::Yes(updated) = updated else { panic!("{updated:?}") };
    assert_eq!(updated.previous_default, Some(first.id));
    assert!(updated.schedule.is_default);
}

#[tokio::test]
async fn nothing_is_made_for_who_is_not_there() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, gone) = (user(&scope, "ada").await, user(&scope, "gone").await);
    let left = create(&scope, gone, new("left", false), NOW).await.unwrap();
    leave(&scope, gone).await;
    let unknown = UserId::new(organization(), 99);
    let elsewhere = UserId::new(OrganizationNumber::new(8).unwrap(), ada.row());
    for nobody in [gone, unknown, elsewhere] {
        let made = create(&scope, nobody, new("x", true), NOW).await;
        assert_eq!(made, Err(Created::NoOwner));
        assert_eq!(schedules::list(&scope, nobody).await.unwrap(), None);
        assert_eq!(schedules::find(&scope, nobody, left.id).await.unwrap(), Owned::NoOwner);
        let change = ScheduleChange { name: Some("y".to_owned()), ..ScheduleChange::default() };
        let updated = schedules::update(&scope, nobody, left.id, change, NOW).await.unwrap();
        assert_eq!(updated, Owned::NoOwner);
        assert_eq!(schedules::delete(&scope, nobody, left.id).await.unwrap(), Owned::NoOwner);
    }
    assert_eq!(schedules::list(&scope, ada).await.unwrap(), Some(Vec::new()));
    assert_eq!(schedules::find(&scope, ada, left.id).await.unwrap(), Owned::Missing);
    assert_eq!(schedules::list_of_organization(&scope, 0, 250).await.unwrap(), Vec::new());
}

#[tokio::test]
async fn a_user_has_no_more_schedules_than_there_may_be() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1) \
                INSERT INTO schedule (owner_id, name, time_zone, availability, overrides, \
                created_at, updated_at) SELECT ?1, i, 'UTC', '[]', '[]', 0, 0 FROM n";
    write(&scope, Statement::command(fill, arguments![ada.row(), MAX_PER_USER])).await;
    create(&scope, ada, new("last", false), NOW).await.unwrap();
    assert_eq!(create(&scope, ada, new("more", false), NOW).await, Err(Created::TooMany));
    let all = schedules::list(&scope, ada).await.unwrap().unwrap();
    assert_eq!(all.len(), MAX_PER_USER as usize);
}

#[tokio::test]
async fn a_list_longer_than_one_answer_of_the_database_comes_whole() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    // Each is a twentieth of what one answer may hold.
    let hours = "x".repeat(meridian_store::MAX_BYTES / 20);
    for number in 0..45 {
        let name = number.to_string();
        let long = NewSchedule { name, availability: hours.clone(), ..new("", false) };
        create(&scope, ada, long, NOW).await.unwrap();
    }
    let names = |found: Vec<Schedule>| -> Vec<String> {
        found.into_iter().map(|schedule| schedule.name).collect()
    };
    let expected: Vec<String> = (0..45).map(|number| number.to_string()).collect();
    assert_eq!(names(schedules::list(&scope, ada).await.unwrap().unwrap()), expected);
    let page = schedules::list_of_organization(&scope, 3, 40).await.unwrap();
    assert_eq!(names(page), expected[3..43]);
}

#[tokio::test]
async fn a_team_shows_the_schedules_of_its_members_or_of_an_event_types_hosts() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let mut members = Vec::new();
    for name in ["ada", "bob", "cleo", "invited"] {
        let member = user(&scope, name).await;
        create(&scope, member, new(name, false), NOW).await.unwrap();
        members.push(member);
    }
    let [ada, bob, cleo, invited] = members[..] else { panic!() };
    let team = team(&scope, "sales", &[(ada, true), (bob, true), (invited, false)]).await;
    let sql = "INSERT INTO event_type (team_id, slug, title, length_minutes, scheduling_type, \
               settings, created_at, updated_at) VALUES (?1, 's', 't', 30, 'collective', '{}', 0, 0)";
    let event_type = write(&scope, Statement::command(sql, arguments![team.row()])).await;
    let host = "INSERT INTO event_host (event_type_id, user_id, position, is_fixed, created_at) \
                VALUES (?1, ?2, 0, 1, 0)";
    write(&scope, Statement::command(host, arguments![event_type, bob.row()])).await;
    let event_type = EventTypeId::new(organization(), event_type);

    let of = async |user, event_type| {
        let of = OfTeam { team, user, event_type };
        match schedules::list_of_team(&scope, of, 0, 250).await.unwrap() {
            TeamSchedules::Found(found) => {
                Ok(found.into_iter().map(|schedule| schedule.name).collect::<Vec<_>>())
            }
            other => Err(other),
        }
    };
    let named = |names: &[&str]| Ok(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(of(None, None).await, named(&["ada", "bob"]));
    assert_eq!(of(Some(ada), None).await, named(&["ada"]));
    assert_eq!(of(None, Some(event_type)).await, named(&["bob"]));
    assert_eq!(of(Some(ada), Some(event_type)).await, named(&[]));
    for stranger in [cleo, invited, UserId::new(OrganizationNumber::new(8).unwrap(), ada.row())] {
        assert_eq!(of(Some(stranger), None).await, Err(TeamSchedules::NoMember));
    }
    let unknown = EventTypeId::new(organization(), 99);
    assert_eq!(of(None, Some(unknown)).await, Err(TeamSchedules::NoEventType));
    let nowhere = OfTeam { team: TeamId::new(organization(), 99), user: None, event_type: None };
    let found = schedules::list_of_team(&scope, nowhere, 0, 250).await.unwrap();
    assert_eq!(found, TeamSchedules::NoTeam);
}

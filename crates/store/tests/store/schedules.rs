//! Schedules and their owner's default.

use meridian_database::Databases;
use meridian_kernel::{Instant, OrganizationNumber, ScheduleId, UserId, WireId, Zone};
use meridian_store::schedules::{
    self, Deletion, NewSchedule, Owned, Schedule, ScheduleChange, create,
};
use meridian_store::{Scope, Statement, arguments};

use crate::support::{Home, organization, user, write};

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

async fn defaults(scope: &Scope<'_, Databases>, owner: UserId) -> Vec<(String, bool)> {
    let all = schedules::list(scope, owner).await.unwrap();
    all.into_iter().map(|schedule| (schedule.name, schedule.is_default)).collect()
}

fn named(pairs: &[(&str, bool)]) -> Vec<(String, bool)> {
    pairs.iter().map(|(name, default)| ((*name).to_owned(), *default)).collect()
}

fn own(found: Owned<Schedule>) -> Schedule {
    let Owned::Yes(schedule) = found else { panic!("{found:?}") };
    schedule
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
    let after = own(schedules::update(&scope, ada, before.id, change, NOW).await.unwrap());
    assert_eq!(after, Schedule { name: "renamed".to_owned(), ..before.clone() });
    let change = ScheduleChange {
        time_zone: Some(Zone::UTC),
        overrides: Some("[]".to_owned()),
        make_default: true,
        ..ScheduleChange::default()
    };
    let last = own(schedules::update(&scope, ada, before.id, change, NOW).await.unwrap());
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
        assert_eq!(changed, expected);
        let deleted = schedules::delete(&scope, bob, id).await.unwrap();
        assert_eq!(deleted == Owned::Foreign, expected == Owned::Foreign);
        assert!(!matches!(deleted, Owned::Yes(_)));
    }
    assert_eq!(own(schedules::find(&scope, ada, of_ada.id).await.unwrap()), of_ada);
    assert_eq!(defaults(&scope, bob).await, named(&[("own", true)]));
}

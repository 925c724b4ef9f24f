//! Event types: who may write what, and what each viewer sees.

use meridian_database::Databases;
use meridian_kernel::{
    EventTypeId, Instant, OrganizationNumber, Patch, ScheduleId, UserId, WireId,
};
use meridian_store::event_types::{self, Draft, OwnedEventType, Whose, WriteRefused};
use meridian_store::{Scope, Statement};

use crate::support::{Home, leave, organization, user as make_user, write};

const NOW: Instant = Instant::from_millis(1_000);

/// Two users, each with a schedule: the rows of both tables are 1 and 2.
async fn populated(home: &Home) -> Scope<'_, Databases> {
    let scope = home.scope().await;
    for username in ["ada", "bob"] {
        make_user(&scope, username).await;
    }
    let schedules = "INSERT INTO schedule (owner_id, name, time_zone, availability, overrides, \
                     created_at, updated_at) \
                     SELECT id, 's', 'UTC', '[]', '[]', 0, 0 FROM user ORDER BY id";
    write(&scope, Statement::command(schedules, [])).await;
    scope
}

fn user(row: i64) -> UserId {
    UserId::new(organization(), row)
}

fn schedule(row: i64) -> Option<ScheduleId> {
    Some(ScheduleId::new(organization(), row))
}

fn draft(slug: &str) -> Draft {
    Draft {
        slug: slug.to_owned(),
        title: slug.to_uppercase(),
        length_minutes: 30,
        hidden: false,
        slot_interval: None,
        minimum_booking_notice: 0,
        before_event_buffer: 5,
        after_event_buffer: 0,
        offset_start: 0,
        settings: "{}".to_owned(),
    }
}

fn slugs(found: &[OwnedEventType]) -> Vec<&str> {
    found.iter().map(|found| found.event_type.slug.as_str()).collect()
}

#[tokio::test]
async fn what_was_made_is_found_with_its_owner() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    let made =
        event_types::create(&scope, user(1), &draft("intro"), schedule(1), NOW).await.unwrap();
    assert_eq!(made.event_type.schedule_id, schedule(1));
    assert_eq!(made.event_type.before_event_buffer, 5);
    assert_eq!((made.owner.id, made.owner.username.as_str()), (user(1), "ada"));
    let id = made.event_type.id;
    assert_eq!(event_types::find_owned(&scope, id).await.unwrap().unwrap(), made);
    assert_eq!(event_types::find_owned_at_primary(&scope, id).await.unwrap().unwrap(), made);
    assert_eq!(event_types::find(&scope, id).await.unwrap().unwrap(), made.event_type);
    let by_slug = event_types::find_by_slug(&scope, "ADA", "Intro").await.unwrap();
    assert_eq!(by_slug.unwrap(), made);
}

#[tokio::test]
async fn another_organisations_id_finds_nothing() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    event_types::create(&scope, user(1), &draft("intro"), None, NOW).await.unwrap();
    let foreign = EventTypeId::new(OrganizationNumber::new(4).unwrap(), 1);
    assert_eq!(event_types::find_owned(&scope, foreign).await.unwrap(), None);
    assert_eq!(event_types::delete(&scope, user(1), foreign).await.unwrap(), None);
}

#[tokio::test]
async fn an_owner_has_each_slug_once_in_any_case() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    let create = async |owner, slug| {
        event_types::create(&scope, owner, &draft(slug), None, NOW)
            .await
            .map(|made| made.event_type)
    };
    create(user(1), "intro").await.unwrap();
    assert_eq!(create(user(1), "INTRO").await, Err(WriteRefused::SlugTaken));
    create(user(2), "intro").await.unwrap();
    let other = create(user(1), "other").await.unwrap();
    let renamed = event_types::update(&scope, &other, &draft("intro"), &Patch::Absent, NOW).await;
    assert_eq!(renamed, Err(WriteRefused::SlugTaken));
    let found = event_types::find(&scope, other.id).await.unwrap().unwrap();
    assert_eq!(found, other, "a refused change leaves everything as it was");
}

#[tokio::test]
async fn only_the_owners_schedule_is_taken() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    let foreign = Some(ScheduleId::new(OrganizationNumber::new(9).unwrap(), 1));
    for wrong in [schedule(2), schedule(99), foreign] {
        let refused = event_types::create(&scope, user(1), &draft("x"), wrong, NOW).await;
        assert_eq!(refused, Err(WriteRefused::NotOwnSchedule));
    }
    let made = event_types::create(&scope, user(1), &draft("x"), None, NOW).await.unwrap();
    let change = async |current: &OwnedEventType, schedule: Patch<ScheduleId>| {
        event_types::update(&scope, &current.event_type, &draft("x"), &schedule, NOW).await
    };
    let wrong = Patch::Value(schedule(2).unwrap());
    assert_eq!(change(&made, wrong).await, Err(WriteRefused::NotOwnSchedule));
    let named = change(&made, Patch::Value(schedule(1).unwrap())).await.unwrap();
    assert_eq!(named.event_type.schedule_id, schedule(1));
    let kept = change(&named, Patch::Absent).await.unwrap();
    assert_eq!(kept.event_type.schedule_id, schedule(1));
    let cleared = change(&kept, Patch::Null).await.unwrap();
    assert_eq!(cleared.event_type.schedule_id, None);
}

#[tokio::test]
async fn a_schedule_deleted_meanwhile_does_not_hinder_other_changes() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    let made = event_types::create(&scope, user(1), &draft("x"), schedule(1), NOW).await.unwrap();
    scope.write(vec![Statement::command("DELETE FROM schedule WHERE id = 1", [])]).await.unwrap();
    let changed = event_types::update(&scope, &made.event_type, &draft("y"), &Patch::Absent, NOW)
        .await
        .unwrap();
    assert_eq!(changed.event_type.schedule_id, None);
    assert_eq!(changed.event_type.slug, "y");
}

#[tokio::test]
async fn of_two_changes_of_one_reading_the_second_is_told_to_read_again() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    let made = event_types::create(&scope, user(1), &draft("x"), None, NOW).await.unwrap();
    let wanted = draft("y");
    let change = || event_types::update(&scope, &made.event_type, &wanted, &Patch::Absent, NOW);
    // Both in the same millisecond as the insert: time alone would tell nothing.
    let outcomes = [change().await, change().await];
    assert!(outcomes[0].is_ok());
    assert_eq!(outcomes[1], Err(WriteRefused::Changed));
}

#[tokio::test]
async fn lists_show_what_the_viewer_may_see() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    let hidden = Draft { hidden: true, ..draft("secret") };
    for draft in [&draft("b"), &hidden, &draft("a")] {
        event_types::create(&scope, user(1), draft, None, NOW).await.unwrap();
    }
    let list = async |whose| event_types::list(&scope, whose).await.unwrap();
    assert_eq!(slugs(&list(Whose::Own(user(1))).await), ["b", "secret", "a"]);
    assert!(list(Whose::Own(user(2))).await.is_empty());
    let named = |slug, viewer| Whose::Named { username: "Ada", slug, viewer };
    assert_eq!(slugs(&list(named(None, None)).await), ["b", "a"]);
    assert_eq!(slugs(&list(named(None, Some(user(2)))).await), ["b", "a"]);
    assert_eq!(slugs(&list(named(None, Some(user(1)))).await), ["b", "secret", "a"]);
    assert_eq!(slugs(&list(named(Some("A"), None)).await), ["a"]);
    assert!(list(named(Some("secret"), None)).await.is_empty());
}

#[tokio::test]
async fn a_list_longer_than_a_page_is_whole() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    for index in 0..101 {
        let draft = draft(&format!("e{index}"));
        event_types::create(&scope, user(1), &draft, None, NOW).await.unwrap();
    }
    let all = event_types::list(&scope, Whose::Own(user(1))).await.unwrap();
    assert_eq!(all.len(), 101);
    assert!(all.windows(2).all(|pair| pair[0].event_type.id < pair[1].event_type.id));
}

#[tokio::test]
async fn users_are_found_by_name_in_the_order_asked() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    let asked = ["BOB", "nobody", "ada"].map(str::to_owned);
    let found = event_types::dynamic_owners(&scope, &asked).await.unwrap();
    let names: Vec<_> = found.iter().map(|owner| owner.username.as_str()).collect();
    assert_eq!(names, ["bob", "ada"]);
    let alone = "UPDATE user SET allow_dynamic_booking = 0 WHERE username = 'bob'";
    write(&scope, Statement::command(alone, [])).await;
    let found = event_types::dynamic_owners(&scope, &asked).await.unwrap();
    assert_eq!(found.len(), 1, "whoever is booked alone only is not among them");
    assert!(event_types::owner_named(&scope, "Bob").await.unwrap().is_some());
}

#[tokio::test]
async fn whoever_left_has_nothing_to_book() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    event_types::create(&scope, user(1), &draft("intro"), None, NOW).await.unwrap();
    leave(&scope, user(1)).await;
    let named = Whose::Named { username: "ada", slug: None, viewer: None };
    assert!(event_types::list(&scope, named).await.unwrap().is_empty());
    assert_eq!(event_types::find_by_slug(&scope, "ada", "intro").await.unwrap(), None);
    assert_eq!(event_types::owner_named(&scope, "ada").await.unwrap(), None);
}

#[tokio::test]
async fn only_the_owner_deletes() {
    let home = Home::new().await;
    let scope = populated(&home).await;
    let made = event_types::create(&scope, user(1), &draft("x"), None, NOW).await.unwrap();
    let id = made.event_type.id;
    assert_eq!(event_types::delete(&scope, user(2), id).await.unwrap(), None);
    assert_eq!(event_types::delete(&scope, user(1), id).await.unwrap(), Some(made.event_type));
    assert_eq!(event_types::find(&scope, id).await.unwrap(), None);
}

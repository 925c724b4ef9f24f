//! Teams.

use meridian_kernel::{Instant, Patch, Role, TeamId, UserId, WireId, Zone};
use meridian_store::memberships;
use meridian_store::teams::{self, NewTeam, Team, TeamChange, TeamStored};
use meridian_store::{Scope, Statement, arguments};
use serde_json::{Map, json};

use crate::support::{Home, leave, organization, user, write};

const NOW: Instant = Instant::from_millis(1_000);

fn named(slug: &str, creator: UserId) -> NewTeam {
    NewTeam {
        slug: slug.to_owned(),
        name: slug.to_uppercase(),
        time_zone: Zone::parse("Europe/Rome").unwrap(),
        week_start: "Monday".to_owned(),
        settings: Map::new(),
        metadata: Map::new(),
        creator,
        creator_accepts: true,
    }
}

async fn make(scope: &Scope<'_, meridian_database::Databases>, new: &NewTeam) -> Team {
    match teams::insert(scope, new, NOW).await.unwrap() {
        TeamStored::Stored(team) => *team,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_new_team_has_its_maker_as_owner() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let new = NewTeam {
        settings: Map::from_iter([("bio".to_owned(), json!("we sell"))]),
        metadata: Map::from_iter([("floor".to_owned(), json!(3))]),
        ..named("sales", ada)
    };
    let team = make(&scope, &new).await;
    assert_eq!(team.id.organization(), organization());
    assert_eq!(teams::find(&scope, team.id).await.unwrap(), Some(team.clone()));
    assert_eq!((team.slug.as_str(), team.name.as_str()), ("sales", "SALES"));
    assert_eq!(
        (team.settings["bio"].clone(), team.metadata["floor"].clone()),
        (json!("we sell"), json!(3))
    );
    let members = memberships::list(&scope, team.id, None, (0, 10)).await.unwrap().unwrap();
    assert_eq!(members.len(), 1);
    assert_eq!(
        (members[0].user_id, members[0].role, members[0].accepted),
        (ada, Role::Owner, true)
    );
}

#[tokio::test]
async fn a_slug_is_one_teams_in_any_case_of_letters() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let sales = make(&scope, &named("sales", ada)).await;
    let again = teams::insert(&scope, &named("SALES", ada), NOW).await.unwrap();
    assert_eq!(again, TeamStored::SlugTaken);
    let other = make(&scope, &named("support", ada)).await;
    let change = TeamChange { slug: Some("Sales".to_owned()), ..TeamChange::default() };
    assert_eq!(teams::update(&scope, other.id, &change, NOW).await.unwrap(), TeamStored::SlugTaken);
    // Its own slug is no conflict.
    let kept = teams::update(&scope, sales.id, &change, NOW).await.unwrap();
    assert!(matches!(kept, TeamStored::Stored(team) if team.slug == "Sales"));
}

#[tokio::test]
async fn nobody_who_left_makes_a_team() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    leave(&scope, ada).await;
    assert_eq!(teams::insert(&scope, &named("sales", ada), NOW).await.unwrap(), TeamStored::Gone);
    assert!(teams::list(&scope, 0, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_change_leaves_what_it_does_not_name() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let settings = json!({"bio": "old", "theme": "dark"}).as_object().unwrap().clone();
    let team = make(&scope, &NewTeam { settings, ..named("sales", ada) }).await;
    let change = TeamChange {
        name: Some("Sales".to_owned()),
        booking_limits: Patch::Value(json!({"day": 2})),
        settings: json!({"bio": null, "isPrivate": true}).as_object().unwrap().clone(),
        ..TeamChange::default()
    };
    let changed = teams::update(&scope, team.id, &change, NOW).await.unwrap();
    let TeamStored::Stored(changed) = changed else { panic!("{changed:?}") };
    assert_eq!((changed.name.as_str(), changed.slug.as_str()), ("Sales", "sales"));
    assert_eq!(json!(changed.settings), json!({"theme": "dark", "isPrivate": true}));
    assert_eq!(changed.booking_limits, Some(json!({"day": 2})));
    let change = TeamChange { booking_limits: Patch::Null, ..TeamChange::default() };
    let changed = teams::update(&scope, team.id, &change, NOW).await.unwrap();
    assert!(matches!(changed, TeamStored::Stored(team) if team.booking_limits.is_none()));
}

#[tokio::test]
async fn a_deleted_team_takes_its_event_types_and_leaves_their_bookings() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let team = make(&scope, &named("sales", ada)).await;
    let sql = "INSERT INTO event_type (team_id, slug, title, length_minutes, scheduling_type, \
               settings, created_at, updated_at) VALUES (?1, 'demo', 'Demo', 30, 'roundRobin', '{}', 0, 0)";
    let event_type = write(&scope, Statement::command(sql, arguments![team.id.row()])).await;
    let sql = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, end_at, \
               ical_uid, team_id, created_at, updated_at) \
               VALUES ('u', ?1, ?2, 'Demo', 'accepted', 0, 1, 'i', ?3, 0, 0)";
    write(&scope, Statement::command(sql, arguments![event_type, ada.row(), team.id.row()])).await;

    let deleted = teams::delete(&scope, team.id).await.unwrap().unwrap();
    assert_eq!(deleted, team);
    assert_eq!(teams::delete(&scope, team.id).await.unwrap(), None);
    assert_eq!(teams::find(&scope, team.id).await.unwrap(), None);
    let count = "SELECT (SELECT count(*) FROM event_type), (SELECT count(*) FROM team_membership), \
                 (SELECT count(*) FROM booking)";
    let rows = scope.read_one(Statement::query(count, [])).await.unwrap();
    let row = rows.first().unwrap();
    assert_eq!((row.integer(0), row.integer(1), row.integer(2)), (Ok(0), Ok(0), Ok(1)));
}

#[tokio::test]
async fn lists_are_paged_and_a_member_sees_only_what_they_accepted() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    for slug in ["a", "b", "c"] {
        make(&scope, &named(slug, ada)).await;
    }
    make(&scope, &NewTeam { creator_accepts: false, ..named("d", bob) }).await;
    let slugs = |teams: Vec<Team>| teams.into_iter().map(|team| team.slug).collect::<String>();
    assert_eq!(slugs(teams::list(&scope, 0, 250).await.unwrap()), "abcd");
    assert_eq!(slugs(teams::list(&scope, 1, 2).await.unwrap()), "bc");
    assert_eq!(slugs(teams::list_of_member(&scope, ada, 1, 9).await.unwrap()), "bc");
    assert_eq!(slugs(teams::list_of_member(&scope, bob, 0, 9).await.unwrap()), "");
}

#[tokio::test]
async fn a_list_of_long_texts_is_read_whole() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    // Together more than one answer of the database may hold.
    let bio = "x".repeat(100_000);
    let settings = json!({ "bio": bio }).as_object().unwrap().clone();
    for number in 0..60 {
        let new = NewTeam { settings: settings.clone(), ..named(&format!("t{number}"), ada) };
        make(&scope, &new).await;
    }
    let found = teams::list(&scope, 0, 250).await.unwrap();
    assert_eq!(found.len(), 60);
    assert_eq!(found[59].slug, "t59");
    assert_eq!(teams::list(&scope, 50, 250).await.unwrap().len(), 10);
}

#[tokio::test]
async fn another_organisations_team_is_none() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let team = make(&scope, &named("sales", ada)).await;
    let foreign = TeamId::from_wire(team.id.wire() + (1 << 32)).unwrap();
    assert_eq!(teams::find(&scope, foreign).await.unwrap(), None);
    assert_eq!(teams::delete(&scope, foreign).await.unwrap(), None);
    let change = TeamChange { name: Some("x".to_owned()), ..TeamChange::default() };
    assert_eq!(teams::update(&scope, foreign, &change, NOW).await.unwrap(), TeamStored::Gone);
    assert_eq!(teams::find(&scope, team.id).await.unwrap(), Some(team));
}

//! Days on which somebody takes no bookings.

use meridian_database::Databases;
use meridian_kernel::{Instant, OrganizationNumber, OutOfOfficeId, Patch, UserId, UuidUid, WireId};
use meridian_store::out_of_office::{
    self, NewOutOfOffice, Order, OutOfOffice, OutOfOfficeChange, Page, Written,
};
use meridian_store::{Scope, Statement, arguments};
use serde_json::{Value, json};

use crate::support::{Home, at, leave, organization, team, user, write};

const NOW: Instant = Instant::from_millis(1_000);

fn days(first: &str, last: &str) -> NewOutOfOffice {
    NewOutOfOffice {
        uuid: UuidUid::generate(organization()),
        to_user_id: None,
        start: at(first),
        end: at(&format!("{last}T23:59:59.999Z")),
        notes: None,
        reason: "unspecified".to_owned(),
        payload: r#"{"oooEntry":{"notes":"n"}}"#.to_owned(),
    }
}

fn page() -> Page {
    Page { take: 250, ..Page::default() }
}

fn entry(written: Written) -> OutOfOffice {
    let Written::Done { entry, .. } = written else { panic!("{written:?}") };
    entry
}

async fn make(scope: &Scope<'_, Databases>, user: UserId, new: &NewOutOfOffice) -> Written {
    out_of_office::create(scope, user, new, NOW).await.unwrap()
}

async fn change(
    scope: &Scope<'_, Databases>,
    user: UserId,
    id: OutOfOfficeId,
    change: OutOfOfficeChange,
) -> Written {
    out_of_office::update(scope, user, id, &change, NOW).await.unwrap()
}

#[tokio::test]
async fn an_entry_is_made_changed_and_deleted() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let new = NewOutOfOffice {
        to_user_id: Some(bob),
        notes: Some("away".to_owned()),
        ..days("2050-05-01", "2050-05-02")
    };
    let made = entry(make(&scope, ada, &new).await);
    assert_eq!((made.user_id, made.to_user_id), (ada, Some(bob)));
    assert_eq!((made.start, made.end, made.uuid.as_str()), (new.start, new.end, new.uuid.as_str()));
    let name_only =
        OutOfOfficeChange { reason: Some("sick".to_owned()), ..OutOfOfficeChange::default() };
    let changed = entry(change(&scope, ada, made.id, name_only).await);
    assert_eq!(changed, OutOfOffice { reason: "sick".to_owned(), ..made.clone() });
    let nothing = OutOfOfficeChange {
        notes: Patch::Null,
        to_user_id: Patch::Null,
        end: Some(at("2050-05-09T23:59:59.999Z")),
        ..OutOfOfficeChange::default()
    };
    let changed = entry(change(&scope, ada, made.id, nothing).await);
    assert_eq!((&changed.notes, changed.to_user_id), (&None, None));
    assert_eq!(changed.start, made.start);
    assert_eq!(out_of_office::find(&scope, ada, made.id).await.unwrap().as_ref(), Some(&changed));
    assert_eq!(out_of_office::delete(&scope, ada, made.id).await.unwrap(), Some(changed));
    assert_eq!(out_of_office::delete(&scope, ada, made.id).await.unwrap(), None);
}

#[tokio::test]
async fn the_same_days_twice_are_a_duplicate_of_one_user_only() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    entry(make(&scope, ada, &days("2050-05-01", "2050-05-02")).await);
    assert_eq!(make(&scope, ada, &days("2050-05-01", "2050-05-02")).await, Written::Duplicate);
    entry(make(&scope, bob, &days("2050-05-01", "2050-05-02")).await);
    let other = entry(make(&scope, ada, &days("2050-05-01", "2050-05-03")).await);
    let onto = OutOfOfficeChange {
        end: Some(at("2050-05-02T23:59:59.999Z")),
        ..OutOfOfficeChange::default()
    };
    assert_eq!(change(&scope, ada, other.id, onto).await, Written::Duplicate);
}

#[tokio::test]
async fn a_change_may_not_turn_an_entry_around() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let made = entry(make(&scope, ada, &days("2050-05-01", "2050-05-02")).await);
    let late = OutOfOfficeChange { start: Some(at("2050-05-03")), ..OutOfOfficeChange::default() };
    assert_eq!(change(&scope, ada, made.id, late).await, Written::Backwards);
    assert_eq!(out_of_office::find(&scope, ada, made.id).await.unwrap(), Some(made));
}

#[tokio::test]
async fn whoever_is_in_the_organisation_may_cover_and_nobody_else() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let gone = user(&scope, "gone").await;
    leave(&scope, gone).await;
    let elsewhere = UserId::new(OrganizationNumber::new(8).unwrap(), bob.row());
    let made = entry(make(&scope, ada, &days("2050-05-01", "2050-05-02")).await);
    for stranger in [gone, elsewhere, UserId::new(organization(), 99)] {
        let new = NewOutOfOffice { to_user_id: Some(stranger), ..days("2050-06-01", "2050-06-02") };
        assert_eq!(make(&scope, ada, &new).await, Written::NotRelated);
        let cover = OutOfOfficeChange {
            to_user_id: Patch::Value(stranger),
            ..OutOfOfficeChange::default()
        };
        assert_eq!(change(&scope, ada, made.id, cover).await, Written::NotRelated);
    }
    let cover = OutOfOfficeChange { to_user_id: Patch::Value(bob), ..OutOfOfficeChange::default() };
    assert_eq!(entry(change(&scope, ada, made.id, cover).await).to_user_id, Some(bob));
}

/// Organisation 0 is everybody who has none: there only a team relates people.
#[tokio::test]
async fn without_an_organisation_only_team_mates_may_cover() {
    let home = Home::new().await;
    let scope = home.scope_of_nobodys().await;
    let here = |user: UserId| UserId::new(OrganizationNumber::NONE, user.row());
    let mut users = Vec::new();
    for name in ["ada", "mate", "invited", "stranger"] {
        users.push(here(user(&scope, name).await));
    }
    let [ada, mate, invited, stranger] = users[..] else { panic!() };
    team(&scope, "team", &[(ada, true), (mate, true), (invited, false)]).await;
    for (number, (to, passes)) in
        [(mate, true), (invited, false), (stranger, false)].into_iter().enumerate()
    {
        let day = format!("2050-05-0{}", number + 1);
        let new = NewOutOfOffice { to_user_id: Some(to), ..days(&day, &day) };
        let written = make(&scope, ada, &new).await;
        assert_eq!(matches!(written, Written::Done { .. }), passes, "{written:?}");
    }
}

#[tokio::test]
async fn only_members_have_entries_and_only_their_own() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let made = entry(make(&scope, ada, &days("2050-05-01", "2050-05-02")).await);
    let elsewhere = OutOfOfficeId::new(OrganizationNumber::new(8).unwrap(), made.id.row());
    let empty = OutOfOfficeChange::default;
    for (who, id) in
        [(bob, made.id), (ada, elsewhere), (ada, OutOfOfficeId::new(organization(), 9))]
    {
        assert_eq!(out_of_office::find(&scope, who, id).await.unwrap(), None);
        assert_eq!(change(&scope, who, id, empty()).await, Written::NoEntry);
        assert_eq!(out_of_office::delete(&scope, who, id).await.unwrap(), None);
    }
    leave(&scope, ada).await;
    assert_eq!(make(&scope, ada, &days("2050-06-01", "2050-06-02")).await, Written::NoUser);
    assert_eq!(out_of_office::list(&scope, ada, page()).await.unwrap(), None);
    assert_eq!(out_of_office::list(&scope, bob, page()).await.unwrap(), Some(Vec::new()));
    let all = out_of_office::list_of_organization(&scope, None, page()).await.unwrap();
    assert_eq!(all, Vec::new());
}

#[tokio::test]
async fn lists_are_sorted_and_paged_as_asked() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    for (first, last) in
        [("2050-05-05", "2050-05-20"), ("2050-05-01", "2050-05-30"), ("2050-05-05", "2050-05-06")]
    {
        entry(make(&scope, ada, &days(first, last)).await);
    }
    entry(make(&scope, bob, &days("2050-01-01", "2050-01-01")).await);
    let ends = async |page: Page| -> Vec<String> {
        let found = out_of_office::list(&scope, ada, page).await.unwrap().unwrap();
        found.iter().map(|entry| entry.end.to_iso().get(8..10).unwrap().to_owned()).collect()
    };
    let (up, down) = (Some(Order::Ascending), Some(Order::Descending));
    assert_eq!(ends(page()).await, ["20", "30", "06"]);
    assert_eq!(ends(Page { by_end: down, ..page() }).await, ["30", "20", "06"]);
    assert_eq!(ends(Page { by_start: up, by_end: up, ..page() }).await, ["30", "06", "20"]);
    assert_eq!(ends(Page { by_start: down, by_end: up, ..page() }).await, ["06", "20", "30"]);
    assert_eq!(ends(Page { by_end: up, skip: 1, take: 1, ..page() }).await, ["20"]);
    let count = async |email| {
        out_of_office::list_of_organization(&scope, email, page()).await.unwrap().len()
    };
    assert_eq!(count(None).await, 4);
    assert_eq!(count(Some("BOB@example.com")).await, 1);
    assert_eq!(count(Some("nobody@example.com")).await, 0);
}

async fn outbox(scope: &Scope<'_, Databases>) -> Vec<(String, Value, i64)> {
    let sql = "SELECT trigger_event, payload, \
               (SELECT count(*) FROM webhook_delivery WHERE event_id = e.id) FROM outbox_event e";
    let rows = scope.read_one(Statement::query(sql, [])).await.unwrap();
    rows.map(|row| Ok((row.string(0)?, row.json(1)?, row.integer(2)?))).unwrap()
}

#[tokio::test]
async fn a_new_entry_is_told_to_the_webhooks_that_asked() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let (ada, bob) = (user(&scope, "ada").await, user(&scope, "bob").await);
    let silent = make(&scope, ada, &days("2050-01-01", "2050-01-01")).await;
    assert!(matches!(silent, Written::Done { to_deliver: false, .. }));
    let hook = "INSERT INTO webhook (id, user_id, subscriber_url, active, triggers, version, \
                created_at, updated_at) VALUES (?1, ?2, ?1, 1, ?3, 'v', 0, 0)";
    for (id, owner, triggers) in [
        ("a", ada, r#"["OOO_CREATED"]"#),
        ("b", ada, r#"["BOOKING_CREATED"]"#),
        ("c", bob, r#"["OOO_CREATED"]"#),
    ] {
        write(&scope, Statement::command(hook, arguments![id, owner.row(), triggers])).await;
    }
    let of_all = "INSERT INTO webhook (id, of_organization, subscriber_url, active, triggers, \
                  version, created_at, updated_at) VALUES ('d', 1, 'd', 1, '[\"OOO_CREATED\"]', \
                  'v', 0, 0)";
    write(&scope, Statement::command(of_all, [])).await;
    let new = NewOutOfOffice { to_user_id: Some(bob), ..days("2050-05-01", "2050-05-02") };
    let Written::Done { entry, to_deliver: true } = make(&scope, ada, &new).await else { panic!() };
    // What is refused is told to nobody.
    assert_eq!(make(&scope, ada, &days("2050-05-01", "2050-05-02")).await, Written::Duplicate);
    let person = |user: UserId, name: &str| {
        json!({"id": user.wire(), "name": "", "username": name,
               "email": format!("{name}@example.com"), "timeZone": "UTC"})
    };
    let payload = json!({"oooEntry": {
        "notes": "n", "id": entry.id.wire(), "user": person(ada, "ada"), "toUser": person(bob, "bob"),
    }});
    assert_eq!(outbox(&scope).await, [("OOO_CREATED".to_owned(), payload, 2)]);
    make(&scope, ada, &days("2050-07-01", "2050-07-02")).await;
    assert_eq!(outbox(&scope).await[1].1["oooEntry"]["toUser"], Value::Null);
}

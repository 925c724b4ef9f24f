//! Whose webhooks there are, and which of them are told of what.

use meridian_database::Databases;
use meridian_kernel::{
    ClientId, EventTypeId, Instant, OrganizationNumber, Patch, Role, UserId, UuidUid, WireId,
};
use meridian_store::deliveries::{self, BookingEvent};
use meridian_store::webhooks::{
    self, Changed, Changes, Created, MAX_WEBHOOKS, NewSecret, Owner, Webhook,
};
use meridian_store::{Scope, Statement, arguments, bookings, users};

use crate::support::{Home, leave, organization, team, user, write};

const NOW: Instant = Instant::from_millis(1_800_000_000_000);

fn webhook(owner: Owner, url: &str, triggers: &[&str]) -> Webhook {
    Webhook {
        id: UuidUid::generate(organization()),
        owner,
        subscriber_url: url.to_owned(),
        active: true,
        triggers: triggers.iter().map(|trigger| (*trigger).to_owned()).collect(),
        payload_template: None,
        sealed_secret: Some("sealed".to_owned()),
        previous_secret_until: None,
        version: "2021-10-20".to_owned(),
        created_at: NOW,
        updated_at: NOW,
        disabled: None,
    }
}

async fn add(scope: &Scope<'_, Databases>, owner: Owner, url: &str) -> Webhook {
    let webhook = webhook(owner, url, &["BOOKING_CREATED"]);
    assert_eq!(webhooks::create(scope, &webhook).await.unwrap(), Created::Done);
    webhook
}

/// A platform client that manages those users.
async fn client(scope: &Scope<'_, Databases>, users: &[UserId]) -> ClientId {
    let id = ClientId::generate(organization());
    let sql = "INSERT INTO oauth_client (id, name, secret_hash, secret, permissions, redirect_uris, \
               are_emails_enabled, are_default_event_types_enabled, are_calendar_events_enabled, \
               created_at, updated_at) VALUES (?1, 'C', '', '', 0, '[]', 0, 0, 0, 0, 0)";
    write(scope, Statement::command(sql, arguments![id.as_str()])).await;
    for user in users {
        let sql = "INSERT INTO managed_user (user_id, client_id, token_generation, created_at) \
                   VALUES (?1, ?2, 0, 0)";
        write(scope, Statement::command(sql, arguments![user.row(), id.as_str()])).await;
    }
    id
}

async fn event_type(
    scope: &Scope<'_, Databases>,
    slug: &str,
    owner: Option<UserId>,
    team: Option<i64>,
    parent: Option<EventTypeId>,
) -> EventTypeId {
    let sql = "INSERT INTO event_type (owner_id, team_id, parent_id, scheduling_type, slug, title, \
               length_minutes, settings, created_at, updated_at) \
               VALUES (?1, ?2, ?3, iif(?2 IS NULL, NULL, 'managed'), ?4, 'T', 30, '{}', 0, 0)";
    let (owner, parent) = (owner.map(WireId::row), parent.map(WireId::row));
    let row = write(scope, Statement::command(sql, arguments![owner, team, parent, slug])).await;
    EventTypeId::new(organization(), row)
}

async fn booking(scope: &Scope<'_, Databases>, uid: &str, event_type: EventTypeId, host: UserId) {
    let sql = "INSERT INTO booking (uid, event_type_id, user_id, title, status, start_at, end_at, \
               ical_uid, created_at, updated_at) VALUES (?1, ?2, ?3, 'T', 'accepted', 1, 2, ?1, 0, 0)";
    write(scope, Statement::command(sql, arguments![uid, event_type.row(), host.row()])).await;
}

/// Answers how many deliveries there are of it.
async fn happens(scope: &Scope<'_, Databases>, trigger: &'static str, uids: &[&str]) -> u64 {
    let event = |uid: &&str| BookingEvent {
        trigger,
        booking_uid: (*uid).to_owned(),
        payload: "{}".to_owned(),
    };
    let events: Vec<BookingEvent> = uids.iter().map(event).collect();
    let statements = deliveries::booking_events(&events, organization(), NOW);
    let answers = scope.write(statements.to_vec()).await.unwrap();
    // No event is noted without one.
    let [some, others] = [0, 1].map(|statement: usize| answers[statement].affected);
    some.max(others)
}

/// `uid url` of every delivery.
async fn told(scope: &Scope<'_, Databases>) -> Vec<String> {
    let sql = "SELECT e.booking_uid || ' ' || w.subscriber_url FROM webhook_delivery d \
               JOIN webhook w ON w.id = d.webhook_id JOIN outbox_event e ON e.id = d.event_id \
               ORDER BY 1";
    let rows = scope.read_one(Statement::query(sql, [])).await.unwrap();
    rows.map(|row| row.string(0)).unwrap()
}

#[tokio::test]
async fn a_booking_is_told_to_its_hosts_its_event_type_the_managed_one_and_the_organisation() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let bob = user(&scope, "bob").await;
    let eve = user(&scope, "eve").await;
    let sales = team(&scope, "sales", &[]).await;
    let managed = event_type(&scope, "managed", None, Some(sales.row()), None).await;
    let copy = event_type(&scope, "copy", Some(ada), None, Some(managed)).await;
    let other = event_type(&scope, "other", Some(eve), None, None).await;
    // Ada and Bob are managed by one client, Eve by another.
    let (ours, theirs) = (client(&scope, &[ada, bob]).await, client(&scope, &[eve]).await);
    for (owner, url) in [
        (Owner::Client(ours), "client"),
        (Owner::Client(theirs), "other-client"),
        (Owner::User(ada), "ada"),
        (Owner::User(bob), "bob"),
        (Owner::User(eve), "eve"),
        (Owner::EventType(managed), "managed"),
        (Owner::EventType(copy), "copy"),
        (Owner::EventType(other), "other"),
        (Owner::Organization, "all"),
    ] {
        add(&scope, owner, url).await;
    }
    booking(&scope, "one", copy, ada).await;
    let host = "INSERT INTO booking_host (booking_id, user_id, is_fixed) \
                SELECT id, ?1, 1 FROM booking WHERE uid = 'one'";
    write(&scope, Statement::command(host, arguments![bob.row()])).await;
    booking(&scope, "two", other, eve).await;

    assert_eq!(happens(&scope, "BOOKING_CREATED", &["one"]).await, 6);
    assert_eq!(
        told(&scope).await,
        ["one ada", "one all", "one bob", "one client", "one copy", "one managed"]
    );
    // Of several at once, each is told to its own.
    write(&scope, Statement::command("DELETE FROM outbox_event", [])).await;
    assert_eq!(happens(&scope, "BOOKING_CREATED", &["one", "two"]).await, 10);
    let told = told(&scope).await;
    assert_eq!(told[6..], ["two all", "two eve", "two other", "two other-client"]);
}

#[tokio::test]
async fn what_is_told_names_the_booking_and_the_client_alone_or_with_others() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let eve = user(&scope, "eve").await;
    let intro = event_type(&scope, "intro", Some(ada), None, None).await;
    add(&scope, Owner::Client(client(&scope, &[ada]).await), "client").await;
    add(&scope, Owner::Organization, "all").await;
    booking(&scope, "one", intro, ada).await;
    booking(&scope, "two", intro, eve).await;
    let payloads = async || {
        let sql = "SELECT e.payload ->> 'bookingId' = ?1 + b.id AND e.booking_id = b.id, \
                   e.payload ->> 'platformClientId' IS \
                   (SELECT client_id FROM managed_user m WHERE m.user_id = b.user_id) \
                   FROM outbox_event e JOIN booking b ON b.uid = e.booking_uid ORDER BY b.id";
        let statement = Statement::query(sql, arguments![organization().wire_id()]);
        let rows = scope.read_one(statement).await.unwrap();
        rows.map(|row| Ok((row.boolean(0)?, row.boolean(1)?))).unwrap()
    };
    happens(&scope, "BOOKING_CREATED", &["one", "two"]).await;
    assert_eq!(payloads().await, [(true, true); 2]);
    write(&scope, Statement::command("DELETE FROM outbox_event", [])).await;
    happens(&scope, "BOOKING_CREATED", &["one"]).await;
    happens(&scope, "BOOKING_CREATED", &["two"]).await;
    assert_eq!(payloads().await, [(true, true); 2]);
}

#[tokio::test]
async fn whoever_sleeps_or_did_not_ask_is_not_told() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let intro = event_type(&scope, "intro", Some(ada), None, None).await;
    booking(&scope, "one", intro, ada).await;
    for owner in [Owner::User(ada), Owner::EventType(intro), Owner::Organization] {
        let asleep =
            Webhook { active: false, ..webhook(owner.clone(), "asleep", &["BOOKING_CREATED"]) };
        webhooks::create(&scope, &asleep).await.unwrap();
        let deaf = webhook(owner, "deaf", &["BOOKING_CANCELLED", "BOOKING_CREATED_NOT"]);
        webhooks::create(&scope, &deaf).await.unwrap();
    }
    assert_eq!(happens(&scope, "BOOKING_CREATED", &["one"]).await, 0);
    let events = scope.read_one(Statement::query("SELECT 1 FROM outbox_event", [])).await.unwrap();
    assert!(events.first().is_none());
    assert_eq!(happens(&scope, "BOOKING_CANCELLED", &["one"]).await, 3);
}

#[tokio::test]
async fn a_booking_knows_that_somebody_listens_whoever_it_is() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let eve = user(&scope, "eve").await;
    let sales = team(&scope, "sales", &[]).await;
    let managed = event_type(&scope, "managed", None, Some(sales.row()), None).await;
    let copy = event_type(&scope, "copy", Some(ada), None, Some(managed)).await;
    let other = event_type(&scope, "other", Some(eve), None, None).await;
    let listens = async || {
        let found = bookings::find_bookable(&scope, bookings::Selector::Id(copy)).await.unwrap();
        found.unwrap().has_webhooks
    };
    add(&scope, Owner::User(eve), "eve").await;
    add(&scope, Owner::EventType(other), "other").await;
    assert!(!listens().await);
    let other_client = client(&scope, &[eve]).await;
    add(&scope, Owner::Client(other_client), "other client").await;
    assert!(!listens().await);
    let owners = [
        Owner::User(ada),
        Owner::EventType(copy),
        Owner::EventType(managed),
        Owner::Organization,
        Owner::Client(client(&scope, &[ada]).await),
    ];
    for owner in owners {
        let added = add(&scope, owner.clone(), "x").await;
        assert!(listens().await, "{owner:?}");
        webhooks::delete(&scope, &added.id).await.unwrap();
        assert!(!listens().await, "{owner:?}");
    }
}

#[tokio::test]
async fn who_listens_is_found_without_reading_all_webhooks() {
    let home = Home::new().await;
    let scope = home.scope().await;
    // One event has a statement of its own.
    let one = BookingEvent {
        trigger: "BOOKING_CREATED",
        booking_uid: "one".to_owned(),
        payload: "{}".to_owned(),
    };
    let statements = [&[], [one].as_slice()]
        .map(|events| deliveries::booking_events(events, organization(), NOW));
    let mut lookups = 0;
    for statement in statements.into_iter().flatten() {
        let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let plan = Statement { sql: sql.into(), want_rows: true, ..statement };
        let rows = scope.read_one(plan).await.unwrap();
        let steps = rows.map(|row| row.string(3)).unwrap().join("\n") + "\n";
        for table in ["w", "l", "b", "h", "c", "m"] {
            assert!(!steps.contains(&format!("SCAN {table}\n")), "{steps}");
        }
        lookups += usize::from(steps.contains("webhook_event_type"));
    }
    assert_eq!(lookups, 3, "one event looks for them once");
}

#[tokio::test]
async fn one_owner_has_one_webhook_per_url() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let eve = user(&scope, "eve").await;
    let intro = event_type(&scope, "intro", Some(ada), None, None).await;
    let owners = [
        Owner::User(ada),
        Owner::User(eve),
        Owner::EventType(intro),
        Owner::Organization,
        Owner::Client(client(&scope, &[]).await),
        Owner::Client(client(&scope, &[]).await),
    ];
    for owner in owners {
        let first = add(&scope, owner.clone(), "https://a.example").await;
        let twin = webhook(owner.clone(), "https://a.example", &[]);
        assert_eq!(webhooks::create(&scope, &twin).await.unwrap(), Created::UrlTaken);
        let other = add(&scope, owner, "https://b.example").await;
        let changes = Changes { subscriber_url: Some(first.subscriber_url), ..Changes::default() };
        let changed = webhooks::update(&scope, &other.id, &changes, NOW).await.unwrap();
        assert_eq!(changed, Changed::UrlTaken);
    }
}

#[tokio::test]
async fn a_change_touches_only_what_it_names() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let webhook = add(&scope, Owner::User(ada), "https://a.example").await;
    let later = NOW.plus_millis(1);
    let changes = Changes {
        payload_template: Patch::Value("{{title}}".to_owned()),
        secret: Patch::Null,
        ..Changes::default()
    };
    let changed = webhooks::update(&scope, &webhook.id, &changes, later).await.unwrap();
    let expected = Webhook {
        payload_template: Some("{{title}}".to_owned()),
        sealed_secret: None,
        updated_at: later,
        ..webhook.clone()
    };
    assert_eq!(changed, Changed::Done(Box::new(expected.clone())));
    assert_eq!(webhooks::find(&scope, &webhook.id).await.unwrap(), Some(expected.clone()));
    assert_eq!(webhooks::delete(&scope, &webhook.id).await.unwrap(), Some(expected));
    assert_eq!(webhooks::find(&scope, &webhook.id).await.unwrap(), None);
    let changed = webhooks::update(&scope, &webhook.id, &changes, later).await.unwrap();
    assert_eq!(changed, Changed::Gone);
}

#[tokio::test]
async fn a_replaced_secret_is_kept_for_a_while_and_a_removed_one_is_not() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let webhook = add(&scope, Owner::User(ada), "https://a.example").await;
    let until = NOW.plus_millis(1000);
    let secrets = async |secret: Patch<NewSecret>| {
        let changes = Changes { secret, ..Changes::default() };
        webhooks::update(&scope, &webhook.id, &changes, NOW).await.unwrap();
        let sql = "SELECT secret, previous_secret, previous_secret_until FROM webhook";
        let rows = scope.read_one(Statement::query(sql, [])).await.unwrap();
        let row = rows.first().unwrap();
        let text = |column| row.optional(column, |row, column| row.string(column)).unwrap();
        (text(0), text(1), row.optional(2, |row, column| row.instant(column)).unwrap())
    };
    let new =
        |sealed: &str| Patch::Value(NewSecret { sealed: sealed.to_owned(), old_until: until });
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(secrets(new("second")).await, (some("second"), some("sealed"), Some(until)));
    assert_eq!(secrets(Patch::Absent).await, (some("second"), some("sealed"), Some(until)));
    let found = webhooks::find(&scope, &webhook.id).await.unwrap().unwrap();
    assert_eq!(found.previous_secret_until, Some(until));
    assert_eq!(secrets(new("third")).await, (some("third"), some("second"), Some(until)));
    assert_eq!(secrets(Patch::Null).await, (None, None, None));
    // Nothing was there to be replaced.
    assert_eq!(secrets(new("fourth")).await, (some("fourth"), None, None));
}

#[tokio::test]
async fn an_address_that_changes_or_wakes_begins_without_the_failures_before() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let webhook = add(&scope, Owner::User(ada), "https://a.example").await;
    let fails = "INSERT OR REPLACE INTO webhook_health (webhook_id, failures, failing_since) \
                 VALUES (?1, 9, 0)";
    let still_counted = async |changes: Changes| {
        let fails = Statement::command(fails, arguments![webhook.id.as_str()]);
        scope.write(vec![fails]).await.unwrap();
        webhooks::update(&scope, &webhook.id, &changes, NOW).await.unwrap();
        let sql = "SELECT 1 FROM webhook_health";
        scope.read_one(Statement::query(sql, [])).await.unwrap().first().is_some()
    };
    let to = |url: &str| Changes { subscriber_url: Some(url.to_owned()), ..Changes::default() };
    let active = |active| Changes { active: Some(active), ..Changes::default() };
    for (changes, counted) in [
        (Changes { version: Some("v".to_owned()), ..Changes::default() }, true),
        (to("https://a.example"), true),
        (active(true), true),
        (to("https://b.example"), false),
        (active(false), true),
        (active(true), false),
    ] {
        assert_eq!(still_counted(changes.clone()).await, counted, "{changes:?}");
    }
}

#[tokio::test]
async fn a_list_is_the_owners_own_and_paged() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let intro = event_type(&scope, "intro", Some(ada), None, None).await;
    let client = client(&scope, &[]).await;
    let owners =
        [Owner::User(ada), Owner::EventType(intro), Owner::Organization, Owner::Client(client)];
    for owner in &owners {
        for number in 0..3 {
            add(&scope, owner.clone(), &format!("https://{number}.example")).await;
        }
    }
    for owner in &owners {
        let page = |skip, take| webhooks::list(&scope, owner, skip, take);
        let all = page(0, 250).await.unwrap();
        assert_eq!(all.len(), 3);
        assert!(all.iter().all(|webhook| webhook.owner == *owner));
        assert_eq!(page(1, 1).await.unwrap(), all[1..2]);
        assert!(page(3, 5).await.unwrap().is_empty());
    }
    assert_eq!(webhooks::delete_all(&scope, &Owner::EventType(intro)).await.unwrap(), 3);
    assert_eq!(webhooks::delete_all(&scope, &Owner::EventType(intro)).await.unwrap(), 0);
    let left = webhooks::list(&scope, &Owner::Organization, 0, 250).await.unwrap();
    assert_eq!(left.len(), 3);
}

#[tokio::test]
async fn a_webhook_of_another_organisation_is_not_found_and_its_owner_owns_nothing_here() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let other = OrganizationNumber::new(8).unwrap();
    let foreign = UuidUid::generate(other);
    assert_eq!(webhooks::find(&scope, &foreign).await.unwrap(), None);
    let ada = user(&scope, "ada").await;
    add(&scope, Owner::User(ada), "https://a.example").await;
    let stranger = Owner::User(UserId::new(other, ada.row()));
    assert_eq!(webhooks::list(&scope, &stranger, 0, 250).await.unwrap(), []);
    assert_eq!(webhooks::delete_all(&scope, &stranger).await.unwrap(), 0);
    let made = webhooks::create(&scope, &webhook(stranger, "https://b.example", &[])).await;
    assert_eq!(made.unwrap(), Created::OwnerGone);
}

#[tokio::test]
async fn webhooks_go_with_their_event_type_or_user_and_have_none_that_is_gone() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let intro = event_type(&scope, "intro", Some(ada), None, None).await;
    let of_event_type = add(&scope, Owner::EventType(intro), "https://a.example").await;
    let of_user = add(&scope, Owner::User(ada), "https://a.example").await;
    write(&scope, Statement::command("DELETE FROM event_type", [])).await;
    assert_eq!(webhooks::find(&scope, &of_event_type.id).await.unwrap(), None);
    let late = webhook(Owner::EventType(intro), "https://b.example", &[]);
    assert_eq!(webhooks::create(&scope, &late).await.unwrap(), Created::OwnerGone);
    let gone = webhook(Owner::Client(ClientId::generate(organization())), "https://c.example", &[]);
    assert_eq!(webhooks::create(&scope, &gone).await.unwrap(), Created::OwnerGone);
    // Who leaves the organisation hears no more of it.
    users::leave(&scope, ada, Role::Owner, NOW).await.unwrap();
    assert_eq!(webhooks::find(&scope, &of_user.id).await.unwrap(), None);
}

#[tokio::test]
async fn an_owner_has_a_bounded_number_of_webhooks() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let ada = user(&scope, "ada").await;
    let sql = "INSERT INTO webhook (id, user_id, subscriber_url, active, triggers, version, \
               created_at, updated_at) SELECT 'w' || value, ?1, 'u' || value, 1, '[]', 'v', 0, 0 \
               FROM generate_series(1, ?2)";
    let sql = sql.replace(
        "generate_series(1, ?2)",
        "(WITH RECURSIVE n (value) AS (SELECT 1 \
               UNION ALL SELECT value + 1 FROM n WHERE value < ?2) SELECT value FROM n)",
    );
    let fill = Statement {
        sql: sql.into(),
        ..Statement::command("", arguments![ada.row(), MAX_WEBHOOKS])
    };
    write(&scope, fill).await;
    let more = webhook(Owner::User(ada), "https://x.example", &[]);
    assert_eq!(webhooks::create(&scope, &more).await.unwrap(), Created::TooMany);
    add(&scope, Owner::Organization, "https://x.example").await;
}

#[tokio::test]
async fn a_notice_goes_to_whoever_can_do_something() {
    let home = Home::new().await;
    let scope = home.scope().await;
    let [ada, bob, eve, managed] = [
        user(&scope, "ada").await,
        user(&scope, "bob").await,
        user(&scope, "eve").await,
        user(&scope, "managed").await,
    ];
    let owner = "UPDATE user SET organization_role = 'OWNER' WHERE id = ?1";
    write(&scope, Statement::command(owner, arguments![eve.row()])).await;
    let sales = team(&scope, "sales", &[(ada, true), (bob, true), (managed, true)]).await;
    let admin = "UPDATE team_membership SET role = 'ADMIN' WHERE user_id IN (?1, ?2)";
    let admins = arguments![bob.row(), managed.row()];
    write(&scope, Statement::command(admin, admins)).await;
    let of_team = event_type(&scope, "of-team", None, Some(sales.row()), None).await;
    let of_ada = event_type(&scope, "of-ada", Some(ada), None, None).await;
    let client = client(&scope, &[managed]).await;
    for (owner, expected) in [
        (Owner::User(bob), "bob"),
        (Owner::EventType(of_ada), "ada"),
        (Owner::EventType(of_team), "bob"),
        (Owner::User(managed), "eve"),
        (Owner::Client(client), "eve"),
        (Owner::Organization, "eve"),
    ] {
        let added = add(&scope, owner.clone(), "https://x.org").await;
        let keepers = webhooks::keepers(&scope, &added.id).await.unwrap();
        let names: Vec<_> = keepers.iter().map(|keeper| keeper.email.as_str()).collect();
        let [email] = names.as_slice() else { panic!("{owner:?}: {names:?}") };
        assert!(email.starts_with(expected), "{owner:?}: {email}");
    }
    // Bob's own is looked after by the organisation once he left.
    let added = add(&scope, Owner::User(bob), "https://y.org").await;
    leave(&scope, bob).await;
    let keepers = webhooks::keepers(&scope, &added.id).await.unwrap();
    assert_eq!((keepers.len(), keepers[0].email.as_str()), (1, "eve@example.com"));
    let nobodys = UuidUid::generate(organization());
    assert_eq!(webhooks::keepers(&scope, &nobodys).await.unwrap(), []);
}

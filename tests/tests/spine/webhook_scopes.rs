//! Webhooks of event types, of teams' event types and of organisations: whose they are,
//! and what each of them hears.

use std::time::{Duration, Instant};

use meridian_tests::{Client, Receiver, in_both_modes};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(30);

fn hook(url: &str) -> Value {
    json!({"subscriberUrl": url, "active": true, "triggers": ["BOOKING_CREATED"]})
}

fn id(webhook: &Value) -> &str {
    webhook["id"].as_str().unwrap()
}

/// What every collection of webhooks can do.
fn walk(client: &Client, path: &str, owner: &str, owner_id: impl Into<Value>) {
    let body = hook("https://example.com/hook");
    let made = client.post(path, &body).data(201);
    assert_eq!(made[owner], owner_id.into());
    let owners = ["userId", "eventTypeId", "teamId", "oAuthClientId"];
    for other in owners.iter().filter(|other| **other != owner) {
        assert!(made.get(*other).is_none(), "{made}");
    }
    let message = client.post(path, &body).error(409);
    assert_eq!(message, "A webhook with this subscriberUrl already exists.");
    let other = client.post(path, &hook("https://example.com/other")).data(201);
    let one = format!("{path}/{}", id(&made));
    assert_eq!(client.get(&one).data(200), made);
    let taken = json!({"subscriberUrl": "https://example.com/other"});
    client.patch(&one, &taken).error(409);
    let change = json!({"active": false, "triggers": ["MEETING_ENDED", "MEETING_ENDED"]});
    let changed = client.patch(&one, &change).data(200);
    assert_eq!(changed["active"], false);
    assert_eq!(changed["triggers"], json!(["MEETING_ENDED"]));
    assert_eq!(changed["subscriberUrl"], "https://example.com/hook");
    assert_eq!(client.get(path).data(200), json!([changed, other]));
    assert_eq!(client.get(&format!("{path}?skip=1&take=1")).data(200), json!([other]));
    client.get(&format!("{path}?take=251")).error(400);
    assert_eq!(client.delete(&one).data(200), changed);
    for answer in [client.get(&one), client.delete(&one), client.patch(&one, &json!({}))] {
        let message = answer.error(404);
        assert_eq!(message, format!("Webhook ({}) not found", id(&made)));
    }
    client.get(&format!("{path}/not-a-uuid")).error(404);
    let message = client.post(path, &json!({"triggers": ["BOOKING_CONFIRMED"]})).error(400);
    for field in ["subscriberUrl ", "active ", "triggers "] {
        assert!(message.contains(field), "{message}");
    }
    walk_deliveries(client, path);
}

/// What was sent to a webhook, whoever owns it, is seen and sent again under its path.
fn walk_deliveries(client: &Client, path: &str) {
    let receiver =
        Receiver::behaving(
            |before, _| {
                if before == 0 { http::StatusCode::GONE } else { http::StatusCode::OK }
            },
        );
    let made = client.post(path, &hook(&receiver.url("/hook"))).data(201);
    let one = format!("{path}/{}", id(&made));
    let sent = client.post(&format!("{one}/test"), &json!({})).data(201);
    let state = |wanted: &str| {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = client.get(&format!("{one}/deliveries")).data(200);
            if found[0]["status"] == wanted {
                assert_eq!(found[0]["id"], sent["id"]);
                return;
            }
            assert!(Instant::now() < deadline, "{found}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    // It said that it is gone, so the webhook is off.
    state("failed");
    assert_eq!(client.get(&one).data(200)["active"], false);
    let again = format!("{one}/deliveries/{}/redeliver", sent["id"]);
    client.post(&again, &json!({})).error(409);
    client.patch(&one, &json!({"active": true})).data(200);
    client.post(&again, &json!({})).data(200);
    state("delivered");
    let since = json!({"since": "2020-01-01T00:00:00.000Z"});
    let replayed = client.post(&format!("{one}/deliveries/replay"), &since).data(200);
    assert_eq!(replayed["replayed"], 0);
    assert!(client.get(&format!("{one}/deliveries?status=eaten")).error(400).contains("status"));
    client.get(&format!("{path}/not-a-uuid/deliveries")).error(404);
    client.delete(&one).data(200);
    client.get(&format!("{one}/deliveries")).error(404);
}

#[test]
fn webhooks_of_event_types_are_their_owners() {
    in_both_modes(|server| {
        let organization = server.organization();
        let mate = organization.member(server, "mate", "MEMBER");
        let event_type = organization.event_type("intro", 30);
        let client = &organization.client;
        let path = format!("/v2/event-types/{event_type}/webhooks");
        walk(client, &path, "eventTypeId", event_type);
        client.post(&path, &hook("https://example.com/more")).data(201);
        let left = client.get(&path).data(200)[0].clone();

        // A colleague's, another one's, nobody's.
        let one = format!("{path}/{}", id(&left));
        for answer in [
            mate.client.get(&path),
            mate.client.post(&path, &hook("https://example.com/mine")),
            mate.client.delete(&path),
            mate.client.get(&one),
            mate.client.patch(&one, &json!({"active": false})),
            mate.client.delete(&one),
        ] {
            assert!(answer.error(403).contains("does not own event type"), "{}", answer.text);
        }
        let other = organization.event_type("other", 30);
        client.get(&format!("/v2/event-types/{other}/webhooks/{}", id(&left))).error(403);
        client.delete(&format!("/v2/webhooks/{}", id(&left))).error(403);
        client.get("/v2/event-types/999999/webhooks").error(404);
        client.get("/v2/event-types/intro/webhooks").error(400);

        assert_eq!(client.delete(&path).data(200), "2 webhooks deleted");
        assert_eq!(client.delete(&path).data(200), "0 webhooks deleted");
        assert_eq!(client.get(&path).data(200), json!([]));
    });
}

#[test]
fn webhooks_of_a_teams_event_types_are_its_administrators() {
    in_both_modes(|server| {
        let organization = server.organization();
        let boss = organization.member(server, "boss", "MEMBER");
        let mate = organization.member(server, "mate", "MEMBER");
        let stranger = organization.member(server, "stranger", "MEMBER");
        let team = organization.team("sales", &[(boss.id, "ADMIN"), (mate.id, "MEMBER")]);
        let event_type = organization.team_event_type(team, "call", "collective", &json!({}));
        let path = format!("/v2/teams/{team}/event-types/{event_type}/webhooks");
        walk(&boss.client, &path, "eventTypeId", event_type);
        for other in [&mate.client, &stranger.client] {
            other.get(&path).error(403);
            other.post(&path, &hook("https://example.com/x")).error(403);
            other.delete(&path).error(403);
        }
        // By its id alone it is the same collection; whoever administers may.
        let alone = format!("/v2/event-types/{event_type}/webhooks");
        assert_eq!(boss.client.get(&alone).data(200).as_array().unwrap().len(), 1);
        mate.client.get(&alone).error(403);
        // Not under another team.
        let others = organization.team("others", &[]);
        organization
            .client
            .get(&format!("/v2/teams/{others}/event-types/{event_type}/webhooks"))
            .error(404);
        assert_eq!(organization.client.delete(&path).data(200), "1 webhooks deleted");
    });
}

#[test]
fn webhooks_of_an_organisation_are_its_administrators_and_hear_of_all_its_bookings() {
    in_both_modes(|server| {
        let receiver = Receiver::start();
        let organization = server.organization();
        let admin = organization.member(server, "admin", "ADMIN");
        let mate = organization.member(server, "mate", "MEMBER");
        let path = format!("/v2/organizations/{}/webhooks", organization.id);
        walk(&admin.client, &path, "teamId", organization.id);
        for answer in
            [mate.client.get(&path), mate.client.post(&path, &hook("https://example.com/x"))]
        {
            assert!(answer.error(403).contains("ORG_ADMIN"), "{}", answer.text);
        }
        // There is no collection to delete here.
        admin.client.delete(&path).error(405);

        let made = admin.client.post(&path, &hook(&receiver.url("/ours"))).data(201);
        assert_eq!(made["teamId"], organization.id);
        let stranger = server.organization();
        let other = format!("/v2/organizations/{}/webhooks", stranger.id);
        stranger.client.post(&other, &hook(&receiver.url("/theirs"))).data(201);
        let event_type = organization.event_type("heard", 30);
        let booking = organization.book(event_type, "2050-09-05T07:00:00.000Z");
        let delivery = receiver.wait_for("/ours", 1, PATIENCE).remove(0);
        assert_eq!(delivery.json()["payload"]["uid"], booking["uid"]);
        assert!(receiver.deliveries().iter().all(|delivery| delivery.path == "/ours"));
    });
}

#[test]
fn a_booking_is_told_to_every_subscriber_it_concerns_once() {
    in_both_modes(|server| {
        let receiver = Receiver::start();
        let organization = server.organization();
        let bob = organization.member(server, "bob", "MEMBER");
        let eve = organization.member(server, "eve", "MEMBER");
        let team = organization.team("sales", &[(bob.id, "MEMBER")]);
        let hosts = json!({"hosts": [{"userId": organization.owner_id}, {"userId": bob.id}]});
        let event_type = organization.team_event_type(team, "call", "collective", &hosts);
        let other = organization.team_event_type(team, "other", "collective", &hosts);
        let of = |event_type: i64| format!("/v2/teams/{team}/event-types/{event_type}/webhooks");
        let all = format!("/v2/organizations/{}/webhooks", organization.id);
        let owner = &organization.client;
        for (client, path, name) in [
            (owner, "/v2/webhooks".to_owned(), "/organiser"),
            (&bob.client, "/v2/webhooks".to_owned(), "/host"),
            (&eve.client, "/v2/webhooks".to_owned(), "/bystander"),
            (owner, of(event_type), "/event-type"),
            (owner, of(other), "/other-event-type"),
            (owner, all, "/organization"),
        ] {
            client.post(&path, &hook(&receiver.url(name))).data(201);
        }
        let booking = organization.book(event_type, "2050-09-05T07:00:00.000Z");
        let told = ["/organiser", "/host", "/event-type", "/organization"];
        for name in told {
            let delivery = receiver.wait_for(name, 1, PATIENCE).remove(0);
            assert_eq!(delivery.json()["payload"]["uid"], booking["uid"]);
        }
        let mut heard: Vec<String> =
            receiver.deliveries().iter().map(|delivery| delivery.path.clone()).collect();
        heard.sort();
        let mut expected = told.map(str::to_owned);
        expected.sort();
        assert_eq!(heard, expected);
    });
}

#[test]
fn a_managed_event_type_hears_of_the_bookings_of_its_copies() {
    in_both_modes(|server| {
        let receiver = Receiver::start();
        let organization = server.organization();
        let bob = organization.member(server, "bob", "MEMBER");
        let team = organization.team("sales", &[(bob.id, "MEMBER")]);
        let body = json!({"title": "M", "slug": "managed", "lengthInMinutes": 30,
                          "schedulingType": "managed", "hosts": [{"userId": bob.id}]});
        let made = organization.client.post(&format!("/v2/teams/{team}/event-types"), &body);
        let managed = made.data(201)[0]["id"].as_i64().unwrap();
        let path = format!("/v2/teams/{team}/event-types/{managed}/webhooks");
        organization.client.post(&path, &hook(&receiver.url("/managed"))).data(201);
        let copies = bob.client.version("2024-06-14").get("/v2/event-types").data(200);
        let copy = copies.as_array().unwrap().iter().find(|one| one["slug"] == "managed");
        let copy = copy.unwrap()["id"].as_i64().unwrap();
        let of_copy = format!("/v2/event-types/{copy}/webhooks");
        bob.client.post(&of_copy, &hook(&receiver.url("/copy"))).data(201);
        let booking = organization.book(copy, "2050-09-05T07:00:00.000Z");
        for name in ["/managed", "/copy"] {
            let delivery = receiver.wait_for(name, 1, PATIENCE).remove(0);
            assert_eq!(delivery.json()["payload"]["uid"], booking["uid"]);
        }
    });
}

#[test]
fn a_replaced_secret_is_good_for_a_day_and_shown_to_be() {
    in_both_modes(|server| {
        let organization = server.organization();
        let client = &organization.client;
        let mut body = hook("https://example.com/rotating");
        body["secret"] = json!("first");
        let made = client.post("/v2/webhooks", &body).data(201);
        assert_eq!(made["secret"], "first");
        assert!(made.get("previousSecretExpiresAt").is_none());
        let path = format!("/v2/webhooks/{}", id(&made));
        // The same again replaces nothing.
        let same = client.patch(&path, &json!({"secret": "first"})).data(200);
        assert!(same.get("previousSecretExpiresAt").is_none());
        let changed = client.patch(&path, &json!({"secret": "second"})).data(200);
        assert_eq!(changed["secret"], "second");
        let until = changed["previousSecretExpiresAt"].as_str().unwrap().to_owned();
        let again = client.patch(&path, &json!({"secret": "second", "active": false})).data(200);
        assert_eq!(again["previousSecretExpiresAt"], until.as_str());
        let removed = client.patch(&path, &json!({"secret": null})).data(200);
        assert_eq!(removed["secret"], Value::Null);
        assert!(removed.get("previousSecretExpiresAt").is_none());
    });
}

#[test]
fn what_a_webhook_cannot_be_is_refused_by_the_name_of_its_field() {
    in_both_modes(|server| {
        let organization = server.organization();
        let client = &organization.client;
        let made = client.post("/v2/webhooks", &hook("https://example.com/good")).data(201);
        let path = format!("/v2/webhooks/{}", id(&made));
        for (field, value) in [
            ("triggers", json!(["BOOKING_REOPENED"])),
            ("triggers", json!("BOOKING_CREATED")),
            ("triggers", json!(vec!["BOOKING_CREATED"; 101])),
            ("subscriberUrl", json!("example.com/hook")),
            ("subscriberUrl", json!("ftp://example.com/hook")),
            ("subscriberUrl", json!("https://user:secret@example.com/hook")),
            ("subscriberUrl", json!("https://")),
            ("subscriberUrl", json!(format!("https://example.com/{}", "x".repeat(3_000)))),
            ("payloadTemplate", json!("{{title")),
            ("payloadTemplate", json!("{{}}")),
            ("payloadTemplate", json!("{{a{{b}}}}")),
            ("payloadTemplate", json!("{{a}}".repeat(501))),
            ("payloadTemplate", json!(format!("{{{{{}x}}}}", "x.".repeat(40)))),
            ("payloadTemplate", json!("x".repeat(20_001))),
            ("secret", json!("s".repeat(1_001))),
            ("secret", json!(7)),
            ("version", json!("2020-01-01")),
            ("active", json!("often")),
        ] {
            let message = client.patch(&path, &json!({field: value})).error(400);
            assert!(message.contains(field), "{field}: {message}");
            let mut body = hook("https://example.com/bad");
            body[field] = value;
            let message = client.post("/v2/webhooks", &body).error(400);
            assert!(message.contains(field), "{field}: {message}");
        }
        assert_eq!(client.get("/v2/webhooks").data(200), json!([made]));
    });
}

/// Routes that are walked as a stranger here and not in `isolation`: they want a
/// platform customer with a client.
pub(crate) const WALKED: &[(&str, &str)] = &[
    ("POST", "/v2/oauth-clients/:clientId/webhooks"),
    ("GET", "/v2/oauth-clients/:clientId/webhooks"),
    ("DELETE", "/v2/oauth-clients/:clientId/webhooks"),
    ("GET", "/v2/oauth-clients/:clientId/webhooks/:webhookId"),
    ("PATCH", "/v2/oauth-clients/:clientId/webhooks/:webhookId"),
    ("DELETE", "/v2/oauth-clients/:clientId/webhooks/:webhookId"),
    ("GET", "/v2/oauth-clients/:clientId/webhooks/:webhookId/deliveries"),
    ("POST", "/v2/oauth-clients/:clientId/webhooks/:webhookId/deliveries/replay"),
    ("POST", "/v2/oauth-clients/:clientId/webhooks/:webhookId/deliveries/:deliveryId/redeliver"),
    ("POST", "/v2/oauth-clients/:clientId/webhooks/:webhookId/test"),
];

#[test]
fn webhooks_of_a_platform_client_are_handled_by_it_and_by_its_administrators() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let path = format!("/v2/oauth-clients/{}/webhooks", client.id);
        let by_secret_alone = server.client().with("x-cal-secret-key", &client.secret);
        for client_of_path in [&by_secret_alone, &organization.client] {
            walk(client_of_path, &path, "oAuthClientId", client.id.as_str());
            assert_eq!(client_of_path.delete(&path).data(200), "1 webhooks deleted");
        }

        let made = client.client.post(&path, &hook("https://secret.example.com/x")).data(201);
        let mate = organization.member(server, "mate", "MEMBER");
        mate.client.get(&path).error(403);
        let other = organization.platform_client(&json!({}));
        let under_other = format!("/v2/oauth-clients/{}/webhooks/{}", other.id, id(&made));
        let stranger = server.platform_organization();
        let strange = stranger.platform_client(&json!({}));
        for (method, pattern) in WALKED {
            let path = pattern
                .replace(":clientId", &client.id)
                .replace(":webhookId", id(&made))
                .replace(":deliveryId", &(organization.id + 1).to_string());
            let body = match *method {
                "POST" if pattern.ends_with("/replay") => {
                    Some(json!({"since": "2020-01-01T00:00:00.000Z"}))
                }
                "POST" => Some(hook("https://example.com/theirs")),
                "PATCH" => Some(json!({"active": false})),
                _ => None,
            };
            let ask =
                |client: &Client| client.send(method, &path, body.as_ref().map(Value::to_string));
            for (who, status) in [
                (&stranger.client, 404),
                (&strange.client, 404),
                (&other.client, 403),
                (&mate.client, 403),
                (&server.client(), 401),
                (&server.client().with("x-cal-secret-key", &strange.secret), 401),
            ] {
                let answer = ask(who);
                assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
                assert!(!answer.text.contains("secret.example.com"), "{}", answer.text);
            }
        }
        other.client.get(&under_other).error(403);
        organization.client.get(&under_other).error(403);
        organization.client.get("/v2/oauth-clients/nobody/webhooks").error(404);
        assert_eq!(client.client.get(&path).data(200), json!([made]));
        assert_eq!(client.client.delete(&path).data(200), "1 webhooks deleted");
        assert_eq!(client.client.get(&path).data(200), json!([]));
    });
}

#[test]
fn a_platform_client_hears_of_what_its_managed_users_host_and_of_nothing_else() {
    in_both_modes(|server| {
        let receiver = Receiver::start();
        let organization = server.platform_organization();
        let (client, other) =
            (organization.platform_client(&json!({})), organization.platform_client(&json!({})));
        for (client, path) in [(&client, "/client"), (&other, "/other-client")] {
            let webhooks = format!("/v2/oauth-clients/{}/webhooks", client.id);
            client.client.post(&webhooks, &hook(&receiver.url(path))).data(201);
        }
        let users = format!("/v2/oauth-clients/{}/users", client.id);
        let body = json!({"email": "mia@example.com", "name": "Mia", "timeZone": "Europe/Rome"});
        let made = client.client.post(&users, &body).data(201);
        let mia = server.client().bearer(made["accessToken"].as_str().unwrap());
        let body = json!({"title": "Managed", "slug": "managed", "lengthInMinutes": 30});
        let managed = mia.version("2024-06-14").post("/v2/event-types", &body).data(201);
        let own = organization.event_type("own", 30);
        organization.book(own, "2050-09-05T07:00:00.000Z");
        let booking =
            organization.book(managed["id"].as_i64().unwrap(), "2050-09-05T08:00:00.000Z");
        let heard = receiver.wait_for("/client", 1, PATIENCE).remove(0).json();
        assert_eq!(heard["payload"]["uid"], booking["uid"]);
        assert_eq!(heard["payload"]["platformClientId"], client.id.as_str());
        std::thread::sleep(Duration::from_secs(1));
        assert_eq!(receiver.deliveries().len(), 1);
    });
}

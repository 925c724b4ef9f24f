//! Rate limits and throttles, through the real key-value store.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use meridian_tests::{Answer, Client, Options, Organization, Server};
use serde_json::{Value, json};

fn left(answer: &Answer, name: &str) -> Option<i64> {
    answer.header(&format!("x-ratelimit-remaining-{name}")).parse().ok()
}

fn change(server: &Server, organization: &Organization, limits: &Value) {
    let path = format!("/platform/organizations/{}", organization.slug);
    let data = server.platform().patch(&path, &json!({"limits": limits})).data(200);
    assert_eq!(&data["limits"], limits);
}

#[test]
fn an_organisations_windows_count_at_once_for_each_of_its_keys() {
    let server = Server::with(Options::default().variable("rate_limit_api_key", "50"));
    let organization = server.organization();
    let other = organization.client.post("/v2/api-keys", &json!({})).data(201);
    let other = server.client().bearer(other["apiKey"].as_str().unwrap());
    assert_eq!(left(&organization.client.get("/v2/me"), "default"), Some(48));
    let limits = json!({"users": 10, "rateLimits": [
        {"name": "Burst", "limit": 2, "ttl": 60_000, "blockDuration": 60_000},
        {"name": "Day", "limit": 4, "ttl": 86_400_000, "blockDuration": 0}]});
    change(&server, &organization, &limits);
    // Whatever component answers, and also where the answer is an error.
    for (path, status, burst, day) in [
        ("/v2/me", 200, 1, 3),
        ("/v2/event-types", 200, 0, 2),
        ("/v2/webhooks", 200, 0, 1),
        ("/v2/teams/1", 404, 0, 0),
    ] {
        let answer = organization.client.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        assert_eq!((left(&answer, "burst"), left(&answer, "day")), (Some(burst), Some(day)));
        assert_eq!(answer.header("x-ratelimit-limit-day"), "4");
        assert!(left(&answer, "default").is_none());
    }
    let refused = organization.client.get("/v2/me");
    assert_eq!(refused.error(429), "Too many requests. Please try again later.");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(left(&other.get("/v2/me"), "burst"), Some(1), "each key for itself");
    change(&server, &organization, &Value::Null);
    assert!(left(&organization.client.get("/v2/me"), "default").is_some());
}

#[test]
fn a_key_may_have_windows_of_its_own_and_keeps_them_when_it_is_refreshed() {
    let server = Server::with(Options::default());
    let organization = server.organization();
    let path = format!("/platform/organizations/{}/api-keys", organization.slug);
    let one = |limit: u32| json!({"rateLimits": [{"name": "own", "limit": limit, "ttl": 60_000}]});
    let body = json!({"userId": organization.owner_id, "limits": one(7)});
    let made = server.platform().post(&path, &body).data(201);
    let key = server.client().bearer(made["apiKey"].as_str().unwrap());
    assert_eq!(left(&key.get("/v2/me"), "own"), Some(6));
    let fresh = key.post("/v2/api-keys/refresh", &json!({})).data(200);
    let fresh = server.client().bearer(fresh["apiKey"].as_str().unwrap());
    assert_eq!(left(&fresh.get("/v2/me"), "own"), Some(6));

    let keys = organization.client.get("/v2/api-keys").data(200);
    let newest = format!("{path}/{}", keys[0]["id"]);
    server.platform().patch(&newest, &json!({"limits": one(3)})).data(200);
    assert_eq!(left(&fresh.get("/v2/me"), "own"), Some(1));
    server.platform().patch(&newest, &json!({"limits": null})).data(200);
    assert_eq!(left(&fresh.get("/v2/me"), "own"), None);
    // A key of another organisation is not there.
    let other = server.organization();
    let elsewhere = format!("/platform/organizations/{}/api-keys/{}", other.slug, keys[0]["id"]);
    server.platform().patch(&elsewhere, &json!({"limits": one(1)})).error(404);
    server.platform().patch(&newest, &json!({})).error(400);
}

#[test]
fn windows_that_make_no_sense_are_named() {
    let server = Server::start();
    let organization = server.organization();
    let path = format!("/platform/organizations/{}", organization.slug);
    let row = |field: &str, value: Value| {
        let mut row = json!({"name": "a", "limit": 1, "ttl": 1000, "blockDuration": 0});
        row[field] = value;
        json!({"limits": {"rateLimits": [row]}})
    };
    for (body, field) in [
        (row("name", json!("a b")), "limits.rateLimits.0.name"),
        (row("limit", json!(0)), "limits.rateLimits.0.limit"),
        (row("limit", json!(1_000_001)), "limits.rateLimits.0.limit"),
        (row("ttl", json!(0)), "limits.rateLimits.0.ttl"),
        (row("ttl", json!("soon")), "limits.rateLimits.0.ttl"),
        (row("blockDuration", json!(-1)), "limits.rateLimits.0.blockDuration"),
        (json!({"limits": {"rateLimits": {}}}), "limits.rateLimits"),
        (json!({"limits": {"rateLimits": [7]}}), "limits.rateLimits.0"),
        (json!({"limits": {"users": "many"}}), "limits.users"),
        (json!({"limits": []}), "limits"),
    ] {
        let message = server.platform().patch(&path, &body).error(400);
        assert!(message.starts_with(&format!("{field} ")), "{message}");
    }
}

#[test]
fn requests_at_once_are_never_more_than_the_limit() {
    let server = Server::with(Options::default().variable("rate_limit_api_key", "10"));
    let organization = server.organization();
    let passed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..40 {
            scope.spawn(|| match organization.client.get("/v2/me").status {
                200 => passed.fetch_add(1, Ordering::Relaxed),
                status => usize::from(status != 429) * 1000,
            });
        }
    });
    assert_eq!(passed.load(Ordering::Relaxed), 10);
}

#[test]
fn a_block_ends_when_the_operator_says() {
    let options = Options::default().variable("rate_limit_api_key", "2");
    let server = Server::with(options.variable("rate_limit_block_seconds", "1"));
    let organization = server.organization();
    let ask = || organization.client.get("/v2/me");
    assert_eq!([ask(), ask(), ask()].map(|answer| answer.status), [200, 200, 429]);
    assert_eq!(ask().header("retry-after"), "1");
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(ask().status, 200);
}

#[test]
fn an_organisations_teams_are_deleted_one_a_second() {
    let server = Server::start();
    let organization = server.organization();
    let teams = ["one", "two", "three"].map(|slug| organization.team(slug, &[]));
    let path = |team: i64| format!("/v2/organizations/{}/teams/{team}", organization.id);
    let first = organization.client.delete(&path(teams[0]));
    first.data(200);
    assert_eq!(first.header("x-ratelimit-limit-org_teams_delete"), "1");
    let second = organization.client.delete(&path(teams[1]));
    second.error(429);
    assert_eq!(second.header("retry-after"), "1");
    // Reading is not slowed down by that.
    organization.client.get(&path(teams[1])).data(200);
    std::thread::sleep(Duration::from_millis(1_100));
    organization.client.delete(&path(teams[1])).data(200);
}

fn owner_with_password(server: &Server, password: &str) -> (String, String) {
    let slug = format!("pass-{}", meridian_tests::free_port());
    let email = format!("owner@{slug}.example.com");
    let body = json!({"slug": slug, "name": "P", "owner": {"email": email, "name": "O",
        "username": "o", "timeZone": "UTC", "password": password}});
    server.platform().post("/platform/organizations", &body).data(201);
    (slug, email)
}

fn sign_in(client: &Client, (slug, email): &(String, String), password: &str) -> Answer {
    let body = json!({"organization": slug, "email": email, "password": password});
    client.post("/v2/auth/login", &body)
}

#[test]
fn wrong_passwords_close_the_account_for_a_while_and_no_other() {
    let server = Server::start();
    let account = owner_with_password(&server, "correct horse battery");
    let other = owner_with_password(&server, "another horse battery");
    let client = server.client();
    for _ in 0..4 {
        sign_in(&client, &account, "wrong password").error(401);
    }
    sign_in(&client, &account, "correct horse battery").data(200);
    for _ in 0..5 {
        sign_in(&client, &account, "wrong password").error(401);
    }
    // Not even the right one is tried, so nobody learns that it is.
    let refused = sign_in(&client, &account, "correct horse battery");
    refused.error(429);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((880..=900).contains(&wait), "{wait}");
    sign_in(&client, &other, "another horse battery").data(200);
}

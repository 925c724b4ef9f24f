//! Who may call what: every route of every component, as everybody who might.
//!
//! `matrix.txt` has a line per route and a column per caller. `401`, `403` and `404`
//! are refusals; `in` is whatever the handler answers to somebody it serves. A route
//! without a line fails, and so does a line without a route.

use std::collections::BTreeMap;

use meridian_tests::{Client, ManagedUser, Mode, Organization, PlatformClient, Server};
use serde_json::json;

use crate::isolation::{Attempt, attempts, routes, version_of};
use crate::oauth2;
use crate::sessions::{self, Person};

/// Routes and what is expected of them.
const TABLE: &str = include_str!("matrix.txt");

/// Looked at between the door and the handler: whoever gets past the door with an
/// impossible one is told so, and nothing happens.
const KEY: &str = "idempotency-key";

/// Longer than any may be.
const IMPOSSIBLE_KEY: [u8; 256] = [b'x'; 256];

/// Routes that only the oldest version has.
const OLD: &[(&str, &str)] = &[
    ("GET", "/v2/bookings/:bookingUid/reschedule"),
    ("GET", "/v2/event-types/:username/:eventSlug/public"),
    ("GET", "/v2/event-types/:username/public"),
    ("GET", "/v2/slots/available"),
    ("POST", "/v2/slots/reserve"),
    ("DELETE", "/v2/slots/selected-slot"),
];

/// Who asks, by the column of the table.
fn callers(
    server: &Server,
    acme: &Organization,
    (platform, managed): (&PlatformClient, &ManagedUser),
) -> Vec<(&'static str, Client)> {
    let globex = server.organization();
    let member = |name, role| acme.member(server, name, role);
    let (plain, crew, lead, admin) = (
        member("plain", "MEMBER"),
        member("crew", "MEMBER"),
        member("lead", "MEMBER"),
        member("admin", "ADMIN"),
    );
    let teams = acme.client.get(&format!("/v2/organizations/{}/teams", acme.id)).data(200);
    for team in teams.as_array().unwrap() {
        for (user, role) in [(crew.id, "MEMBER"), (lead.id, "ADMIN")] {
            let path = format!("/v2/teams/{}/memberships", team["id"]);
            let place = json!({"userId": user, "role": role, "accepted": true});
            acme.client.post(&path, &place).data(201);
        }
    }
    let owner = Person::owner_of(server, acme.clone());
    // It has a scope that no route asks for.
    let application = oauth2::application(&owner, server, "CREDITS_READ");
    vec![
        ("nobody", acme.public.clone()),
        ("stranger", globex.member(server, "stranger", "MEMBER").client),
        ("foreign-owner", globex.client),
        ("member", plain.client),
        ("team-member", crew.client),
        ("team-admin", lead.client),
        ("admin", admin.client),
        ("owner", acme.client.clone()),
        ("client", platform.client.clone()),
        ("managed", managed.client.clone()),
        ("application", application),
    ]
}

/// What was asked, and what came of it.
struct Asked {
    class: String,
    text: String,
}

/// A refusal, as the table has it.
fn refusal(status: u16) -> Option<String> {
    [401, 403, 404].contains(&status).then(|| status.to_string())
}

/// Knocks; and past the door asks for what only reads, and for what the table has the
/// handler refuse: so nothing that is in the table changes anything.
fn ask(client: &Client, attempt: &Attempt, expected: &str) -> Asked {
    let client = client.version(attempt.version);
    let send = |client: &Client| {
        let body = attempt.body.as_ref().map(ToString::to_string);
        client.send(attempt.method, &attempt.path, body)
    };
    let knock = send(&client.with(KEY, std::str::from_utf8(&IMPOSSIBLE_KEY).unwrap()));
    if let Some(class) = refusal(knock.status) {
        return Asked { class, text: knock.text };
    }
    let is_past_the_door = knock.status == 400 && knock.text.contains("Idempotency-Key");
    assert!(is_past_the_door, "{} {}: {}", attempt.method, attempt.path, knock.text);
    if attempt.method != "GET" && !["401", "403", "404"].contains(&expected) {
        return Asked { class: "in".to_owned(), text: knock.text };
    }
    let answer = send(&client);
    let class = refusal(answer.status).unwrap_or_else(|| "in".to_owned());
    assert!(answer.status < 500, "{} {}: {}", attempt.method, attempt.path, answer.text);
    Asked { class, text: answer.text }
}

/// The lines of the table: by method and path, a class per column.
type Lines = BTreeMap<(&'static str, &'static str), Vec<&'static str>>;

/// The columns of the table, and its lines.
fn expectations() -> (Vec<&'static str>, Lines) {
    let mut lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let header = lines.next().unwrap().split_whitespace().skip(2).collect();
    let row = |line: &'static str| {
        let mut cells = line.split_whitespace();
        ((cells.next().unwrap(), cells.next().unwrap()), cells.collect())
    };
    (header, lines.map(row).collect())
}

/// An attempt at every route: with the ids of things that there are, where it has any.
fn every_attempt(
    of: &Organization,
    (platform, managed): (&PlatformClient, &ManagedUser),
) -> Vec<Attempt> {
    let mut all = attempts(of);
    let event_type = of.event_type("shown-to-all", 30);
    let booking = of.book(event_type, "2050-09-06T07:00:00.000Z");
    for (method, pattern) in routes() {
        if all.iter().any(|known| known.method == method && known.pattern == pattern) {
            continue;
        }
        let path = pattern
            .replace(":slug", &of.slug)
            .replace(":username", &of.username)
            .replace(":eventSlug", "shown-to-all")
            .replace(":bookingUid", booking["uid"].as_str().unwrap())
            .replace(":clientId", &platform.id)
            .replace(":userId", &managed.id.to_string())
            .replace(":organization", "1");
        let path = path.replace(':', "no-such-");
        let is_write = method != "GET" && method != "DELETE";
        all.push(Attempt {
            version: if OLD.contains(&(method.as_str(), pattern.as_str())) {
                "2024-04-15"
            } else {
                version_of(&path)
            },
            body: is_write.then(|| json!({})),
            method: method.leak(),
            pattern: pattern.leak(),
            path,
        });
    }
    all
}

#[test]
fn every_route_lets_in_whom_the_table_says_and_nobody_else() {
    let server = Server::with(sessions::options(Mode::Native));
    let acme = server.platform_organization();
    // A client that may do nothing that there is a route for, and a user of it.
    let platform = acme.platform_client(&json!({"permissions": ["APPS_READ"]}));
    let managed = platform.user("mia@example.com");
    let attempts = every_attempt(&acme, (&platform, &managed));
    let callers = callers(&server, &acme, (&platform, &managed));
    let (columns, expected) = expectations();
    let names: Vec<&str> = callers.iter().map(|(name, _)| *name).collect();
    assert_eq!(columns, names, "the columns of the table");
    let mut wrong = Vec::new();
    for attempt in &attempts {
        let route = (attempt.method, attempt.pattern);
        let line = expected.get(&route);
        let mut found = Vec::new();
        let mut texts = Vec::new();
        for (at, (name, client)) in callers.iter().enumerate() {
            let expected = line.and_then(|line| line.get(at)).copied().unwrap_or("?");
            let asked = ask(client, attempt, expected);
            if asked.class != expected {
                texts.push(format!("    as {name} ({expected}): {}", asked.text));
            }
            found.push(asked.class);
        }
        if !texts.is_empty() {
            let found = format!("{} {} {}", route.0, route.1, found.join(" "));
            wrong.push(format!("{found}\n{}", texts.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{} routes:\n{}", wrong.len(), wrong.join("\n"));
    for route in expected.keys() {
        let known = attempts.iter().any(|known| (known.method, known.pattern) == *route);
        assert!(known, "{} {} is in the table and in no component", route.0, route.1);
    }
}

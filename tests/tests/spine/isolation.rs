//! Tenants never see each other: every route, with another organisation's ids.

mod applications;
mod mailboxes;
mod roles;
mod webhooks;

use meridian_tests::{Client, Organization, in_both_modes};
use serde_json::json;

/// What a stranger asks for: a route of the tables, and the path made of it.
pub(crate) struct Attempt {
    pub(crate) method: &'static str,
    pub(crate) pattern: &'static str,
    pub(crate) path: String,
    pub(crate) version: &'static str,
    pub(crate) body: Option<serde_json::Value>,
}

/// Whoever has the uid of a booking may read and cancel it, and whoever has that of a
/// reservation may do with it as they please: the uid is the right.
const CAPABILITIES: &[(&str, &str)] = &[
    ("GET", "/v2/bookings/:bookingUid"),
    ("GET", "/v2/bookings/:bookingUid/reschedule"),
    ("GET", "/v2/bookings/by-seat/:seatUid"),
    ("POST", "/v2/bookings/:bookingUid/cancel"),
    ("POST", "/v2/bookings/:bookingUid/reschedule"),
    ("GET", "/v2/slots/reservations/:uid"),
    ("PATCH", "/v2/slots/reservations/:uid"),
    ("DELETE", "/v2/slots/reservations/:uid"),
];

/// What users and teams show to everybody, whoever asks.
const SHOWN_TO_ALL: &[(&str, &str)] = &[
    ("GET", "/v2/teams/:teamId/event-types"),
    ("GET", "/v2/organizations/:orgId/teams/:teamId/event-types"),
    ("GET", "/v2/event-types/:username/public"),
    ("GET", "/v2/event-types/:username/:eventSlug/public"),
];

/// Routes that answer people without credentials.
const PUBLIC: &[(&str, &str)] = &[
    ("POST", "/v2/auth/login"),
    ("POST", "/v2/auth/oauth2/token"),
    ("POST", "/v2/auth/oauth2/introspect"),
    ("POST", "/v2/auth/oauth2/revoke"),
    ("POST", "/v2/bookings"),
    ("POST", "/v2/bookings/verification-code/request"),
    ("POST", "/v2/me/email/verify"),
    ("POST", "/v2/bookings/recurring"),
    ("POST", "/v2/bookings/instant"),
    ("GET", "/v2/event-types"),
    ("GET", "/v2/slots"),
    ("GET", "/v2/slots/available"),
    ("POST", "/v2/slots/reserve"),
    ("DELETE", "/v2/slots/selected-slot"),
    ("POST", "/v2/slots/reservations"),
    ("GET", "/v2/timezones"),
    ("GET", "/v2/bookings/:bookingUid"),
    ("GET", "/v2/provider/:clientId"),
];

/// An attempt at every route that names a thing.
pub(crate) fn attempts(of: &Organization) -> Vec<Attempt> {
    let event_type = of.event_type("secret", 30).to_string();
    let schedule = of.schedules().get("/v2/schedules/default").data(200)["id"].to_string();
    let hook = json!({"subscriberUrl": "https://example.com/h", "active": true, "triggers": ["BOOKING_CREATED"]});
    let webhook =
        of.client.post("/v2/webhooks", &hook).data(201)["id"].as_str().unwrap().to_owned();
    let key = of.client.get("/v2/api-keys").data(200)[0]["id"].to_string();
    let change = Some(json!({"name": "mine", "title": "mine", "active": false}));
    let mut attempts = Vec::new();
    let mut thing = |pattern: &'static str, id: &str, version, methods: &[&'static str]| {
        for method in methods {
            let parameter = pattern.find(':').unwrap();
            attempts.push(Attempt {
                method,
                pattern,
                path: format!("{}{id}", &pattern[..parameter]),
                version,
                body: if *method == "PATCH" { change.clone() } else { None },
            });
        }
    };
    let all = ["GET", "PATCH", "DELETE"];
    thing("/v2/event-types/:eventTypeId", &event_type, "2024-06-14", &all);
    thing("/v2/event-types/:eventTypeId", &event_type, "2024-04-15", &all);
    thing("/v2/schedules/:scheduleId", &schedule, "2024-06-11", &all);
    thing("/v2/webhooks/:webhookId", &webhook, "2024-04-15", &all);
    thing("/v2/api-keys/:keyId", &key, "2024-04-15", &["DELETE"]);
    attempts.extend(attempts_at_hours(of));
    attempts.extend(attempts_at_people(of));
    attempts.extend(roles::attempts(of));
    attempts.extend(attempts_at_team_event_types(of));
    attempts.extend(attempts_at_booking_parts(of));
    attempts.extend(webhooks::attempts(of));
    attempts.extend(webhooks::attempts_at_deliveries(of));
    attempts.extend(mailboxes::attempts(of));
    attempts.extend(applications::attempts(of));
    attempts
}

/// What belongs to a booking, and lists of bookings.
fn attempts_at_booking_parts(of: &Organization) -> Vec<Attempt> {
    let event_type = of.event_type("secret-call", 30);
    let uid = of.book(event_type, "2050-09-05T07:00:00.000Z")["uid"].as_str().unwrap().to_owned();
    let attendees = of.own_bookings().get(&format!("/v2/bookings/{uid}/attendees")).data(200);
    let team = of.team("secret-callers", &[]);
    let path = |pattern: &str| {
        pattern
            .replace(":orgId", &of.id.to_string())
            .replace(":userId", &of.owner_id.to_string())
            .replace(":teamId", &team.to_string())
            .replace(":bookingUid", &uid)
            .replace(":attendeeId", &attendees[0]["id"].to_string())
    };
    let person = json!({"name": "N", "email": "n@x.org", "timeZone": "UTC"});
    let guests = json!({"guests": [{"email": "n@x.org"}]});
    let place = json!({"location": {"type": "link", "link": "https://x.org"}});
    let attempt = |(method, pattern, body): (&'static str, &'static str, _)| Attempt {
        method,
        pattern,
        path: path(pattern),
        version: "2024-08-13",
        body,
    };
    let writes = [
        ("POST", "/v2/bookings/:bookingUid/attendees", Some(person)),
        ("POST", "/v2/bookings/:bookingUid/guests", Some(guests)),
        ("PATCH", "/v2/bookings/:bookingUid/location", Some(place)),
        ("POST", "/v2/bookings/:bookingUid/confirm", Some(json!({}))),
        ("POST", "/v2/bookings/:bookingUid/decline", Some(json!({}))),
        ("POST", "/v2/bookings/:bookingUid/mark-absent", Some(json!({"host": true}))),
        ("POST", "/v2/bookings/:bookingUid/reassign", Some(json!({}))),
        ("POST", "/v2/bookings/:bookingUid/reassign/:userId", Some(json!({}))),
    ];
    let reads = [
        "/v2/bookings/:bookingUid/attendees",
        "/v2/bookings/:bookingUid/attendees/:attendeeId",
        "/v2/bookings/:bookingUid/calendar-links",
        "/v2/bookings/:bookingUid/references",
        "/v2/bookings/:bookingUid/recordings",
        "/v2/bookings/:bookingUid/transcripts",
        "/v2/bookings/:bookingUid/conferencing-sessions",
        "/v2/organizations/:orgId/bookings",
        "/v2/organizations/:orgId/users/:userId/bookings",
        "/v2/organizations/:orgId/teams/:teamId/bookings",
        "/v2/organizations/:orgId/teams/:teamId/bookings/:bookingUid/references",
        "/v2/teams/:teamId/bookings",
    ];
    let reads = reads.map(|pattern| ("GET", pattern, None));
    writes.into_iter().chain(reads).map(attempt).collect()
}

/// Event types of a team, and links to them.
fn attempts_at_team_event_types(of: &Organization) -> Vec<Attempt> {
    let team = of.team("secret-team", &[]);
    let body = json!({"title": "secret", "slug": "secret", "lengthInMinutes": 30,
                      "schedulingType": "collective"});
    let event_types = format!("/v2/organizations/{}/teams/{team}/event-types", of.id);
    let event_type = of.client.post(&event_types, &body).data(201)["id"].to_string();
    let links = format!("{event_types}/{event_type}/private-links");
    let link = of.client.post(&links, &json!({})).data(201)["linkId"].as_str().unwrap().to_owned();
    let path = |pattern: &str| {
        pattern
            .replace(":orgId", &of.id.to_string())
            .replace(":teamId", &team.to_string())
            .replace(":eventTypeId", &event_type)
            .replace(":linkId", &link)
    };
    let call = json!({"yourPhoneNumber": "+37120993151", "numberToCall": "+37120993152",
                      "calApiKey": "x"});
    let all = &["GET", "PATCH", "DELETE"][..];
    let list = &["GET", "POST"][..];
    let patterns = [
        ("/v2/organizations/:orgId/teams/event-types", &["GET"][..]),
        ("/v2/organizations/:orgId/teams/:teamId/event-types", &["POST"][..]),
        ("/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId", all),
        (
            "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId/create-phone-call",
            &["POST"][..],
        ),
        ("/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId/private-links", list),
        (
            "/v2/organizations/:orgId/teams/:teamId/event-types/:eventTypeId/private-links/:linkId",
            all,
        ),
        ("/v2/teams/:teamId/event-types", &["POST"][..]),
        ("/v2/teams/:teamId/event-types/:eventTypeId", all),
        ("/v2/teams/:teamId/event-types/:eventTypeId/create-phone-call", &["POST"][..]),
        ("/v2/event-types/:eventTypeId/private-links", list),
        ("/v2/event-types/:eventTypeId/private-links/:linkId", all),
    ];
    let body_of = |method: &str, pattern: &str| match method {
        "POST" if pattern.ends_with("create-phone-call") => Some(call.clone()),
        "POST" if pattern.ends_with("private-links") => Some(json!({})),
        "POST" => Some(body.clone()),
        "PATCH" => Some(json!({"title": "mine", "maxUsageCount": 9})),
        _ => None,
    };
    let attempt = |method: &'static str, pattern: &'static str| Attempt {
        method,
        pattern,
        path: path(pattern),
        version: "2024-06-14",
        body: body_of(method, pattern),
    };
    patterns
        .iter()
        .flat_map(|(pattern, methods)| methods.iter().map(|method| attempt(method, pattern)))
        .collect()
}

/// Schedules and days of members and teams.
fn attempts_at_hours(of: &Organization) -> Vec<Attempt> {
    let days = json!({"start": "2050-01-01", "end": "2050-01-02", "notes": "secret"});
    let entry = of.client.post("/v2/me/ooo", &days).data(201)["id"].to_string();
    let trip = json!({"timeZone": "UTC", "startDate": "2050-01-01", "endDate": "2050-01-02"});
    let trip = of.client.post("/v2/me/travel-schedules", &trip).data(201)["id"].to_string();
    let schedule = of.schedules().get("/v2/schedules/default").data(200)["id"].to_string();
    let path = |pattern: &str| {
        pattern
            .replace(":orgId", &of.id.to_string())
            .replace(":userId", &of.owner_id.to_string())
            .replace(":teamId", &(of.id + 1).to_string())
            .replace(":scheduleId", &schedule)
            .replace(":oooId", &entry)
            .replace(":travelScheduleId", &trip)
    };
    let (read, list, all) = (&["GET"][..], &["GET", "POST"][..], &["GET", "PATCH", "DELETE"][..]);
    let patterns = [
        ("/v2/me/ooo/:oooId", all),
        ("/v2/me/travel-schedules/:travelScheduleId", &["GET", "DELETE"][..]),
        ("/v2/organizations/:orgId/ooo", read),
        ("/v2/organizations/:orgId/users/:userId/ooo", list),
        ("/v2/organizations/:orgId/users/:userId/ooo/:oooId", all),
        ("/v2/organizations/:orgId/schedules", read),
        ("/v2/organizations/:orgId/users/:userId/schedules", list),
        ("/v2/organizations/:orgId/users/:userId/schedules/:scheduleId", all),
        ("/v2/organizations/:orgId/teams/:teamId/schedules", read),
        ("/v2/organizations/:orgId/teams/:teamId/users/:userId/schedules", read),
        ("/v2/teams/:teamId/schedules", read),
    ];
    let attempt = |method: &'static str, pattern: &'static str| Attempt {
        method,
        pattern,
        path: path(pattern),
        version: "2024-06-11",
        body: (method != "GET" && method != "DELETE").then(|| days.clone()),
    };
    patterns
        .iter()
        .flat_map(|(pattern, methods)| methods.iter().map(|method| attempt(method, pattern)))
        .collect()
}

/// Teams, their members, and those of the organisation.
fn attempts_at_people(of: &Organization) -> Vec<Attempt> {
    let team = of.client.post("/v2/teams", &json!({"name": "secret"})).data(201)["id"].to_string();
    let members = of.client.get(&format!("/v2/teams/{team}/memberships")).data(200);
    let place = members[0]["id"].to_string();
    let owner = of.owner_id.to_string();
    let path = |pattern: &str| {
        // Of an organisation a member is the membership.
        let membership = if pattern.contains(":teamId") { &place } else { &owner };
        pattern
            .replace(":orgId", &of.id.to_string())
            .replace(":teamId", &team)
            .replace(":membershipId", membership)
            .replace(":userId", &owner)
    };
    let (list, all) = (&["GET", "POST"][..], &["GET", "PATCH", "DELETE"][..]);
    let patterns = [
        ("/v2/teams/:teamId", all),
        ("/v2/teams/:teamId/invite", &["POST"][..]),
        ("/v2/teams/:teamId/memberships", list),
        ("/v2/teams/:teamId/memberships/:membershipId", all),
        ("/v2/organizations/:orgId/teams", list),
        ("/v2/organizations/:orgId/teams/me", &["GET"][..]),
        ("/v2/organizations/:orgId/teams/:teamId", all),
        ("/v2/organizations/:orgId/teams/:teamId/invite", &["POST"][..]),
        ("/v2/organizations/:orgId/teams/:teamId/memberships", list),
        ("/v2/organizations/:orgId/teams/:teamId/memberships/:membershipId", all),
        ("/v2/organizations/:orgId/memberships", list),
        ("/v2/organizations/:orgId/memberships/:membershipId", all),
        ("/v2/organizations/:orgId/users", list),
        ("/v2/organizations/:orgId/users/:userId", &["PATCH", "DELETE"][..]),
    ];
    let body = json!({"name": "mine", "userId": of.owner_id, "email": "mine@example.com"});
    let attempt = |method: &'static str, pattern: &'static str| Attempt {
        method,
        pattern,
        path: path(pattern),
        version: "2024-08-13",
        body: (method != "GET" && method != "DELETE").then(|| body.clone()),
    };
    patterns
        .iter()
        .flat_map(|(pattern, methods)| methods.iter().map(|method| attempt(method, pattern)))
        .collect()
}

/// Every row of every component's route table: method and path.
pub(crate) fn routes() -> Vec<(String, String)> {
    let components = concat!(env!("CARGO_MANIFEST_DIR"), "/../components");
    let mut routes = Vec::new();
    for component in std::fs::read_dir(components).unwrap().flatten() {
        let table =
            std::fs::read_to_string(component.path().join("src/routes.rs")).unwrap_or_default();
        for row in table.split("route!(").skip(1) {
            let (method, rest) = row.trim_start().split_once(char::is_whitespace).unwrap();
            let path = rest.split('"').nth(1).unwrap();
            routes.push((method.to_owned(), path.to_owned()));
        }
    }
    assert!(routes.len() >= 38, "{} routes", routes.len());
    routes
}

/// A version the path answers to.
pub(crate) fn version_of(path: &str) -> &'static str {
    match path.split('/').nth(2) {
        Some("bookings") if ["recurring", "instant"].iter().any(|end| path.ends_with(end)) => {
            "2024-04-15"
        }
        Some("bookings") => "2024-08-13",
        Some("event-types") => "2024-06-14",
        Some("schedules") => "2024-06-11",
        _ => "2024-09-04",
    }
}

#[test]
fn every_route_that_names_a_thing_is_walked_as_a_stranger() {
    in_both_modes(|server| {
        let attempts = attempts(&server.organization());
        for (method, pattern) in routes() {
            if !pattern.starts_with("/v2/") || !pattern.contains(':') {
                continue;
            }
            let walked = attempts
                .iter()
                .any(|attempt| attempt.method == method && attempt.pattern == pattern);
            let route = (method.as_str(), pattern.as_str());
            let capability = CAPABILITIES.contains(&route)
                || SHOWN_TO_ALL.contains(&route)
                || route == applications::BY_SESSION;
            let elsewhere = crate::oauth_clients::WALKED.contains(&route)
                || crate::webhook_scopes::WALKED.contains(&route);
            assert!(
                walked || capability || elsewhere,
                "{method} {pattern} is not tried with another organisation's id"
            );
        }
    });
}

#[test]
fn nobody_gets_past_a_route_that_needs_somebody() {
    in_both_modes(|server| {
        let organization = server.organization();
        for (method, pattern) in routes() {
            let path = pattern.replace(":slug", &organization.slug).replace(':', "x");
            let body = (method != "GET").then(|| "{}".to_owned());
            let ask = |client: &Client| {
                client.version(version_of(&path)).send(&method, &path, body.clone())
            };
            let platform = pattern.starts_with("/platform") || pattern.starts_with("/internal");
            let nobody = ask(&organization.public);
            if platform {
                assert_eq!(nobody.status, 401, "{method} {pattern}: {}", nobody.text);
                let member = ask(&organization.client);
                assert_eq!(member.status, 401, "{method} {pattern}: {}", member.text);
            } else if pattern.starts_with("/v2/") {
                let public = PUBLIC.contains(&(method.as_str(), pattern.as_str()))
                    || CAPABILITIES.contains(&(method.as_str(), pattern.as_str()))
                    || SHOWN_TO_ALL.contains(&(method.as_str(), pattern.as_str()));
                assert_eq!(nobody.status == 401, !public, "{method} {pattern}: {}", nobody.text);
            }
        }
        organization.client.get("/v2/me").data(200);
    });
}

fn make(client: &Client, attempt: &Attempt) -> meridian_tests::Answer {
    let body = attempt.body.as_ref().map(ToString::to_string);
    client.version(attempt.version).send(attempt.method, &attempt.path, body)
}

#[test]
fn another_organisations_things_are_not_found_on_any_route() {
    in_both_modes(|server| {
        let (ours, theirs) = (server.organization(), server.organization());
        for attempt in attempts(&theirs) {
            let answer = make(&ours.client, &attempt);
            assert_eq!(answer.status, 404, "{} {}: {}", attempt.method, attempt.path, answer.text);
            // The path is the asker's own, whatever words are in it.
            let told = answer.text.replace(&attempt.path, "");
            assert!(!told.contains("secret"), "{}", answer.text);
        }
        // They are all still there.
        let event_types = theirs.event_types().get("/v2/event-types").data(200);
        assert_eq!(event_types[0]["title"], "secret");
        let of_all = format!("/v2/organizations/{}/webhooks", theirs.id);
        for (webhooks, count) in [("/v2/webhooks", 1), (of_all.as_str(), 1)] {
            let kept = theirs.client.get(webhooks).data(200);
            assert_eq!(kept.as_array().unwrap().len(), count, "{webhooks}");
        }
    });
}

#[test]
fn what_belongs_to_us_is_made_only_of_our_own_parts() {
    in_both_modes(|server| {
        let (ours, theirs) = (server.organization(), server.organization());
        let schedule = theirs.schedules().get("/v2/schedules/default").data(200)["id"].clone();
        let body =
            json!({"title": "t", "slug": "t", "lengthInMinutes": 30, "scheduleId": schedule});
        let message = ours.event_types().post("/v2/event-types", &body).error(404);
        assert_eq!(
            message,
            format!("User with ID={} does not own schedule with ID={schedule}", ours.owner_id)
        );
        ours.client.patch("/v2/me", &json!({"defaultScheduleId": schedule})).error(404);
    });
}

#[test]
fn lists_show_only_what_is_ours() {
    in_both_modes(|server| {
        let (ours, theirs) = (server.organization(), server.organization());
        let event_type = theirs.event_type("theirs", 30);
        let booking = theirs.book(event_type, "2050-09-05T07:00:00.000Z");
        for (client, path) in [
            (ours.event_types(), "/v2/event-types".to_owned()),
            (ours.own_bookings(), "/v2/bookings".to_owned()),
            (
                ours.own_bookings(),
                format!("/v2/bookings?bookingUid={}", booking["uid"].as_str().unwrap()),
            ),
            (ours.own_bookings(), format!("/v2/bookings?eventTypeId={event_type}")),
            (ours.client.clone(), "/v2/webhooks".to_owned()),
        ] {
            let answer = client.get(&path);
            assert_eq!(answer.data(200), json!([]), "{path}");
        }
        let schedules = ours.schedules().get("/v2/schedules").data(200);
        assert_eq!(schedules.as_array().unwrap().len(), 1);
        assert_eq!(schedules[0]["ownerId"], ours.owner_id);
        // The uid is the right to read and to cancel, whoever has it; not to act as
        // the host, who would have to give a reason.
        let uid = booking["uid"].as_str().unwrap();
        let read = ours.own_bookings().get(&format!("/v2/bookings/{uid}")).data(200);
        assert_eq!(read["hosts"][0]["id"], theirs.owner_id);
        let path = format!("/v2/bookings/{uid}/cancel");
        let cancelled = ours.own_bookings().post(&path, &json!({})).data(200);
        assert_eq!(cancelled["status"], "cancelled");
    });
}

//! Days without bookings, days in another zone, and where zones are.

use std::time::Duration;

use meridian_tests::{Receiver, in_both_modes};
use serde_json::json;

#[test]
fn an_out_of_office_entry_is_made_read_changed_and_deleted() {
    in_both_modes(|server| {
        let organization = server.organization();
        let mate = organization.member(server, "mate", "MEMBER");
        let client = &organization.client;
        let body = json!({
            "start": "2050-05-01T01:00:00.000Z", "end": "2050-05-10T13:59:59.999Z", "notes": "away",
        });
        let made = client.post("/v2/me/ooo", &body).data(201);
        assert_eq!(made["start"], "2050-05-01T00:00:00.000Z");
        assert_eq!(made["end"], "2050-05-10T23:59:59.999Z");
        assert_eq!((&made["reason"], &made["notes"]), (&json!("unspecified"), &json!("away")));
        assert_eq!(made["userId"], organization.owner_id);
        assert!(made["uuid"].is_string() && made.get("toUserId").is_none(), "{made}");

        // The same days again, whatever the hours.
        client.post("/v2/me/ooo", &body).error(409);
        let path = format!("/v2/me/ooo/{}", made["id"]);
        assert_eq!(client.get(&path).data(200), made);
        let change = json!({"reason": "vacation", "toUserId": mate.id, "end": "2050-05-12"});
        let changed = client.patch(&path, &change).data(200);
        assert_eq!(
            (&changed["reason"], &changed["toUserId"]),
            (&json!("vacation"), &json!(mate.id))
        );
        assert_eq!((&changed["start"], &changed["notes"]), (&made["start"], &made["notes"]));
        let other = json!({"start": "2050-08-01", "end": "2050-10-10"});
        let other = client.post("/v2/me/ooo", &other).data(201);
        let ids = |query: &str| -> Vec<_> {
            let listed = client.get(&format!("/v2/me/ooo{query}")).data(200);
            listed.as_array().unwrap().iter().map(|entry| entry["id"].clone()).collect()
        };
        let (first, second) = (made["id"].clone(), other["id"].clone());
        assert_eq!(ids(""), [first.clone(), second.clone()]);
        assert_eq!(ids("?sortEnd=desc"), [second.clone(), first.clone()]);
        assert_eq!(ids("?sortStart=asc&take=1&skip=1"), [second]);
        assert_eq!(client.delete(&path).data(200)["id"], first);
        assert_eq!(ids("").len(), 1);
        client.delete(&path).error(403);
    });
}

#[test]
fn wrong_entries_are_refused() {
    in_both_modes(|server| {
        let organization = server.organization();
        let client = &organization.client;
        let days = json!({"start": "2050-05-01", "end": "2050-05-10"});
        let made = client.post("/v2/me/ooo", &days).data(201);
        let path = format!("/v2/me/ooo/{}", made["id"]);
        let backwards = json!({"start": "2050-07-01", "end": "2050-05-10"});
        client.post("/v2/me/ooo", &backwards).error(400);
        client.patch(&path, &backwards).error(400);
        client.patch(&path, &json!({"start": "2050-05-11"})).error(400);
        let stranger = server.organization().owner_id;
        for to in [organization.owner_id, stranger, organization.id + 9_999] {
            let body = json!({"start": "2050-06-01", "end": "2050-06-02", "toUserId": to});
            assert!(client.post("/v2/me/ooo", &body).error(400).contains("toUserId"));
            let change = json!({"toUserId": to});
            assert!(client.patch(&path, &change).error(400).contains("toUserId"));
        }
        let message = client
            .post("/v2/me/ooo", &json!({"start": "soon", "reason": "bored", "notes": 5}))
            .error(400);
        for field in ["start ", "end ", "reason ", "notes "] {
            assert!(message.contains(field), "{field}: {message}");
        }
        for query in ["?sortStart=up", "?take=251", "?skip=-1"] {
            client.get(&format!("/v2/me/ooo{query}")).error(400);
        }
        // Unknown, as a number without an organisation or with one's own.
        for id in [999_999, organization.id + 999_999] {
            client.patch(&format!("/v2/me/ooo/{id}"), &json!({"notes": "x"})).error(403);
            client.delete(&format!("/v2/me/ooo/{id}")).error(403);
        }
        let mate = organization.member(server, "mate", "MEMBER");
        mate.client.patch(&path, &json!({"notes": "x"})).error(403);
        mate.client.delete(&path).error(403);
        assert_eq!(client.get(&path).data(200), made);
    });
}

#[test]
fn who_administers_the_organisation_keeps_the_entries_of_its_members() {
    in_both_modes(|server| {
        let organization = server.organization();
        let member = organization.member(server, "mia", "MEMBER");
        let admin = organization.member(server, "adam", "ADMIN");
        let base = format!("/v2/organizations/{}", organization.id);
        let path = format!("{base}/users/{}/ooo", member.id);
        let days = json!({"start": "2050-05-01", "end": "2050-05-10"});
        let made = admin.client.post(&path, &days).data(201);
        assert_eq!(made["userId"], member.id);
        let one = format!("{path}/{}", made["id"]);
        let changed = admin.client.patch(&one, &json!({"reason": "sick"})).data(200);
        assert_eq!(changed["reason"], "sick");
        assert_eq!(admin.client.get(&path).data(200), json!([changed]));
        assert_eq!(member.client.get("/v2/me/ooo").data(200), json!([changed]));
        admin.client.post("/v2/me/ooo", &days).data(201);
        let all = admin.client.get(&format!("{base}/ooo")).data(200);
        assert_eq!(all.as_array().unwrap().len(), 2);
        let of_one = admin.client.get(&format!("{base}/ooo?email={}", member.email)).data(200);
        assert_eq!(of_one, json!([changed]));
        let of_admin = format!("{base}/users/{}/ooo/{}", admin.id, made["id"]);
        admin.client.patch(&of_admin, &json!({"notes": "x"})).error(403);
        let nobody = format!("{base}/users/{}/ooo", organization.id + 9_999);
        admin.client.get(&nobody).error(404);
        admin.client.post(&nobody, &days).error(404);
        for path in [format!("{base}/ooo"), path.clone(), one.clone()] {
            member.client.get(&path).error(403);
        }
        member.client.post(&path, &days).error(403);
        member.client.delete(&one).error(403);
        assert_eq!(admin.client.delete(&one).data(200)["id"], made["id"]);
    });
}

#[test]
fn the_same_days_many_times_at_once_are_one_entry() {
    in_both_modes(|server| {
        let organization = server.organization();
        let days = json!({"start": "2050-05-01", "end": "2050-05-10"});
        let statuses: Vec<u16> = std::thread::scope(|threads| {
            let tries: Vec<_> = (0..20)
                .map(|_| threads.spawn(|| organization.client.post("/v2/me/ooo", &days).status))
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 19, "{statuses:?}");
    });
}

#[test]
fn days_out_of_office_have_no_slots_and_are_told_to_webhooks() {
    in_both_modes(|server| {
        let receiver = Receiver::start();
        let organization = server.organization();
        let hook = json!({
            "subscriberUrl": receiver.url("/hook"), "active": true, "triggers": ["OOO_CREATED"],
        });
        organization.client.post("/v2/webhooks", &hook).data(201);
        let event_type = organization.event_type("hour", 60);
        let days = || -> Vec<String> {
            let starts = organization.starts(event_type, "2050-09-05", "2050-09-09");
            let mut days: Vec<String> = starts.iter().map(|start| start[..10].to_owned()).collect();
            days.dedup();
            days
        };
        assert_eq!(days().len(), 5);
        let entry = json!({"start": "2050-09-06", "end": "2050-09-08", "reason": "vacation"});
        let entry = organization.client.post("/v2/me/ooo", &entry).data(201);
        assert_eq!(days(), ["2050-09-05", "2050-09-09"]);
        let body = organization.booking(event_type, "2050-09-07T08:00:00.000Z");
        let refused = organization.bookings().post("/v2/bookings", &body).status;
        assert!((400..500).contains(&refused), "{refused}");

        let told = receiver.wait_for("/hook", 1, Duration::from_secs(30));
        let told = told[0].json();
        assert_eq!(told["triggerEvent"], "OOO_CREATED");
        let payload = &told["payload"]["oooEntry"];
        for name in ["id", "uuid", "start", "end"] {
            assert_eq!(payload[name], entry[name], "{name}");
        }
        assert_eq!(payload["user"]["id"], organization.owner_id);
        assert_eq!(payload["toUser"], json!(null));

        organization.client.delete(&format!("/v2/me/ooo/{}", entry["id"])).data(200);
        assert_eq!(days().len(), 5);
    });
}

#[test]
fn days_spent_in_another_zone_hang_the_hours_there() {
    in_both_modes(|server| {
        let organization = server.organization();
        let client = &organization.client;
        let event_type = organization.event_type("hour", 60);
        let first = |day: &str| organization.starts(event_type, day, day)[0].clone();
        assert_eq!(first("2050-09-06"), "2050-09-06T07:00:00.000Z");
        let trip = json!({"timeZone": "america/new_york", "startDate": "2050-09-06", "endDate": "2050-09-07"});
        let made = client.post("/v2/me/travel-schedules", &trip).data(201);
        assert_eq!(made["timeZone"], "America/New_York");
        assert_eq!(first("2050-09-05"), "2050-09-05T07:00:00.000Z");
        assert_eq!(first("2050-09-06"), "2050-09-06T13:00:00.000Z");
        assert_eq!(first("2050-09-08"), "2050-09-08T07:00:00.000Z");

        let overlapping = json!({"timeZone": "UTC", "startDate": "2050-09-07"});
        client.post("/v2/me/travel-schedules", &overlapping).error(409);
        let wrong = json!({"timeZone": "Mars", "startDate": "soon"});
        let message = client.post("/v2/me/travel-schedules", &wrong).error(400);
        assert!(message.contains("timeZone ") && message.contains("startDate "), "{message}");
        assert_eq!(client.get("/v2/me/travel-schedules").data(200), json!([made]));
        let path = format!("/v2/me/travel-schedules/{}", made["id"]);
        let mate = organization.member(server, "mate", "MEMBER");
        mate.client.delete(&path).error(404);
        assert_eq!(client.get(&path).data(200), made);
        assert_eq!(client.delete(&path).data(200), made);
        client.delete(&path).error(404);
        assert_eq!(first("2050-09-06"), "2050-09-06T07:00:00.000Z");
    });
}

#[test]
fn anybody_may_see_the_time_zones() {
    in_both_modes(|server| {
        let organization = server.organization();
        let zones = organization.public.get("/v2/timezones").data(200);
        let zones = zones.as_array().unwrap();
        assert!(zones.len() > 400, "{}", zones.len());
        assert!(zones.contains(&json!({"city": "Rome", "timezone": "Europe/Rome"})));
        let body = |zone: &serde_json::Value| json!({"timeZone": zone["timezone"]});
        for zone in [zones.first().unwrap(), zones.last().unwrap()] {
            organization.client.patch("/v2/me", &body(zone)).data(200);
        }
    });
}

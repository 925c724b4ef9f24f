//! Schedules: the caller's own in both versions, members' and teams'.

use meridian_tests::in_both_modes;
use serde_json::json;

#[test]
fn a_schedule_is_made_read_changed_and_deleted() {
    in_both_modes(|server| {
        let organization = server.organization();
        let client = organization.schedules();
        let body = json!({"name": "Evenings", "timeZone": "Asia/Kolkata", "isDefault": true});
        let made = client.post("/v2/schedules", &body).data(201);
        assert_eq!(made["ownerId"], organization.owner_id);
        // What is left out is Monday to Friday, nine to five.
        assert_eq!(made["availability"][0]["startTime"], "09:00");
        assert_eq!(made["overrides"], json!([]));
        let listed = client.get("/v2/schedules").data(200);
        let defaults: Vec<bool> =
            listed.as_array().unwrap().iter().map(|row| row["isDefault"] == true).collect();
        assert_eq!(defaults.iter().filter(|is_default| **is_default).count(), 1);
        assert_eq!(client.get("/v2/schedules/default").data(200)["id"], made["id"]);

        let path = format!("/v2/schedules/{}", made["id"]);
        let evenings =
            json!([{"days": ["Monday", "Sunday"], "startTime": "18:00", "endTime": "21:30"}]);
        let changed = client.patch(&path, &json!({"availability": evenings})).data(200);
        assert_eq!(changed["availability"], evenings);
        assert_eq!(changed["name"], "Evenings");
        assert_eq!(
            client.patch(&path, &json!({"availability": []})).data(200)["availability"],
            json!([])
        );
        assert_eq!(client.get(&path).data(200)["timeZone"], "Asia/Kolkata");

        // The default one is needed until another is.
        client.delete(&path).error(400);
        let other = listed.as_array().unwrap().iter().find(|row| row["id"] != made["id"]).unwrap();
        let other = format!("/v2/schedules/{}", other["id"]);
        client.patch(&other, &json!({"isDefault": true})).data(200);
        client.delete(&path).data(200);
        client.get(&path).error(404);
    });
}

#[test]
fn wrong_schedules_are_refused_field_by_field() {
    in_both_modes(|server| {
        let organization = server.organization();
        let client = organization.schedules();
        let body = json!({
            "name": "", "timeZone": "Mars", "isDefault": "perhaps",
            "availability": [{"days": ["Funday"], "startTime": "9", "endTime": "25:00"}],
            "overrides": [{"date": "soon", "startTime": "09:00", "endTime": "10:00"}],
        });
        let message = client.post("/v2/schedules", &body).error(400);
        for field in [
            "name ",
            "timeZone ",
            "isDefault ",
            "availability.0.days",
            "availability.0.startTime",
            "availability.0.endTime",
            "overrides.0.date",
        ] {
            assert!(message.contains(field), "{field}: {message}");
        }
        assert_eq!(client.get("/v2/schedules").data(200).as_array().unwrap().len(), 1);
    });
}

#[test]
fn without_a_version_schedules_have_their_first_form() {
    in_both_modes(|server| {
        let organization = server.organization();
        let (old, new) = (&organization.client, organization.schedules());
        let body = json!({"name": "Old", "timeZone": "Europe/Rome", "isDefault": true});
        let made = old.post("/v2/schedules", &body).data(201);
        assert_eq!(made["schedule"].as_array().unwrap().len(), 1);
        assert_eq!(made["schedule"][0]["days"], json!([1, 2, 3, 4, 5]));
        assert_eq!(made["schedule"][0]["startTime"], "1970-01-01T09:00:00.000Z");
        assert_eq!(made["schedule"][0]["userId"], organization.owner_id);
        assert_eq!(made["workingHours"][0]["endTime"], 17 * 60);
        assert_eq!(made["availability"].as_array().unwrap().len(), 7);
        assert_eq!((&made["isDefault"], &made["isLastSchedule"]), (&json!(true), &json!(false)));
        assert_eq!(old.get("/v2/schedules/default").data(200), made);
        assert_eq!(old.get("/v2/schedules").data(200)[1], made);

        let path = format!("/v2/schedules/{}", made["id"]);
        let week = json!([[], [], [], [], [], [],
            [{"start": "2024-01-01T10:00:00.000Z", "end": "2024-01-01T12:30:00.000Z"}]]);
        let overrides =
            json!([{"start": "2050-05-20T18:00:00.000Z", "end": "2050-05-20T21:00:00.000Z"}]);
        let change = json!({"name": "Older", "schedule": week, "dateOverrides": overrides});
        let changed = old.patch(&path, &change).data(200);
        assert_eq!(changed["schedule"]["name"], "Older");
        assert_eq!(changed["schedule"]["availability"][0]["days"], json!([6]));
        assert_eq!(changed["currentDefaultId"], made["id"]);
        let newest = new.get(&path).data(200);
        assert_eq!(
            newest["availability"],
            json!([{"days": ["Saturday"], "startTime": "10:00", "endTime": "12:30"}])
        );
        assert_eq!(
            newest["overrides"],
            json!([{"date": "2050-05-20", "startTime": "18:00", "endTime": "21:00"}])
        );
        // A name alone leaves the hours as they are.
        old.patch(&path, &json!({"name": "Oldest"})).data(200);
        let shown = old.get(&path).data(200);
        assert_eq!(shown["dateOverrides"][0]["ranges"], overrides);
        assert_eq!(shown["availability"][6].as_array().unwrap().len(), 1);

        let wrong = json!({"name": "n", "timeZone": "UTC", "isDefault": true, "availabilities":
            [{"days": ["Monday"], "startTime": "soon", "endTime": "11:15"}]});
        let message = old.post("/v2/schedules", &wrong).error(400);
        for field in ["availabilities.0.days", "availabilities.0.startTime"] {
            assert!(message.contains(field), "{field}: {message}");
        }
        new.patch(&path, &json!({"isDefault": false})).data(200);
        old.delete(&path).error(400);
    });
}

#[test]
fn who_administers_the_organisation_keeps_the_schedules_of_its_members() {
    in_both_modes(|server| {
        let organization = server.organization();
        let member = organization.member(server, "mia", "MEMBER");
        let admin = organization.member(server, "adam", "ADMIN");
        let base = format!("/v2/organizations/{}", organization.id);
        let path = format!("{base}/users/{}/schedules", member.id);
        let body = json!({"name": "Set for her", "timeZone": "Asia/Tokyo", "isDefault": true});
        let made = admin.client.post(&path, &body).data(201);
        assert_eq!(made["ownerId"], member.id);
        assert_eq!(made["availability"][0]["startTime"], "09:00");
        let one = format!("{path}/{}", made["id"]);
        assert_eq!(admin.client.get(&one).data(200), made);
        let default = member.client.version("2024-06-11").get("/v2/schedules/default").data(200);
        assert_eq!(default["id"], made["id"]);
        let listed = admin.client.get(&path).data(200);
        assert!(listed.as_array().unwrap().contains(&made));
        let all = admin.client.get(&format!("{base}/schedules")).data(200);
        assert!(all.as_array().unwrap().contains(&made));
        assert!(all.as_array().unwrap().len() > listed.as_array().unwrap().len());
        let page = admin.client.get(&format!("{base}/schedules?take=1&skip=1")).data(200);
        assert_eq!(page, json!([all[1]]));
        admin.client.get(&format!("{base}/schedules?take=0")).error(400);
        let renamed = admin.client.patch(&one, &json!({"name": "Renamed"})).data(200);
        assert_eq!(
            (&renamed["name"], &renamed["timeZone"]),
            (&json!("Renamed"), &json!("Asia/Tokyo"))
        );

        // A member may not, and nobody finds another's under a name that is not its owner's.
        for method in ["GET", "PATCH", "DELETE"] {
            let body = (method == "PATCH").then(|| "{}".to_owned());
            member.client.send(method, &one, body.clone()).error(403);
            let of_admin = one.replace(&member.id.to_string(), &admin.id.to_string());
            let message = admin.client.send(method, &of_admin, body.clone()).error(403);
            assert_eq!(
                message,
                format!("User with ID={} does not own schedule with ID={}", admin.id, made["id"])
            );
            let of_nobody =
                one.replace(&member.id.to_string(), &(organization.id + 9_999).to_string());
            admin.client.send(method, &of_nobody, body).error(404);
        }
        member.client.get(&format!("{base}/schedules")).error(403);
        admin.client.delete(&one).error(400);
        let spare =
            admin.client.post(&path, &json!({"name": "s", "timeZone": "UTC", "isDefault": false}));
        admin.client.delete(&format!("{path}/{}", spare.data(201)["id"])).data(200);
    });
}

#[test]
fn a_team_shows_the_schedules_of_its_members() {
    in_both_modes(|server| {
        let organization = server.organization();
        let base = format!("/v2/organizations/{}", organization.id);
        let (inside, outside) = (
            organization.member(server, "ina", "MEMBER"),
            organization.member(server, "otto", "MEMBER"),
        );
        let team = organization.team("sales", &[(inside.id, "ADMIN")]);
        let body = json!({"name": "Hours", "timeZone": "UTC", "isDefault": true});
        for member in [&inside, &outside] {
            let path = format!("{base}/users/{}/schedules", member.id);
            organization.client.post(&path, &body).data(201);
        }
        for path in [
            format!("/v2/teams/{team}/schedules"),
            format!("{base}/teams/{team}/schedules"),
            format!("{base}/teams/{team}/users/{}/schedules", inside.id),
        ] {
            // An administrator of the team, and of the organisation.
            for client in [&inside.client, &organization.client] {
                let shown = client.get(&path).data(200);
                let owners: Vec<_> =
                    shown.as_array().unwrap().iter().map(|one| one["ownerId"].clone()).collect();
                assert!(owners.contains(&json!(inside.id)), "{path}: {owners:?}");
                assert!(!owners.contains(&json!(outside.id)), "{path}: {owners:?}");
            }
            outside.client.get(&path).error(403);
        }
        let client = &organization.client;
        client.get(&format!("{base}/teams/{team}/users/{}/schedules", outside.id)).error(404);
        client.get(&format!("/v2/teams/{}/schedules", organization.id + 9_999)).error(404);
        let unknown = organization.id + 9_999;
        client.get(&format!("{base}/teams/{team}/schedules?eventTypeId={unknown}")).error(404);
    });
}

//! Schedules: all six operations.

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

//! Private links: made by whoever may, shown with where they lead, and gone when deleted.

use meridian_tests::in_both_modes;
use serde_json::{Value, json};

#[test]
fn a_link_is_single_use_unless_told_otherwise() {
    in_both_modes(|server| {
        let organization = server.organization();
        let id = organization.event_type("intro", 30);
        let path = format!("/v2/event-types/{id}/private-links");
        let client = &organization.client;
        let single = client.post(&path, &json!({})).data(201);
        assert_eq!((&single["maxUsageCount"], &single["usageCount"]), (&json!(1), &json!(0)));
        assert_eq!((&single["eventTypeId"], &single["isExpired"]), (&json!(id), &json!(false)));
        let link = single["linkId"].as_str().unwrap();
        let url = single["bookingUrl"].as_str().unwrap();
        assert!(url.ends_with(&format!("/d/{link}/intro")), "{url}");
        let timed = client.post(&path, &json!({"expiresAt": "2050-01-01T00:00:00.000Z"})).data(201);
        assert_eq!(timed["expiresAt"], "2050-01-01T00:00:00.000Z");
        assert!(timed.get("maxUsageCount").is_none() && timed.get("usageCount").is_none());
        let past = client.post(&path, &json!({"expiresAt": "2020-01-01T00:00:00.000Z"})).data(201);
        assert_eq!(past["isExpired"], true);
        let listed = client.get(&path).data(200);
        assert_eq!(listed.as_array().unwrap().len(), 3);
        assert!(listed.as_array().unwrap().contains(&single));
    });
}

#[test]
fn links_are_changed_and_deleted_by_their_id() {
    in_both_modes(|server| {
        let organization = server.organization();
        let id = organization.event_type("intro", 30);
        let path = format!("/v2/event-types/{id}/private-links");
        let client = &organization.client;
        let made = client.post(&path, &json!({"maxUsageCount": 3})).data(201);
        let link = format!("{path}/{}", made["linkId"].as_str().unwrap());
        assert_eq!(client.get(&link).data(200), made);
        let changed = client.patch(&link, &json!({"maxUsageCount": 10})).data(200);
        assert_eq!((&changed["maxUsageCount"], &changed["linkId"]), (&json!(10), &made["linkId"]));
        assert!(
            client
                .patch(&link, &json!({"maxUsageCount": 0}))
                .error(400)
                .starts_with("maxUsageCount")
        );
        assert!(
            client.post(&path, &json!({"expiresAt": "soon"})).error(400).starts_with("expiresAt")
        );
        let other = organization.event_type("other", 30);
        let elsewhere =
            format!("/v2/event-types/{other}/private-links/{}", made["linkId"].as_str().unwrap());
        client.patch(&elsewhere, &json!({"maxUsageCount": 1})).error(404);
        client.delete(&elsewhere).error(404);
        assert_eq!(client.delete(&link).data(200)["linkId"], made["linkId"]);
        assert!(client.delete(&link).error(404).contains("not found"));
        client.patch(&link, &json!({"maxUsageCount": 1})).error(404);
        assert_eq!(client.get(&path).data(200), json!([]));
    });
}

#[test]
fn only_the_owner_hands_out_links() {
    in_both_modes(|server| {
        let organization = server.organization();
        let id = organization.event_type("intro", 30);
        let path = format!("/v2/event-types/{id}/private-links");
        let made = organization.client.post(&path, &json!({})).data(201);
        let link = format!("{path}/{}", made["linkId"].as_str().unwrap());
        let admin = organization.member(server, "admin", "ADMIN");
        let member = organization.member(server, "member", "MEMBER");
        for other in [&admin.client, &member.client] {
            let message = other.post(&path, &json!({})).error(403);
            assert!(message.contains("does not own event type with ID="), "{message}");
            other.patch(&link, &json!({"maxUsageCount": 99})).error(403);
            other.delete(&link).error(403);
        }
        assert_eq!(admin.client.get(&path).data(200).as_array().unwrap().len(), 1);
        member.client.get(&path).error(403);
        organization.public.get(&path).error(401);
        organization.client.get("/v2/event-types/999999/private-links").error(404);
    });
}

#[test]
fn links_of_a_teams_event_type_are_its_administrators() {
    in_both_modes(|server| {
        let organization = server.organization();
        let admin = organization.member(server, "admin", "MEMBER");
        let ada = organization.member(server, "ada", "MEMBER");
        let team = organization.team("sales", &[(admin.id, "ADMIN"), (ada.id, "MEMBER")]);
        let of_team = format!("/v2/organizations/{}/teams/{team}/event-types", organization.id);
        let body = json!({"title": "x", "slug": "x", "lengthInMinutes": 30,
                          "schedulingType": "collective", "hosts": [{"userId": ada.id}]});
        let id = admin.client.post(&of_team, &body).data(201)["id"].clone();
        let path = format!("{of_team}/{id}/private-links");
        let made = admin.client.post(&path, &json!({"maxUsageCount": 5})).data(201);
        assert_eq!(made["maxUsageCount"], 5);
        let link = format!("{path}/{}", made["linkId"].as_str().unwrap());
        assert_eq!(admin.client.get(&path).data(200), json!([made]));
        ada.client.post(&path, &json!({})).error(403);
        ada.client.get(&path).error(403);
        let as_host: Value =
            ada.client.get(&format!("/v2/event-types/{id}/private-links")).data(200);
        assert_eq!(as_host, json!([made]), "a host sees where bookings come from");
        let changed = admin.client.patch(&link, &json!({"maxUsageCount": 10})).data(200);
        assert_eq!(changed["maxUsageCount"], 10);
        assert_eq!(admin.client.delete(&link).data(200)["linkId"], made["linkId"]);
        let own = organization.event_type("own", 30);
        organization.client.post(&format!("{of_team}/{own}/private-links"), &json!({})).error(404);
    });
}

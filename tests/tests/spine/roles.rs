//! Roles of an organisation's and a team's own making: made, given, and what they let do.

use meridian_tests::{Answer, Client, Organization, in_both_modes};
use serde_json::{Value, json};

fn roles_of(acme: &Organization) -> String {
    format!("/v2/organizations/{}/roles", acme.id)
}

/// A role the caller makes; its id.
#[track_caller]
fn role(client: &Client, path: &str, name: &str, permissions: &[&str]) -> String {
    let made = client.post(path, &json!({"name": name, "permissions": permissions})).data(201);
    made["id"].as_str().unwrap().to_owned()
}

/// Gives a member of the organisation a role of its own making.
fn give(acme: &Organization, user: i64, role: &Value) -> Answer {
    let path = format!("/v2/organizations/{}/memberships/{user}", acme.id);
    acme.client.patch(&path, &json!({ "customRoleId": role }))
}

#[test]
fn a_role_is_made_changed_and_deleted_in_an_organisation_and_in_a_team() {
    in_both_modes(|server| {
        let acme = server.organization();
        let team = acme.team("sales", &[]);
        for (path, owner) in [
            (roles_of(&acme), ("organizationId", acme.id)),
            (format!("/v2/organizations/{}/teams/{team}/roles", acme.id), ("teamId", team)),
        ] {
            let body = json!({
                "name": "Support", "color": "#00ff00", "description": "Answers",
                "permissions": ["role.read", "eventType.read", "role.read"],
            });
            let made = acme.client.post(&path, &body).data(201);
            assert_eq!((&made["name"], &made["type"]), (&json!("Support"), &json!("CUSTOM")));
            assert_eq!(
                (&made["color"], &made["description"]),
                (&body["color"], &body["description"])
            );
            assert_eq!(made[owner.0], owner.1);
            assert_eq!(made["permissions"], json!(["role.read", "eventType.read"]));
            assert!(made["createdAt"].is_string() && made["updatedAt"].is_string());
            let one = format!("{path}/{}", made["id"].as_str().unwrap());
            assert_eq!(acme.client.get(&one).data(200), made);
            let listed = acme.client.get(&path).data(200);
            assert_eq!(listed[0], made);
            let names: Vec<&str> = listed
                .as_array()
                .unwrap()
                .iter()
                .map(|role| role["name"].as_str().unwrap())
                .collect();
            assert_eq!(names, ["Support", "Owner", "Admin", "Member"]);
            let page = acme.client.get(&format!("{path}?skip=1&take=1")).data(200);
            assert_eq!(page, json!([listed[1]]));

            let change = json!({"description": null, "permissions": ["team.read"]});
            let changed = acme.client.patch(&one, &change).data(200);
            assert_eq!(changed["permissions"], json!(["team.read"]));
            assert_eq!(
                (&changed["description"], &changed["color"]),
                (&Value::Null, &body["color"])
            );
            let deleted = acme.client.delete(&one).data(200);
            assert_eq!(deleted["id"], made["id"]);
            acme.client.get(&one).error(404);
            acme.client.patch(&one, &json!({"name": "x"})).error(404);
            acme.client.delete(&one).error(404);
        }
    });
}

#[test]
fn permissions_are_added_set_and_taken_away() {
    in_both_modes(|server| {
        let acme = server.organization();
        let path = roles_of(&acme);
        let one = role(&acme.client, &path, "Support", &["role.read"]);
        let permissions = format!("{path}/{one}/permissions");
        let two = json!({"permissions": ["booking.read", "booking.update"]});
        let all = acme.client.post(&permissions, &two).data(200);
        assert_eq!(all, json!(["role.read", "booking.read", "booking.update"]));
        assert_eq!(acme.client.get(&permissions).data(200), all);
        let gone = acme.client.delete(&format!("{permissions}/role.read"));
        assert_eq!((gone.status, gone.text.as_str()), (204, ""));
        let named = format!("{permissions}?permissions=booking.read,webhook.read");
        assert_eq!(acme.client.delete(&named).status, 204);
        assert_eq!(acme.client.get(&permissions).data(200), json!(["booking.update"]));
        let set = acme.client.send("PUT", &permissions, Some(two.to_string())).data(200);
        assert_eq!(set, json!(["booking.read", "booking.update"]));
        let none = json!({"permissions": []}).to_string();
        assert_eq!(acme.client.send("PUT", &permissions, Some(none)).data(200), json!([]));
    });
}

#[test]
fn the_roles_that_everybody_has_cannot_be_changed() {
    in_both_modes(|server| {
        let acme = server.organization();
        let path = roles_of(&acme);
        let some = json!({"permissions": ["role.read"]});
        for id in ["owner_role", "admin_role", "member_role"] {
            let one = format!("{path}/{id}");
            let shown = acme.client.get(&one).data(200);
            assert_eq!(
                (&shown["type"], &shown["organizationId"]),
                (&json!("SYSTEM"), &Value::Null)
            );
            let permissions = format!("{one}/permissions");
            assert_eq!(acme.client.get(&permissions).data(200), shown["permissions"]);
            for answer in [
                acme.client.patch(&one, &json!({"name": "x"})),
                acme.client.delete(&one),
                acme.client.post(&permissions, &some),
                acme.client.send("PUT", &permissions, Some(some.to_string())),
                acme.client.delete(&format!("{permissions}?permissions=role.read")),
                acme.client.delete(&format!("{permissions}/role.read")),
            ] {
                assert!(answer.error(403).contains("system role"), "{}", answer.text);
            }
        }
        let owner = acme.client.get(&format!("{path}/owner_role")).data(200);
        assert_eq!(owner["permissions"].as_array().unwrap().len(), 59);
    });
}

#[test]
fn what_is_wrong_with_a_role_is_named() {
    in_both_modes(|server| {
        let acme = server.organization();
        let team = acme.team("sales", &[]);
        let (path, in_team) =
            (roles_of(&acme), format!("/v2/organizations/{}/teams/{team}/roles", acme.id));
        for (path, body, named) in [
            (&path, json!({}), "name"),
            (&path, json!({"name": ""}), "name"),
            (&path, json!({"name": "x", "color": "red"}), "color"),
            (&path, json!({"name": "x", "permissions": ["booking.fly"]}), "permissions"),
            (
                &path,
                json!({"name": "x", "permissions": ["booking.readTeamBookings"]}),
                "permissions",
            ),
            (&in_team, json!({"name": "x", "permissions": ["*.*"]}), "permissions"),
            (&in_team, json!({"name": "x", "permissions": ["organization.read"]}), "permissions"),
        ] {
            let message = acme.client.post(path, &body).error(400);
            assert!(message.starts_with(named), "{path}: {message}");
        }
        let one = role(&acme.client, &path, "Support", &[]);
        role(&acme.client, &in_team, "Support", &[]);
        acme.client.post(&path, &json!({"name": "support"})).error(409);
        acme.client.post(&path, &json!({"name": "Owner"})).error(409);
        let other = role(&acme.client, &path, "Sales", &[]);
        acme.client.patch(&format!("{path}/{other}"), &json!({"name": "Support"})).error(409);
        let permissions = format!("{path}/{one}/permissions");
        for (answer, named) in [
            (acme.client.post(&permissions, &json!({})), "permissions"),
            (acme.client.delete(&permissions), "permissions"),
            (acme.client.delete(&format!("{permissions}?permissions=x")), "permissions"),
            (acme.client.delete(&format!("{permissions}/x")), "permission"),
            (acme.client.get(&format!("{path}?take=251")), "take"),
        ] {
            let message = answer.error(400);
            assert!(message.starts_with(named), "{message}");
        }
        // A role is only found where it is.
        acme.client.get(&format!("{in_team}/{one}")).error(404);
        acme.client.get(&format!("{path}/no-such-role")).error(404);
        let nowhere = format!("/v2/organizations/{}/teams/{}/roles", acme.id, acme.id + 999);
        acme.client.get(&nowhere).error(404);
        acme.client.post(&nowhere, &json!({"name": "x"})).error(404);
    });
}

#[test]
fn a_role_lets_its_holder_do_what_it_allows_from_the_next_request_on() {
    in_both_modes(|server| {
        let acme = server.organization();
        let ada = acme.member(server, "ada", "MEMBER");
        let members = format!("/v2/organizations/{}/memberships", acme.id);
        let path = roles_of(&acme);
        let hires = role(&acme.client, &path, "Hires", &["organization.listMembers"]);
        ada.client.get(&members).error(403);
        let given = give(&acme, ada.id, &json!(hires)).data(200);
        assert_eq!((&given["customRoleId"], &given["role"]), (&json!(hires), &json!("MEMBER")));
        ada.client.get(&members).data(200);
        // It allows nothing else.
        let bookings = format!("/v2/organizations/{}/bookings", acme.id);
        ada.client.get(&bookings).error(403);
        let more = json!({"permissions": ["booking.readOrgBookings"]});
        acme.client.post(&format!("{path}/{hires}/permissions"), &more).data(200);
        ada.client.get(&bookings).data(200);
        let less = format!("{path}/{hires}/permissions/organization.listMembers");
        assert_eq!(acme.client.delete(&less).status, 204);
        ada.client.get(&members).error(403);
        ada.client.get(&bookings).data(200);
        give(&acme, ada.id, &Value::Null).data(200);
        ada.client.get(&bookings).error(403);
        give(&acme, ada.id, &json!(hires)).data(200);
        ada.client.get(&bookings).data(200);
        acme.client.delete(&format!("{path}/{hires}")).data(200);
        ada.client.get(&bookings).error(403);
        let shown = acme.client.get(&format!("{members}/{}", ada.id)).data(200);
        assert_eq!(shown["customRoleId"], Value::Null);
    });
}

#[test]
fn a_role_of_a_team_counts_in_that_team_only() {
    in_both_modes(|server| {
        let acme = server.organization();
        let ada = acme.member(server, "ada", "MEMBER");
        let (sales, support) = (
            acme.team("sales", &[(ada.id, "MEMBER")]),
            acme.team("support", &[(ada.id, "MEMBER")]),
        );
        let roles = format!("/v2/organizations/{}/teams/{sales}/roles", acme.id);
        let builds = role(&acme.client, &roles, "Builds", &["eventType.create"]);
        let members = format!("/v2/teams/{sales}/memberships");
        let find = |list: Value| {
            let all = list.as_array().unwrap().clone();
            all.into_iter().find(|place| place["userId"] == ada.id).unwrap()["id"].to_string()
        };
        let place = format!("{members}/{}", find(acme.client.get(&members).data(200)));
        let body = json!({"title": "Demo", "slug": "demo", "lengthInMinutes": 30,
                          "schedulingType": "collective"});
        let create = |team: i64| ada.client.post(&format!("/v2/teams/{team}/event-types"), &body);
        create(sales).error(403);
        let given = acme.client.patch(&place, &json!({"customRoleId": builds})).data(200);
        assert_eq!(given["customRoleId"], json!(builds));
        create(sales).data(201);
        create(support).error(403);
        let all = format!("/v2/organizations/{}/teams/event-types", acme.id);
        ada.client.get(&all).error(403);
        let reads = json!({"permissions": ["eventType.read"]});
        acme.client.post(&format!("{roles}/{builds}/permissions"), &reads).data(200);
        acme.client.post(&format!("/v2/teams/{support}/event-types"), &body).data(201);
        let seen = ada.client.get(&all).data(200);
        assert_eq!(seen.as_array().unwrap().len(), 1);
        assert_eq!(seen[0]["teamId"], sales);
        // Somebody else's place takes no role of that team.
        let elsewhere = format!("/v2/teams/{support}/memberships");
        let other = format!("{elsewhere}/{}", find(acme.client.get(&elsewhere).data(200)));
        acme.client.patch(&other, &json!({"customRoleId": builds})).error(404);
        give(&acme, ada.id, &json!(builds)).error(404);
        // Who comes anew can have one at once.
        let bob = acme.member(server, "bob", "MEMBER");
        let new = json!({"userId": bob.id, "accepted": true, "customRoleId": builds});
        assert_eq!(acme.client.post(&members, &new).data(201)["customRoleId"], json!(builds));
        let new = json!({"userId": acme.member(server, "cleo", "MEMBER").id, "customRoleId": "x"});
        acme.client.post(&members, &new).error(404);
    });
}

#[test]
fn nobody_grants_more_than_they_hold() {
    in_both_modes(|server| {
        let acme = server.organization();
        let path = roles_of(&acme);
        let admin = acme.member(server, "admin", "ADMIN");
        let everything = json!({"name": "Everything", "permissions": ["*.*"]});
        let refused = admin.client.post(&path, &everything).error(403);
        assert!(refused.ends_with("*.*"), "{refused}");
        let everything = acme.client.post(&path, &everything).data(201)["id"].clone();
        let one = format!("{path}/{}", everything.as_str().unwrap());

        // Somebody who may make and give roles, but holds little.
        let ada = acme.member(server, "ada", "MEMBER");
        let bob = acme.member(server, "bob", "MEMBER");
        let holds = ["role.create", "role.update", "role.delete", "organization.changeMemberRole"];
        let gives = role(&acme.client, &path, "Gives", &holds);
        give(&acme, ada.id, &json!(gives)).data(200);
        let own = role(&ada.client, &path, "Makes roles", &["role.create"]);
        let wish = json!({"name": "Reads", "permissions": ["role.create", "webhook.read"]});
        let refused = ada.client.post(&path, &wish).error(403);
        assert!(refused.ends_with("webhook.read"), "{refused}");
        let more = json!({"permissions": ["webhook.read"]});
        for answer in [
            ada.client.patch(&format!("{path}/{own}"), &more),
            ada.client.post(&format!("{path}/{own}/permissions"), &more),
            ada.client.post(&format!("{path}/{gives}/permissions"), &more),
            // Nor handles what allows more.
            ada.client.patch(&one, &json!({"name": "Mine"})),
            ada.client.delete(&one),
            ada.client.delete(&format!("{one}/permissions/*.*")),
            admin.client.patch(&one, &json!({"name": "Mine"})),
        ] {
            answer.error(403);
        }
        let members = format!("/v2/organizations/{}/memberships", acme.id);
        let at = |id: i64| format!("{members}/{id}");
        ada.client.patch(&at(bob.id), &json!({"customRoleId": own})).data(200);
        for (id, wish) in [
            (bob.id, json!({ "customRoleId": everything })),
            (ada.id, json!({ "customRoleId": everything })),
            (ada.id, json!({"role": "ADMIN"})),
            (bob.id, json!({"role": "OWNER"})),
            (admin.id, json!({"role": "MEMBER"})),
            (acme.owner_id, json!({"role": "MEMBER"})),
        ] {
            ada.client.patch(&at(id), &wish).error(403);
        }
        // An administrator is more than Ada, whatever roles she has.
        ada.client.patch(&at(bob.id), &json!({"role": "MEMBER"})).data(200);
        give(&acme, bob.id, &everything).data(200);
        bob.client.post(&path, &json!({"name": "All", "permissions": ["*.*"]})).data(201);
    });
}

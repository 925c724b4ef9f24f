//! Organisations and teams: who is in them, and what that lets them do.

use meridian_tests::{Client, in_both_modes};
use serde_json::{Value, json};

/// A team the caller makes, under either kind of path.
fn team(client: &Client, path: &str, name: &str) -> i64 {
    client.post(path, &json!({ "name": name })).data(201)["id"].as_i64().unwrap()
}

fn ids(list: &Value, field: &str) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|item| item[field].as_i64().unwrap()).collect()
}

#[test]
fn an_owner_builds_an_organisation() {
    in_both_modes(|server| {
        let acme = server.organization();
        let organization = format!("/v2/organizations/{}", acme.id);
        let users = format!("{organization}/users");
        let made = acme
            .client
            .post(
                &users,
                &json!({
                    "email": "Ada@example.com", "timeZone": "europe/rome", "weekday": "Monday",
                    "theme": "dark", "brandColor": "#1a2b3c", "metadata": {"floor": "3"},
                }),
            )
            .data(201);
        let ada = made["id"].as_i64().unwrap();
        assert_eq!(made["username"], "ada");
        assert_eq!(made["timeZone"], "Europe/Rome");
        assert_eq!((&made["weekStart"], &made["theme"]), (&json!("Monday"), &json!("dark")));
        assert_eq!(made["hideBranding"], false);
        assert!(made["defaultScheduleId"].is_i64());
        assert_eq!(
            made["profile"],
            json!({"id": ada, "organizationId": acme.id, "userId": ada, "username": "ada"})
        );
        let changed = acme
            .client
            .patch(&format!("{users}/{ada}"), &json!({"theme": null, "bio": "hi"}))
            .data(200);
        assert_eq!((&changed["theme"], &changed["bio"]), (&Value::Null, &json!("hi")));
        let listed = acme.client.get(&format!("{users}?emails=ada@example.com")).data(200);
        assert_eq!(listed, json!([changed]));
        assert_eq!(acme.client.get(&users).data(200).as_array().unwrap().len(), 2);

        let body = json!({"name": "Sales Team", "bio": "we sell", "metadata": {"size": 4}});
        let made = acme.client.post(&format!("{organization}/teams"), &body).data(201);
        let team = made["id"].as_i64().unwrap();
        assert_eq!(made["slug"], "sales-team");
        assert_eq!(made["parentId"], acme.id);
        assert_eq!((&made["bio"], &made["metadata"]["size"]), (&json!("we sell"), &json!(4)));
        assert_eq!(
            (&made["isOrganization"], &made["timeZone"]),
            (&json!(false), &json!("Europe/London"))
        );
        for path in [format!("/v2/teams/{team}"), format!("{organization}/teams/{team}")] {
            assert_eq!(acme.client.get(&path).data(200), made);
            let changed = acme.client.patch(&path, &json!({"bio": "we sell"})).data(200);
            assert_eq!(changed, made);
        }
        for path in [
            "/v2/teams".to_owned(),
            format!("{organization}/teams"),
            format!("{organization}/teams/me"),
        ] {
            assert_eq!(acme.client.get(&path).data(200), json!([made]), "{path}");
        }

        let memberships = format!("{organization}/teams/{team}/memberships");
        let made = acme
            .client
            .post(&memberships, &json!({"userId": ada, "role": "MEMBER", "accepted": true}))
            .data(201);
        assert_eq!(made["user"]["email"], "Ada@example.com");
        assert_eq!((&made["userId"], &made["teamId"]), (&json!(ada), &json!(team)));
        let membership = &made["id"];
        let at = format!("/v2/teams/{team}/memberships/{membership}");
        assert_eq!(acme.client.get(&at).data(200), made);
        let changed = acme.client.patch(&at, &json!({"role": "ADMIN"})).data(200);
        assert_eq!(changed["role"], "ADMIN");
        let listed = acme.client.get(&format!("{memberships}?emails=ada@example.com")).data(200);
        assert_eq!(listed, json!([changed]));
        assert_eq!(acme.client.delete(&format!("{memberships}/{membership}")).data(200), changed);
        acme.client.get(&at).error(404);

        assert_eq!(
            acme.client.delete(&format!("{organization}/teams/{team}")).data(200)["id"],
            team
        );
        acme.client.get(&format!("/v2/teams/{team}")).error(404);
        assert_eq!(acme.client.delete(&format!("{users}/{ada}")).data(200)["id"], ada);
        acme.client.delete(&format!("{users}/{ada}")).error(404);
    });
}

#[test]
fn a_member_may_look_and_not_touch() {
    in_both_modes(|server| {
        let acme = server.organization();
        let ada = acme.member(server, "ada", "MEMBER");
        let organization = format!("/v2/organizations/{}", acme.id);
        let sales = team(&acme.client, &format!("{organization}/teams"), "Sales");
        for path in ["users", "teams/me"] {
            ada.client.get(&format!("{organization}/{path}")).data(200);
        }
        let too_low = format!(
            "RolesGuard - user with id={} does not have the minimum required role=ORG_ADMIN \
             within organization with id={}.",
            ada.id, acme.id
        );
        for path in ["memberships", "teams"] {
            assert_eq!(ada.client.get(&format!("{organization}/{path}")).error(403), too_low);
        }
        for path in ["users", "memberships", "teams"] {
            let refused = ada.client.post(&format!("{organization}/{path}"), &json!({})).error(403);
            assert_eq!(refused, too_low);
        }
        let refused = ada.client.delete(&format!("{organization}/users/{}", acme.owner_id));
        assert_eq!(refused.error(403), too_low);
        let no_member = format!("RolesGuard - User is not a member of the team with id={sales}.");
        for path in [format!("/v2/teams/{sales}"), format!("/v2/teams/{sales}/memberships")] {
            assert_eq!(ada.client.get(&path).error(403), no_member);
        }
        // A team is everybody's to make.
        let own = team(&ada.client, "/v2/teams", "Own");
        assert_eq!(ids(&ada.client.get("/v2/teams").data(200), "id"), [own]);
        let mine = ada.client.get(&format!("{organization}/teams/me")).data(200);
        assert_eq!(ids(&mine, "id"), [own]);
        let all = acme.client.get(&format!("{organization}/teams/me")).data(200);
        assert_eq!(ids(&all, "id"), [sales, own]);
    });
}

#[test]
fn a_role_in_a_team_counts_from_the_next_request_on() {
    in_both_modes(|server| {
        let acme = server.organization();
        let ada = acme.member(server, "ada", "MEMBER");
        let sales = team(&acme.client, "/v2/teams", "Sales");
        let (team, list) = (format!("/v2/teams/{sales}"), format!("/v2/teams/{sales}/memberships"));
        ada.client.get(&team).error(403);
        let made = acme.client.post(&list, &json!({ "userId": ada.id })).data(201);
        assert_eq!((&made["role"], &made["accepted"]), (&json!("MEMBER"), &json!(false)));
        ada.client.get(&team).error(403);
        let at = format!("{list}/{}", made["id"]);
        acme.client.patch(&at, &json!({"accepted": true})).data(200);
        ada.client.get(&team).data(200);
        let rename = json!({"bio": "by ada"});
        let refused = ada.client.patch(&team, &rename).error(403);
        assert!(refused.contains("role=TEAM_ADMIN"), "{refused}");
        acme.client.patch(&at, &json!({"role": "ADMIN"})).data(200);
        ada.client.patch(&team, &rename).data(200);
        ada.client.delete(&team).error(403);
        acme.client.patch(&at, &json!({"role": "MEMBER"})).data(200);
        ada.client.patch(&team, &rename).error(403);
        acme.client.delete(&at).data(200);
        ada.client.get(&team).error(403);
    });
}

#[test]
fn a_role_in_the_organisation_counts_from_the_next_request_on() {
    in_both_modes(|server| {
        let acme = server.organization();
        let ada = acme.member(server, "ada", "MEMBER");
        let list = format!("/v2/organizations/{}/memberships", acme.id);
        let at = format!("{list}/{}", ada.id);
        ada.client.get(&list).error(403);
        let shown = acme.client.get(&at).data(200);
        assert_eq!((&shown["id"], &shown["teamId"]), (&json!(ada.id), &json!(acme.id)));
        assert_eq!((&shown["role"], &shown["attributes"]), (&json!("MEMBER"), &json!([])));
        acme.client.patch(&at, &json!({"role": "ADMIN"})).data(200);
        let listed = ada.client.get(&list).data(200);
        assert_eq!(ids(&listed, "userId"), [acme.owner_id, ada.id]);
        // Whoever administers the organisation administers its teams.
        let sales = team(&acme.client, "/v2/teams", "Sales");
        ada.client.get(&format!("/v2/teams/{sales}/memberships")).data(200);
        acme.client.patch(&at, &json!({"accepted": false})).data(200);
        let refused = ada.client.get(&list).error(403);
        assert!(refused.contains("not a member of the organization"), "{refused}");
        acme.client.patch(&at, &json!({"accepted": true, "role": "MEMBER"})).data(200);
        ada.client.get(&list).error(403);
    });
}

#[test]
fn whoever_leaves_is_out_at_once_and_may_come_back() {
    in_both_modes(|server| {
        let acme = server.organization();
        let ada = acme.member(server, "ada", "MEMBER");
        let organization = format!("/v2/organizations/{}", acme.id);
        let sales = team(&acme.client, "/v2/teams", "Sales");
        let list = format!("/v2/teams/{sales}/memberships");
        acme.client.post(&list, &json!({"userId": ada.id, "accepted": true})).data(201);
        ada.client.get("/v2/me").data(200);
        let membership = format!("{organization}/memberships/{}", ada.id);
        assert_eq!(acme.client.delete(&membership).data(200)["userId"], ada.id);
        let refused = ada.client.get("/v2/me").error(401);
        assert!(refused.contains("Your api key is not valid"), "{refused}");
        acme.client.get(&membership).error(404);
        let members = acme.client.get(&list).data(200);
        assert_eq!(ids(&members, "userId"), [acme.owner_id]);
        acme.client.post(&list, &json!({ "userId": ada.id })).error(422);
        let path = format!("/platform/organizations/{}/api-keys", acme.slug);
        let key = json!({"email": ada.email});
        server.platform().post(&path, &key).error(404);

        let again = json!({"userId": ada.id, "role": "MEMBER", "accepted": true});
        let memberships = format!("{organization}/memberships");
        assert_eq!(acme.client.post(&memberships, &again).data(201)["id"], ada.id);
        acme.client.post(&memberships, &again).error(409);
        server.platform().post(&path, &key).data(201);
        // The old key stays dead.
        ada.client.get("/v2/me").error(401);
    });
}

#[test]
fn somebody_is_left_to_decide() {
    in_both_modes(|server| {
        let acme = server.organization();
        let organization = format!("/v2/organizations/{}", acme.id);
        let own = format!("{organization}/memberships/{}", acme.owner_id);
        let demotion = json!({"role": "MEMBER"});
        for answer in [
            acme.client.patch(&own, &demotion),
            acme.client.delete(&own),
            acme.client.delete(&format!("{organization}/users/{}", acme.owner_id)),
        ] {
            assert!(answer.error(409).contains("last owner"), "{}", answer.text);
        }
        let sales = team(&acme.client, "/v2/teams", "Sales");
        let list = format!("/v2/teams/{sales}/memberships");
        let own = format!("{list}/{}", acme.client.get(&list).data(200)[0]["id"]);
        assert!(acme.client.patch(&own, &demotion).error(409).contains("last owner"));
        assert!(acme.client.delete(&own).error(409).contains("last owner"));

        let ada = acme.member(server, "ada", "OWNER");
        acme.client
            .post(&list, &json!({"userId": ada.id, "role": "OWNER", "accepted": true}))
            .data(201);
        acme.client.delete(&own).data(200);
        let own = format!("{organization}/memberships/{}", acme.owner_id);
        acme.client.patch(&own, &demotion).data(200);
        acme.client.get(&own).error(403);
    });
}

#[test]
fn nobody_makes_others_more_than_they_are() {
    in_both_modes(|server| {
        let acme = server.organization();
        let organization = format!("/v2/organizations/{}", acme.id);
        let ada = acme.member(server, "ada", "ADMIN");
        let bob = acme.member(server, "bob", "MEMBER");
        let members = format!("{organization}/memberships");
        let owner = json!({"role": "OWNER"});
        for answer in [
            ada.client.patch(&format!("{members}/{}", ada.id), &owner),
            ada.client.patch(&format!("{members}/{}", bob.id), &owner),
            ada.client.patch(&format!("{members}/{}", acme.owner_id), &json!({"role": "MEMBER"})),
            ada.client.delete(&format!("{members}/{}", acme.owner_id)),
            ada.client.post(
                &format!("{organization}/users"),
                &json!({"email": "e@example.com", "organizationRole": "OWNER"}),
            ),
        ] {
            assert!(answer.error(403).contains("role=ORG_OWNER"), "{}", answer.text);
        }
        ada.client.patch(&format!("{members}/{}", bob.id), &json!({"role": "ADMIN"})).data(200);
        ada.client.patch(&format!("{members}/{}", bob.id), &json!({"role": "MEMBER"})).data(200);

        let cleo = acme.member(server, "cleo", "MEMBER");
        let sales = team(&cleo.client, "/v2/teams", "Sales");
        let list = format!("/v2/teams/{sales}/memberships");
        let place = json!({"userId": bob.id, "role": "ADMIN", "accepted": true});
        let bobs = format!("{list}/{}", cleo.client.post(&list, &place).data(201)["id"]);
        let cleos = format!("{list}/{}", cleo.client.get(&list).data(200)[0]["id"]);
        for answer in [
            bob.client.patch(&bobs, &owner),
            bob.client.patch(&cleos, &json!({"role": "MEMBER"})),
            bob.client.delete(&cleos),
        ] {
            assert!(answer.error(403).contains("role=TEAM_OWNER"), "{}", answer.text);
        }
        cleo.client.patch(&bobs, &owner).data(200);
        bob.client.delete(&cleos).data(200);
    });
}

#[test]
fn whoever_has_the_link_joins_the_team() {
    in_both_modes(|server| {
        let acme = server.organization();
        let ada = acme.member(server, "ada", "MEMBER");
        let sales = team(&acme.client, "/v2/teams", "Sales");
        let invite = acme.client.send("POST", &format!("/v2/teams/{sales}/invite"), None).data(200);
        let token = invite["token"].as_str().unwrap();
        let link = invite["inviteLink"].as_str().unwrap();
        assert!(link.contains(&format!("/signup?token={token}&callbackUrl=")), "{link}");
        ada.client.post(&format!("/v2/teams/{sales}/invite"), &json!({})).error(403);
        let join = |client: &Client, token: &str| {
            client.post("/v2/teams/join", &json!({ "token": token }))
        };
        join(&ada.client, "guessed").error(404);
        // Of another organisation.
        join(&server.organization().client, token).error(404);
        let joined = join(&ada.client, token).data(200);
        assert_eq!((&joined["teamId"], &joined["accepted"]), (&json!(sales), &json!(true)));
        ada.client.get(&format!("/v2/teams/{sales}")).data(200);
        assert_eq!(join(&ada.client, token).data(200), joined);
    });
}

#[test]
fn a_stranger_finds_neither_the_organisation_nor_its_people() {
    in_both_modes(|server| {
        let (ours, theirs) = (server.organization(), server.organization());
        let foreign = format!("/v2/organizations/{}", theirs.id);
        for path in ["users", "memberships", "teams", "teams/me"] {
            let answer = ours.client.get(&format!("{foreign}/{path}")).error(404);
            assert_eq!(answer, format!("Organization with id {} not found", theirs.id));
        }
        let their_team = team(&theirs.client, "/v2/teams", "Secret");
        let our_team = team(&ours.client, "/v2/teams", "Ours");
        let own = format!("/v2/organizations/{}", ours.id);
        let membership =
            &theirs.client.get(&format!("/v2/teams/{their_team}/memberships")).data(200)[0];
        for path in [
            format!("{own}/users/{}", theirs.owner_id),
            format!("{own}/memberships/{}", theirs.owner_id),
            format!("{own}/teams/{their_team}"),
            format!("{own}/teams/{their_team}/memberships/{}", membership["id"]),
            format!("{own}/teams/{our_team}/memberships/{}", membership["id"]),
            format!("/v2/teams/{our_team}/memberships/{}", membership["id"]),
        ] {
            ours.client.patch(&path, &json!({"role": "MEMBER", "name": "x"})).error(404);
            ours.client.delete(&path).error(404);
        }
        // Their people do not come in either.
        let user = json!({"userId": theirs.owner_id, "accepted": true});
        ours.client.post(&format!("/v2/teams/{our_team}/memberships"), &user).error(422);
        ours.client.post(&format!("{own}/memberships"), &user).error(404);
        let listed = ours.client.get(&format!("{own}/users?teamIds={their_team}")).data(200);
        assert_eq!(listed, json!([]));
    });
}

#[test]
fn a_membership_is_only_found_in_its_own_team() {
    in_both_modes(|server| {
        let acme = server.organization();
        let (sales, support) =
            (team(&acme.client, "/v2/teams", "Sales"), team(&acme.client, "/v2/teams", "Support"));
        let list = acme.client.get(&format!("/v2/teams/{sales}/memberships")).data(200);
        let elsewhere = format!("/v2/teams/{support}/memberships/{}", list[0]["id"]);
        acme.client.get(&elsewhere).error(404);
        acme.client.patch(&elsewhere, &json!({"role": "MEMBER"})).error(404);
        acme.client.delete(&elsewhere).error(404);
    });
}

#[test]
fn what_is_wrong_is_named() {
    in_both_modes(|server| {
        let acme = server.organization();
        let organization = format!("/v2/organizations/{}", acme.id);
        let sales = team(&acme.client, "/v2/teams", "Sales");
        let list = format!("/v2/teams/{sales}/memberships");
        for (path, body, named) in [
            ("/v2/teams", json!({}), "name"),
            ("/v2/teams", json!({"name": "x", "timeZone": "Mars"}), "timeZone"),
            (&list, json!({}), "userId"),
            (&list, json!({"userId": "x"}), "userId"),
            (&list, json!({"userId": 1, "role": "BOSS"}), "role"),
            (&format!("{organization}/users"), json!({"email": "x"}), "email"),
            (&format!("{organization}/memberships"), json!({"role": "MEMBER"}), "userId"),
            ("/v2/teams/join", json!({}), "token"),
        ] {
            let message = acme.client.post(path, &body).error(400);
            assert!(message.starts_with(named), "{path}: {message}");
        }
        for (path, named) in [
            ("/v2/teams?take=251".to_owned(), "take"),
            (format!("{organization}/users?take=1001"), "take"),
            (format!("{organization}/teams?skip=-1"), "skip"),
            (format!("{organization}/users?teamIds=x"), "teamIds"),
            (format!("{list}?emails=x"), "emails"),
            ("/v2/teams/x".to_owned(), "teamId"),
            ("/v2/organizations/x/teams".to_owned(), "orgId"),
            (format!("{organization}/memberships/x"), "membershipId"),
        ] {
            let message = acme.client.get(&path).error(400);
            assert!(message.contains(named), "{path}: {message}");
        }
        acme.client.post("/v2/teams", &json!({"name": "Sales"})).error(409);
        acme.client.post(&list, &json!({"userId": acme.owner_id})).error(409);
        let taken = json!({"email": acme.email});
        acme.client.post(&format!("{organization}/users"), &taken).error(409);
    });
}

#[test]
fn of_two_owners_who_go_at_the_same_time_one_stays() {
    in_both_modes(|server| {
        let acme = server.organization();
        let ada = acme.member(server, "ada", "OWNER");
        let at = |id: i64| format!("/v2/organizations/{}/memberships/{id}", acme.id);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let owners = [(acme.client.clone(), acme.owner_id), (ada.client.clone(), ada.id)];
            let threads: Vec<_> = owners
                .map(|(client, id)| {
                    let path = at(id);
                    scope.spawn(move || client.delete(&path).status)
                })
                .into_iter()
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let mut sorted = statuses.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [200, 409], "{statuses:?}");
    });
}

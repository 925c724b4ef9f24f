//! Event types of teams: how hosts serve, who may write, and copies of managed ones.

use meridian_tests::{Client, Member, Organization, Server, in_both_modes};
use serde_json::{Value, json};

/// A team with an administrator and two members, in an organisation of its own.
struct Stage {
    organization: Organization,
    team: i64,
    admin: Member,
    ada: Member,
    bob: Member,
}

impl Stage {
    fn new(server: &Server) -> Self {
        let organization = server.organization();
        let admin = organization.member(server, "admin", "MEMBER");
        let ada = organization.member(server, "ada", "MEMBER");
        let bob = organization.member(server, "bob", "MEMBER");
        let roles = [(admin.id, "ADMIN"), (ada.id, "MEMBER"), (bob.id, "MEMBER")];
        let team = organization.team("sales", &roles);
        Self { organization, team, admin, ada, bob }
    }

    /// The path of the team's event types, with what stands behind it.
    fn path(&self, rest: &str) -> String {
        format!("/v2/teams/{}/event-types{rest}", self.team)
    }

    fn organization_path(&self, rest: &str) -> String {
        format!("/v2/organizations/{}/teams/{}/event-types{rest}", self.organization.id, self.team)
    }

    fn body(slug: &str, scheduling: &str, more: &Value) -> Value {
        let mut body = json!({"title": slug, "slug": slug, "lengthInMinutes": 30,
                              "schedulingType": scheduling});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    #[track_caller]
    fn create(&self, slug: &str, scheduling: &str, more: &Value) -> Value {
        self.admin.client.post(&self.path(""), &Self::body(slug, scheduling, more)).data(201)
    }

    fn own_slugs(member: &Member) -> Vec<String> {
        let own = member.client.version("2024-06-14").get("/v2/event-types").data(200);
        texts(&own, "slug")
    }
}

fn texts(rows: &Value, field: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

fn hosts(of: &Value) -> Vec<i64> {
    of["hosts"].as_array().unwrap().iter().map(|host| host["userId"].as_i64().unwrap()).collect()
}

#[test]
fn hosts_of_a_round_robin_are_shown_as_they_were_given() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let given = json!([
            {"userId": stage.bob.id, "mandatory": true, "priority": "high", "weight": 50},
            {"userId": stage.ada.id},
        ]);
        let sent = json!({"hosts": given, "emailSettings": {"disableEmailsToAttendees": true,
                          "disableEmailsToHosts": false}, "isRRWeightsEnabled": true,
                          "rescheduleWithSameRoundRobinHost": true,
                          "locations": [{"type": "organizersDefaultApp"}]});
        let made = stage.create("rr", "roundRobin", &sent);
        let id = &made["id"];
        assert_eq!(stage.admin.client.get(&stage.path(&format!("/{id}"))).data(200), made);
        let path = stage.organization_path(&format!("/{id}"));
        assert_eq!(stage.organization.client.get(&path).data(200), made);
        assert_eq!(hosts(&made), [stage.bob.id, stage.ada.id]);
        let (bob, ada) = (&made["hosts"][0], &made["hosts"][1]);
        assert_eq!((&bob["mandatory"], &bob["priority"]), (&json!(true), &json!("high")));
        assert_eq!((&ada["mandatory"], &ada["priority"]), (&json!(false), &json!("medium")));
        assert_eq!((&bob["weight"], &bob["username"]), (&json!(50), &json!("bob")));
        assert_eq!((&made["teamId"], &made["ownerId"]), (&json!(stage.team), &Value::Null));
        assert_eq!(
            (&made["schedulingType"], &made["team"]["slug"]),
            (&json!("roundRobin"), &json!("sales"))
        );
        for name in
            ["emailSettings", "isRRWeightsEnabled", "rescheduleWithSameRoundRobinHost", "locations"]
        {
            assert_eq!(made[name], sent[name], "{name}");
        }
    });
}

#[test]
fn everybody_in_the_team_hosts_also_who_joins_later_until_they_leave() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let made = stage.create("all", "collective", &json!({"assignAllTeamMembers": true}));
        let path = stage.path(&format!("/{}", made["id"]));
        let before = hosts(&made);
        assert!(before.contains(&stage.ada.id) && before.contains(&stage.bob.id), "{before:?}");
        assert!(made["hosts"][0].get("mandatory").is_none(), "all of a collective attend");
        let managed = stage.create("copied", "managed", &json!({"assignAllTeamMembers": true}));
        let cleo = stage.organization.member(server, "cleo", "MEMBER");
        let memberships =
            format!("/v2/organizations/{}/teams/{}/memberships", stage.organization.id, stage.team);
        let invite = json!({"userId": cleo.id, "role": "MEMBER", "accepted": false});
        let membership = stage.organization.client.post(&memberships, &invite).data(201);
        let membership = format!("{memberships}/{}", membership["id"]);
        assert_eq!(hosts(&stage.admin.client.get(&path).data(200)), before, "only invited");
        stage.organization.client.patch(&membership, &json!({"accepted": true})).data(200);
        assert!(hosts(&stage.admin.client.get(&path).data(200)).contains(&cleo.id));
        assert_eq!(Stage::own_slugs(&cleo), ["copied"]);
        stage.organization.client.delete(&membership).data(200);
        assert_eq!(hosts(&stage.admin.client.get(&path).data(200)), before);
        assert!(Stage::own_slugs(&cleo).is_empty(), "copies go with the membership");
        let parent = stage.path(&format!("/{}", managed[0]["id"]));
        assert!(!hosts(&stage.admin.client.get(&parent).data(200)).contains(&cleo.id));
    });
}

#[test]
fn only_members_host() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let stranger = stage.organization.member(server, "stranger", "MEMBER");
        for scheduling in ["collective", "roundRobin", "managed"] {
            let hosts = json!([{"userId": stage.ada.id}, {"userId": stranger.id}]);
            let body = Stage::body("x", scheduling, &json!({"hosts": hosts}));
            let message = stage.admin.client.post(&stage.path(""), &body).error(404);
            assert!(
                message.starts_with(&format!("Invalid user ids: {}.", stranger.id)),
                "{message}"
            );
        }
        let list = stage.admin.client.get(&stage.path("")).data(200);
        assert_eq!(list, json!([]));
    });
}

#[test]
fn wrong_hosts_are_named() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let ada = json!({"userId": stage.ada.id});
        for (more, part) in [
            (
                json!({"hosts": [ada], "assignAllTeamMembers": true}),
                "hosts must not be provided together",
            ),
            (json!({"hosts": [ada, ada]}), "hosts must not name the user"),
            (json!({"hosts": [{"userId": "ada"}]}), "hosts.0.userId must be"),
            (
                json!({"hosts": [{"userId": stage.ada.id, "priority": "urgent"}]}),
                "hosts.0.priority must be one of",
            ),
            (json!({"schedulingType": "lottery"}), "schedulingType must be one of"),
            (json!({"schedulingType": null}), "schedulingType must be one of"),
            (json!({"hosts": {}}), "hosts must be an array"),
        ] {
            let body = Stage::body("x", "roundRobin", &more);
            let message = stage.admin.client.post(&stage.path(""), &body).error(400);
            assert!(message.contains(part), "{part}: {message}");
        }
    });
}

#[test]
fn a_managed_event_type_answers_with_its_copies_and_they_follow() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let both = json!([{"userId": stage.ada.id}, {"userId": stage.bob.id}]);
        let made = stage.create("managed", "managed", &json!({"hosts": both}));
        assert_eq!(made.as_array().unwrap().len(), 3);
        let parent = &made[0];
        assert_eq!(
            (&parent["teamId"], hosts(parent)),
            (&json!(stage.team), vec![stage.ada.id, stage.bob.id])
        );
        for (index, member) in [&stage.ada, &stage.bob].into_iter().enumerate() {
            let copy = &made[index + 1];
            assert_eq!(copy["ownerId"], member.id);
            assert_eq!(copy["parentEventTypeId"], parent["id"]);
            assert_eq!(Stage::own_slugs(member), ["managed"]);
        }
        let path = stage.path(&format!("/{}", parent["id"]));
        let change =
            json!({"title": "New", "lengthInMinutes": 45, "hosts": [{"userId": stage.ada.id}]});
        let changed = stage.admin.client.patch(&path, &change).data(200);
        assert_eq!(texts(&changed, "title"), ["New", "New"]);
        assert_eq!(changed[1]["id"], made[1]["id"], "who stays keeps the copy");
        assert_eq!(changed[1]["lengthInMinutes"], 45);
        assert!(Stage::own_slugs(&stage.bob).is_empty());
        let all = stage.admin.client.patch(&path, &json!({"assignAllTeamMembers": true})).data(200);
        assert!(all.as_array().unwrap().len() >= 4, "{all}");
        stage.admin.client.delete(&path).data(200);
        assert!(Stage::own_slugs(&stage.ada).is_empty(), "copies go with their parent");
    });
}

#[test]
fn a_copy_lets_its_user_choose_the_schedule_and_nothing_else() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let made =
            stage.create("managed", "managed", &json!({"hosts": [{"userId": stage.ada.id}]}));
        let path = format!("/v2/event-types/{}", made[1]["id"]);
        let ada = stage.ada.client.version("2024-06-14");
        let schedule = json!({"name": "Mine", "timeZone": "Europe/Rome", "isDefault": false});
        let schedule =
            stage.ada.client.version("2024-06-11").post("/v2/schedules", &schedule).data(201)["id"]
                .clone();
        let changed = ada.patch(&path, &json!({"scheduleId": schedule})).data(200);
        assert_eq!(changed["scheduleId"], schedule);
        let message = ada.patch(&path, &json!({"title": "Mine"})).error(400);
        assert!(message.contains("only its scheduleId can be changed"), "{message}");
        assert!(ada.delete(&path).error(403).contains("follows the managed event type"));
        let parent = stage.path(&format!("/{}", made[0]["id"]));
        let followed = stage.admin.client.patch(&parent, &json!({"title": "Ours"})).data(200);
        assert_eq!(
            (&followed[1]["title"], &followed[1]["scheduleId"]),
            (&json!("Ours"), &schedule)
        );
    });
}

#[test]
fn scheduling_types_change_with_hosts_or_end_up_without_and_managed_stays() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let made = stage.create("x", "collective", &json!({"hosts": [{"userId": stage.ada.id}]}));
        let path = stage.path(&format!("/{}", made["id"]));
        let change = json!({"schedulingType": "roundRobin", "hosts": [{"userId": stage.bob.id}]});
        let changed = stage.admin.client.patch(&path, &change).data(200);
        assert_eq!(
            (&changed["schedulingType"], hosts(&changed)),
            (&json!("roundRobin"), vec![stage.bob.id])
        );
        let bare = json!({"schedulingType": "collective"});
        assert_eq!(stage.admin.client.patch(&path, &bare).data(200)["hosts"], json!([]));
        let managed = json!({"schedulingType": "managed", "assignAllTeamMembers": true});
        let message = stage.admin.client.patch(&path, &managed).error(400);
        assert!(message.contains("cannot be changed to or from managed"), "{message}");
    });
}

#[test]
fn a_team_has_each_slug_once_whoever_comes_first() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let body = Stage::body("same", "managed", &json!({"assignAllTeamMembers": true}));
        let answers: Vec<_> = std::thread::scope(|scope| {
            let ask = || scope.spawn(|| stage.admin.client.post(&stage.path(""), &body));
            let threads: Vec<_> = (0..8).map(|_| ask()).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(answer.error(400), "Team already has an event type with this slug.");
        }
        assert_eq!(Stage::own_slugs(&stage.ada), ["same"], "and the losers left nothing behind");
    });
}

#[test]
fn members_read_by_role_and_only_administrators_write() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let stranger = stage.organization.member(server, "stranger", "MEMBER");
        let made = stage.create("x", "collective", &json!({"hosts": [{"userId": stage.ada.id}]}));
        let one = format!("/{}", made["id"]);
        for path in [stage.path(""), stage.organization_path("")] {
            let one = format!("{path}{one}");
            for outsider in [&stage.ada.client, &stranger.client] {
                outsider.post(&path, &Stage::body("y", "collective", &json!({}))).error(403);
                outsider.get(&one).error(403);
                outsider.patch(&one, &json!({"title": "mine"})).error(403);
                outsider.delete(&one).error(403);
                outsider.post(&format!("{one}/create-phone-call"), &json!({})).error(403);
                assert_eq!(texts(&outsider.get(&path).data(200), "slug"), ["x"]);
            }
            for insider in [&stage.admin.client, &stage.organization.client] {
                assert_eq!(insider.get(&one).data(200)["title"], "x");
            }
            stage.organization.public.patch(&one, &json!({})).error(401);
        }
        let by_id = format!("/v2/event-types/{}", made["id"]);
        let ask = |client: &Client| client.version("2024-06-14").get(&by_id);
        for reader in [&stage.ada.client, &stage.admin.client, &stage.organization.client] {
            let read = ask(reader).data(200);
            assert_eq!(
                (&read["ownerId"], &read["users"][0]["id"]),
                (&Value::Null, &json!(stage.ada.id))
            );
        }
        for outsider in [&stage.bob.client, &stranger.client] {
            assert!(ask(outsider).error(403).contains("may not read event type"));
        }
        let patch = stage.ada.client.version("2024-06-14").patch(&by_id, &json!({"title": "mine"}));
        assert!(patch.error(403).contains("does not own event type with ID="));
    });
}

#[test]
fn a_role_that_was_just_taken_away_writes_nothing() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        stage.create("before", "collective", &json!({}));
        let memberships =
            format!("/v2/organizations/{}/teams/{}/memberships", stage.organization.id, stage.team);
        let all = stage.organization.client.get(&memberships).data(200);
        let of_admin = all.as_array().unwrap().iter().find(|row| row["userId"] == stage.admin.id);
        let path = format!("{memberships}/{}", of_admin.unwrap()["id"]);
        stage.organization.client.delete(&path).data(200);
        stage
            .admin
            .client
            .post(&stage.path(""), &Stage::body("after", "collective", &json!({})))
            .error(403);
        let list = stage.organization.client.get(&stage.path("")).data(200);
        assert_eq!(texts(&list, "slug"), ["before"]);
    });
}

#[test]
fn everybody_sees_the_list_and_members_what_is_hidden() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let both = json!([{"userId": stage.ada.id}, {"userId": stage.bob.id}]);
        let place = json!([{"type": "address", "address": "secret lair", "public": false}]);
        stage.create("first", "collective", &json!({"hosts": both, "locations": place}));
        stage.create("second", "collective", &json!({"hidden": true}));
        stage.create("third", "managed", &json!({}));
        let public = &stage.organization.public;
        for path in [stage.path(""), stage.organization_path("")] {
            let seen = public.get(&path);
            assert!(!seen.text.contains("lair"), "{}", seen.text);
            assert_eq!(texts(&seen.data(200), "slug"), ["first", "third"]);
            assert_eq!(
                texts(&stage.ada.client.get(&path).data(200), "slug"),
                ["first", "second", "third"]
            );
            let newest = public.get(&format!("{path}?sortCreatedAt=desc")).data(200);
            assert_eq!(texts(&newest, "slug"), ["third", "first"]);
            let one = public.get(&format!("{path}?eventSlug=first&hostsLimit=1")).data(200);
            assert_eq!(
                (texts(&one, "slug"), hosts(&one[0])),
                (vec!["first".to_owned()], vec![stage.ada.id])
            );
            assert_eq!(public.get(&format!("{path}?eventSlug=second")).data(200), json!([]));
            assert!(
                public.get(&format!("{path}?hostsLimit=0")).error(400).starts_with("hostsLimit")
            );
        }
        public.get(&format!("/v2/teams/{}/event-types", stage.team + 999)).error(404);
        let elsewhere = server.organization();
        let path = format!("/v2/organizations/{}/teams/{}/event-types", elsewhere.id, stage.team);
        public.get(&path).error(404);
    });
}

#[test]
fn an_organisation_lists_what_all_its_teams_have() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        stage.create("a", "collective", &json!({}));
        let other = stage.organization.team("support", &[(stage.bob.id, "MEMBER")]);
        let path = format!("/v2/teams/{other}/event-types");
        stage
            .organization
            .client
            .post(&path, &Stage::body("b", "collective", &json!({})))
            .data(201);
        let path = format!("/v2/organizations/{}/teams/event-types", stage.organization.id);
        let slugs = |client: &Client, query: &str| {
            texts(&client.get(&format!("{path}{query}")).data(200), "slug")
        };
        assert_eq!(slugs(&stage.organization.client, ""), ["a", "b"]);
        assert_eq!(slugs(&stage.organization.client, "?take=1&skip=1"), ["b"]);
        assert_eq!(slugs(&stage.organization.client, "?sortCreatedAt=desc"), ["b", "a"]);
        assert_eq!(
            slugs(&stage.admin.client, ""),
            ["a"],
            "an administrator of one team sees that one"
        );
        assert!(stage.bob.client.get(&path).error(403).contains("TEAM_ADMIN"));
        assert!(
            stage
                .organization
                .client
                .get(&format!("{path}?take=251"))
                .error(400)
                .starts_with("take")
        );
    });
}

#[test]
fn a_phone_call_is_checked_and_refused_without_a_phone_service() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let made = stage.create("x", "collective", &json!({}));
        let path = stage.path(&format!("/{}/create-phone-call", made["id"]));
        let right = json!({"yourPhoneNumber": "+37120993151", "numberToCall": "+37120993152",
                           "calApiKey": "cal_live_x", "enabled": true, "templateType": "CUSTOM_TEMPLATE"});
        let message = stage.admin.client.post(&path, &right).error(400);
        assert!(message.starts_with("Phone calls are not configured"), "{message}");
        let mut wrong = right.clone();
        wrong["numberToCall"] = json!("0123");
        let message = stage.admin.client.post(&path, &wrong).error(400);
        assert!(message.starts_with("numberToCall must be a valid phone number"), "{message}");
        let missing = stage.path("/999999/create-phone-call");
        stage.admin.client.post(&missing, &right).error(404);
    });
}

#[test]
fn nobody_hosts_who_left_the_team_in_the_same_moment() {
    in_both_modes(|server| {
        let stage = Stage::new(server);
        let memberships =
            format!("/v2/organizations/{}/teams/{}/memberships", stage.organization.id, stage.team);
        let owner = &stage.organization.client;
        for try_ in 0..10 {
            let cleo = stage.organization.member(server, &format!("cleo-{try_}"), "MEMBER");
            let join = json!({"userId": cleo.id, "role": "MEMBER", "accepted": true});
            let membership = owner.post(&memberships, &join).data(201)["id"].clone();
            let scheduling = if try_ % 2 == 0 { "roundRobin" } else { "managed" };
            let hosts = json!({"hosts": [{"userId": stage.ada.id}, {"userId": cleo.id}]});
            let body = Stage::body(&format!("race-{try_}"), scheduling, &hosts);
            let made = std::thread::scope(|scope| {
                let made = scope.spawn(|| stage.admin.client.post(&stage.path(""), &body));
                scope.spawn(|| owner.delete(&format!("{memberships}/{membership}")).data(200));
                made.join().unwrap()
            });
            assert!(matches!(made.status, 201 | 404), "{}", made.text);
            let list = owner.get(&stage.path("")).text;
            assert!(!list.contains(&format!("\"userId\":{}", cleo.id)), "{list}");
            assert!(Stage::own_slugs(&cleo).is_empty());
        }
    });
}

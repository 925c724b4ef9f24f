//! The users whom platform clients manage: kept under the client's id, and found again.

use meridian_tests::{ManagedUser, in_both_modes, race};
use serde_json::{Value, json};

const INVALID: &str = "ApiAuthStrategy - access token - Invalid Access Token.";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn a_managed_user_is_kept_under_the_clients_id() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let more = json!({"timeZone": "America/New_York", "timeFormat": 24, "weekStart": "Monday",
            "locale": "pt-BR", "bio": "hello", "avatarUrl": "https://x.test/a.png",
            "metadata": {"team": "red"}});
        let user = client.user_with("alice@example.com", &more);
        let shown = &user.data["user"];
        assert_eq!(user.email, format!("alice+{}@example.com", client.id));
        assert_eq!(shown["username"], format!("alice-{}-example-com", client.id));
        for field in more.as_object().unwrap().keys() {
            assert_eq!(shown[field], more[field], "{field}");
        }
        assert_eq!(shown["name"], "Mia Managed");
        assert!(shown["createdDate"].is_string());

        let me = user.client.get("/v2/me").data(200);
        assert_eq!((&me["id"], &me["email"]), (&shown["id"], &shown["email"]));
        assert_eq!(me["organization"], json!({"id": organization.id, "isPlatform": true}));
        let path = format!("{}/{}", client.users(), user.id);
        assert_eq!(&client.client.get(&path).data(200), shown);
        let schedules = user.client.version("2024-06-11").get("/v2/schedules").data(200);
        assert_eq!(schedules.as_array().unwrap().len(), 1);
        assert_eq!(schedules[0]["id"], shown["defaultScheduleId"]);
        assert_eq!(schedules[0]["timeZone"], "America/New_York");
        let days = json!(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]);
        let hours = json!([{"days": days, "startTime": "09:00", "endTime": "17:00"}]);
        assert_eq!(schedules[0]["availability"], hours);

        let twice = client
            .client
            .post(&client.users(), &json!({"email": "ALICE@example.com", "name": "Alice"}));
        let text =
            format!("User with the provided e-mail already exists. Existing user ID={}", user.id);
        assert_eq!(twice.error(409), text);
        // The same person may be another client's user.
        organization.platform_client(&json!({})).user("alice@example.com");
    });
}

#[test]
fn a_user_without_a_zone_has_no_hours_and_four_event_types_only_where_the_client_says_so() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let bare = organization.platform_client(&json!({}));
        let user = bare.user("bob@example.com");
        assert_eq!(user.data["user"]["timeZone"], "Europe/London");
        assert_eq!(user.data["user"]["defaultScheduleId"], Value::Null);
        let event_types =
            |user: &ManagedUser| user.client.version("2024-06-14").get("/v2/event-types").data(200);
        let schedules = user.client.version("2024-06-11").get("/v2/schedules").data(200);
        assert_eq!((schedules, event_types(&user)), (json!([]), json!([])));

        let rich = organization.platform_client(&json!({"areDefaultEventTypesEnabled": true}));
        let user = rich.user_with("bob@example.com", &json!({"timeZone": "Europe/Rome"}));
        let made = event_types(&user);
        let mut seen: Vec<(u64, String)> = made
            .as_array()
            .unwrap()
            .iter()
            .map(|kind| (kind["lengthInMinutes"].as_u64().unwrap(), text(&kind["slug"])))
            .collect();
        seen.sort();
        let expected = [
            (30, "thirty-minutes"),
            (30, "thirty-minutes-video"),
            (60, "sixty-minutes"),
            (60, "sixty-minutes-video"),
        ];
        assert_eq!(seen, expected.map(|(minutes, slug)| (minutes, slug.to_owned())));
        // They can be booked by whoever comes.
        let id = made[0]["id"].as_i64().unwrap();
        let booked = organization.book(id, "2050-09-05T09:00:00.000Z");
        assert_eq!(booked["hosts"][0]["email"], user.email);
        assert_eq!(booked["hosts"][0]["displayEmail"], "bob@example.com");
    });
}

#[test]
fn users_are_listed_by_either_form_of_their_addresses() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let users: Vec<ManagedUser> = ["a@example.com", "b@example.com", "c@example.com"]
            .map(|email| client.user(email))
            .into();
        organization.platform_client(&json!({})).user("d@example.com");
        let ids = |query: &str| -> Vec<i64> {
            let shown = client.client.get(&format!("{}{query}", client.users())).data(200);
            shown.as_array().unwrap().iter().map(|user| user["id"].as_i64().unwrap()).collect()
        };
        let all: Vec<i64> = users.iter().map(|user| user.id).collect();
        assert_eq!(ids(""), all);
        assert_eq!(ids("?limit=1&offset=1"), all[1..2]);
        assert_eq!(ids("?offset=3"), [0; 0]);
        assert_eq!(ids("?emails=a@example.com,C@example.com"), [all[0], all[2]]);
        let kept = users[1].email.replace('+', "%2B");
        assert_eq!(ids(&format!("?emails={kept}")), [all[1]]);
        assert_eq!(ids("?emails=d@example.com"), [0; 0]);
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=251", "limit"),
            ("offset=-1", "offset"),
            ("emails=x", "emails"),
        ] {
            let refused = client.client.get(&format!("{}?{query}", client.users())).error(400);
            assert!(refused.starts_with(field), "{refused}");
        }
    });
}

#[test]
fn a_user_is_changed_at_once_also_for_other_components() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let user = client.user_with("mia@example.com", &json!({"timeZone": "Europe/Rome"}));
        user.client.get("/v2/me").data(200);
        let path = format!("{}/{}", client.users(), user.id);
        let body = json!({"email": "new@example.com", "name": "New", "timeZone": "Asia/Tokyo",
                          "bio": "b", "metadata": {"k": "v"}, "locale": "de", "timeFormat": 24});
        let changed = client.client.patch(&path, &body).data(200);
        assert_eq!(changed["email"], format!("new+{}@example.com", client.id));
        for field in ["name", "timeZone", "bio", "metadata", "locale", "timeFormat"] {
            assert_eq!(changed[field], body[field], "{field}");
        }
        let me = user.client.get("/v2/me").data(200);
        assert_eq!((&me["email"], &me["name"]), (&changed["email"], &json!("New")));
        let schedules = user.client.version("2024-06-11").get("/v2/schedules").data(200);
        assert_eq!(schedules[0]["timeZone"], "Asia/Tokyo");
        // Addresses are of one user, schedules of their own.
        client.user("taken@example.com");
        client.client.patch(&path, &json!({"email": "taken@example.com"})).error(409);
        let foreign = organization.schedules().get("/v2/schedules/default").data(200)["id"].clone();
        client.client.patch(&path, &json!({ "defaultScheduleId": foreign })).error(404);
        let own = schedules[0]["id"].clone();
        client.client.patch(&path, &json!({ "defaultScheduleId": own })).data(200);
        let refused = client.client.patch(&path, &json!({"timeZone": "Mars"})).error(400);
        assert!(refused.starts_with("timeZone"), "{refused}");
    });
}

#[test]
fn a_deleted_user_is_refused_on_the_next_request_and_may_come_back() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let user = client.user("mia@example.com");
        user.client.get("/v2/me").data(200);
        let path = format!("{}/{}", client.users(), user.id);
        assert_eq!(client.client.delete(&path).data(200), user.data["user"]);
        assert_eq!(user.client.get("/v2/me").error(401), INVALID);
        client.refresh(&user.refresh).error(401);
        let gone = format!("User with ID {} is not part of this OAuth client.", user.id);
        assert_eq!(client.client.get(&path).error(404), gone);
        assert_eq!(client.client.delete(&path).error(404), gone);
        assert_eq!(client.client.patch(&path, &json!({})).error(404), gone);
        let force = format!("{path}/force-refresh");
        assert_eq!(client.client.post(&force, &json!({})).error(404), gone);
        assert_eq!(client.client.get(&client.users()).data(200), json!([]));
        let again = client.user("mia@example.com");
        again.client.get("/v2/me").data(200);
        assert_eq!(user.client.get("/v2/me").error(401), INVALID, "old tokens stay dead");
    });
}

#[test]
fn only_pages_of_the_client_may_use_a_users_token() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let user = client.user("mia@example.com");
        let from = |origin: &str| user.client.with("origin", origin).get("/v2/me");
        from("https://platform.test").data(200);
        for origin in ["https://evil.test", "https://platform.test.evil.test", "null"] {
            let refused = from(origin).error(401);
            let text = "ApiAuthStrategy - access token - Invalid request origin - please open";
            assert!(refused.starts_with(text), "{refused}");
            assert!(refused.contains(origin) && refused.contains(&client.id), "{refused}");
        }
        // What the client says of its pages counts at once, either way.
        let path = format!("/v2/oauth-clients/{}", client.id);
        organization
            .client
            .patch(&path, &json!({"redirectUris": ["https://new.test/x"]}))
            .data(200);
        from("https://new.test").data(200);
        from("https://platform.test").error(401);
    });
}

#[test]
fn what_a_user_may_do_is_what_the_clients_mask_says() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({"permissions": ["PROFILE_READ"]}));
        let user = client.user("mia@example.com");
        user.client.get("/v2/me").data(200);
        let refused = user.client.version("2024-06-11").get("/v2/schedules").error(403);
        assert!(refused.contains("required permissions=SCHEDULE_READ"), "{refused}");
        assert!(refused.contains(&client.id), "{refused}");
    });
}

#[test]
fn pages_of_a_platform_find_their_client_and_check_their_token() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let user = client.user("mia@example.com");
        let provider = format!("/v2/provider/{}", client.id);
        let shown = organization.public.get(&provider).data(200);
        assert_eq!(shown["organizationId"], organization.id);
        assert_eq!((&shown["clientId"], &shown["name"]), (&json!(client.id), &json!("A platform")));
        assert!(shown.get("secret").is_none());
        for id in ["x", "clxyz0123456789abcdefghij"] {
            organization.public.get(&format!("/v2/provider/{id}")).error(404);
        }
        let check = format!("{provider}/access-token");
        assert_eq!(user.client.get(&check).data(200)["userId"], user.id);
        user.client.with("origin", "https://evil.test").get(&check).error(401);
        organization.public.get(&check).error(401);
        organization.client.get(&check).error(401);
        let other = organization.platform_client(&json!({}));
        let refused = user.client.get(&format!("/v2/provider/{}/access-token", other.id));
        assert_eq!(refused.error(401), INVALID);
    });
}

#[test]
fn bookings_keep_the_addresses_of_managed_users_and_show_what_people_know() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({"areDefaultEventTypesEnabled": true}));
        let host = client.user_with("host@example.com", &json!({"timeZone": "Europe/Rome"}));
        let (ada, grace) = (client.user("ada@example.org"), client.user("grace@example.org"));
        let kinds = host.client.version("2024-06-14").get("/v2/event-types").data(200);
        let mut body =
            organization.booking(kinds[0]["id"].as_i64().unwrap(), "2050-09-05T09:00:00.000Z");
        body["guests"] = json!(["Grace@example.org", "else@example.org"]);
        let booked = organization.bookings().post("/v2/bookings", &body).data(201);
        assert_eq!(booked["attendees"][0]["email"], ada.email);
        assert_eq!(booked["attendees"][0]["displayEmail"], "ada@example.org");
        let guests: Vec<&str> = booked["guests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|guest| guest.as_str().unwrap())
            .collect();
        assert!(guests.contains(&grace.email.as_str()), "{guests:?}");
        assert!(guests.contains(&"else@example.org"), "{guests:?}");

        let uid = text(&booked["uid"]);
        let found = |user: &ManagedUser, query: &str| -> Vec<String> {
            let path = format!("/v2/bookings{query}");
            let list = user.client.version("2024-08-13").get(&path).data(200);
            list.as_array().unwrap().iter().map(|booking| text(&booking["uid"])).collect()
        };
        for attendee in [&ada, &grace] {
            assert_eq!(found(attendee, ""), [uid.clone()], "they see what they attend");
        }
        let kept = ada.email.replace('+', "%2B");
        for email in ["ada@example.org", "ADA@example.org", &kept, "else@example.org"] {
            assert_eq!(found(&host, &format!("?attendeeEmail={email}")), [uid.clone()], "{email}");
        }
        assert!(found(&host, "?attendeeEmail=nobody@example.org").is_empty());

        // Whoever is added later is kept so too.
        let late = client.user("late@example.org");
        let path = format!("/v2/bookings/{uid}/guests");
        let guests = json!({"guests": [{"email": "late@example.org"}]});
        let added = host.client.version("2024-08-13").post(&path, &guests).data(200);
        assert!(added["guests"].as_array().unwrap().contains(&json!(late.email)), "{added}");

        // A page of the client books what somebody else offers.
        let other = organization.event_type("other", 30);
        let body = organization.booking(other, "2050-09-06T09:00:00.000Z");
        let page = organization.bookings().with("x-cal-client-id", &client.id);
        let booked = page.post("/v2/bookings", &body).data(201);
        assert_eq!(booked["attendees"][0]["email"], ada.email);
        // Without a client, people are who they say.
        let body = organization.booking(other, "2050-09-07T09:00:00.000Z");
        let booked = organization.bookings().post("/v2/bookings", &body).data(201);
        assert_eq!(booked["attendees"][0]["email"], "ada@example.org");
    });
}

#[test]
fn of_many_creations_at_once_one_succeeds() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let body = json!({"email": "mia@example.com", "name": "Mia"});
        let answers = race(1, 10, |_, _| client.client.post(&client.users(), &body));
        let made = answers[0].iter().filter(|answer| answer.status == 201).count();
        let refused = answers[0].iter().filter(|answer| answer.status == 409).count();
        assert_eq!((made, refused), (1, 9));
        assert_eq!(client.client.get(&client.users()).data(200).as_array().unwrap().len(), 1);
    });
}

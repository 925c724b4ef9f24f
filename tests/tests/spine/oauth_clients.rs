//! Platform clients: made and changed by whoever administers a platform customer, seen
//! by all of it, and acting in its owner's name with a secret that can be replaced.

use meridian_tests::{PlatformClient, in_both_modes};
use serde_json::{Value, json};

const PREFIX: &str = "ApiAuthStrategy - ";

/// Routes that are walked as a stranger here and not in `isolation`: they want a
/// platform customer, or a client with its secret.
pub(crate) const WALKED: &[(&str, &str)] = &[
    ("GET", "/v2/oauth-clients/:clientId"),
    ("PATCH", "/v2/oauth-clients/:clientId"),
    ("DELETE", "/v2/oauth-clients/:clientId"),
    ("POST", "/v2/oauth-clients/:clientId/rotate-secret"),
    ("GET", "/v2/oauth-clients/:clientId/users"),
    ("POST", "/v2/oauth-clients/:clientId/users"),
    ("GET", "/v2/oauth-clients/:clientId/users/:userId"),
    ("PATCH", "/v2/oauth-clients/:clientId/users/:userId"),
    ("DELETE", "/v2/oauth-clients/:clientId/users/:userId"),
    ("POST", "/v2/oauth-clients/:clientId/users/:userId/force-refresh"),
    ("POST", "/v2/oauth/:clientId/refresh"),
    ("GET", "/v2/provider/:clientId"),
    ("GET", "/v2/provider/:clientId/access-token"),
];

#[test]
fn a_client_is_made_read_changed_and_deleted() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let body = json!({
            "name": "Acme", "permissions": ["BOOKING_READ", "PROFILE_READ"],
            "redirectUris": ["https://acme.test/callback"], "logo": "https://acme.test/logo.png",
            "bookingRedirectUri": "https://acme.test/booked",
            "bookingCancelRedirectUri": "https://acme.test/cancel",
            "bookingRescheduleRedirectUri": "https://acme.test/move", "areEmailsEnabled": true,
        });
        let made = organization.client.post("/v2/oauth-clients", &body).data(201);
        let keys: Vec<&String> = made.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["clientId", "clientSecret"]);
        let path = format!("/v2/oauth-clients/{}", made["clientId"].as_str().unwrap());
        let shown = organization.client.get(&path).data(200);
        for field in body.as_object().unwrap().keys() {
            assert_eq!(shown[field], body[field], "{field}");
        }
        assert_eq!((&shown["id"], &shown["secret"]), (&made["clientId"], &made["clientSecret"]));
        assert_eq!(shown["organizationId"], organization.id);
        assert_eq!(shown["areDefaultEventTypesEnabled"], false);
        assert_eq!(shown["areCalendarEventsEnabled"], true);
        assert!(shown["createdAt"].as_str().unwrap().ends_with('Z'));
        assert_eq!(organization.client.get("/v2/oauth-clients").data(200), json!([shown]));

        let change = json!({"name": "Acme 2", "logo": null, "permissions": ["*"],
                            "areDefaultEventTypesEnabled": true});
        let changed = organization.client.patch(&path, &change).data(200);
        assert_eq!((&changed["name"], &changed["logo"]), (&json!("Acme 2"), &Value::Null));
        assert_eq!(changed["permissions"], body["permissions"], "decided for good");
        assert_eq!(changed["areDefaultEventTypesEnabled"], true);
        assert_eq!(changed["bookingRedirectUri"], body["bookingRedirectUri"]);

        assert_eq!(organization.client.delete(&path).data(200), changed);
        organization.client.get(&path).error(404);
        organization.client.delete(&path).error(404);
        assert_eq!(organization.client.get("/v2/oauth-clients").data(200), json!([]));
    });
}

#[test]
fn members_see_clients_and_only_administrators_make_them() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let path = format!("/v2/oauth-clients/{}", client.id);
        let member = organization.member(server, "member", "MEMBER").client;
        let admin = organization.member(server, "admin", "ADMIN").client;
        member.get("/v2/oauth-clients").data(200);
        member.get(&path).data(200);
        let body = json!({"name": "Mine", "permissions": ["*"], "redirectUris": []});
        let refused = member.post("/v2/oauth-clients", &body).error(403);
        assert!(refused.starts_with("RolesGuard - user with id="), "{refused}");
        member.patch(&path, &json!({"name": "Mine"})).error(403);
        member.post(&format!("{path}/rotate-secret"), &json!({})).error(403);
        member.delete(&path).error(403);
        admin.post("/v2/oauth-clients", &body).data(201);
        admin.patch(&path, &json!({"name": "Ours"})).data(200);
        admin.delete(&path).data(200);
        // Whoever is no platform customer has none, and a client makes no clients.
        let refused = server.organization().client.post("/v2/oauth-clients", &body).error(403);
        assert!(refused.contains("is not a platform organization"), "{refused}");
        let refused = organization.platform_client(&json!({})).client.get("/v2/oauth-clients");
        let text = "Invalid authentication method. Please provide one of the allowed methods: \
                    API_KEY, NEXT_AUTH";
        assert_eq!(refused.error(401), format!("{PREFIX}{text}"));
    });
}

#[test]
fn a_client_acts_in_its_owners_name_and_wins_over_a_key() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let me = client.client.get("/v2/me").data(200);
        assert_eq!(me["id"], organization.owner_id);
        let member = organization.member(server, "member", "MEMBER");
        let both = member
            .client
            .with("x-cal-client-id", &client.id)
            .with("x-cal-secret-key", &client.secret);
        assert_eq!(both.get("/v2/me").data(200)["id"], organization.owner_id);
        assert_eq!(member.client.get("/v2/me").data(200)["id"], member.id);
    });
}

#[test]
fn wrong_credentials_are_refused_in_the_words_clients_know() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let other = organization.platform_client(&json!({}));
        let asked = |id: &str, secret: &str| {
            let client =
                PlatformClient::with(&organization.public, id.to_owned(), secret.to_owned());
            client.client.get("/v2/me").error(401)
        };
        let invalid = format!("{PREFIX}oauth client - Invalid client secret");
        for secret in ["x", &client.secret.to_lowercase(), &other.secret, &organization.key] {
            assert_eq!(asked(&client.id, secret), invalid);
        }
        for id in ["x", "clxyz0123456789abcdefghij", &client.id.to_uppercase()] {
            let text = format!("{PREFIX}oauth client - Client with ID {id} not found");
            assert_eq!(asked(id, &client.secret), text);
        }
        let only_id = organization.public.with("x-cal-client-id", &client.id);
        assert!(only_id.get("/v2/me").error(401).contains("Only 'x-cal-client-id' header"));
        let only_secret = organization.public.with("x-cal-secret-key", &client.secret);
        assert!(only_secret.get("/v2/me").error(401).contains("Only 'x-cal-secret-key' header"));
        let long = "c".repeat(5_000);
        assert!(asked(&long, "x").len() < 200, "an id is shown back only so far");
    });
}

#[test]
fn what_a_client_may_do_is_what_its_mask_says() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({"permissions": ["BOOKING_READ"]}));
        let refused = client.client.get("/v2/me").error(403);
        let text = format!(
            "PermissionsGuard - oAuth client with id={} does not have the required \
             permissions=PROFILE_READ. Go to platform dashboard settings and add the required \
             permissions to the oAuth client.",
            client.id
        );
        assert_eq!(refused, text);
        organization.client.get("/v2/me").data(200);
    });
}

#[test]
fn a_replaced_secret_works_on_for_as_long_as_was_said() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        client.client.get("/v2/me").data(200);
        let path = format!("/v2/oauth-clients/{}", client.id);
        let rotate = |hours: i64| {
            let body = json!({ "overlapHours": hours });
            let made = organization.client.post(&format!("{path}/rotate-secret"), &body).data(200);
            let secret = made["clientSecret"].as_str().unwrap().to_owned();
            let next = PlatformClient::with(&organization.public, client.id.clone(), secret);
            (next, made)
        };
        let (second, made) = rotate(1);
        assert!(made["previousSecretExpiresAt"].is_string(), "{made}");
        client.client.get("/v2/me").data(200);
        second.client.get("/v2/me").data(200);
        let shown = organization.client.get(&path).data(200);
        assert_eq!(shown["secret"], second.secret);
        // The one before the one before is gone, and now at once.
        let (third, made) = rotate(0);
        assert!(made.get("previousSecretExpiresAt").is_none(), "{made}");
        for old in [&client, &second] {
            let refused = old.client.get("/v2/me").error(401);
            assert_eq!(refused, format!("{PREFIX}oauth client - Invalid client secret"));
        }
        third.client.get("/v2/me").data(200);
        let refused = organization
            .client
            .post(&format!("{path}/rotate-secret"), &json!({"overlapHours": 999}));
        assert!(refused.error(400).starts_with("overlapHours"));
    });
}

#[test]
fn a_deleted_client_and_its_users_are_refused_on_the_next_request() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({}));
        let user = client.user("mia@example.com");
        client.client.get("/v2/me").data(200);
        user.client.get("/v2/me").data(200);
        organization.client.delete(&format!("/v2/oauth-clients/{}", client.id)).data(200);
        let refused = client.client.get("/v2/me").error(401);
        let text = format!("{PREFIX}oauth client - Client with ID {} not found", client.id);
        assert_eq!(refused, text);
        let refused = user.client.get("/v2/me").error(401);
        assert_eq!(refused, format!("{PREFIX}access token - Invalid Access Token."));
        // Its users stay members of the organisation.
        let path = format!("/v2/organizations/{}/users?emails=", organization.id);
        let address = user.email.replace('+', "%2B");
        let members = organization.client.get(&format!("{path}{address}")).data(200);
        assert_eq!(members[0]["id"], user.id);
    });
}

#[test]
fn bad_input_is_named() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let good = json!({"name": "Acme", "permissions": ["*"], "redirectUris": []});
        for (field, value) in [
            ("name", Value::Null),
            ("permissions", json!(["ROOT"])),
            ("permissions", json!("*")),
            ("redirectUris", json!(["javascript://acme.test"])),
            ("redirectUris", Value::Null),
            ("logo", json!("x")),
            ("areEmailsEnabled", json!("yes")),
        ] {
            let mut body = good.clone();
            body[field] = value;
            let refused = organization.client.post("/v2/oauth-clients", &body).error(400);
            assert!(refused.starts_with(field), "{refused}");
        }
        for id in ["x", "clxyz0123456789abcdefghij", "..%2f..", &"c".repeat(3_000)] {
            organization.client.get(&format!("/v2/oauth-clients/{id}")).error(404);
        }
    });
}

#[test]
fn a_write_that_is_sent_again_happens_once() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let body = json!({"name": "Acme", "permissions": ["*"], "redirectUris": []});
        let client = organization.client.with("idempotency-key", "one");
        let first = client.post("/v2/oauth-clients", &body);
        let again = client.post("/v2/oauth-clients", &body);
        assert_eq!(first.text, again.text);
        assert_eq!(again.header("idempotency-replayed"), "true");
        first.data(201);
        let clients = organization.client.get("/v2/oauth-clients").data(200);
        assert_eq!(clients.as_array().unwrap().len(), 1);
    });
}

#[test]
fn the_clients_and_users_of_another_organisation_are_not_found() {
    in_both_modes(|server| {
        let (ours, theirs) = (server.platform_organization(), server.platform_organization());
        let client = theirs.platform_client(&json!({"name": "secret"}));
        let user = client.user("secret@example.com");
        let our_client = ours.platform_client(&json!({}));
        let our_user = our_client.user("mine@example.com");
        for (method, pattern) in WALKED {
            let by_people = !pattern.contains("/users") && pattern.starts_with("/v2/oauth-clients");
            let asking = match *pattern {
                // Whoever has the id may know that there is such a client.
                "/v2/provider/:clientId" => continue,
                "/v2/provider/:clientId/access-token" => &our_user.client,
                _ if by_people => &ours.client,
                _ => &our_client.client,
            };
            let body = match *method {
                "POST" | "PATCH" => Some(
                    json!({"name": "mine", "email": "x@example.com", "refreshToken": user.refresh})
                        .to_string(),
                ),
                _ => None,
            };
            let user_path = pattern.replace(":userId", &user.id.to_string());
            let path = user_path.replace(":clientId", &client.id);
            let answer = asking.send(method, &path, body.clone());
            let expected = if path.ends_with("/access-token") { 401 } else { 404 };
            assert_eq!(answer.status, expected, "{method} {path}: {}", answer.text);
            assert!(!answer.text.contains("secret@"), "{}", answer.text);
            if pattern.contains(":userId") {
                // Nor through a client of one's own.
                let path = user_path.replace(":clientId", &our_client.id);
                let refused = asking.send(method, &path, body).error(404);
                let text = format!("User with ID {} is not part of this OAuth client.", user.id);
                assert_eq!(refused, text);
            }
        }
        our_client.refresh(&user.refresh).error(401);
        // Everything is still there, and as it was.
        user.client.get("/v2/me").data(200);
        assert_eq!(theirs.client.get("/v2/oauth-clients").data(200)[0]["name"], "secret");
    });
}

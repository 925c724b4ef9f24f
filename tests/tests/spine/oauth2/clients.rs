//! Applications: who registers them, who sees them, what ends them.

use serde_json::json;

use super::{App, Person, Tokens, assert_flat, in_both_modes};

const CLIENTS: &str = "/v2/auth/oauth2/clients";

#[test]
fn administrators_look_after_applications_and_members_see_them() {
    in_both_modes(|server| {
        let organization = server.organization();
        let member = organization.member(server, "looker", "MEMBER");
        let admin = organization.member(server, "minder", "ADMIN");
        let body = json!({"name": "App", "redirect_uris": ["https://app.example/cb"],
                          "scopes": ["BOOKING_READ"]});
        member.client.post(CLIENTS, &body).error(403);
        member.client.get(CLIENTS).error(403);
        let made = admin.client.post(CLIENTS, &body).data(201);
        assert_eq!(
            (&made["approval_status"], &made["is_trusted"]),
            (&json!("approved"), &json!(false))
        );
        let secret = made["client_secret"].as_str().unwrap();
        let path = format!("{CLIENTS}/{}", made["client_id"].as_str().unwrap());
        let seen = member.client.get(&path).data(200);
        for (name, value) in [
            ("redirect_uri", json!("https://app.example/cb")),
            ("name", json!("App")),
            ("logo", json!(null)),
            ("is_trusted", json!(false)),
            ("client_type", json!("CONFIDENTIAL")),
        ] {
            assert_eq!(seen[name], value, "{seen}");
        }
        assert!(!seen.to_string().contains(secret), "a secret is shown once");
        for method in ["PATCH", "DELETE"] {
            member.client.send(method, &path, Some("{}".to_owned())).error(403);
        }
        let changed = organization.client.patch(&path, &json!({"name": "Other"})).data(200);
        assert_eq!(
            (&changed["name"], &changed["scopes"]),
            (&json!("Other"), &json!(["BOOKING_READ"]))
        );
        assert_eq!(organization.client.get(CLIENTS).data(200)[0]["name"], "Other");
        for (field, value) in [
            ("redirect_uris", json!(["http://app.example/cb"])),
            ("redirect_uris", json!(["javascript:alert(1)"])),
            ("redirect_uris", json!([])),
            ("scopes", json!(["EVERYTHING"])),
            ("name", json!("")),
            ("logo", json!("data:image/png;base64,x")),
        ] {
            let refused = organization.client.patch(&path, &json!({ field: value })).error(400);
            assert!(refused.starts_with(field), "{refused}");
        }
        organization.public.get(&path).error(401);
        organization.client.get(&format!("{CLIENTS}/nobody")).error(404);
        organization.client.delete(&path).data(200);
        member.client.get(&path).error(404);
    });
}

#[test]
fn a_deleted_or_rejected_application_is_out_with_the_next_request() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let mut browser = ada.browser();
        let app = App::register(&ada, &server.client(), "CONFIDENTIAL", &["PROFILE_READ"]);
        let scope = [("scope", "PROFILE_READ")];
        let code = app.code(&mut browser, &scope);
        let tokens = Tokens::of(&app.redeem(&code, &[]));
        app.with(&tokens).get("/v2/me").data(200);
        let decide = |verdict: &str, body| {
            let path = format!("/platform/oauth2-clients/{}/{verdict}", app.id);
            server.platform().post(&path, &body).data(200)
        };
        assert_eq!(decide("reject", json!({}))["approval_status"], "rejected");
        app.with(&tokens).get("/v2/me").error(401);
        let refused = app.refresh(&tokens.refresh);
        assert_flat(&refused, 400, "unauthorized_client", "client_not_approved");
        let trusted = decide("approve", json!({"isTrusted": true}));
        assert_eq!(
            (&trusted["approval_status"], &trusted["is_trusted"]),
            (&json!("approved"), &json!(true))
        );
        app.with(&tokens).get("/v2/me").data(200);
        let page = browser.open(&app.page(&scope));
        assert!(page.text.contains("is verified by the operator"), "{}", page.text);
        let pending = app.code(&mut browser, &scope);
        ada.client.delete(&format!("{CLIENTS}/{}", app.id)).data(200);
        app.with(&tokens).get("/v2/me").error(401);
        for refused in [app.refresh(&tokens.refresh), app.redeem(&pending, &[])] {
            assert_flat(&refused, 401, "invalid_client", "client_not_found");
        }
        assert_eq!(browser.open(&app.page(&scope)).status, 404);
        server.platform().post("/platform/oauth2-clients/nobody/approve", &json!({})).error(404);
    });
}

#[test]
fn a_rotated_secret_takes_the_place_of_the_old_one() {
    in_both_modes(|server| {
        let (ada, bob) = (Person::of(server), Person::of(server));
        let app = App::register(&ada, &server.client(), "CONFIDENTIAL", &["PROFILE_READ"]);
        let scope = [("scope", "PROFILE_READ")];
        let tokens = Tokens::of(&app.redeem(&app.code(&mut ada.browser(), &scope), &[]));
        let path = format!("{CLIENTS}/{}/rotate-secret", app.id);
        bob.client.post(&path, &json!({})).error(404);
        let rotated = ada.client.post(&path, &json!({})).data(200);
        let secret = rotated["client_secret"].as_str().unwrap().to_owned();
        let refused = app.refresh(&tokens.refresh);
        assert_flat(&refused, 401, "invalid_client", "invalid_client_credentials");
        app.with(&tokens).get("/v2/me").data(200);
        let app = App { secret, ..app };
        Tokens::of(&app.refresh(&tokens.refresh));
        let public = App::register(&ada, &server.client(), "PUBLIC", &["PROFILE_READ"]);
        let path = format!("{CLIENTS}/{}/rotate-secret", public.id);
        ada.client.post(&path, &json!({})).error(409);
    });
}

//! Tokens: what they reach, how they are refreshed, and what ends them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{App, CALLBACK, Person, TOKEN, Tokens, assert_flat, in_both_modes};

const INVALID: &str = "invalid_refresh_token";

#[test]
fn a_refresh_token_works_once_and_its_second_use_ends_the_family() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let app =
            App::register(&ada, &server.client(), "PUBLIC", &["PROFILE_READ", "BOOKING_READ"]);
        let first = app.tokens(&mut ada.browser(), "PROFILE_READ BOOKING_READ");
        let second = Tokens::of(&app.refresh(&first.refresh));
        assert_eq!(second.body["scope"], "PROFILE_READ BOOKING_READ");
        assert_ne!(second.refresh, first.refresh);
        let third = Tokens::of(&app.refresh(&second.refresh));
        app.with(&third).get("/v2/me").data(200);
        assert_flat(&app.refresh(&first.refresh), 400, "invalid_grant", INVALID);
        for tokens in [&first, &second, &third] {
            app.with(tokens).get("/v2/me").error(401);
        }
        assert_flat(&app.refresh(&third.refresh), 400, "invalid_grant", INVALID);
    });
}

#[test]
fn a_refresh_token_of_another_application_is_none() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let app = App::register(&ada, &server.client(), "PUBLIC", &["PROFILE_READ"]);
        let evil = App::register(&ada, &server.client(), "PUBLIC", &["PROFILE_READ"]);
        let tokens = app.tokens(&mut ada.browser(), "PROFILE_READ");
        for text in [tokens.refresh.as_str(), tokens.access.as_str(), "made-up"] {
            assert_flat(&evil.refresh(text), 400, "invalid_grant", INVALID);
        }
        // An access token refreshes nothing, and a refresh token calls nothing.
        assert_flat(&app.refresh(&tokens.access), 400, "invalid_grant", INVALID);
        server.client().bearer(&tokens.refresh).get("/v2/me").error(401);
        Tokens::of(&app.refresh(&tokens.refresh));
    });
}

#[test]
fn a_token_reaches_what_its_scopes_cover() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let plain = server.client();
        let scopes = ["BOOKING_READ", "ORG_PROFILE_READ"];
        let app = App::register(&ada, &plain, "PUBLIC", &scopes);
        let tokens = app.tokens(&mut ada.browser(), "BOOKING_READ ORG_PROFILE_READ");
        let client = app.with(&tokens);
        client.version("2024-08-13").get("/v2/bookings").data(200);
        // ORG_ covers TEAM_.
        client.get("/v2/teams").data(200);
        let refused = client.get("/v2/me").error(403);
        assert_eq!(
            refused,
            "insufficient_scope: token does not have the required scopes. \
             Required: PROFILE_READ. Token has: BOOKING_READ, ORG_PROFILE_READ"
        );
        let refused = client.get("/v2/auth/oauth2/clients").error(401);
        assert!(refused.contains("NEXT_AUTH"), "{refused}");
        // An application of an older time is not restricted.
        let legacy = App::register(&ada, &plain, "PUBLIC", &["READ_BOOKING", "READ_PROFILE"]);
        let tokens = legacy.tokens(&mut ada.browser(), "READ_BOOKING READ_PROFILE whatever");
        assert_eq!(tokens.body["scope"], "READ_BOOKING READ_PROFILE");
        let client = legacy.with(&tokens);
        client.get("/v2/me").data(200);
        client.patch("/v2/me", &json!({"bio": "x"})).data(200);
    });
}

#[test]
fn an_application_proves_itself_in_any_form_of_the_standard_but_in_one_only() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let plain = server.client();
        let app = App::register(&ada, &plain, "CONFIDENTIAL", &["BOOKING_READ"]);
        let mut browser = ada.browser();
        let basic = |secret: &str| {
            let pair = STANDARD.encode(format!("{}:{secret}", app.id));
            plain.with("authorization", &format!("Basic {pair}"))
        };
        let code = app.code(&mut browser, &[]);
        let body = json!({"client_id": app.id, "client_secret": app.secret, "code": code,
                          "grant_type": "authorization_code", "redirect_uri": CALLBACK});
        Tokens::of(&plain.post(TOKEN, &body));
        let code = app.code(&mut browser, &[]);
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
        ];
        let refused = basic("wrong").form(TOKEN, &fields);
        assert_flat(&refused, 401, "invalid_client", "invalid_client_credentials");
        assert!(refused.header("www-authenticate").starts_with("Basic"), "{:?}", refused.headers);
        let mut both = fields.to_vec();
        both.push(("client_secret", &app.secret));
        assert_eq!(basic(&app.secret).form(TOKEN, &both).status, 400);
        Tokens::of(&basic(&app.secret).form(TOKEN, &fields));
    });
}

#[test]
fn whatever_makes_no_sense_is_refused_in_the_words_of_the_standard() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let plain = server.client();
        let app = App::register(&ada, &plain, "CONFIDENTIAL", &["BOOKING_READ"]);
        let id = ("client_id", app.id.as_str());
        let secret = ("client_secret", app.secret.as_str());
        let code = ("grant_type", "authorization_code");
        let uri = ("redirect_uri", CALLBACK);
        let long = "x".repeat(10_000);
        let kinds = "grant_type must be 'authorization_code' or 'refresh_token'";
        let (invalid, client) = ("invalid_request", "invalid_client");
        for (fields, status, error, text) in [
            (&[][..], 400, invalid, "client_id is required"),
            (&[code, uri], 400, invalid, "client_id is required"),
            (&[id], 400, invalid, kinds),
            (&[id, ("grant_type", "password")], 400, invalid, kinds),
            (&[id, secret, code], 400, invalid, "code is required"),
            (&[id, secret, code, ("code", "x")], 400, invalid, "redirect_uri is required"),
            (
                &[id, secret, ("grant_type", "refresh_token")],
                400,
                invalid,
                "refresh_token is required",
            ),
            (&[id, id, secret, code], 400, invalid, "client_id must not be given more than once"),
            (&[id, code, ("code", &long)], 400, invalid, "code must not be longer than 8192 bytes"),
            (&[id, code, uri, ("code", "x")], 401, client, "invalid_client_credentials"),
            (&[id, code, ("client_secret", "wrong")], 401, client, "invalid_client_credentials"),
            (&[("client_id", "nobody"), code], 401, client, "client_not_found"),
            (&[("client_id", "\u{0}"), code], 401, client, "client_not_found"),
        ] {
            assert_flat(&plain.form(TOKEN, fields), status, error, text);
        }
        for (kind, body) in [
            ("text/plain", "client_id=x"),
            ("application/json", "{"),
            ("application/json", "[]"),
            ("application/json", "{\"client_id\":7}"),
            ("application/json", ""),
            ("application/x-www-form-urlencoded", "%%%=%%%&=&&"),
        ] {
            let client = plain.with("content-type", kind);
            for path in [TOKEN, "/v2/auth/oauth2/revoke", "/v2/auth/oauth2/introspect"] {
                let refused = client.send("POST", path, Some(body.to_owned()));
                assert_eq!(refused.status, 400, "{kind} {body}: {}", refused.text);
                assert_eq!(refused.json()["error"], "invalid_request", "{}", refused.text);
            }
        }
    });
}

#[test]
fn a_token_is_explained_and_taken_back_only_for_its_own_application() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let plain = server.client();
        let app = App::register(&ada, &plain, "CONFIDENTIAL", &["PROFILE_READ"]);
        let evil = App::register(&ada, &plain, "CONFIDENTIAL", &["PROFILE_READ"]);
        let public = App::register(&ada, &plain, "PUBLIC", &["PROFILE_READ"]);
        let tokens = app.tokens(&mut ada.browser(), "PROFILE_READ");
        let ask = |app: &App, path: &str, token: &str| {
            let mut fields = vec![("client_id", app.id.as_str()), ("token", token)];
            if !app.secret.is_empty() {
                fields.push(("client_secret", &app.secret));
            }
            plain.form(&format!("/v2/auth/oauth2/{path}"), &fields)
        };
        let known = ask(&app, "introspect", &tokens.access).json();
        assert_eq!(known["active"], true, "{known}");
        assert_eq!(
            (known["scope"].as_str(), known["client_id"].as_str()),
            (Some("PROFILE_READ"), Some(app.id.as_str()))
        );
        assert_eq!(ask(&app, "introspect", &tokens.refresh).json()["active"], true);
        for token in [&tokens.access, &tokens.refresh] {
            let unknown = ask(&evil, "introspect", token);
            assert_eq!((unknown.status, unknown.json()), (200, json!({"active": false})));
            assert_eq!(ask(&evil, "revoke", token).status, 200);
        }
        assert_eq!(ask(&public, "introspect", &tokens.access).status, 401);
        app.with(&tokens).get("/v2/me").data(200);
        assert_eq!(ask(&app, "revoke", &tokens.access).status, 200);
        app.with(&tokens).get("/v2/me").error(401);
        assert_eq!(ask(&app, "introspect", &tokens.refresh).json(), json!({"active": false}));
        assert_flat(&app.refresh(&tokens.refresh), 400, "invalid_grant", INVALID);
        // Once more, or of something that never was: as good as done.
        assert_eq!(ask(&app, "revoke", &tokens.access).status, 200);
        assert_eq!(ask(&app, "revoke", "made-up").status, 200);
    });
}

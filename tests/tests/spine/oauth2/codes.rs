//! Codes: they work once, for whom they were made, and lead nowhere else.

use meridian_tests::{Browser, race};

use super::{
    App, CALLBACK, CHALLENGE, Person, Tokens, VERIFIER, assert_flat, in_both_modes, parameter,
};

const INVALID: &str = "code_invalid_or_expired";

#[test]
fn a_public_application_proves_itself_with_pkce() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let app = App::register(&ada, &server.client(), "PUBLIC", &["PROFILE_READ"]);
        let mut browser = ada.browser();
        let with = [("scope", "PROFILE_READ"), ("code_challenge", CHALLENGE)];
        for verifier in [&[][..], &[("code_verifier", CHALLENGE)], &[("code_verifier", "short")]] {
            let code = app.code(&mut browser, &with);
            assert_flat(&app.redeem(&code, verifier), 400, "invalid_grant", INVALID);
        }
        let code = app.code(&mut browser, &with);
        let tokens = Tokens::of(&app.redeem(&code, &[("code_verifier", VERIFIER)]));
        assert_eq!(tokens.body["token_type"], "bearer");
        assert_eq!(
            (tokens.body["expires_in"].as_i64(), tokens.body["scope"].as_str()),
            (Some(1800), Some("PROFILE_READ"))
        );
        app.with(&tokens).get("/v2/me").data(200);
    });
}

#[test]
fn a_code_shown_twice_takes_back_what_it_gave() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let app = App::register(&ada, &server.client(), "CONFIDENTIAL", &["PROFILE_READ"]);
        let code = app.code(&mut ada.browser(), &[("scope", "PROFILE_READ")]);
        let tokens = Tokens::of(&app.redeem(&code, &[]));
        app.with(&tokens).get("/v2/me").data(200);
        assert_flat(&app.redeem(&code, &[]), 400, "invalid_grant", INVALID);
        app.with(&tokens).get("/v2/me").error(401);
        let refused = app.refresh(&tokens.refresh);
        assert_flat(&refused, 400, "invalid_grant", "invalid_refresh_token");
    });
}

#[test]
fn a_code_of_somebody_else_is_worth_nothing() {
    in_both_modes(|server| {
        let (ada, bob) = (Person::of(server), Person::of(server));
        let plain = server.client();
        let app = App::register(&ada, &plain, "CONFIDENTIAL", &["BOOKING_READ"]);
        let evil = App::register(&ada, &plain, "CONFIDENTIAL", &["BOOKING_READ"]);
        let foreign = App::register(&bob, &plain, "CONFIDENTIAL", &["BOOKING_READ"]);
        let mut browser = ada.browser();
        let code = app.code(&mut browser, &[]);
        for thief in [&evil, &foreign] {
            assert_flat(&thief.redeem(&code, &[]), 400, "invalid_grant", INVALID);
        }
        for (name, value) in [
            ("redirect_uri", "https://app.example/callback/"),
            ("redirect_uri", "myapp://done"),
            // A verifier where there was no challenge: somebody took it off.
            ("code_verifier", VERIFIER),
            ("code", "made-up"),
        ] {
            let refused = app.redeem(&code, &[(name, value)]);
            assert_flat(&refused, 400, "invalid_grant", INVALID);
        }
        // None of that used it up.
        Tokens::of(&app.redeem(&code, &[]));
    });
}

#[test]
fn what_must_not_be_told_to_a_stranger_is_shown_to_the_user() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let app = App::register(&ada, &server.client(), "CONFIDENTIAL", &["BOOKING_READ"]);
        let mut browser = ada.browser();
        let twice = format!("{}&redirect_uri=https://evil.example", app.page(&[]));
        for (path, status) in [
            (app.page(&[("redirect_uri", "https://evil.example/")]), 400),
            (app.page(&[("redirect_uri", "https://app.example/callback/../x")]), 400),
            (app.page(&[("redirect_uri", "")]), 400),
            (twice, 400),
            (format!("{}&client_id={}", app.page(&[]), app.id), 400),
            (app.page(&[("client_id", "")]), 400),
            (app.page(&[("client_id", "c00000000000000000000000")]), 404),
            (app.page(&[("client_id", "<script>")]), 404),
            (app.page(&[("state", &"x".repeat(9_000))]), 400),
        ] {
            let shown = browser.open(&path);
            assert_eq!(shown.status, status, "{path}: {}", shown.text);
            assert_eq!(shown.header("location"), "", "{path}");
            assert!(shown.header("content-type").starts_with("text/html"), "{path}");
            assert!(!shown.text.contains("<script>"), "{}", shown.text);
        }
        let path = format!("/platform/oauth2-clients/{}/reject", app.id);
        server.platform().post(&path, &serde_json::json!({})).data(200);
        let shown = browser.open(&app.page(&[]));
        assert_eq!((shown.status, shown.header("location")), (403, ""));
        assert!(shown.text.contains("not approved"), "{}", shown.text);
    });
}

#[test]
fn other_mistakes_and_a_no_are_told_to_the_application_with_its_state() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let plain = server.client();
        let app = App::register(&ada, &plain, "CONFIDENTIAL", &["BOOKING_READ"]);
        let public = App::register(&ada, &plain, "PUBLIC", &["BOOKING_READ"]);
        let mut browser = ada.browser();
        let scope = |scope: &'static str| app.page(&[("scope", scope)]);
        let twice = format!("{}&scope=BOOKING_READ", app.page(&[]));
        for (path, error, text) in [
            (scope("EVERYTHING"), "invalid_request", "Requested scope is not a recognized scope"),
            (
                scope("BOOKING_READ,BOOKING_WRITE"),
                "invalid_request",
                "Requested scope exceeds the client's registered scopes",
            ),
            (scope(""), "invalid_request", "scope is required"),
            (twice, "invalid_request", "scope must not be given more than once"),
            (
                app.page(&[("response_type", "token")]),
                "unsupported_response_type",
                "response_type must be 'code'",
            ),
            (public.page(&[]), "invalid_request", "code_challenge is required for public clients"),
            (
                public.page(&[("code_challenge", VERIFIER), ("code_challenge_method", "plain")]),
                "invalid_request",
                "code_challenge_method must be S256",
            ),
        ] {
            let told = browser.open(&path);
            assert_eq!(told.status, 303, "{path}: {}", told.text);
            assert!(told.header("location").starts_with(CALLBACK), "{:?}", told.headers);
            assert_eq!(parameter(&told, "error"), error);
            assert_eq!(parameter(&told, "error_description"), text);
            assert_eq!(parameter(&told, "state"), "a state & more");
            assert_eq!(parameter(&told, "code"), "");
        }
        let page = browser.open(&app.page(&[]));
        let denied = browser.submit(&page, &[("decision", "deny")]);
        assert_eq!(parameter(&denied, "error"), "access_denied");
        assert_eq!(parameter(&denied, "state"), "a state & more");
        assert_eq!(parameter(&denied, "code"), "");
    });
}

#[test]
fn the_page_asks_in_words_and_only_its_own_answer_counts() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let app = App::register(&ada, &server.client(), "CONFIDENTIAL", &["BOOKING_READ"]);
        let mut browser = ada.browser();
        let page = browser.open(&app.page(&[]));
        for part in [
            "Calendar &lt;Buddy&gt;",
            "see your bookings",
            "app.example",
            ada.email.as_str(),
            ">Allow<",
            ">Deny<",
        ] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self' https://app.example;",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("script") && page.header("x-frame-options") == "DENY");
        for (name, value) in [
            ("csrf_token", "x"),
            ("decision", "perhaps"),
            ("redirect_uri", "https://evil.example/"),
        ] {
            let mut filled = vec![("decision", "allow")];
            filled.retain(|(known, _)| *known != name);
            filled.push((name, value));
            let refused = browser.submit(&page, &filled);
            assert!([400, 403].contains(&refused.status), "{name}: {}", refused.text);
            assert_eq!(refused.header("location"), "");
        }
        // Sent by a page of another site, whatever it knows.
        let fields = [("decision", "allow"), ("client_id", app.id.as_str())];
        let elsewhere = browser.client().with("sec-fetch-site", "cross-site");
        let refused = elsewhere.form("/auth/oauth2/authorize", &fields);
        assert!([400, 403].contains(&refused.status), "{}", refused.text);
        // Whoever is of another organisation signs in first.
        let mut stranger = Person::of(server).browser();
        let answer = stranger.open(&app.page(&[]));
        assert_eq!(answer.status, 303);
        assert!(answer.header("location").starts_with("/auth/login?callbackUrl="));
        let mut nobody = Browser::new(server.client());
        let answer = nobody.submit(&page, &[("decision", "allow")]);
        assert!(answer.header("location").starts_with("/auth/login?callbackUrl="));
    });
}

#[test]
fn of_many_who_redeem_one_code_at_once_one_is_served_at_most() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let app = App::register(&ada, &server.client(), "CONFIDENTIAL", &["BOOKING_READ"]);
        let mut browser = ada.browser();
        let codes: Vec<String> = (0..3).map(|_| app.code(&mut browser, &[])).collect();
        for answers in race(codes.len(), 6, |round, _| app.redeem(&codes[round], &[])) {
            let (served, refused): (Vec<_>, Vec<_>) =
                answers.iter().partition(|answer| answer.status == 200);
            assert_eq!(served.len(), 1);
            for answer in refused {
                assert_flat(answer, 400, "invalid_grant", INVALID);
            }
            // What it got was taken back: one of them was a thief.
            let tokens = Tokens::of(served[0]);
            app.with(&tokens).version("2024-08-13").get("/v2/bookings").error(401);
        }
    });
}

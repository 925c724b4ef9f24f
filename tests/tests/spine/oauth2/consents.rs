//! What users allowed, and how they take it back.

use serde_json::json;

use super::{App, CALLBACK, CHALLENGE, Person, Tokens, VERIFIER, in_both_modes, parameter};

#[test]
fn a_user_sees_what_they_allowed_and_takes_it_back_at_once() {
    in_both_modes(|server| {
        let (ada, bob) = (Person::of(server), Person::of(server));
        let scopes = ["PROFILE_READ", "BOOKING_READ"];
        let app = App::register(&ada, &server.client(), "PUBLIC", &scopes);
        let mut browser = ada.browser();
        let one = app.tokens(&mut browser, "PROFILE_READ");
        let two = app.tokens(&mut browser, "PROFILE_READ BOOKING_READ");
        let consents = browser.client().get("/v2/auth/oauth2/consents").data(200);
        assert_eq!(consents.as_array().unwrap().len(), 1, "{consents}");
        assert_eq!(consents[0]["client_id"], app.id.as_str());
        assert_eq!(consents[0]["scopes"], json!(scopes));
        for tokens in [&one, &two] {
            app.with(tokens).get("/v2/me").data(200);
        }
        let path = format!("/v2/auth/oauth2/consents/{}", app.id);
        bob.client.delete(&path).error(404);
        ada.client.delete(&path).data(200);
        for tokens in [&one, &two] {
            app.with(tokens).get("/v2/me").error(401);
            assert_eq!(app.refresh(&tokens.refresh).status, 400);
        }
        ada.client.delete(&path).error(404);
        assert_eq!(ada.client.get("/v2/auth/oauth2/consents").data(200), json!([]));
    });
}

#[test]
fn an_application_of_ones_own_asks_through_the_api() {
    in_both_modes(|server| {
        let (ada, bob) = (Person::of(server), Person::of(server));
        let app = App::register(&ada, &server.client(), "PUBLIC", &["PROFILE_READ"]);
        let browser = ada.browser();
        let path = format!("/v2/auth/oauth2/clients/{}/authorize", app.id);
        let body = json!({"redirectUri": CALLBACK, "state": "s", "scopes": ["PROFILE_READ"],
                          "codeChallenge": CHALLENGE, "codeChallengeMethod": "S256"});
        let answer = browser.script().post(&path, &body);
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert_eq!(parameter(&answer, "state"), "s");
        let code = parameter(&answer, "code");
        let tokens = Tokens::of(&app.redeem(&code, &[("code_verifier", VERIFIER)]));
        app.with(&tokens).get("/v2/me").data(200);
        // A session only, and one that meant it.
        ada.client.post(&path, &body).error(401);
        browser.client().post(&path, &body).error(403);
        bob.browser().script().post(&path, &body).error(404);
        let mut wrong = body.clone();
        wrong["redirectUri"] = json!("https://evil.example/");
        browser.script().post(&path, &wrong).error(400);
        wrong["redirectUri"] = json!(CALLBACK);
        wrong["scopes"] = json!(["EVERYTHING"]);
        let told = browser.script().post(&path, &wrong);
        assert_eq!((told.status, parameter(&told, "error").as_str()), (303, "invalid_request"));
    });
}

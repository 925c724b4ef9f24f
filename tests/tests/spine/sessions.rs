//! Signing in with a password, what the cookie is worth, and what ends it.

use std::sync::OnceLock;

use meridian_tests::{Browser, Client, Mode, Options, Organization, Server};
use serde_json::{Value, json};

/// The secret that a web application with NextAuth shares with us.
const SECRET: &str = "a-session-secret-for-tests-of-meridian";

/// The cookie over http.
const COOKIE: &str = "next-auth.session-token";

const PASSWORD: &str = "correct horse battery staple";

/// Servers of their own: wrong passwords are counted per address, and all tests have
/// the same one.
pub fn in_both_modes(test: impl Fn(&Server)) {
    static NATIVE: OnceLock<Server> = OnceLock::new();
    static REMOTE: OnceLock<Server> = OnceLock::new();
    test(NATIVE.get_or_init(|| Server::with(options(Mode::Native))));
    test(REMOTE.get_or_init(|| Server::with(options(Mode::Remote))));
}

pub fn options(mode: Mode) -> Options {
    Options::default().variable("session_secret", SECRET).mode(mode)
}

/// Somebody with a password.
pub struct Person {
    pub slug: String,
    pub email: String,
    pub id: i64,
    /// With a key.
    pub client: Client,
    server: Client,
}

impl Person {
    /// The owner of a new organisation.
    #[track_caller]
    pub fn of(server: &Server) -> Self {
        Self::owner_of(server, server.organization())
    }

    /// The owner of an organisation that is there.
    #[track_caller]
    pub fn owner_of(server: &Server, organization: Organization) -> Self {
        let password = json!({ "newPassword": PASSWORD });
        organization.client.post("/v2/auth/password", &password).data(200);
        Self {
            slug: organization.slug,
            email: organization.email,
            id: organization.owner_id,
            client: organization.client,
            server: server.client(),
        }
    }

    pub fn credentials(&self) -> Value {
        json!({"email": self.email, "password": PASSWORD, "organization": self.slug})
    }

    /// A browser in which they are signed in.
    #[track_caller]
    pub fn browser(&self) -> Browser {
        let mut browser = Browser::new(self.server.clone());
        let answer = browser.script().post("/v2/auth/login", &self.credentials());
        answer.data(200);
        browser.keep(&answer);
        browser
    }
}

#[test]
fn a_person_signs_in_on_a_page_and_out_again() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let mut browser = Browser::new(server.client());
        let page = browser.open("/auth/login?callbackUrl=/v2/me");
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        for label in ["email", "password", "organization"] {
            assert!(page.text.contains(&format!("<label for=\"{label}\">")), "{}", page.text);
        }
        let filled =
            |password| [("email", ada.email.as_str()), ("organization", &ada.slug), password];
        let wrong = browser.submit(&page, &filled(("password", "wrong")));
        assert_eq!(wrong.status, 401);
        for part in ["There is a problem", "role=\"alert\"", "Invalid email or password"] {
            assert!(wrong.text.contains(part), "{}", wrong.text);
        }
        assert!(wrong.text.contains(&ada.email) && wrong.text.contains("aria-invalid=\"true\""));
        assert!(!wrong.text.contains("value=\"wrong\""), "{}", wrong.text);
        let right = browser.submit(&wrong, &filled(("password", PASSWORD)));
        assert_eq!((right.status, right.header("location")), (303, "/v2/me"), "{}", right.text);
        assert_eq!(browser.open("/v2/me").data(200)["id"], ada.id);
        let home = browser.open("/auth/login");
        assert!(home.text.contains("You are signed in as"), "{}", home.text);
        let thief = browser.clone();
        let out = browser.submit(&home, &[]);
        assert_eq!((out.status, out.header("location")), (303, "/auth/login"));
        assert_eq!(browser.cookie(COOKIE), "");
        browser.client().get("/v2/me").error(401);
        let ended = thief.client().get("/v2/me").error(401);
        assert!(ended.contains("session"), "{ended}");
    });
}

#[test]
fn a_program_signs_in_and_out_and_the_cookie_has_its_flags() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let answer = server.client().post("/v2/auth/login", &ada.credentials());
        let signed_in = answer.data(200);
        assert_eq!(signed_in["user"]["id"], ada.id);
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("next-auth.session-token=eyJhbGciOiJkaXIi"), "{cookie}");
        for flag in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=2592000"] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        assert!(!cookie.contains("Secure"), "{cookie}");
        let https = server.client().with("x-forwarded-proto", "https");
        let secure = https.post("/v2/auth/login", &ada.credentials());
        let secure = secure.header("set-cookie");
        assert!(secure.starts_with("__Secure-next-auth.session-token="), "{secure}");
        assert!(secure.ends_with("; Secure"), "{secure}");
        let mut browser = Browser::new(server.client());
        browser.keep(&answer);
        let session = browser.client().get("/v2/auth/session").data(200);
        assert_eq!(session, signed_in);
        let token = session["csrfToken"].as_str().unwrap();
        let out = browser.client().with("x-csrf-token", token);
        let out = out.post("/v2/auth/logout", &json!({}));
        assert!(out.header("set-cookie").contains("Max-Age=0"), "{:?}", out.headers);
        out.data(200);
        browser.client().get("/v2/auth/session").error(401);
        // With a key there is no session to speak of.
        ada.client.get("/v2/auth/session").error(401);
    });
}

/// Made by `encode` of `next-auth/jwt` 4.24.15 with the secret above, for the first
/// user of the first organisation, ada@example.org.
const NEXT_AUTH: &str = include_str!("sessions.next-auth.txt");

#[test]
fn a_session_that_next_auth_began_counts_whole_and_in_pieces_until_it_is_ended() {
    for mode in [Mode::Native, Mode::Remote] {
        let server = Server::with(options(mode));
        let body = json!({"slug": "first", "name": "First", "owner": {
            "email": "ada@example.org", "name": "Ada", "username": "ada", "timeZone": "UTC",
            "password": PASSWORD}});
        let made = server.platform().post("/platform/organizations", &body).data(201);
        assert_eq!(made["owner"]["id"], 4_294_967_297_i64);
        let cookie = NEXT_AUTH.trim();
        let mut whole = Browser::new(server.client());
        whole.set_cookie(COOKIE, cookie);
        assert_eq!(whole.client().get("/v2/me").data(200)["email"], "ada@example.org");
        let mut pieces = Browser::new(server.client());
        let (first, second) = cookie.split_at(100);
        pieces.set_cookie(&format!("{COOKIE}.1"), second);
        pieces.set_cookie(&format!("{COOKIE}.0"), first);
        assert_eq!(pieces.client().get("/v2/me").data(200)["id"], 4_294_967_297_i64);
        // Ours and theirs are two sessions of the same person.
        let credentials = json!({"email": "ada@example.org", "password": PASSWORD,
                                 "organization": "first"});
        let mut ours = Browser::new(server.client());
        let answer = ours.script().post("/v2/auth/login", &credentials);
        ours.keep(&answer);
        whole.script().post("/v2/auth/logout", &json!({})).data(200);
        whole.client().get("/v2/me").error(401);
        pieces.client().get("/v2/me").error(401);
        ours.client().get("/v2/me").data(200);
    }
}

#[test]
fn what_a_browser_sends_along_for_other_pages_changes_nothing() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let browser = ada.browser();
        let other = ada.browser();
        let make = |client: &Client| client.post("/v2/api-keys", &json!({})).status;
        let client = browser.client();
        let token = |browser: &Browser| {
            let session = browser.client().get("/v2/auth/session").data(200);
            session["csrfToken"].as_str().unwrap().to_owned()
        };
        assert_eq!(make(&client), 403, "without any sign of where it comes from");
        for (header, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("x-csrf-token", "wrong"),
            ("x-csrf-token", token(&other).as_str()),
        ] {
            let refused = client.with(header, value).post("/v2/api-keys", &json!({})).error(403);
            assert!(refused.contains("x-csrf-token"), "{header}: {value}: {refused}");
        }
        let lying = client.with("origin", client.base()).with("sec-fetch-site", "cross-site");
        assert_eq!(make(&lying), 403);
        assert_eq!(make(&client.with("origin", client.base())), 201);
        assert_eq!(make(&client.with("sec-fetch-site", "same-origin")), 201);
        assert_eq!(make(&client.with("x-csrf-token", &token(&browser))), 201);
        // Reading is no change, and a key is no cookie.
        client.with("origin", "https://evil.example").get("/v2/me").data(200);
        assert_eq!(make(&ada.client.with("origin", "https://evil.example")), 201);
        // A wrong key is not made good by a cookie.
        client.bearer("cal_live_wrong").get("/v2/me").error(401);
    });
}

#[test]
fn nobody_is_led_to_another_site_after_signing_in() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        for callback in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "https://127.0.0.1.evil.example/",
        ] {
            let mut browser = Browser::new(server.client());
            let mut query = "/auth/login?callbackUrl=".to_owned();
            query.extend(callback.bytes().map(|byte| format!("%{byte:02x}")));
            let page = browser.open(&query);
            assert!(!page.text.contains("evil"), "{}", page.text);
            let filled = [
                ("email", ada.email.as_str()),
                ("password", PASSWORD),
                ("organization", &ada.slug),
                ("callbackUrl", callback),
            ];
            let answer = browser.submit(&page, &filled);
            assert_eq!((answer.status, answer.header("location")), (303, "/auth/login"));
        }
        let own = format!("{}/v2/me?x=1", server.client().base());
        let mut browser = Browser::new(server.client());
        let page = browser.open(&format!("/auth/login?callbackUrl={own}"));
        let filled =
            [("email", ada.email.as_str()), ("password", PASSWORD), ("organization", &ada.slug)];
        assert_eq!(browser.submit(&page, &filled).header("location"), "/v2/me?x=1");
    });
}

#[test]
fn a_session_somebody_else_planted_is_not_the_one_that_begins() {
    in_both_modes(|server| {
        let (eve, ada) = (Person::of(server), Person::of(server));
        let planted = eve.browser();
        let mut browser = planted.clone();
        let answer = browser.script().post("/v2/auth/login", &ada.credentials());
        answer.data(200);
        browser.keep(&answer);
        assert_ne!(browser.cookie(COOKIE), planted.cookie(COOKIE));
        assert_eq!(browser.client().get("/v2/me").data(200)["id"], ada.id);
        planted.client().get("/v2/me").error(401);
        // Of two cookies of one name neither is believed.
        let both = format!("{COOKIE}={}; {COOKIE}={}", browser.cookie(COOKIE), "x.y");
        server.client().with("cookie", &both).get("/v2/me").error(401);
    });
}

#[test]
fn another_password_ends_every_session_at_once() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let (here, there) = (ada.browser(), ada.browser());
        there.client().get("/v2/me").data(200);
        let change = |current: &str, new: &str| {
            let body = json!({"currentPassword": current, "newPassword": new});
            here.script().post("/v2/auth/password", &body)
        };
        let wrong = change("not it", "another password").error(400);
        assert!(wrong.starts_with("currentPassword"), "{wrong}");
        let none = here.script().post("/v2/auth/password", &json!({"newPassword": "another one"}));
        assert!(none.error(400).starts_with("currentPassword"));
        there.client().get("/v2/me").data(200);
        change(PASSWORD, "another password").data(200);
        for browser in [&here, &there] {
            browser.client().get("/v2/me").error(401);
        }
        server.client().post("/v2/auth/login", &ada.credentials()).error(401);
        let mut credentials = ada.credentials();
        credentials["password"] = json!("another password");
        server.client().post("/v2/auth/login", &credentials).data(200);
    });
}

#[test]
fn whoever_leaves_or_is_suspended_is_out_with_the_next_request() {
    in_both_modes(|server| {
        let organization = server.organization();
        let member = organization.member(server, "leaver", "MEMBER");
        let password = json!({ "newPassword": PASSWORD });
        member.client.post("/v2/auth/password", &password).data(200);
        let credentials = json!({"email": member.email, "password": PASSWORD,
                                 "organization": organization.slug});
        let sign_in = || {
            let mut browser = Browser::new(server.client());
            let answer = browser.script().post("/v2/auth/login", &credentials);
            answer.data(200);
            browser.keep(&answer);
            browser
        };
        let browser = sign_in();
        browser.client().get("/v2/me").data(200);
        let state = |state: &str| {
            let path = format!("/platform/organizations/{}/{state}", organization.slug);
            server.platform().post(&path, &json!({})).data(200);
        };
        state("suspend");
        browser.client().get("/v2/me").error(403);
        server.client().post("/v2/auth/login", &credentials).error(403);
        state("resume");
        browser.client().get("/v2/me").data(200);
        let path = format!("/v2/organizations/{}/users/{}", organization.id, member.id);
        organization.client.delete(&path).data(200);
        browser.client().get("/v2/me").error(401);
        server.client().post("/v2/auth/login", &credentials).error(401);
    });
}

#[test]
fn the_organisation_is_found_by_slug_by_host_or_it_is_none() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let host = format!("{}.example.org", ada.slug);
        let path = format!("/platform/organizations/{}", ada.slug);
        server.platform().patch(&path, &json!({ "domains": [host] })).data(200);
        let mut credentials = ada.credentials();
        credentials["organization"].take();
        let by_host = server.client().with("host", &host).post("/v2/auth/login", &credentials);
        assert_eq!(by_host.data(200)["user"]["id"], ada.id);
        server.client().post("/v2/auth/login", &credentials).error(401);
        credentials["organization"] = json!("no-such-organization");
        server.client().post("/v2/auth/login", &credentials).error(404);
    });
}

#[test]
fn guesses_are_stopped_before_they_are_right() {
    for mode in [Mode::Native, Mode::Remote] {
        let server = Server::with(options(mode));
        let (ada, bob) = (Person::of(&server), Person::of(&server));
        let mut guess = ada.credentials();
        guess["password"] = json!("a guess");
        for _ in 0..5 {
            server.client().post("/v2/auth/login", &guess).error(401);
        }
        let stopped = server.client().post("/v2/auth/login", &ada.credentials());
        stopped.error(429);
        assert!(stopped.header("retry-after").parse::<u32>().unwrap() > 0);
        // On the page it is said in words.
        let mut browser = Browser::new(server.client());
        let page = browser.open("/auth/login");
        let filled =
            [("email", ada.email.as_str()), ("password", PASSWORD), ("organization", &ada.slug)];
        let page = browser.submit(&page, &filled);
        assert_eq!(page.status, 429);
        assert!(page.text.contains("Too many requests"), "{}", page.text);
        assert_eq!(browser.cookie(COOKIE), "");
        server.client().post("/v2/auth/login", &bob.credentials()).data(200);
    }
}

#[test]
fn what_makes_no_sense_is_refused_and_never_breaks_anything() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let good = ada.browser();
        let value = good.cookie(COOKIE);
        let long = "x".repeat(20_000);
        for cookie in ["x", "a.b.c.d.e", "....", &value[..value.len() - 5], &long] {
            let mut browser = Browser::new(server.client());
            browser.set_cookie(COOKIE, cookie);
            let answer = browser.client().get("/v2/me");
            assert!([401, 431].contains(&answer.status), "{}", answer.text);
        }
        let login = |client: &Client, body: &str| {
            client.send("POST", "/v2/auth/login", Some(body.to_owned()))
        };
        let client = server.client();
        let credentials = ada.credentials().to_string();
        // A form of another site can send this, but cannot say it is JSON.
        assert_eq!(login(&client.with("content-type", "text/plain"), &credentials).status, 400);
        let elsewhere = client.with("sec-fetch-site", "cross-site");
        assert_eq!(login(&elsewhere, &credentials).status, 403);
        for body in ["", "[]", "{", "{\"email\":5}", "{\"email\":\"a@b.co\"}", "null"] {
            let refused = login(&client, body);
            assert_eq!(refused.status, 400, "{body}: {}", refused.text);
        }
        let mut browser = Browser::new(server.client());
        let page = browser.open("/auth/login");
        let filled = [("email", ada.email.as_str()), ("password", PASSWORD)];
        // Without the page's cookie its token is nothing.
        let mut other = Browser::new(server.client());
        assert_eq!(other.submit(&page, &filled).status, 403);
        assert_eq!(browser.submit(&page, &[("csrf_token", "x")]).status, 403);
        assert_eq!(browser.submit(&page, &[("email", "<b>"), ("password", "x")]).status, 400);
        let twice = [("email", "a@b.co"), ("email", "b@c.de")];
        assert_eq!(browser.script().form("/auth/login", &twice).status, 400);
        let not_a_form = browser.script().post("/auth/login", &json!({}));
        assert_eq!(not_a_form.status, 400);
        assert!(not_a_form.header("content-type").starts_with("text/html"));
        assert!(browser.open("/auth/login?callbackUrl=%00%ff&email=%3Cscript%3E").status == 200);
    });
}

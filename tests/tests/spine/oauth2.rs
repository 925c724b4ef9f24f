//! The OAuth2 provider, as applications, users and thieves use it.

mod by_library;
mod clients;
mod codes;
mod consents;
mod tokens;

use meridian_tests::{Answer, Browser, Client, Server};
use serde_json::{Value, json};

use crate::sessions::Person;
pub use crate::sessions::in_both_modes;

/// Where the application lives.
const CALLBACK: &str = "https://app.example/callback";

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const TOKEN: &str = "/v2/auth/oauth2/token";

/// A registered application.
struct App {
    id: String,
    /// Empty where it is public.
    secret: String,
    server: Client,
}

impl App {
    #[track_caller]
    fn register(owner: &Person, server: &Client, kind: &str, scopes: &[&str]) -> Self {
        let body = json!({"name": "Calendar <Buddy>", "redirect_uris": [CALLBACK, "myapp://done"],
                          "client_type": kind, "scopes": scopes});
        let made = owner.client.post("/v2/auth/oauth2/clients", &body).data(201);
        let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
        let (id, secret) = (text("client_id"), text("client_secret"));
        assert_eq!(secret.is_empty(), kind == "PUBLIC", "{made}");
        Self { id, secret, server: server.clone() }
    }

    /// The address an application sends its user to.
    fn page(&self, more: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", CALLBACK),
            ("state", "a state & more"),
            ("scope", "BOOKING_READ"),
        ];
        for (name, value) in more {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name, value));
        }
        pairs.retain(|(_, value)| !value.is_empty());
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("/auth/oauth2/authorize?{}", query.extend_pairs(pairs).finish())
    }

    /// A code that the user of a browser allowed.
    #[track_caller]
    fn code(&self, browser: &mut Browser, more: &[(&str, &str)]) -> String {
        let page = browser.open(&self.page(more));
        assert_eq!(page.status, 200, "{}", page.text);
        let answer = browser.submit(&page, &[("decision", "allow")]);
        let code = parameter(&answer, "code");
        assert!(!code.is_empty(), "{} {:?}", answer.text, answer.headers);
        code
    }

    /// Asks for tokens, with what every such request has.
    fn exchange(&self, more: &[(&str, &str)]) -> Answer {
        let mut pairs = vec![("client_id", self.id.as_str())];
        if !self.secret.is_empty() {
            pairs.push(("client_secret", &self.secret));
        }
        pairs.extend(more);
        self.server.form(TOKEN, &pairs)
    }

    fn redeem(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let mut pairs =
            vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        for (name, value) in more {
            pairs.retain(|(known, _)| known != name);
            pairs.push((name, value));
        }
        self.exchange(&pairs)
    }

    fn refresh(&self, token: &str) -> Answer {
        self.exchange(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// Tokens for a code that the user of a browser allowed.
    #[track_caller]
    fn tokens(&self, browser: &mut Browser, scope: &str) -> Tokens {
        let with = [("scope", scope), ("code_challenge", CHALLENGE)];
        let code = self.code(browser, &with);
        Tokens::of(&self.redeem(&code, &[("code_verifier", VERIFIER)]))
    }

    /// A client of the API with an access token.
    fn with(&self, tokens: &Tokens) -> Client {
        self.server.bearer(&tokens.access)
    }
}

struct Tokens {
    access: String,
    refresh: String,
    body: Value,
}

impl Tokens {
    #[track_caller]
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("pragma"), "no-cache");
        let body = answer.json();
        let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token"), body }
    }
}

/// An application that somebody let act in their name, with that scope.
#[track_caller]
pub fn application(person: &Person, server: &Server, scope: &str) -> Client {
    let app = App::register(person, &server.client(), "PUBLIC", &[scope]);
    app.with(&app.tokens(&mut person.browser(), scope))
}

/// A parameter of where an answer leads; empty where there is none.
fn parameter(answer: &Answer, name: &str) -> String {
    let location = answer.header("location");
    let (_, query) = location.split_once('?').unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let found = pairs.find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// An error in the form of RFC 6749.
#[track_caller]
fn assert_flat(answer: &Answer, status: u16, error: &str, description: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let expected = json!({"error": error, "error_description": description});
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("cache-control"), "no-store");
}

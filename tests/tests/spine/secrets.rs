//! Secrets at rest: sealed with keys that can be changed, and nowhere in clear.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use meridian_tests::{
    Delivery, MailService, Options, Organization, PLATFORM_SECRET, Receiver, Server,
};
use serde_json::json;
use sha2::Sha256;

const OLD_KEY: &str = "the first encryption key of this test";
const NEW_KEY: &str = "the second encryption key of this test";
const PATIENCE: Duration = Duration::from_secs(40);

fn listen(organization: &Organization, url: &str, secret: &str) {
    let body = json!({"subscriberUrl": url, "active": true, "secret": secret,
                      "triggers": ["BOOKING_CREATED"]});
    organization.client.post("/v2/webhooks", &body).data(201);
}

#[track_caller]
fn assert_signed(delivery: &Delivery, secret: &str) {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&delivery.body);
    let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(delivery.header("x-cal-signature-256"), hex);
}

#[test]
fn the_encryption_key_is_changed_without_losing_what_was_sealed() {
    let receiver = Receiver::start();
    let options = Options::default().variable("webhook_private_targets", "allow");
    let mut server = Server::with(options.variable("encryption_key", OLD_KEY));
    let organization = server.organization();
    listen(&organization, &receiver.url("/old"), "sealed-with-the-old-key");
    let event_type = organization.event_type("meet", 30);
    let body = organization.booking(event_type, "2050-09-05T07:00:00.000Z");
    let once = |server: &Server| {
        let client = organization.bookings().at(&server.client());
        client.with("idempotency-key", "one booking").post("/v2/bookings", &body)
    };
    let first = once(&server);
    assert_eq!(first.status, 201, "{}", first.text);
    assert_signed(&receiver.wait_for("/old", 1, PATIENCE)[0], "sealed-with-the-old-key");

    server.kill();
    server.set_variable("encryption_key", &format!("{NEW_KEY},{OLD_KEY}"));
    server.restart();
    let again = once(&server);
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let after = Organization {
        client: organization.client.at(&server.client()),
        public: organization.public.at(&server.client()),
        ..organization.clone()
    };
    listen(&after, &receiver.url("/new"), "sealed-with-the-new-key");
    after.book(event_type, "2050-09-05T08:00:00.000Z");
    assert_signed(&receiver.wait_for("/old", 2, PATIENCE)[1], "sealed-with-the-old-key");
    assert_signed(&receiver.wait_for("/new", 1, PATIENCE)[0], "sealed-with-the-new-key");

    // What is new needs the new key alone.
    server.kill();
    server.set_variable("encryption_key", NEW_KEY);
    server.restart();
    let last = Organization {
        client: organization.client.at(&server.client()),
        public: organization.public.at(&server.client()),
        ..organization.clone()
    };
    last.book(event_type, "2050-09-05T09:00:00.000Z");
    assert_signed(&receiver.wait_for("/new", 2, PATIENCE)[1], "sealed-with-the-new-key");
    assert_eq!(
        receiver.wait_for("/old", 2, PATIENCE).len(),
        2,
        "what cannot be signed is not sent"
    );
}

#[test]
fn no_secret_is_in_clear_in_any_file_or_in_the_log() {
    let mails = MailService::start();
    let options = mails.options(Options::default().variable("encryption_key", OLD_KEY));
    let mut server = Server::with(options.variable("mail_token", "the-token-of-the-mail-service"));
    let mut secrets: Vec<(&str, String)> = vec![
        ("the encryption key", OLD_KEY.to_owned()),
        ("the platform secret", PLATFORM_SECRET.to_owned()),
        ("the mail token", "the-token-of-the-mail-service".to_owned()),
        ("a password", "correct-horse-battery".to_owned()),
        ("a wrong password", "wrong-horse-battery".to_owned()),
        ("a wrong key", "cal_live_this-is-no-key-of-ours".to_owned()),
        ("a webhook's secret", "plain-webhook-secret".to_owned()),
    ];
    let slug = "secretive";
    let provision = json!({"slug": slug, "name": "S", "isPlatform": true, "plan": "SCALE",
        "owner": {"email": "o@secretive.example", "name": "O", "username": "o",
                  "timeZone": "UTC", "password": "correct-horse-battery"}});
    let made = server.platform().post("/platform/organizations", &provision).data(201);
    let key = made["apiKey"].as_str().unwrap().to_owned();
    secrets.push(("an API key", key["cal_live_".len() + 8..].to_owned()));
    let client = server.client().bearer(&key);

    let hook = json!({"subscriberUrl": "https://example.com/hook", "active": true,
                      "triggers": ["BOOKING_CREATED"], "secret": "plain-webhook-secret"});
    client.with("idempotency-key", "once").post("/v2/webhooks", &hook).data(201);
    let second = client.with("idempotency-key", "two").post("/v2/api-keys", &json!({})).data(201);
    let second = second["apiKey"].as_str().unwrap();
    secrets.push(("a key in a kept answer", second["cal_live_".len() + 8..].to_owned()));
    server.client().bearer("cal_live_this-is-no-key-of-ours").get("/v2/me").error(401);
    server.client().bearer("a-wrong-platform-secret").get("/platform/organizations").error(401);
    secrets.push(("a wrong platform secret", "a-wrong-platform-secret".to_owned()));

    for (password, status) in [("wrong-horse-battery", 401), ("correct-horse-battery", 200)] {
        let body =
            json!({"organization": slug, "email": "o@secretive.example", "password": password});
        let answer = server.client().post("/v2/auth/login", &body);
        assert_eq!(answer.status, status, "{}", answer.text);
        if let Some((_, cookie)) = answer.header("set-cookie").split_once('=') {
            secrets.push(("a session", cookie.split(';').next().unwrap().to_owned()));
        }
    }
    client.patch("/v2/me", &json!({"email": "n@secretive.example"})).data(200);
    let token = mails.token("n@secretive.example", 1);
    let page = server.client().get(&format!("/auth/verify-email?token={token}"));
    assert_eq!(page.status, 200, "{}", page.text);
    secrets.push(("a link's token", token));
    let place = "/v2/verified-resources/emails/verification-code/request";
    client.post(place, &json!({"email": "c@secretive.example"}));
    let code = mails.code("c@secretive.example", 1);
    secrets.push(("a code's words", format!("Your verification code is {code}")));
    let oauth = json!({"name": "App", "redirectUris": ["https://app.example/cb"],
                       "permissions": ["*"]});
    let made = client.post("/v2/oauth-clients", &oauth).data(201);
    let (id, secret) = (made["clientId"].as_str().unwrap(), made["clientSecret"].as_str().unwrap());
    secrets.push(("a client's secret", secret.to_owned()));
    let user = json!({"email": "m@secretive.example", "name": "M"});
    let managed = server.client().with("x-cal-secret-key", secret);
    let user = managed.post(&format!("/v2/oauth-clients/{id}/users"), &user).data(201);
    for token in ["accessToken", "refreshToken"] {
        secrets.push((token, user[token].as_str().unwrap().to_owned()));
    }
    let access = server.client().bearer(user["accessToken"].as_str().unwrap());
    access.get("/v2/me").data(200);

    // All of it goes to the files.
    server.kill();
    let files = files_below(&server.folder().join("data"));
    assert!(files.len() > 3, "{files:?}");
    for path in files {
        let bytes = std::fs::read(&path).unwrap_or_default();
        // What is no text does not hide what is.
        let text = String::from_utf8_lossy(&bytes);
        for (what, secret) in &secrets {
            assert!(!text.contains(secret.as_str()), "{what} is in {}", path.display());
        }
    }
    let log = server.log();
    for (what, secret) in &secrets {
        assert!(!log.contains(secret.as_str()), "{what} is in the log");
    }
}

/// The folder's files; compiled components are shared with other servers.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files.extend(files_below(&entry.path()));
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files
}

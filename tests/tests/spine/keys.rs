//! API keys: made, shown once, hashed, expiring, revoked at once.

use meridian_tests::{Server, in_both_modes};
use serde_json::json;

const PREFIX: &str = "ApiAuthStrategy - ";

#[test]
fn a_key_works_until_it_is_deleted_and_not_one_request_longer() {
    in_both_modes(|server| {
        let organization = server.organization();
        let made = organization.client.post("/v2/api-keys", &json!({"note": "laptop"})).data(201);
        let key = made["apiKey"].as_str().unwrap();
        assert!(key.starts_with("cal_live_"), "{key}");
        let second = server.client().bearer(key);
        for _ in 0..5 {
            second.get("/v2/me").data(200);
        }
        let listed = organization.client.get("/v2/api-keys").data(200);
        assert_eq!(listed.as_array().unwrap().len(), 2);
        assert!(!listed.to_string().contains(key), "a key is shown once");
        let path = format!("/v2/api-keys/{}", made["id"]);
        organization.client.delete(&path).data(200);
        let refused = second.get("/v2/me").error(401);
        assert_eq!(refused, format!("{PREFIX}api key - Your api key is not valid"));
        organization.client.get("/v2/me").data(200);
        organization.client.delete(&path).error(404);
    });
}

#[test]
fn a_refreshed_key_replaces_the_old_one_at_once() {
    in_both_modes(|server| {
        let organization = server.organization();
        organization.client.get("/v2/me").data(200);
        let answer =
            organization.client.post("/v2/api-keys/refresh", &json!({"apiKeyDaysValid": 7}));
        let fresh = answer.data(200)["apiKey"].as_str().unwrap().to_owned();
        organization.client.get("/v2/me").error(401);
        server.client().bearer(&fresh).get("/v2/me").data(200);
        let both = json!({"apiKeyDaysValid": 7, "apiKeyNeverExpires": true});
        server.client().bearer(&fresh).post("/v2/api-keys/refresh", &both).error(400);
    });
}

#[test]
fn what_is_no_credential_is_refused_in_the_words_clients_know() {
    in_both_modes(|server| {
        let organization = server.organization();
        let none = server.client().get("/v2/me").error(401);
        assert!(none.starts_with(&format!("{PREFIX}No authentication method provided.")), "{none}");
        // Without the word Bearer a key counts too.
        let raw = server.client().with("authorization", &organization.key);
        raw.get("/v2/me").data(200);
        let mut wrong = organization.key.clone();
        let last = if wrong.ends_with('2') { '3' } else { '2' };
        wrong.pop();
        wrong.push(last);
        for key in [wrong.as_str(), "cal_live_x", "cal_"] {
            let refused = server.client().bearer(key).get("/v2/me").error(401);
            assert_eq!(refused, format!("{PREFIX}api key - Your api key is not valid"), "{key}");
        }
        let id = server.client().with("x-cal-client-id", "abc").get("/v2/me").error(401);
        assert!(
            id.starts_with(&format!("{PREFIX}Only 'x-cal-client-id' header provided.")),
            "{id}"
        );
        let secret = server.client().with("x-cal-secret-key", "abc").get("/v2/me").error(401);
        assert!(
            secret.starts_with(&format!("{PREFIX}Only 'x-cal-secret-key' header provided.")),
            "{secret}"
        );
        let client = server.client().with("x-cal-client-id", "abc").with("x-cal-secret-key", "x");
        assert_eq!(
            client.get("/v2/me").error(401),
            format!("{PREFIX}oauth client - Client with ID abc not found")
        );
    });
}

#[test]
fn keys_are_not_stored_in_clear() {
    let server = Server::start();
    let organization = server.organization();
    let webhook = json!({
        "subscriberUrl": "https://example.com/hook", "active": true,
        "triggers": ["BOOKING_CREATED"], "secret": "plain-webhook-secret",
    });
    let made = organization.client.post("/v2/webhooks", &webhook).data(201);
    assert_eq!(made["secret"], "plain-webhook-secret");
    let tail = &organization.key["cal_live_".len() + 8..];
    let folder = server.folder().join("data");
    let mut files = 0;
    for path in files_below(&folder) {
        let bytes = std::fs::read(&path).unwrap_or_default();
        for secret in [tail, "plain-webhook-secret"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in {}", path.display());
        }
        files += 1;
    }
    assert!(files > 3, "{files} files in {}", folder.display());
    assert!(!server.log().contains(tail), "the key is in the log");
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
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

#[test]
fn a_profile_is_changed_in_part() {
    in_both_modes(|server| {
        let organization = server.organization();
        let change = json!({"name": "New Name", "timeZone": "asia/tokyo", "timeFormat": 24, "weekStart": "Monday"});
        let me = organization.client.patch("/v2/me", &change).data(200);
        assert_eq!(me["timeZone"], "Asia/Tokyo");
        assert_eq!(organization.client.get("/v2/me").data(200)["name"], "New Name");
        let schedule = organization.schedules().get("/v2/schedules/default").data(200);
        assert_eq!(schedule["timeZone"], "Asia/Tokyo");
        let wrong = json!({"timeZone": "Mars", "timeFormat": 13, "weekStart": "Mo"});
        let message = organization.client.patch("/v2/me", &wrong).error(400);
        for field in ["timeZone ", "timeFormat ", "weekStart "] {
            assert!(message.contains(field), "{message}");
        }
        assert_eq!(organization.client.get("/v2/me").data(200)["timeFormat"], 24);
    });
}

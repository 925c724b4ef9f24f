//! `Idempotency-Key`: a write sent again happens once and is answered the same.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use meridian_tests::{Answer, Client, Mode, Options, Organization, Server, in_both_modes};
use serde_json::{Value, json};

fn is_replay(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

fn with_key(client: &Client, key: &str) -> Client {
    client.with("idempotency-key", key)
}

fn bookings_of(organization: &Organization) -> Value {
    let listed = organization.own_bookings().get("/v2/bookings?take=1");
    listed.json()["pagination"]["totalItems"].clone()
}

/// Sends until nobody else is at work with the key.
fn send_until_done(client: &Client, body: &Value) -> Answer {
    for _ in 0..200 {
        let answer = client.post("/v2/bookings", body);
        let waits = answer.status == 409 && !answer.header("retry-after").is_empty();
        if !waits {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the key is never free");
}

#[test]
fn a_booking_sent_again_is_answered_the_same_and_made_once() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("once", 30);
        let body = organization.booking(event_type, "2050-09-05T07:00:00.000Z");
        let client = with_key(&organization.bookings(), "6f0f4a52-ada");
        let first = client.post("/v2/bookings", &body);
        assert!(first.status == 201 && !is_replay(&first), "{}", first.text);
        let again = client.post("/v2/bookings", &body);
        assert!(again.status == 201 && is_replay(&again), "{}", again.text);
        assert_eq!(first.text, again.text);
        let other = organization.booking(event_type, "2050-09-05T08:00:00.000Z");
        assert!(client.post("/v2/bookings", &other).error(422).contains("Idempotency-Key"));
        // Without a key it is a booking of its own, and the slot is taken.
        organization.bookings().post("/v2/bookings", &body).error(400);
        assert_eq!(bookings_of(&organization), 1);
    });
}

#[test]
fn many_at_once_with_one_key_make_one_booking() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("storm", 30);
        let body = organization.booking(event_type, "2050-09-05T07:00:00.000Z");
        let client = with_key(&organization.bookings(), "storm");
        let texts: Vec<String> = std::thread::scope(|scope| {
            let send = || scope.spawn(|| send_until_done(&client, &body));
            let threads: Vec<_> = (0..20).map(|_| send()).collect();
            let answers = threads.into_iter().map(|thread| thread.join().unwrap());
            answers
                .inspect(|answer| assert_eq!(answer.status, 201))
                .map(|answer| answer.text)
                .collect()
        });
        assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
        assert_eq!(bookings_of(&organization), 1);
    });
}

#[test]
fn a_refused_body_leaves_the_key_free_and_a_refused_slot_does_not() {
    let server = Server::start();
    let organization = server.organization();
    let event_type = organization.event_type("refused", 30);
    let mut body = organization.booking(event_type, "2050-09-05T07:00:00.000Z");
    let client = with_key(&organization.bookings(), "free");
    body["attendee"]["timeZone"] = json!("Mars/Olympus");
    client.post("/v2/bookings", &body).error(400);
    body["attendee"]["timeZone"] = json!("Europe/Rome");
    let made = client.post("/v2/bookings", &body).data(201);
    let taken = with_key(&organization.bookings(), "taken");
    let first = taken.post("/v2/bookings", &body);
    assert!(first.status == 400 && !is_replay(&first), "{}", first.text);
    let uid = made["uid"].as_str().unwrap();
    let cancel = json!({"cancellationReason": "moved"});
    organization.own_bookings().post(&format!("/v2/bookings/{uid}/cancel"), &cancel).data(200);
    let again = taken.post("/v2/bookings", &body);
    assert!(again.status == 400 && is_replay(&again), "{}", again.text);
    assert_eq!(first.text, again.text);
}

#[test]
fn every_kind_of_write_may_be_repeated() {
    let server = Server::start();
    let organization = server.organization();
    let schedules = organization.schedules();
    let body = json!({"name": "Nights", "timeZone": "Europe/Rome", "isDefault": false});
    let post = |key: &str| with_key(&schedules, key).post("/v2/schedules", &body);
    let (first, again) = (post("a"), post("a"));
    assert_eq!((first.status, is_replay(&again)), (201, true));
    assert_eq!(first.text, again.text);
    let id = first.json()["data"]["id"].clone();
    let path = format!("/v2/schedules/{id}");
    let patch = || with_key(&schedules, "b").patch(&path, &json!({"name": "Days"}));
    let (first, again) = (patch(), patch());
    assert_eq!((first.status, is_replay(&again)), (200, true));
    assert_eq!(first.text, again.text);
    let delete = || with_key(&schedules, "c").delete(&path);
    let (first, again) = (delete(), delete());
    assert_eq!((first.status, again.status, is_replay(&again)), (200, 200, true));
    schedules.delete(&path).error(404);
    let key = || with_key(&organization.client, "d").post("/v2/api-keys", &json!({"note": "ci"}));
    let (first, again) = (key(), key());
    assert_eq!((first.status, is_replay(&again)), (201, true));
    assert_eq!(first.text, again.text);
}

#[test]
fn keys_of_another_organisation_are_other_keys() {
    let server = Server::start();
    for organization in [server.organization(), server.organization()] {
        let client = with_key(&organization.schedules(), "same");
        let body = json!({"name": "Hours", "timeZone": "Europe/Rome", "isDefault": false});
        let made = client.post("/v2/schedules", &body);
        assert!(made.status == 201 && !is_replay(&made), "{}", made.text);
    }
}

#[test]
fn a_kill_leaves_every_key_with_one_booking() {
    let mut server = Server::with(Options::default().mode(Mode::Native));
    let organization = server.organization();
    let event_type = organization.event_type("killed", 15);
    let starts = organization.starts(event_type, "2050-09-05", "2050-10-28");
    let (next, acknowledged) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (organization, starts, next, acknowledged) =
                (&organization, &starts, &next, &acknowledged);
            scope.spawn(move || {
                while let Some(start) = starts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let body = organization.booking(event_type, start);
                    let client = with_key(&organization.bookings(), start);
                    let sent = client.try_send("POST", "/v2/bookings", Some(body.to_string()));
                    let Ok(answer) = sent else { return };
                    let uid = answer.data(201)["uid"].as_str().unwrap().to_owned();
                    acknowledged.lock().unwrap().push((start.clone(), uid));
                }
            });
        }
        std::thread::sleep(Duration::from_millis(500));
        server.kill();
    });
    server.restart();
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 20, "only {} bookings before the kill", acknowledged.len());
    // Sent again, as a careful client does with all it has no answer to.
    let sent = next.into_inner().min(starts.len());
    for start in &starts[..sent] {
        let client = with_key(&server.client().version("2024-08-13"), start);
        let answer = send_until_done(&client, &organization.booking(event_type, start));
        let uid = answer.data(201)["uid"].clone();
        if let Some((_, first)) = acknowledged.iter().find(|(known, _)| known == start) {
            assert_eq!(uid, *first, "{start}");
            assert!(is_replay(&answer), "{start}");
        }
    }
    let client = server.client().bearer(&organization.key).version("2024-08-13");
    let listed = client.get("/v2/bookings?take=1");
    assert_eq!(listed.json()["pagination"]["totalItems"], sent);
}

//! Deliveries: signed, tried again, told of, and done again.

use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::StatusCode;
use meridian_tests::{
    Client, Delivery, MailService, Mode, Options, Organization, Reaction, Receiver, Server,
    free_port, in_both_modes, race,
};
use serde_json::{Value, json};
use sha2::Sha256;

const PATIENCE: Duration = Duration::from_secs(40);

/// Makes a webhook of the owner that asks for what happens to bookings; its path.
#[track_caller]
fn webhook(organization: &Organization, url: &str, secret: Option<&str>) -> String {
    let triggers = ["BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED"];
    webhook_for(&organization.client, url, secret, &triggers)
}

/// Makes a webhook of that client's user that asks for those triggers; its path.
#[track_caller]
fn webhook_for(client: &Client, url: &str, secret: Option<&str>, triggers: &[&str]) -> String {
    let body = json!({
        "subscriberUrl": url, "active": true, "secret": secret, "triggers": triggers,
    });
    let id = client.post("/v2/webhooks", &body).data(201)["id"].clone();
    format!("/v2/webhooks/{}", id.as_str().unwrap())
}

/// A receiver that answers so the first time, and takes what comes after that.
fn refusing_once(status: StatusCode) -> Receiver {
    Receiver::behaving(move |before, _| if before == 0 { status } else { StatusCode::OK })
}

fn book(organization: &Organization) -> Value {
    let event_type = organization.event_type("meet", 30);
    organization.book(event_type, "2050-09-05T07:00:00.000Z")
}

fn deliveries(client: &Client, webhook: &str) -> Vec<Value> {
    client.get(&format!("{webhook}/deliveries")).data(200).as_array().unwrap().clone()
}

/// Waits for the newest delivery to be as wanted.
#[track_caller]
fn wait_until(client: &Client, webhook: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = deliveries(client, webhook);
        if let Some(newest) = found.first().filter(|newest| wanted(newest)) {
            return newest.clone();
        }
        assert!(Instant::now() < deadline, "{found:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn hex_hmac(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[track_caller]
fn assert_signed(delivery: &Delivery, secret: &str) {
    assert_eq!(delivery.header("x-cal-signature-256"), hex_hmac(secret, &delivery.body));
    let library = standardwebhooks::Webhook::from_bytes(secret.as_bytes().to_vec()).unwrap();
    library.verify(&delivery.body, &delivery.headers).unwrap();
    assert_eq!(delivery.header("x-cal-webhook-version"), "2021-10-20");
}

#[test]
fn every_try_is_signed_for_plain_and_for_standard_verifiers_under_one_id() {
    in_both_modes(|server| {
        let receiver = refusing_once(StatusCode::BAD_GATEWAY);
        let organization = server.organization();
        let hook = webhook(&organization, &receiver.url("/hook"), Some("hush hush"));
        book(&organization);
        let tries = receiver.wait_for("/hook", 2, PATIENCE);
        for delivery in &tries {
            assert_signed(delivery, "hush hush");
        }
        assert_eq!(tries[0].header("webhook-id"), tries[1].header("webhook-id"));
        assert!(!tries[0].header("webhook-id").is_empty());
        let waited =
            |index: usize| tries[index].header("webhook-timestamp").parse::<i64>().unwrap();
        assert!(waited(1) - waited(0) >= 5, "the first retry comes after five seconds");
        let shown = wait_until(&organization.client, &hook, |one| one["status"] == "delivered");
        assert_eq!(shown["id"].to_string(), tries[0].header("x-cal-delivery-id"));
        assert_eq!((&shown["tries"], &shown["responseStatus"]), (&json!(2), &json!(200)));
        assert_eq!((&shown["error"], &shown["nextTryAt"]), (&Value::Null, &Value::Null));
        let expected = [("WARN", 1, 502, "again"), ("INFO", 2, 200, "delivered")];
        let lines = wait_for_lines(server, &shown["id"], expected.len());
        for (line, (level, attempt, status, verdict)) in lines.iter().zip(expected) {
            assert_eq!((&line["level"], &line["verdict"]), (&json!(level), &json!(verdict)));
            assert_eq!((&line["attempt"], &line["status"]), (&json!(attempt), &json!(status)));
            let said = (&line["trigger"], &line["host"], &line["component"]);
            assert_eq!(said, (&json!("BOOKING_CREATED"), &json!("127.0.0.1"), &json!("webhooks")));
            assert!(line["tookMs"].is_number() && line["timestamp"].is_string(), "{line}");
        }
    });
}

/// Waits until the log has so many lines of a delivery: one for each try.
#[track_caller]
fn wait_for_lines(server: &Server, delivery: &Value, count: usize) -> Vec<Value> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let log = server.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let lines: Vec<_> = lines.filter(|line| line["deliveryId"] == *delivery).collect();
        if lines.len() >= count {
            assert_eq!(lines.len(), count, "{lines:?}");
            return lines;
        }
        assert!(Instant::now() < deadline, "{lines:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// One call to deliver does for all that is booked within some milliseconds.
#[test]
fn bookings_at_the_same_moment_are_all_told_of_at_once_and_none_twice() {
    const ROUNDS: usize = 20;
    const AT_ONCE: usize = 4;
    for mode in [Mode::Native, Mode::Remote] {
        // A sweep would find what was not told at once, and hide it.
        let rare = Options::default().mode(mode).arguments(&["--sweep-interval", "30s"]);
        let server = Server::with(rare);
        let receiver = Receiver::start();
        let organization = server.organization();
        webhook(&organization, &receiver.url("/hook"), None);
        Organization::work_around_the_clock(&organization.client);
        let event_type = organization.event_type("meet", 30);
        let waited = std::sync::Mutex::new(Duration::ZERO);
        let booked = race(ROUNDS, AT_ONCE, |round, contender| {
            let start = format!("2050-03-{:02}T{:02}:00:00.000Z", round + 1, contender + 7);
            let uid = organization.book(event_type, &start)["uid"].clone();
            let answered = Instant::now();
            let is_told = |delivery: &Delivery| delivery.json()["payload"]["uid"] == uid;
            while !receiver.deliveries().iter().any(is_told) {
                assert!(answered.elapsed() < PATIENCE, "nobody was told of {uid}");
                std::thread::sleep(Duration::from_millis(5));
            }
            *waited.lock().unwrap() += answered.elapsed();
            uid
        });
        assert_eq!(receiver.deliveries().len(), booked.iter().flatten().count());
        let each = *waited.lock().unwrap() / (ROUNDS * AT_ONCE) as u32;
        assert!(each < Duration::from_millis(1_500), "{each:?}");
    }
}

#[test]
fn while_a_secret_is_replaced_both_verify() {
    let server = Server::start();
    let receiver = Receiver::start();
    let organization = server.organization();
    let hook = webhook(&organization, &receiver.url("/hook"), Some("old secret"));
    organization.client.patch(&hook, &json!({"secret": "new secret"})).data(200);
    organization.client.post(&format!("{hook}/test"), &json!({})).data(201);
    let delivery = receiver.wait_for("/hook", 1, PATIENCE).remove(0);
    assert_signed(&delivery, "new secret");
    let old = standardwebhooks::Webhook::from_bytes(b"old secret".to_vec()).unwrap();
    old.verify(&delivery.body, &delivery.headers).unwrap();
}

#[test]
fn who_redirects_hangs_up_is_slow_or_down_gets_it_again_later() {
    let server = Server::start();
    let receiver = Receiver::behaving(|_, delivery: &Delivery| match delivery.path.as_str() {
        "/redirects" => Reaction {
            headers: vec![("location", "/elsewhere".to_owned())],
            body: "over there".to_owned(),
            ..StatusCode::FOUND.into()
        },
        "/hangs-up" => Reaction { hang_up: true, ..StatusCode::OK.into() },
        "/slow" => Reaction { wait: Duration::from_secs(60), ..StatusCode::OK.into() },
        _ => StatusCode::OK.into(),
    });
    let organization = server.organization();
    let hook = |path: &str| webhook(&organization, &receiver.url(path), None);
    let (redirects, hangs_up, slow) = (hook("/redirects"), hook("/hangs-up"), hook("/slow"));
    let down = webhook(&organization, &format!("http://127.0.0.1:{}/x", free_port()), None);
    let fine = hook("/fine");
    book(&organization);
    // None of them keeps the one that works waiting.
    receiver.wait_for("/fine", 1, Duration::from_secs(10));
    let failed = |hook: &str| {
        wait_until(&organization.client, hook, |one| {
            one["error"].is_string() && one["status"] == "pending"
        })
    };
    let shown = failed(&redirects);
    assert_eq!(
        (&shown["responseStatus"], &shown["responseBody"]),
        (&json!(302), &json!("over there"))
    );
    assert!(shown["nextTryAt"].as_str() > shown["lastTryAt"].as_str());
    for (hook, error) in [
        (&hangs_up, "the host closed the connection before it answered"),
        (&down, "the host refused the connection"),
    ] {
        let shown = failed(hook);
        assert_eq!((&shown["responseStatus"], &shown["error"]), (&Value::Null, &json!(error)));
    }
    let error = failed(&slow)["error"].clone();
    assert!(error.as_str().unwrap().contains("within 15 s"), "{error}");
    assert_eq!(deliveries(&organization.client, &fine)[0]["status"], "delivered");
    assert!(receiver.deliveries().iter().all(|delivery| delivery.path != "/elsewhere"));
}

#[test]
fn who_is_gone_is_switched_off_and_what_failed_can_be_sent_again() {
    in_both_modes(|server| {
        let receiver = refusing_once(StatusCode::GONE);
        let organization = server.organization();
        let client = &organization.client;
        let hook = webhook(&organization, &receiver.url("/hook"), None);
        let booking = book(&organization);
        let shown = wait_until(client, &hook, |one| one["status"] == "failed");
        assert_eq!((&shown["responseStatus"], &shown["tries"]), (&json!(410), &json!(1)));
        assert_eq!(shown["bookingUid"], booking["uid"]);
        assert_eq!(client.get(&hook).data(200)["active"], false);
        let redeliver = format!("{hook}/deliveries/{}/redeliver", shown["id"]);
        let replay = format!("{hook}/deliveries/replay");
        let since = json!({"since": shown["createdAt"]});
        client.post(&redeliver, &json!({})).error(409);
        client.post(&replay, &since).error(409);
        client.patch(&hook, &json!({"active": true})).data(200);
        let again = client.post(&redeliver, &json!({})).data(200);
        assert_eq!(again["id"], shown["id"]);
        let tries = receiver.wait_for("/hook", 2, PATIENCE);
        assert_eq!(tries[0].header("webhook-id"), tries[1].header("webhook-id"));
        wait_until(client, &hook, |one| one["status"] == "delivered");
        // Nothing failed since, so nothing is replayed.
        let replayed = client.post(&replay, &since).data(200);
        assert_eq!(replayed, json!({"replayed": 0, "hasMore": false}));
    });
}

#[test]
fn all_that_failed_since_then_is_replayed_in_order() {
    let server = Server::start();
    let receiver = refusing_once(StatusCode::GONE);
    let organization = server.organization();
    let client = &organization.client;
    let hook = webhook(&organization, &receiver.url("/hook"), None);
    let booking = book(&organization);
    let uid = booking["uid"].as_str().unwrap();
    let failed = wait_until(client, &hook, |one| one["status"] == "failed");
    client.patch(&hook, &json!({"active": true})).data(200);
    let replay = format!("{hook}/deliveries/replay");
    let replayed = client.post(&replay, &json!({"since": failed["createdAt"]})).data(200);
    assert_eq!(replayed["replayed"], 1);
    let cancel = format!("/v2/bookings/{uid}/cancel");
    organization.own_bookings().post(&cancel, &json!({"cancellationReason": "no"})).data(200);
    let heard = receiver.wait_for("/hook", 3, PATIENCE);
    let heard: Vec<_> = heard.iter().map(|one| one.json()["triggerEvent"].clone()).collect();
    assert_eq!(heard, ["BOOKING_CREATED", "BOOKING_CREATED", "BOOKING_CANCELLED"]);
}

/// A move makes another booking, of which nothing may be heard before the first one's.
#[test]
fn what_happens_to_a_booking_is_heard_in_order_over_its_moves() {
    in_both_modes(|server| {
        let receiver = refusing_once(StatusCode::BAD_GATEWAY);
        let organization = server.organization();
        let hook = webhook(&organization, &receiver.url("/hook"), None);
        let first = book(&organization)["uid"].as_str().unwrap().to_owned();
        receiver.wait_for("/hook", 1, PATIENCE);
        let own = organization.own_bookings();
        let body = json!({"start": "2050-09-06T07:00:00.000Z"});
        let path = format!("/v2/bookings/{first}/reschedule");
        let moved = own.post(&path, &body).data(201)["uid"].as_str().unwrap().to_owned();
        let path = format!("/v2/bookings/{moved}/cancel");
        own.post(&path, &json!({"cancellationReason": "no"})).data(200);
        let heard = receiver.wait_for("/hook", 4, PATIENCE);
        let heard: Vec<_> = heard
            .iter()
            .map(|one| (one.json()["triggerEvent"].clone(), one.json()["payload"]["uid"].clone()))
            .collect();
        let expected = [
            ("BOOKING_CREATED", &first),
            ("BOOKING_CREATED", &first),
            ("BOOKING_RESCHEDULED", &moved),
            ("BOOKING_CANCELLED", &moved),
        ];
        assert_eq!(heard, expected.map(|(trigger, uid)| (json!(trigger), json!(uid))));
        let shown = wait_until(&organization.client, &hook, |one| one["status"] == "delivered");
        assert_eq!(shown["bookingUid"], json!(moved));
    });
}

#[test]
fn that_a_webhook_was_switched_off_is_shown_mailed_and_told() {
    let mails = MailService::start();
    let server = Server::with(mails.options(Options::default()));
    let receiver = Receiver::behaving(|_, delivery: &Delivery| match delivery.path.as_str() {
        "/gone" => StatusCode::GONE,
        _ => StatusCode::OK,
    });
    let organization = server.organization();
    let client = &organization.client;
    let gone = webhook(&organization, &receiver.url("/gone"), None);
    let watching = ["WEBHOOK_DISABLED"];
    webhook_for(client, &receiver.url("/watches"), Some("s"), &watching);
    let member = organization.member(&server, "ben", "MEMBER");
    webhook_for(&member.client, &receiver.url("/other"), None, &watching);
    book(&organization);
    let told = receiver.wait_for("/watches", 1, PATIENCE).remove(0);
    assert_signed(&told, "s");
    let told = told.json();
    assert_eq!(told["triggerEvent"], "WEBHOOK_DISABLED");
    assert!(gone.ends_with(told["payload"]["webhookId"].as_str().unwrap()), "{told}");
    let mail = mails.wait_for(&organization.email, 1);
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("127.0.0.1") && text.contains("410"), "{text}");

    let shown = client.get(&gone).data(200);
    assert_eq!(shown["active"], false);
    assert_eq!(shown["disabledAt"], told["payload"]["disabledAt"]);
    assert_eq!(shown["disabledReason"], told["payload"]["reason"]);
    assert!(shown["disabledReason"].as_str().unwrap().contains("410"), "{shown}");
    client.patch(&gone, &json!({"active": true})).data(200);
    let shown = client.get(&gone).data(200);
    assert_eq!((shown.get("disabledAt"), shown.get("disabledReason")), (None, None));
    // It is nobody else's business, and told once.
    assert!(receiver.deliveries().iter().all(|one| one.path != "/other"));
    assert_eq!(mails.mails_to(&organization.email).len(), 1);
}

#[test]
fn who_asks_for_a_pause_gets_it() {
    let server = Server::start();
    let receiver = Receiver::behaving(|before, _| match before {
        0 => Reaction {
            headers: vec![("retry-after", "8".to_owned())],
            ..StatusCode::TOO_MANY_REQUESTS.into()
        },
        _ => StatusCode::OK.into(),
    });
    let organization = server.organization();
    let hook = webhook(&organization, &receiver.url("/hook"), None);
    book(&organization);
    let first = wait_until(&organization.client, &hook, |one| one["responseStatus"] == 429);
    assert_eq!(first["status"], "pending");
    let tries = receiver.wait_for("/hook", 2, PATIENCE);
    let at = |index: usize| tries[index].header("webhook-timestamp").parse::<i64>().unwrap();
    assert!(at(1) - at(0) >= 8, "it waited only {} s", at(1) - at(0));
}

#[test]
fn a_test_event_reaches_its_webhook_and_is_counted() {
    in_both_modes(|server| {
        let receiver = Receiver::behaving(|_, _| Reaction {
            body: "x".repeat(5_000),
            ..StatusCode::OK.into()
        });
        let organization = server.organization();
        let client = &organization.client;
        let hook = webhook(&organization, &receiver.url("/hook"), Some("s"));
        let before = metric(server, "meridian_webhook_tries_total{outcome=\"delivered\"}");
        let body = json!({"trigger": "MEETING_STARTED"});
        let sent = client.post(&format!("{hook}/test"), &body).data(201);
        assert_eq!((&sent["status"], &sent["tries"]), (&json!("pending"), &json!(0)));
        let delivery = receiver.wait_for("/hook", 1, PATIENCE).remove(0);
        assert_eq!(delivery.json()["triggerEvent"], "MEETING_STARTED");
        assert_eq!(delivery.json()["payload"]["test"], true);
        assert_signed(&delivery, "s");
        let shown = wait_until(client, &hook, |one| one["status"] == "delivered");
        assert_eq!(shown["id"], sent["id"]);
        assert_eq!(shown["responseBody"].as_str().unwrap().len(), 1024);
        let deadline = Instant::now() + PATIENCE;
        while metric(server, "meridian_webhook_tries_total{outcome=\"delivered\"}") <= before {
            assert!(Instant::now() < deadline, "the try was not counted");
            std::thread::sleep(Duration::from_millis(100));
        }
        let message = client.post(&format!("{hook}/test"), &json!({"trigger": "LUNCH"})).error(400);
        assert!(message.contains("trigger "), "{message}");
    });
}

/// A figure of `/platform/metrics`.
#[track_caller]
fn metric(server: &Server, name: &str) -> f64 {
    let answer = server.platform().get("/platform/metrics");
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
    let text = answer.text.clone();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("the figure");
    line.trim().parse().expect("a number")
}

#[test]
fn metrics_are_for_the_platform_only() {
    let server = Server::start();
    server.client().get("/platform/metrics").error(401);
    server.organization().client.get("/platform/metrics").error(401);
    assert!(metric(&server, "meridian_webhook_queue_depth") >= 0.0);
}

#[test]
fn wrong_questions_about_deliveries_are_answered_by_field() {
    let server = Server::start();
    let organization = server.organization();
    let client = &organization.client;
    let hook = webhook(&organization, "https://example.com/hook", None);
    let error = client.get(&format!("{hook}/deliveries?status=lost&take=251")).error(400);
    assert!(error.contains("status ") && error.contains("take "), "{error}");
    let error = client.post(&format!("{hook}/deliveries/replay"), &json!({})).error(400);
    assert!(error.contains("since "), "{error}");
    let since = json!({"since": "yesterday"});
    let error = client.post(&format!("{hook}/deliveries/replay"), &since).error(400);
    assert!(error.contains("since "), "{error}");
    let error = client.post(&format!("{hook}/deliveries/first/redeliver"), &json!({})).error(400);
    assert!(error.contains("deliveryId "), "{error}");
    client.post(&format!("{hook}/deliveries/1/redeliver"), &json!({})).error(404);
    let unknown = organization.id + 999_999;
    client.post(&format!("{hook}/deliveries/{unknown}/redeliver"), &json!({})).error(404);
}

#[test]
fn a_suspended_organization_is_not_delivered_for_until_it_is_resumed() {
    let server = Server::start();
    let receiver = refusing_once(StatusCode::INTERNAL_SERVER_ERROR);
    let organization = server.organization();
    webhook(&organization, &receiver.url("/hook"), None);
    book(&organization);
    receiver.wait_for("/hook", 1, PATIENCE);
    let path = |verb| format!("/platform/organizations/{}/{verb}", organization.slug);
    server.platform().post(&path("suspend"), &json!({})).data(200);
    std::thread::sleep(Duration::from_secs(9));
    assert_eq!(receiver.deliveries().len(), 1, "a retry was due in the meantime");
    server.platform().post(&path("resume"), &json!({})).data(200);
    receiver.wait_for("/hook", 2, Duration::from_secs(90));
}

#[test]
fn a_meeting_that_begins_and_ends_is_told_of() {
    let server = Server::start();
    let receiver = Receiver::start();
    let organization = server.organization();
    Organization::work_around_the_clock(&organization.client);
    let body = json!({
        "subscriberUrl": receiver.url("/hook"), "active": true,
        "triggers": ["MEETING_STARTED", "MEETING_ENDED"],
    });
    organization.client.post("/v2/webhooks", &body).data(201);
    let more = json!({"slotInterval": 1, "minimumBookingNotice": 0});
    let event_type = organization.event_type_with("now", 1, &more);
    let now = meridian_kernel::Instant::now();
    let (from, to) = (now.to_iso(), now.plus_minutes(30).to_iso());
    let starts = organization.starts(event_type, &from, &to);
    let (kept, cancelled) = (&starts[0], &starts[1]);
    let uid = organization.book(event_type, kept)["uid"].clone();
    let other = organization.book(event_type, cancelled)["uid"].clone();
    let cancel = format!("/v2/bookings/{}/cancel", other.as_str().unwrap());
    organization.own_bookings().post(&cancel, &json!({"cancellationReason": "no"})).data(200);
    let heard = receiver.wait_for("/hook", 2, Duration::from_secs(180));
    for (delivery, trigger) in heard.iter().zip(["MEETING_STARTED", "MEETING_ENDED"]) {
        let body = delivery.json();
        assert_eq!((&body["triggerEvent"], &body["payload"]["uid"]), (&json!(trigger), &uid));
    }
    assert!(heard.iter().all(|one| one.json()["payload"]["uid"] != other));
}

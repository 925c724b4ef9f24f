//! Jobs: e-mail is sent behind the request that asked for it, tried again, given up,
//! told of and tried once more. Jobs are written into the databases past the server,
//! which so has to be in remote mode.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use http::StatusCode;
use meridian_tests::{Answer, Client, Database, Mode, Options, Organization, Receiver, Server};
use meridian_vault::Vault;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(40);
/// In the line that an attempt leaves in the log.
const JOB_LINE: &str = r#""message":"job""#;

pub const KEY: &str = "an encryption key for tests";

pub fn options(mail: Option<&Receiver>) -> Options {
    let url = mail.map(|receiver| receiver.url("/mail")).unwrap_or_default();
    Options::default()
        .mode(Mode::Remote)
        .variable("encryption_key", KEY)
        .variable("mail_url", &url)
        .variable("mail_token", "mail-token")
        .variable("mail_from", "hello@platform.test")
}

pub fn database(server: &Server, organization: &Organization) -> Database {
    server.database(&format!("org-{}", organization.id >> 32))
}

/// Writes e-mails to be sent, as a component would, and notes that there is work.
pub fn enqueue(server: &Server, organization: &Organization, to: &str, number: usize) {
    let payload = json!({"to": to, "subject": "Your code", "text": "code-123456",
                         "html": "<p>code-123456</p>"});
    let sealed = Vault::new(KEY).unwrap().seal(&payload.to_string());
    let sql = "WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n \
               WHERE value < ?2) INSERT INTO job (kind, priority, payload, is_sealed, run_at, \
               max_attempts, created_at) SELECT 'email', 1, ?1, 1, 0, 10, unixepoch() * 1000 FROM n";
    database(server, organization).run(sql, &[json!(sealed), json!(number)]);
    let mark = "INSERT INTO due_work (organization, marked_at, next_due_at) \
                VALUES (?1, unixepoch() * 1000, 0) ON CONFLICT DO UPDATE SET next_due_at = 0";
    server.database("platform").run(mark, &[json!(organization.id >> 32)]);
}

/// Has the jobs of an organisation done now.
pub fn work(server: &Server, organization: &Organization) {
    let path = format!("/internal/organizations/{}/deliver", organization.id >> 32);
    server.platform().post(&path, &json!({})).data(202);
}

fn list(server: &Server, organization: &Organization, query: &str) -> Answer {
    let path = format!("/platform/organizations/{}/jobs{query}", organization.slug);
    server.platform().get(&path)
}

/// Waits until there is one job, and it is as wanted.
#[track_caller]
fn wait_for_job(
    server: &Server,
    organization: &Organization,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let jobs = list(server, organization, "").data(200);
        if let Some(job) = jobs.get(0).filter(|job| wanted(job)) {
            return job.clone();
        }
        assert!(Instant::now() < deadline, "{jobs}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[track_caller]
fn wait_until_none(server: &Server, organization: &Organization) {
    let deadline = Instant::now() + PATIENCE;
    while list(server, organization, "").data(200) != json!([]) {
        assert!(Instant::now() < deadline, "{}", list(server, organization, "").text);
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_email_is_sent_with_what_the_deployment_and_the_organisation_say() {
    let receiver = Receiver::start();
    let server = Server::with(options(Some(&receiver)));
    let organization = server.organization();
    enqueue(&server, &organization, "ada@example.org", 1);
    work(&server, &organization);
    let sent = receiver.wait_for("/mail", 1, PATIENCE).remove(0);
    assert_eq!(sent.header("authorization"), "Bearer mail-token");
    assert_eq!(sent.header("content-type"), "application/json");
    let expected = json!({"from": "hello@platform.test", "to": "ada@example.org",
        "subject": "Your code", "text": "code-123456", "html": "<p>code-123456</p>"});
    assert_eq!(sent.json(), expected);
    wait_until_none(&server, &organization);

    let path = format!("/platform/organizations/{}", organization.slug);
    let brand = json!({"brand": {"name": "Acme", "emailFrom": "hi@acme.test"}});
    server.platform().patch(&path, &brand).data(200);
    enqueue(&server, &organization, "ada@example.org", 1);
    // The sweep finds it as well.
    let sent = receiver.wait_for("/mail", 2, PATIENCE).remove(1);
    assert_eq!(sent.json()["from"], "hi@acme.test");
}

#[test]
fn an_email_that_cannot_be_sent_now_is_tried_again_as_the_same_one() {
    let receiver = Receiver::behaving(|before, _| {
        if before == 0 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::ACCEPTED }
    });
    let server = Server::with(options(Some(&receiver)));
    let organization = server.organization();
    enqueue(&server, &organization, "ada@example.org", 1);
    work(&server, &organization);
    let waiting = wait_for_job(&server, &organization, |job| job["error"].is_string());
    assert_eq!(waiting["error"], "the mail service answered 503");
    assert_eq!((&waiting["state"], &waiting["attempts"]), (&json!("waiting"), &json!(1)));
    assert!(waiting["nextTryAt"].is_string());
    let tries = receiver.wait_for("/mail", 2, PATIENCE);
    assert_eq!(tries[0].header("idempotency-key"), tries[1].header("idempotency-key"));
    assert_eq!(tries[0].body, tries[1].body);
    wait_until_none(&server, &organization);
}

#[test]
fn an_email_that_is_refused_is_dead_until_it_is_tried_once_more() {
    let receiver = Receiver::behaving(|before, _| {
        if before == 0 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
    });
    let server = Server::with(options(Some(&receiver)));
    let organization = server.organization();
    let other = server.organization();
    enqueue(&server, &organization, "ada@example.org", 1);
    work(&server, &organization);
    let dead = wait_for_job(&server, &organization, |job| job["state"] == "dead");
    assert_eq!(dead["error"], "the mail service answered 422");
    assert_eq!((&dead["kind"], &dead["nextTryAt"]), (&json!("email"), &Value::Null));
    assert_eq!(dead["history"][0]["error"], dead["error"]);
    assert_eq!(list(&server, &organization, "?state=dead").data(200), json!([dead]));
    assert_eq!(list(&server, &organization, "?state=waiting").data(200), json!([]));
    assert_eq!(list(&server, &other, "").data(200), json!([]));
    assert!(list(&server, &organization, "?state=asleep").error(400).contains("state"));
    assert!(list(&server, &organization, "?take=251").error(400).contains("take"));

    // Of another organisation, of nobody, no id at all; and for operators only.
    let operator = server.platform();
    let retry = |client: &Client, organization: &Organization, id: &Value| {
        let path = format!("/platform/organizations/{}/jobs/{id}/retry", organization.slug);
        client.post(&path, &json!({}))
    };
    retry(&operator, &other, &dead["id"]).error(404);
    retry(&operator, &organization, &json!(1)).error(404);
    assert!(retry(&operator, &organization, &json!(true)).error(400).contains("jobId"));
    retry(&organization.client, &organization, &dead["id"]).error(401);
    let nowhere = format!("/platform/organizations/nowhere/jobs/{}/retry", dead["id"]);
    server.platform().post(&nowhere, &json!({})).error(404);
    server.platform().get("/platform/organizations/nowhere/jobs").error(404);
    assert_eq!(receiver.deliveries().len(), 1);

    let retried = retry(&operator, &organization, &dead["id"]).data(200);
    assert_eq!((&retried["state"], &retried["attempts"]), (&json!("waiting"), &json!(0)));
    receiver.wait_for("/mail", 2, PATIENCE);
    wait_until_none(&server, &organization);
    retry(&operator, &organization, &dead["id"]).error(404);
}

#[test]
fn without_a_mail_service_emails_are_dead_and_nothing_else_waits_for_them() {
    let receiver = Receiver::start();
    let server = Server::with(options(None));
    let organization = server.organization();
    enqueue(&server, &organization, "ada@example.org", 3);
    let body = json!({"subscriberUrl": receiver.url("/hook"), "active": true,
                      "triggers": ["BOOKING_CREATED"]});
    organization.client.post("/v2/webhooks", &body).data(201);
    let event_type = organization.event_type("beside", 30);
    organization.book(event_type, "2050-09-05T07:00:00.000Z");
    receiver.wait_for("/hook", 1, PATIENCE);
    let dead = wait_for_job(&server, &organization, |job| job["state"] == "dead");
    assert_eq!(dead["error"], "mail_url is not set");
    // Once the sweep has looked, whoever runs the platform sees it.
    let deadline = Instant::now() + PATIENCE;
    loop {
        let metrics = server.platform().get("/platform/metrics").text;
        let shown = |line: &str| metrics.lines().any(|shown| shown == line);
        let dead = "meridian_jobs_tries_total{kind=\"email\",outcome=\"dead\"} 3";
        if shown(dead) && shown("meridian_jobs_dead 3") && shown("meridian_jobs_waiting 0") {
            break;
        }
        assert!(Instant::now() < deadline, "{metrics}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn jobs_of_a_suspended_organisation_wait_and_those_of_a_deleted_one_are_no_more() {
    let receiver = Receiver::start();
    let server = Server::with(options(Some(&receiver)));
    let (suspended, deleted) = (server.organization(), server.organization());
    let path =
        |organization: &Organization| format!("/platform/organizations/{}", organization.slug);
    server.platform().post(&format!("{}/suspend", path(&suspended)), &json!({})).data(200);
    enqueue(&server, &suspended, "suspended@example.org", 1);
    enqueue(&server, &deleted, "deleted@example.org", 1);
    server.platform().delete(&path(&deleted)).data(200);
    let gone = format!("/internal/organizations/{}/deliver", deleted.id >> 32);
    server.platform().post(&gone, &json!({}));
    work(&server, &suspended);
    // A sweep comes every second.
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(receiver.deliveries().len(), 0);
    assert_eq!(list(&server, &suspended, "?state=waiting").data(200)[0]["attempts"], 0);
    server.platform().post(&format!("{}/resume", path(&suspended)), &json!({})).data(200);
    work(&server, &suspended);
    let sent = receiver.wait_for("/mail", 1, PATIENCE).remove(0);
    assert_eq!(sent.json()["to"], "suspended@example.org");
}

#[test]
fn nothing_of_an_email_shows_in_the_database_the_log_or_the_answers() {
    let receiver = Receiver::behaving(|_, _| StatusCode::BAD_REQUEST);
    let server = Server::with(options(Some(&receiver)));
    let organization = server.organization();
    enqueue(&server, &organization, "secret-person@example.org", 1);
    work(&server, &organization);
    wait_for_job(&server, &organization, |job| job["state"] == "dead");
    let shown = list(&server, &organization, "").text;
    let stored = database(&server, &organization).run("SELECT * FROM job", &[]);
    let log = server.log();
    assert!(log.contains(JOB_LINE), "{log}");
    for text in [shown, format!("{stored:?}"), log] {
        for secret in ["secret-person", "code-123456", "Your code", "mail-token"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

/// Two servers on the same databases, each with its own timer, and both asked to work as
/// often as can be.
#[test]
fn two_servers_racing_over_a_thousand_jobs_do_each_once() {
    const JOBS: usize = 1_000;
    let receiver = Receiver::start();
    let server = Server::with(options(Some(&receiver)));
    let organization = server.organization();
    let sibling = server.sibling();
    enqueue(&server, &organization, "ada@example.org", JOBS);
    let deadline = Instant::now() + Duration::from_secs(120);
    while receiver.deliveries().len() < JOBS {
        assert!(Instant::now() < deadline, "{} e-mails", receiver.deliveries().len());
        work(&server, &organization);
        work(&sibling, &organization);
        std::thread::sleep(Duration::from_millis(200));
    }
    wait_until_none(&server, &organization);
    let mut times: HashMap<String, usize> = HashMap::new();
    for sent in receiver.deliveries() {
        *times.entry(sent.header("idempotency-key").to_owned()).or_default() += 1;
    }
    assert_eq!(times.len(), JOBS);
    let twice: Vec<_> = times.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    for server in [&server, &sibling] {
        let lines = server.log().lines().filter(|line| line.contains(JOB_LINE)).count();
        assert!(lines > 0, "one of them did nothing");
    }
}

//! Mailboxes that are shown to be somebody's, by a code that is sent there.

use meridian_tests::{Client, MailService, Mode, Options, Server};
use serde_json::{Value, json};

/// The three places that have mailboxes.
fn places(organization: i64, team: i64) -> [String; 3] {
    [
        "/v2/verified-resources/emails".to_owned(),
        format!("/v2/teams/{team}/verified-resources/emails"),
        format!("/v2/organizations/{organization}/teams/{team}/verified-resources/emails"),
    ]
}

fn request(client: &Client, place: &str, email: &str) {
    let path = format!("{place}/verification-code/request");
    let answer = client.post(&path, &json!({"email": email}));
    assert_eq!((answer.status, answer.json()), (200, json!({"status": "success"})));
}

fn verify(client: &Client, place: &str, email: &str, code: &str) -> meridian_tests::Answer {
    let body = json!({"email": email, "code": code});
    client.post(&format!("{place}/verification-code/verify"), &body)
}

fn in_both_modes_with_mails(test: impl Fn(&Server, &MailService)) {
    for mode in [Mode::Native, Mode::Remote] {
        let mails = MailService::start();
        let server = Server::with(mails.options(Options::default()).mode(mode));
        test(&server, &mails);
    }
}

#[test]
fn a_mailbox_is_whose_code_was_sent_there() {
    in_both_modes_with_mails(|server, mails| {
        let organization = server.organization();
        let team = organization.team("postmasters", &[]);
        for (number, place) in places(organization.id, team).iter().enumerate() {
            let (client, email) = (&organization.client, format!("box{number}@example.com"));
            request(client, place, &email);
            let code = mails.code(&email, 1);
            verify(client, place, &email, "ZZZZZZ").error(400);
            let verified = verify(client, place, &email, &code.to_lowercase()).data(200);
            assert_eq!(
                (&verified["email"], &verified["userId"]),
                (&json!(email), &json!(organization.owner_id))
            );
            let is_teams = number > 0;
            assert_eq!(verified.get("teamId"), is_teams.then(|| json!(team)).as_ref());
            verify(client, place, &email, &code).error(400);
            let one = format!("{place}/{}", verified["id"]);
            assert_eq!(client.get(&one).data(200), verified);
            let listed = client.get(place).data(200);
            assert!(listed.as_array().unwrap().contains(&verified), "{listed}");
            assert_eq!(
                client.get(&format!("{place}?take=1")).data(200).as_array().unwrap().len(),
                1
            );
        }
        // The team's are not the user's, and the other way round.
        let own = organization.client.get("/v2/verified-resources/emails").data(200);
        assert_eq!(own.as_array().unwrap().len(), 1);
        let teams = organization.client.get(&places(organization.id, team)[1]).data(200);
        assert_eq!(teams.as_array().unwrap().len(), 2);
        let own = &own[0]["id"];
        organization.client.get(&format!("{}/{own}", places(organization.id, team)[1])).error(404);
        let stranger = server.organization();
        stranger.client.get(&format!("/v2/verified-resources/emails/{own}")).error(404);
    });
}

#[test]
fn a_mailbox_that_is_verified_twice_is_one() {
    let mails = MailService::start();
    let server = Server::with(mails.options(Options::default()));
    let organization = server.organization();
    let place = "/v2/verified-resources/emails";
    let ids: Vec<Value> = (1..=2)
        .map(|count| {
            request(&organization.client, place, "twice@example.com");
            let code = mails.code("twice@example.com", count);
            verify(&organization.client, place, "Twice@Example.com", &code).data(200)["id"].clone()
        })
        .collect();
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn five_wrong_tries_void_a_code_and_a_newer_code_an_older() {
    let mails = MailService::start();
    let server = Server::with(mails.options(Options::default()));
    let organization = server.organization();
    let (client, place) = (&organization.client, "/v2/verified-resources/emails");
    request(client, place, "guess@example.com");
    let code = mails.code("guess@example.com", 1);
    for _ in 0..5 {
        verify(client, place, "guess@example.com", "WRONG1").error(400);
    }
    verify(client, place, "guess@example.com", &code).error(400);
    request(client, place, "guess@example.com");
    let newer = mails.code("guess@example.com", 2);
    verify(client, place, "guess@example.com", &code).error(400);
    // A code is one user's, and of one address.
    let other = organization.member(&server, "other", "MEMBER");
    verify(&other.client, place, "guess@example.com", &newer).error(400);
    verify(client, place, "other@example.com", &newer).error(400);
    verify(client, place, "guess@example.com", &newer).data(200);
}

#[test]
fn one_mailbox_is_not_flooded() {
    let mails = MailService::start();
    let server = Server::with(mails.options(Options::default()));
    let (one, two) = (server.organization(), server.organization());
    let path = "/v2/verified-resources/emails/verification-code/request";
    let body = json!({"email": "victim@example.com"});
    for caller in [&one, &two, &one, &two, &one] {
        assert_eq!(caller.client.post(path, &body).status, 200);
    }
    let refused = two.client.post(path, &json!({"email": "Victim@example.com"}));
    refused.error(429);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(two.client.post(path, &json!({"email": "else@example.com"})).status, 200);
}

#[test]
fn what_is_no_address_no_code_and_no_team_is_told() {
    let server = Server::start();
    let organization = server.organization();
    let client = &organization.client;
    let place = "/v2/verified-resources/emails";
    let asked = client.post(&format!("{place}/verification-code/request"), &json!({"email": "x"}));
    assert!(asked.error(400).starts_with("email "), "{}", asked.text);
    let given =
        client.post(&format!("{place}/verification-code/verify"), &json!({"email": "a@b.co"}));
    assert!(given.error(400).starts_with("code "), "{}", given.text);
    client.get(&format!("{place}/x")).error(400);
    client.get(&format!("{place}?take=251")).error(400);
    let nowhere = places(organization.id, organization.id + 99)[1].clone();
    client.get(&nowhere).error(404);
    let body = json!({"email": "a@b.co"});
    client.post(&format!("{nowhere}/verification-code/request"), &body).error(404);
    let member = organization.member(&server, "plain", "MEMBER");
    let team = organization.team("closed", &[]);
    member.client.get(&places(organization.id, team)[1]).error(403);
    client.get("/v2/verified-resources/phones").error(501);
}

#[test]
fn a_booker_shows_their_address_with_the_code_that_was_sent_there() {
    in_both_modes_with_mails(|server, mails| {
        let organization = server.organization();
        let verified = json!({"requiresBookerEmailVerification": true});
        let event_type = organization.event_type_with("verified", 30, &verified);
        let plain = organization.event_type("plain", 30);
        let ask = |event_type: i64| {
            let body = json!({"eventTypeId": event_type, "email": "ada@example.org"});
            organization.public.post("/v2/bookings/verification-code/request", &body)
        };
        ask(plain).error(400);
        ask(event_type + 99).error(404);
        assert_eq!(ask(event_type).status, 200);
        let code = mails.code("ada@example.org", 1);
        let book = |code: &str, start: &str, email: &str| {
            let mut body = organization.booking(event_type, start);
            body["emailVerificationCode"] = json!(code);
            body["attendee"]["email"] = json!(email);
            organization.bookings().post("/v2/bookings", &body)
        };
        let nine = "2050-09-05T07:00:00.000Z";
        book("ABCDEF", nine, "ada@example.org").error(400);
        book(&code, nine, "eve@example.org").error(400);
        // A booking that fails for another reason does not use the code up.
        book(&code, "2050-09-04T01:00:00.000Z", "ada@example.org").error(400);
        book(&code, nine, "ada@example.org").data(201);
        for _ in 0..4 {
            book("ABCDEF", nine, "ada@example.org").error(400);
        }
        book(&code, "2050-09-05T08:00:00.000Z", "ada@example.org").error(400);
    });
}

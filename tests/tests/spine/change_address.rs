//! The primary address changes only to a mailbox that was shown to be the user's.

use meridian_tests::{Client, MailService, Mode, Options, Organization, Server, in_both_modes};
use serde_json::json;

fn email(client: &Client) -> String {
    client.get("/v2/me").data(200)["email"].as_str().unwrap().to_owned()
}

fn wish(organization: &Organization, address: &str) {
    let body = json!({"email": address, "name": "Olga"});
    let me = organization.client.patch("/v2/me", &body).data(200);
    assert_eq!((&me["email"], &me["name"]), (&json!(organization.email), &json!("Olga")));
}

#[test]
fn the_address_changes_when_its_link_is_followed_and_a_click_confirmed() {
    for mode in [Mode::Native, Mode::Remote] {
        let mails = MailService::start();
        let server = Server::with(mails.options(Options::default()).mode(mode));
        let organization = server.organization();
        let new = format!("new-{}", organization.email);
        wish(&organization, &new);
        let token = mails.token(&new, 1);
        assert_eq!(email(&organization.client), organization.email);
        // A mail program that looks at the link changes nothing.
        let page = server.client().get(&format!("/auth/verify-email?token={token}"));
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.header("content-type").starts_with("text/html"), "{}", page.text);
        assert!(page.text.contains(&new) && page.text.contains("method=\"post\""), "{}", page.text);
        assert_eq!(email(&organization.client), organization.email);
        let form = server.client().with("content-type", "application/x-www-form-urlencoded");
        let done = form.send("POST", "/auth/verify-email", Some(format!("token={token}")));
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(email(&organization.client), new);
        assert_eq!(
            form.send("POST", "/auth/verify-email", Some(format!("token={token}"))).status,
            400
        );
        // Whoever lost the address hears of it.
        let notice = mails.wait_for(&organization.email, 1);
        assert!(notice["text"].as_str().unwrap().contains(&new), "{notice}");
        // The old mailbox is still theirs, so the way back needs no mail.
        let back = organization.client.patch("/v2/me", &json!({"email": organization.email}));
        assert_eq!(back.data(200)["email"], json!(organization.email));
        assert_eq!(mails.mails_to(&organization.email).len(), 1);
    }
}

#[test]
fn an_application_may_have_a_page_of_its_own() {
    let mails = MailService::start();
    let server = Server::with(mails.options(Options::default()));
    let organization = server.organization();
    let confirm =
        |token: &str| server.client().post("/v2/me/email/verify", &json!({"token": token}));
    let (first, second) =
        (format!("a-{}", organization.email), format!("b-{}", organization.email));
    wish(&organization, &first);
    let old = mails.token(&first, 1);
    wish(&organization, &second);
    let token = mails.token(&second, 1);
    // Only the newest wish counts.
    confirm(&old).error(400);
    let wrong = token.replace(|c: char| c.is_ascii_lowercase(), "x");
    for token in ["", "x", "1-x", &wrong, &token[2..], "999999-x"] {
        confirm(token).error(400);
    }
    assert_eq!(confirm(&token).data(200)["email"], json!(second));
    confirm(&token).error(400);
    assert_eq!(email(&organization.client), second);
}

#[test]
fn somebody_elses_address_is_refused_at_once_and_also_at_the_end() {
    let mails = MailService::start();
    let server = Server::with(mails.options(Options::default()));
    let organization = server.organization();
    let member = organization.member(&server, "max", "MEMBER");
    let taken = organization.client.patch("/v2/me", &json!({"email": member.email.to_uppercase()}));
    taken.error(409);
    // Both want it, one is faster.
    let wanted = format!("both-{}", organization.email);
    wish(&organization, &wanted);
    let slow = mails.token(&wanted, 1);
    member.client.patch("/v2/me", &json!({"email": wanted})).data(200);
    let fast = mails.token(&wanted, 2);
    let confirm =
        |token: &str| server.client().post("/v2/me/email/verify", &json!({"token": token}));
    assert_ne!(slow, fast);
    confirm(&fast).data(200);
    confirm(&slow).error(409);
    assert_eq!(email(&member.client), wanted);
    assert_eq!(email(&organization.client), organization.email);
    // Another organisation's users are nobody's concern.
    let elsewhere = server.organization();
    wish(&elsewhere, &wanted);
}

#[test]
fn a_verified_mailbox_becomes_the_address_at_once() {
    let mails = MailService::start();
    let server = Server::with(mails.options(Options::default()));
    let organization = server.organization();
    let place = "/v2/verified-resources/emails/verification-code";
    let second = format!("second-{}", organization.email);
    organization.client.post(&format!("{place}/request"), &json!({"email": second}));
    let body = json!({"email": second, "code": mails.code(&second, 1)});
    organization.client.post(&format!("{place}/verify"), &body).data(200);
    let me = organization.client.patch("/v2/me", &json!({"email": second})).data(200);
    assert_eq!(me["email"], json!(second));
    assert_eq!(mails.mails_to(&second).len(), 1, "only the code was sent");
}

#[test]
fn the_same_address_is_no_change_and_a_wrong_one_no_address() {
    let mails = MailService::start();
    let server = Server::with(mails.options(Options::default()));
    let organization = server.organization();
    let me = organization.client.patch("/v2/me", &json!({"email": organization.email})).data(200);
    assert_eq!(me["email"], json!(organization.email));
    organization.client.patch("/v2/me", &json!({"email": "x\r\nBcc: y@z.co"})).error(400);
    let zone = organization.client.patch("/v2/me", &json!({"timeZone": "Asia/Tokyo"})).data(200);
    assert_eq!(zone["timeZone"], "Asia/Tokyo");
    let schedule = organization.schedules().get("/v2/schedules/default").data(200);
    assert_eq!(schedule["timeZone"], "Asia/Tokyo");
    assert!(mails.mails_to(&organization.email).is_empty());
}

#[test]
fn a_managed_user_has_the_new_address_at_once() {
    in_both_modes(|server| {
        let organization = server.platform_organization();
        let client = organization.platform_client(&json!({"permissions": ["*"]}));
        let (ada, eve) = (client.user("ada@x.org"), client.user("eve@x.org"));
        let change = json!({"email": "grace@x.org", "timeZone": "Asia/Tokyo"});
        let me = ada.client.patch("/v2/me", &change).data(200);
        assert_eq!(me["email"], json!(format!("grace+{}@x.org", client.id)));
        assert_eq!(ada.client.get("/v2/me").data(200), me);
        ada.client.patch("/v2/me", &json!({"email": eve.email})).error(409);
        ada.client.patch("/v2/me", &json!({"email": "eve@x.org"})).error(409);
        let again = ada.client.patch("/v2/me", &json!({"email": "grace@x.org"})).data(200);
        assert_eq!(again["email"], me["email"]);
    });
}

//! E-mails, sent by an HTTP request to a mail service.

use bytes::Bytes;
use http::header;
use meridian_domain::jobs::{Email, MailJudgement, judge_mail};
use meridian_kernel::{OrganizationNumber, Secret};
use meridian_store::jobs::{Job, Payload};
use meridian_vault::Vault;
use serde_json::json;

use super::worker::Outcome;
use crate::exchange::exchange;

/// How e-mails of one organisation are sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mailer {
    /// Where they are posted to; empty: nowhere.
    pub url: String,
    /// Bearer of the mail service.
    pub token: Option<Secret>,
    /// Whom they are from; empty: nobody.
    pub from: String,
}

/// Sends the e-mail of a job.
pub(crate) async fn send(
    organization: OrganizationNumber,
    job: &Job,
    mailer: &Mailer,
    vault: &Vault,
) -> Outcome {
    let request = match build(organization, job, mailer, vault) {
        Ok(request) => request,
        Err(outcome) => return outcome,
    };
    // The answer may repeat what was sent, so nothing of it is kept.
    match exchange(request, "the mail service").await {
        Err(error) => Outcome::Failed(error),
        Ok(answer) => {
            let error = format!("the mail service answered {}", answer.status);
            match judge_mail(answer.status) {
                MailJudgement::Sent => Outcome::Done,
                MailJudgement::Later => Outcome::Failed(error),
                MailJudgement::Never => Outcome::Hopeless(error),
            }
        }
    }
}

fn build(
    organization: OrganizationNumber,
    job: &Job,
    mailer: &Mailer,
    vault: &Vault,
) -> Result<http::Request<Bytes>, Outcome> {
    let hopeless = |error: &str| Outcome::Hopeless(error.to_owned());
    if mailer.url.is_empty() {
        return Err(hopeless("mail_url is not set"));
    }
    if mailer.from.is_empty() {
        return Err(hopeless("neither the organization's brand.emailFrom nor mail_from is set"));
    }
    let payload = match &job.payload {
        Payload::Plain(text) => Some(Secret::new(text.as_str())),
        Payload::Sealed(text) => vault.open(text),
    };
    // Whoever runs the platform may still put the key back.
    let payload = payload.ok_or_else(|| {
        Outcome::Failed("the payload does not open with encryption_key".to_owned())
    })?;
    let email =
        Email::from_payload(&payload).ok_or_else(|| hopeless("the payload is no e-mail"))?;
    let mut body = json!({
        "from": mailer.from,
        "to": email.to,
        "subject": email.subject,
        "text": email.text,
        "html": email.html,
    });
    if let (Some(reply_to), Some(fields)) = (email.reply_to, body.as_object_mut()) {
        fields.insert("replyTo".to_owned(), reply_to.into());
    }
    let body = Bytes::from(body.to_string());
    let mut request = http::Request::post(&mailer.url)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, body.len())
        // The same for every attempt: a service that knows it sends one e-mail once.
        .header("idempotency-key", format!("email-{}", organization.wire_id() + job.id));
    if let Some(token) = &mailer.token {
        let mut value = header::HeaderValue::try_from(format!("Bearer {}", token.reveal()))
            .map_err(|_| hopeless("mail_token cannot be sent in a header"))?;
        value.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, value);
    }
    request.body(body).map_err(|_| hopeless("mail_url is no URL"))
}

#[cfg(test)]
mod tests {
    use meridian_kernel::Instant;
    use serde_json::Value;

    use super::*;

    fn vault() -> Vault {
        Vault::new("a key of some length").unwrap()
    }

    fn job(payload: Payload) -> Job {
        Job {
            id: 7,
            claim: 1,
            attempt: 1,
            max_attempts: 10,
            kind: "email".to_owned(),
            payload,
            created_at: Instant::from_millis(0),
        }
    }

    fn sealed() -> Job {
        let email = Email {
            to: "ada@example.org".to_owned(),
            subject: "Your code".to_owned(),
            text: "123456".to_owned(),
            html: "<p>123456</p>".to_owned(),
            reply_to: Some("help@example.org".to_owned()),
        };
        job(Payload::Sealed(vault().seal(email.payload().unwrap().reveal())))
    }

    fn mailer() -> Mailer {
        Mailer {
            url: "https://mail.example.org/send".to_owned(),
            token: Some(Secret::new("hush")),
            from: "hi@acme.org".to_owned(),
        }
    }

    fn built(job: &Job, mailer: &Mailer) -> Result<http::Request<Bytes>, Outcome> {
        build(OrganizationNumber::new(2).unwrap(), job, mailer, &vault())
    }

    #[test]
    fn an_email_is_posted_as_json_with_the_token() {
        let request = built(&sealed(), &mailer()).unwrap();
        assert_eq!(request.uri(), "https://mail.example.org/send");
        assert_eq!(request.headers()["authorization"], "Bearer hush");
        assert_eq!(request.headers()["idempotency-key"], "email-8589934599");
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let expected = json!({
            "from": "hi@acme.org", "to": "ada@example.org", "subject": "Your code",
            "text": "123456", "html": "<p>123456</p>", "replyTo": "help@example.org",
        });
        assert_eq!(body, expected);
        let without = built(&sealed(), &Mailer { token: None, ..mailer() }).unwrap();
        assert!(without.headers().get("authorization").is_none());
    }

    #[test]
    fn what_is_not_set_is_named_and_does_not_go_away_by_waiting() {
        let said = |mailer: Mailer| match built(&sealed(), &mailer) {
            Err(Outcome::Hopeless(error)) => error,
            other => panic!("{other:?}"),
        };
        assert_eq!(said(Mailer { url: String::new(), ..mailer() }), "mail_url is not set");
        assert!(said(Mailer { from: String::new(), ..mailer() }).contains("mail_from"));
        assert_eq!(said(Mailer { url: "no url".to_owned(), ..mailer() }), "mail_url is no URL");
        let token = Some(Secret::new("a\nb"));
        assert!(said(Mailer { token, ..mailer() }).contains("mail_token"));
    }

    #[test]
    fn a_payload_of_another_key_waits_and_one_that_is_no_email_does_not() {
        let other = Vault::new("another key of some length").unwrap().seal("{}");
        let outcome = built(&job(Payload::Sealed(other)), &mailer());
        assert!(matches!(outcome, Err(Outcome::Failed(_))));
        let outcome = built(&job(Payload::Plain("{}".to_owned())), &mailer());
        assert!(matches!(outcome, Err(Outcome::Hopeless(_))));
    }
}

//! Writes to whoever looks after a webhook that was switched off by itself.

use http::Uri;
use meridian_domain::jobs::Email;
use meridian_domain::mail;
use meridian_edge::{WitDatabase, outbox, variable};
use meridian_gateway::ApiError;
use meridian_kernel::{Instant, UuidUid};
use meridian_store::jobs::{self, Job, NewJob, Payload};
use meridian_store::webhooks::{self, Webhook};
use meridian_store::{DatabaseError, Scope};
use serde_json::Value;

use super::worker::Outcome;

/// Writes the mails of a job, and ends it, in one batch. Nothing where the webhook is gone
/// or on again, or where no mail can be sent.
pub(crate) async fn write(scope: &Scope<'_, WitDatabase>, job: &Job) -> Outcome {
    let Some(id) = webhook_id(&job.payload) else {
        return Outcome::Hopeless("the payload names no webhook".to_owned());
    };
    let mails = match mails(scope, &id).await {
        Ok(mails) => mails,
        Err(_) => return Outcome::Failed("the webhook or its owner cannot be read".to_owned()),
    };
    if mails.is_empty() {
        return Outcome::Done;
    }
    match scope.work(vec![job.done(), jobs::enqueue(&mails, Instant::now())]).await {
        Ok(_) => Outcome::Done,
        Err(DatabaseError::Precondition(0)) => {
            Outcome::Failed("another worker has the job".to_owned())
        }
        Err(_) => Outcome::Failed("the mails cannot be written".to_owned()),
    }
}

fn webhook_id(payload: &Payload) -> Option<UuidUid> {
    let Payload::Plain(text) = payload else { return None };
    let payload: Value = serde_json::from_str(text).ok()?;
    UuidUid::parse(payload.get("webhookId")?.as_str()?)
}

async fn mails(scope: &Scope<'_, WitDatabase>, id: &UuidUid) -> Result<Vec<NewJob>, ApiError> {
    let found = webhooks::find(scope, id).await?;
    let Some(Webhook { disabled: Some(disabled), subscriber_url, .. }) = found else {
        return Ok(Vec::new());
    };
    if variable("mail_url").await.is_none() {
        return Ok(Vec::new());
    }
    let uri: Option<Uri> = subscriber_url.parse().ok();
    // The rest of the URL may hold a token.
    let host = uri.as_ref().and_then(Uri::host).unwrap_or("a subscriber");
    let mut mails = Vec::new();
    for keeper in webhooks::keepers(scope, id).await? {
        let words = mail::webhook_disabled(&keeper.name, id.as_str(), host, &disabled.reason);
        let email = Email {
            to: keeper.email,
            subject: words.subject,
            text: words.text,
            html: words.html,
            reply_to: None,
        };
        mails.push(outbox::email_job(&email, Instant::now()).await?);
    }
    Ok(mails)
}

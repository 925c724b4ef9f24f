//! Codes that are mailed to show whose a mailbox is. A code is kept as a keyed hash: it
//! is short enough that a plain one could be guessed from what the database holds. Who
//! sends one is granted what `outbox` needs.

use meridian_domain::jobs::Email;
use meridian_domain::mail;
use meridian_gateway::ApiError;
use meridian_gateway::throttle::{self, Guess, MAILS_TO_TARGET};
use meridian_kernel::{Instant, random_code};
use meridian_store::Scope;
use meridian_store::jobs::Priority;
use meridian_store::verified_emails::{self, CODE_MINUTES, Purpose};
use meridian_vault::keyed_hashes;

use crate::{SpinServices, WitDatabase, outbox, variable};

/// What the keys of codes are derived for.
const CODES: &str = "meridian: codes by e-mail";

/// Mails a new code, which takes the place of the one before; 429 where that mailbox was
/// sent too many.
pub async fn send(
    scope: &Scope<'_, WitDatabase>,
    purpose: Purpose,
    email: &str,
    now: Instant,
) -> Result<(), ApiError> {
    let target = Guess::at_account(&MAILS_TO_TARGET, &email.to_lowercase());
    throttle::attempt(&SpinServices, now, &[target]).await?;
    let code = random_code();
    let hashes = hashes(code.reveal()).await?;
    let words = mail::verification_code(code.reveal(), CODE_MINUTES);
    let mail = Email {
        to: email.to_owned(),
        subject: words.subject,
        text: words.text,
        html: words.html,
        reply_to: None,
    };
    let job = outbox::email_job(&mail, now).await?.priority(Priority::Urgent);
    outbox::mark_due(scope, now).await?;
    let hash = hashes.first().map(String::as_str).unwrap_or_default();
    verified_emails::put_code(scope, purpose, (email, hash), job, now).await?;
    outbox::deliver_after_response(scope, true, now).await;
    Ok(())
}

/// The hashes a code may be kept as, the newest key's first. Codes are read by people:
/// in any case of letters.
pub async fn hashes(code: &str) -> Result<Vec<String>, ApiError> {
    let keys = variable("encryption_key").await.unwrap_or_default();
    keyed_hashes(&keys, CODES, &code.trim().to_ascii_uppercase()).map_err(ApiError::internal)
}

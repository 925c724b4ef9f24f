//! A new primary address: `PATCH /v2/me` asks for it, and the link that is mailed there
//! confirms it.

use http::StatusCode;
use meridian_domain::jobs::Email;
use meridian_domain::mail::{self, Words};
use meridian_edge::{SpinServices, WitDatabase, guard_epoch, outbox, scope_for_seam, variable};
use meridian_gateway::throttle::{self, Guess, MAILS_TO_TARGET, TOKENS_BY_ADDRESS};
use meridian_gateway::validate::{Fields, json_body, text};
use meridian_gateway::{ApiError, Guard, Refusal, Reply, Request, idempotency};
use meridian_kernel::{Instant, OrganizationNumber, Secret, hash_hex, random_secret};
use meridian_store::Scope;
use meridian_store::jobs::{NewJob, Priority};
use meridian_store::users::User;
use meridian_store::users::address::{self, Confirmed, LINK_HOURS, NewAddress, Pending};
use serde_json::json;

use crate::errors;
use crate::guard::GUARD;
use crate::pages::{Form, Page, escape, or_page};

/// Longer than any token.
const MAX_TOKEN: usize = 100;

/// How a user comes to the address they want: at once where it is one of their verified
/// mailboxes, else by a link that is mailed there.
pub async fn way_to(
    scope: &Scope<'_, WitDatabase>,
    user: &User,
    email: &str,
    now: Instant,
) -> Result<NewAddress, ApiError> {
    if address::has_verified(scope, user.id, email).await? {
        return Ok(NewAddress::Verified(email.to_owned()));
    }
    let target = Guess::at_account(&MAILS_TO_TARGET, &email.to_lowercase());
    throttle::attempt(&SpinServices, now, &[target]).await?;
    let token = Token::new(scope.organization());
    let base = variable("app_url").await.unwrap_or_default();
    let link = format!("{}/auth/verify-email?token={}", base.trim_end_matches('/'), token.text());
    let words = mail::confirm_address(&user.name, &link, LINK_HOURS);
    let mail = job(email, words, now).await?.priority(Priority::Urgent);
    outbox::mark_due(scope, now).await?;
    Ok(NewAddress::Unverified { email: email.to_owned(), token_hash: token.hash(), mail })
}

async fn job(to: &str, words: Words, now: Instant) -> Result<NewJob, ApiError> {
    let Words { subject, text, html } = words;
    let mail = Email { to: to.to_owned(), subject, text, html, reply_to: None };
    outbox::email_job(&mail, now).await
}

/// What a link proves itself with: it names its organisation and is known by its hash
/// alone.
struct Token {
    organization: OrganizationNumber,
    secret: Secret,
}

impl Token {
    fn new(organization: OrganizationNumber) -> Self {
        Self { organization, secret: random_secret() }
    }

    fn parse(text: &str) -> Option<Self> {
        let (number, secret) = text.split_once('-')?;
        let organization = OrganizationNumber::new(number.parse().ok()?)?;
        let is_secret = secret.len() == 44 && secret.bytes().all(|b| b.is_ascii_alphanumeric());
        is_secret.then(|| Self { organization, secret: Secret::new(secret) })
    }

    fn text(&self) -> String {
        format!("{}-{}", self.organization, self.secret.reveal())
    }

    fn hash(&self) -> String {
        hash_hex(self.secret.reveal().as_bytes())
    }
}

/// `POST /v2/me/email/verify`: for applications that have a page of their own.
pub async fn verify_email(request: Request) -> Result<Reply, ApiError> {
    let body = json_body(&request)?;
    let mut fields = Fields::of(&body);
    let token = fields.required("token", text(1, MAX_TOKEN));
    fields.finish()?;
    let user = confirm(&request, &token).await?;
    Reply::ok(&json!({"email": user.email}))
}

/// `GET /auth/verify-email`: asks before it does anything, as mail programs follow
/// links to look at them.
pub async fn show_verify_email(request: Request) -> Result<Reply, ApiError> {
    or_page(show(&request).await)
}

async fn show(request: &Request) -> Result<Reply, ApiError> {
    let text = request.query("token").unwrap_or_default();
    let (_, _, pending) = look_up(text, request.now).await?.ok_or_else(useless_link)?;
    let body = format!(
        "<p>Your account shall have the address <strong>{}</strong> instead of {}.</p>\
         <form method=\"post\" action=\"/auth/verify-email\">\
         <input type=\"hidden\" name=\"token\" value=\"{}\">\
         <button>Confirm this address</button></form>",
        escape(&pending.new),
        escape(&pending.old),
        escape(text)
    );
    Ok(Page::new("Confirm your new e-mail address", body).reply(StatusCode::OK))
}

/// `POST /auth/verify-email`: nobody can make a browser send what only the mailbox has.
pub async fn verify_email_by_form(request: Request) -> Result<Reply, ApiError> {
    or_page(verify_by_form(&request).await)
}

async fn verify_by_form(request: &Request) -> Result<Reply, ApiError> {
    let form = Form::read(request)?;
    let user = confirm(request, form.field("token").unwrap_or_default()).await?;
    let body = format!(
        "<p role=\"status\">Your account has the address <strong>{}</strong> now.</p>",
        escape(&user.email)
    );
    Ok(Page::new("Your address is confirmed", body).reply(StatusCode::OK))
}

/// Gives the user the address their link confirms, and tells the old one.
async fn confirm(request: &Request, token: &str) -> Result<User, ApiError> {
    let now = request.now;
    let guess = Guess::by_address(&TOKENS_BY_ADDRESS, request.client_address());
    let attempt = throttle::attempt(&SpinServices, now, &[guess]).await?;
    let (scope, hash, pending) = look_up(token, now).await?.ok_or_else(useless_link)?;
    attempt.succeeded().await;
    let words = mail::address_changed(&pending.name, &pending.new);
    let notice = job(&pending.old, words, now).await?;
    outbox::mark_due(&scope, now).await?;
    let user = match address::confirm(&scope, &pending, &hash, notice, now).await? {
        Confirmed::Changed(user) => *user,
        Confirmed::Unknown => return Err(useless_link()),
        Confirmed::Taken => return Err(errors::email_in_use()),
    };
    // The guard tells other components the address.
    guard_epoch::advance(scope.organization()).await;
    outbox::deliver_after_response(&scope, true, now).await;
    Ok(user)
}

type Found = (Scope<'static, WitDatabase>, String, Pending);

async fn look_up(token: &str, now: Instant) -> Result<Option<Found>, ApiError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let hash = token.hash();
    // A made-up token may name an organisation that is not there.
    match GUARD.admit(token.organization).await {
        Err(Refusal::UnknownOrganization) => return Ok(None),
        admitted => admitted?,
    };
    let scope = idempotency::enter(scope_for_seam(token.organization).await?).await?;
    let pending = address::find_pending(&scope, &hash, now).await?;
    Ok(pending.map(|pending| (scope, hash, pending)))
}

fn useless_link() -> ApiError {
    ApiError::bad_request(
        "token confirms nothing: the link was used, is older than a day, or a newer one was sent.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_organisation_and_nothing_else_is_one() {
        let organization = OrganizationNumber::new(7).unwrap();
        let token = Token::new(organization);
        let text = token.text();
        let parsed = Token::parse(&text).unwrap();
        assert_eq!((parsed.organization, parsed.hash()), (organization, token.hash()));
        for wrong in ["", "-", "7-", "7-x", "x-y", &text.replace('-', ""), &format!("{text}x")] {
            assert!(Token::parse(wrong).is_none(), "{wrong}");
        }
    }
}

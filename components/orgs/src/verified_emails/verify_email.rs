//! `POST …/verified-resources/emails/verification-code/verify`

use meridian_edge::{SpinServices, email_codes};
use meridian_gateway::throttle::{self, CODES_BY_ADDRESS, Guess};
use meridian_gateway::validate::{Fields, email, json_body, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::verified_emails;

use super::{owner, view};

/// Longer than any code: nobody needs to know how long theirs is.
const MAX_CODE: usize = 64;

/// Makes the mailbox the owner's where the code is right, which uses it up.
pub async fn verify_email(request: Request) -> Result<Reply, ApiError> {
    let body = json_body(&request)?;
    let mut fields = Fields::of(&body);
    let email = fields.required("email", email());
    let code = fields.required("code", text(1, MAX_CODE));
    fields.finish()?;
    let owner = owner(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let guess = Guess::by_address(&CODES_BY_ADDRESS, request.client_address());
    let attempt = throttle::attempt(&SpinServices, request.now, &[guess]).await?;
    let hashes = email_codes::hashes(&code).await?;
    let verified = verified_emails::verify(&scope, owner, (&email, &hashes), request.now).await?;
    let verified = verified.ok_or_else(wrong_code)?;
    attempt.succeeded().await;
    Reply::ok(&view(&verified))
}

/// Wrong, expired, used up, tried too often, or none was sent: nobody learns which.
fn wrong_code() -> ApiError {
    ApiError::bad_request(
        "code is wrong or has expired. Request a new one: a code is good for 15 minutes, once, \
         and void after five wrong tries.",
    )
}

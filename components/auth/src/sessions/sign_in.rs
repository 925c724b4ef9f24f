//! Proving who one is with a password.

use meridian_edge::SpinServices;
use meridian_gateway::throttle::{self, Guess, SIGN_INS_BY_ACCOUNT, SIGN_INS_BY_ADDRESS};
use meridian_gateway::{ApiError, Request};
use meridian_kernel::{Instant, OrganizationNumber, Secret, hash_hex, random_secret};
use meridian_store::sessions::{self, Login, NewSession};
use meridian_token::{SESSION_DAYS, Session};
use meridian_vault::verify_password;

use super::end_presented;
use crate::{errors, secrets};

const MINUTES_A_DAY: i64 = 24 * 60;

/// What somebody says of themselves.
pub struct Credentials {
    /// In which organisation.
    pub organization: OrganizationNumber,
    /// The primary address.
    pub email: String,
    /// The password.
    pub password: Secret,
}

/// A session that began.
pub struct SignedIn {
    /// The cookie's value.
    pub cookie: String,
    /// What it says.
    pub session: Session,
}

/// Begins a session, always a new one: whatever the browser had before ends. Wrong
/// passwords are counted per account and address.
pub async fn sign_in(request: &Request, who: &Credentials) -> Result<SignedIn, ApiError> {
    let account = format!("{}:{}", who.organization, who.email.to_lowercase());
    let guesses = [
        Guess::by_address(&SIGN_INS_BY_ADDRESS, request.client_address()),
        Guess::at_account(&SIGN_INS_BY_ACCOUNT, &account),
    ];
    let attempt = throttle::attempt(&SpinServices, request.now, &guesses).await?;
    let scope = meridian_edge::scope_for_seam(who.organization).await?;
    let login = sessions::find_login(&scope, &who.email).await?;
    let stored = login.as_ref().and_then(|login| login.password_hash.as_deref());
    let is_right = verify_password(&who.password, stored);
    let (true, Some(login), Some(password_hash)) = (is_right, &login, stored) else {
        return Err(errors::wrong_password());
    };
    attempt.succeeded().await;
    let id = random_secret();
    let session = session_of(login, id.reveal(), request.now);
    let new = NewSession {
        id_hash: &hash_hex(id.reveal().as_bytes()),
        user: login.user_id,
        password_hash,
        expires_at: session.expires_at,
    };
    if !sessions::begin(&scope, &new, request.now).await? {
        return Err(errors::wrong_password());
    }
    end_presented(request).await?;
    let keys = secrets::session_keys().await.map_err(ApiError::internal)?;
    Ok(SignedIn { cookie: keys.seal(&session), session })
}

fn session_of(login: &Login, id: &str, now: Instant) -> Session {
    let issued_at = Instant::from_millis(now.millis() - now.millis().rem_euclid(1_000));
    Session {
        user: login.user_id,
        email: login.email.clone(),
        name: login.name.clone(),
        id: Some(id.to_owned()),
        issued_at,
        expires_at: issued_at.plus_minutes(SESSION_DAYS * MINUTES_A_DAY),
    }
}

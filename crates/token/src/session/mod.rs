//! Session cookies: encrypted claims in the form that NextAuth 4 writes and reads,
//! so that a web application with the same secret shares its sessions with the API.
//!
//! A cookie is a JWE in compact form, `dir` with `A256GCM`; nothing else is linked.
//! Its key is derived from the secret as NextAuth does. What the cookie says is a
//! claim: whether the session still stands, the user's organisation knows.

mod jwe;

use std::fmt;

use meridian_kernel::{Instant, UserId, WireId};
use meridian_vault::{VaultError, derived_keys};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::LEEWAY_MILLIS;
use jwe::Key;

/// Longer cookies are refused unread, in bytes: four of NextAuth's chunks.
pub const MAX_COOKIE_LENGTH: usize = 16_384;

/// How long a session lasts, in days: NextAuth's own default.
pub const SESSION_DAYS: i64 = 30;

/// The label of the keys where there is no secret of its own.
const KEY_LABEL: &str = "meridian session v1";

/// What a cookie says.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: UserId,
    /// Their address at the time.
    pub email: String,
    /// Their name at the time; possibly empty.
    pub name: String,
    /// Which session of ours; `None` where another application began it.
    pub id: Option<String>,
    /// Since when, in whole seconds.
    pub issued_at: Instant,
    /// Until when, in whole seconds.
    pub expires_at: Instant,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(…)")
    }
}

/// The claims, as NextAuth names them, and `sid`, which it carries along when it
/// writes the cookie anew.
#[derive(Serialize, Deserialize)]
struct Claims {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    /// A text in our cookies; applications write numbers too.
    sub: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    iat: i64,
    exp: i64,
    #[serde(default)]
    jti: String,
}

/// Encrypts and opens session cookies.
pub struct SessionKeys {
    newest: Key,
    older: Vec<Key>,
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKeys(…)")
    }
}

impl SessionKeys {
    /// From variable `session_secret`, the secret of the NextAuth application; where
    /// it is empty, from `encryption_key`, of which the first encrypts and all open.
    pub fn new(session_secret: &str, encryption_keys: &str) -> Result<Self, VaultError> {
        if !session_secret.is_empty() {
            return Ok(Self { newest: Key::derive(session_secret.as_bytes()), older: Vec::new() });
        }
        let derived = derived_keys(encryption_keys, KEY_LABEL)?;
        let mut keys = derived.iter().map(|key| Key::derive(key));
        let newest = keys.next().ok_or(VaultError::NoKey)?;
        Ok(Self { newest, older: keys.collect() })
    }

    /// The cookie of a session.
    pub fn seal(&self, session: &Session) -> String {
        let claims = Claims {
            name: Some(session.name.clone()),
            email: Some(session.email.clone()),
            sub: Value::from(session.user.to_string()),
            sid: session.id.clone(),
            iat: seconds(session.issued_at),
            exp: seconds(session.expires_at),
            jti: session.id.clone().unwrap_or_default(),
        };
        // Claims of texts and numbers are always JSON; an empty one opens nothing.
        let claims = serde_json::to_vec(&claims).unwrap_or_default();
        self.newest.encrypt(&claims)
    }

    /// What a cookie says, where one of our keys encrypted it and its time is now.
    pub fn open(&self, cookie: &str, now: Instant) -> Option<Session> {
        if cookie.len() > MAX_COOKIE_LENGTH {
            return None;
        }
        let mut keys = std::iter::once(&self.newest).chain(&self.older);
        let claims = keys.find_map(|key| key.decrypt(cookie))?;
        let session = read(serde_json::from_slice(&claims).ok()?)?;
        let in_time =
            session.issued_at <= now.plus_millis(LEEWAY_MILLIS) && session.expires_at > now;
        in_time.then_some(session)
    }
}

fn read(claims: Claims) -> Option<Session> {
    let user = match &claims.sub {
        Value::String(text) => UserId::parse(text).ok()?,
        other => UserId::from_wire(other.as_i64()?).ok()?,
    };
    Some(Session {
        user,
        email: claims.email.unwrap_or_default(),
        name: claims.name.unwrap_or_default(),
        id: claims.sid,
        issued_at: instant(claims.iat)?,
        expires_at: instant(claims.exp)?,
    })
}

fn seconds(instant: Instant) -> i64 {
    instant.millis().div_euclid(1_000)
}

fn instant(seconds: i64) -> Option<Instant> {
    seconds.checked_mul(1_000).map(Instant::from_millis)
}

//! Signed tokens (JSON Web Tokens): made here, and checked here before anything
//! else looks at them.
//!
//! There is one algorithm, HS256, and no other is even linked. The keys are derived
//! from the deployment's `encryption_key`: the first signs, all verify, so that keys
//! can be rotated without ending anybody's session. What a token is for stands in
//! its audience, so a refresh token is no access token and a token of one kind of
//! client none of another's.
//!
//! A token is a claim and not yet a right: it may have been revoked. Its organisation
//! says whose database knows.

mod claims;
mod crypto;
mod grant;
mod session;

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use meridian_kernel::Instant;
use meridian_vault::{VaultError, derived_keys};

use claims::Claims;
pub use grant::{Grant, Holder, Kind, Token};
pub use session::{MAX_COOKIE_LENGTH, SESSION_DAYS, Session, SessionKeys};

/// Longer texts are refused unread, in bytes.
pub const MAX_LENGTH: usize = 4_096;

/// How far ahead the clock of whoever made a token may run, in milliseconds.
pub const LEEWAY_MILLIS: i64 = 60_000;

/// Who made our tokens (`iss`).
pub const ISSUER: &str = "meridian";

/// The label of the keys: a token's key opens nothing that is sealed.
const KEY_LABEL: &str = "meridian token v1: HS256";

/// What a token must be to be accepted.
#[derive(Clone, Copy, Debug)]
pub struct Expect<'a> {
    /// The kinds that are accepted here.
    pub kinds: &'a [Kind],
    /// Who must have made it.
    pub issuer: &'a str,
}

impl<'a> Expect<'a> {
    /// A token of ours, of one of these kinds.
    pub const fn any_of(kinds: &'a [Kind]) -> Self {
        Self { kinds, issuer: ISSUER }
    }
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It was one of ours and its time is over; the kind says what to answer.
    Expired(Kind),
    /// It is none of ours, was changed, is for something else, or is from the future.
    Invalid,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired(_) => "the token is expired",
            Self::Invalid => "the token is not valid",
        })
    }
}

impl std::error::Error for TokenError {}

/// Signs and verifies.
pub struct Tokens {
    signing: EncodingKey,
    verifying: Vec<DecodingKey>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    /// From the value of variable `encryption_key`: one key or several, comma
    /// separated.
    pub fn new(encryption_keys: &str) -> Result<Self, VaultError> {
        crypto::install();
        let keys = derived_keys(encryption_keys, KEY_LABEL)?;
        let newest = keys.first().ok_or(VaultError::NoKey)?;
        let decoding = |key: &[u8; 32]| DecodingKey::from_secret(key);
        Ok(Self {
            signing: EncodingKey::from_secret(newest).map_err(|_| VaultError::NoKey)?,
            verifying: keys
                .iter()
                .map(decoding)
                .collect::<Result<_, _>>()
                .map_err(|_| VaultError::NoKey)?,
        })
    }

    /// The token as a text, in the name of [`ISSUER`].
    pub fn sign(&self, token: &Token) -> String {
        self.sign_as(ISSUER, token)
    }

    /// The token as a text, in somebody's name.
    pub fn sign_as(&self, issuer: &str, token: &Token) -> String {
        let claims = Claims::new(issuer, token);
        // Fails for claims that are no JSON, which ours always are, and an empty text
        // is refused by whoever gets it.
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .unwrap_or_default()
    }

    /// What a text says, where one of our keys signed it, for what is expected here,
    /// and its time is now.
    pub fn verify(
        &self,
        text: &str,
        expect: Expect<'_>,
        now: Instant,
    ) -> Result<Token, TokenError> {
        if text.len() > MAX_LENGTH {
            return Err(TokenError::Invalid);
        }
        let validation = validation(expect);
        let mut attempts = self.verifying.iter();
        let claims: Claims = attempts
            .find_map(|key| jsonwebtoken::decode(text, key, &validation).ok())
            .ok_or(TokenError::Invalid)?
            .claims;
        let read = claims.into_token().ok_or(TokenError::Invalid)?;
        let latest = now.plus_millis(LEEWAY_MILLIS);
        let starts = read.not_before.unwrap_or(read.token.issued_at);
        if starts.max(read.token.issued_at) > latest {
            return Err(TokenError::Invalid);
        }
        if read.token.expires_at <= now {
            return Err(TokenError::Expired(read.token.grant.kind()));
        }
        Ok(read.token)
    }
}

/// The library checks algorithm, signature, issuer and audience. Times are checked
/// here, against the request's clock and not the machine's.
fn validation(expect: Expect<'_>) -> Validation {
    let audiences: Vec<&str> = expect.kinds.iter().map(|kind| kind.audience()).collect();
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    validation.set_issuer(&[expect.issuer]);
    validation.set_audience(&audiences);
    validation.validate_exp = false;
    validation
}

//! What an application gets.

use meridian_gateway::ApiError;
use meridian_kernel::{Instant, LinkId, UserId, WireId, hash_hex};
use meridian_store::oauth2::NewRefreshToken;
use meridian_token::{Grant, Holder, Token};
use serde::Serialize;

use super::Application;
use crate::oauth2::flat::Refusal;
use crate::secrets;

/// How long an access token works (contract: auth-oauth).
const ACCESS_MINUTES: i64 = 30;

/// How long a refresh token works where it is not used.
const REFRESH_MINUTES: i64 = 180 * 24 * 60;

/// The answer of RFC 6749, 5.1.
#[derive(Serialize)]
pub struct Issued {
    access_token: String,
    token_type: &'static str,
    refresh_token: String,
    expires_in: i64,
    /// Parted by spaces; empty: everything.
    scope: String,
}

/// Tokens about to be given.
pub struct Issuing<'a> {
    grant: &'a str,
    user: UserId,
    scopes: &'a [String],
    refresh: LinkId,
    refresh_hash: String,
    refresh_expires_at: Instant,
}

impl<'a> Issuing<'a> {
    /// New tokens of a consent.
    pub fn new(grant: &'a str, user: UserId, scopes: &'a [String], now: Instant) -> Self {
        let refresh = LinkId::generate(user.organization());
        let refresh_hash = hash_hex(refresh.as_str().as_bytes());
        let refresh_expires_at = now.plus_minutes(REFRESH_MINUTES);
        Self { grant, user, scopes, refresh, refresh_hash, refresh_expires_at }
    }

    /// What is stored of the refresh token.
    pub fn refresh(&self) -> NewRefreshToken<'_> {
        NewRefreshToken {
            grant: self.grant,
            hash: &self.refresh_hash,
            expires_at: self.refresh_expires_at,
        }
    }

    /// The tokens, once that is stored.
    pub async fn finish(self, application: &Application, now: Instant) -> Result<Issued, Refusal> {
        let tokens = secrets::tokens().await.map_err(ApiError::internal)?;
        let grant = Grant::ThirdPartyAccess {
            client_id: application.id.to_string(),
            holder: Holder::User(self.user),
            scopes: self.scopes.to_vec(),
        };
        let token = Token::new(access_id(self.grant), grant, now, ACCESS_MINUTES);
        Ok(Issued {
            access_token: tokens.sign(&token),
            token_type: "bearer",
            refresh_token: self.refresh.as_str().to_owned(),
            expires_in: ACCESS_MINUTES * 60,
            scope: self.scopes.join(" "),
        })
    }
}

/// Every access token has an id of its own, which names its consent.
fn access_id(grant: &str) -> String {
    format!("{grant}.{}", meridian_kernel::random_secret().reveal())
}

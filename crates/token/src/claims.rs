//! A token as JSON. Managed users' have the claims that clients know: `type`,
//! `clientId`, `ownerId`, `iat` and `expiresAt`, which alone is in milliseconds.

use meridian_kernel::{Instant, TeamId, UserId, WireId};
use serde::{Deserialize, Serialize};

use crate::{Grant, Holder, Kind, Token};

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Claims {
    iss: String,
    aud: String,
    jti: String,
    /// The number of the organisation whose database knows the token.
    org: u32,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    exp: i64,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    token_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

/// What was read; its times are still to be checked.
pub struct Read {
    pub token: Token,
    /// Nothing of ours has one, but where there is one it counts.
    pub not_before: Option<Instant>,
}

impl Claims {
    pub fn new(issuer: &str, token: &Token) -> Self {
        let kind = token.grant.kind();
        let common = Self {
            iss: issuer.to_owned(),
            aud: kind.audience().to_owned(),
            jti: token.id.clone(),
            org: token.organization().get(),
            iat: seconds(token.issued_at),
            exp: seconds(token.expires_at),
            token_type: token_type(kind).map(str::to_owned),
            ..Self::default()
        };
        match &token.grant {
            Grant::ManagedAccess { client_id, owner }
            | Grant::ManagedRefresh { client_id, owner } => Self {
                client_id: Some(client_id.clone()),
                owner_id: Some(owner.wire()),
                expires_at: Some(token.expires_at.millis()),
                ..common
            },
            Grant::ThirdPartyAccess { client_id, holder, scopes } => {
                let (user_id, team_id) = match holder {
                    Holder::User(user) => (Some(user.wire()), None),
                    Holder::Team(team) => (None, Some(team.wire())),
                };
                let scope = Some(scopes.clone());
                Self { client_id: Some(client_id.clone()), user_id, team_id, scope, ..common }
            }
            Grant::EmailVerification { user, email } => {
                Self { user_id: Some(user.wire()), email: Some(email.clone()), ..common }
            }
        }
    }

    /// `None` where the claims are not those of their kind.
    pub fn into_token(self) -> Option<Read> {
        let kind = Kind::of_audience(&self.aud)?;
        if self.token_type.as_deref() != token_type(kind) || self.jti.is_empty() {
            return None;
        }
        let organization = self.org;
        let (issued_at, expires_at) = (instant(self.iat)?, instant(self.exp)?);
        let not_before = match self.nbf {
            Some(seconds) => Some(instant(seconds)?),
            None => None,
        };
        let id = self.jti.clone();
        let token = Token { id, grant: self.into_grant(kind)?, issued_at, expires_at };
        let is_consistent = token.organization().get() == organization;
        is_consistent.then_some(Read { token, not_before })
    }

    fn into_grant(self, kind: Kind) -> Option<Grant> {
        let user = |id: Option<i64>| id.and_then(|id| UserId::from_wire(id).ok());
        let team = |id: Option<i64>| id.and_then(|id| TeamId::from_wire(id).ok());
        Some(match kind {
            Kind::ManagedAccess => {
                Grant::ManagedAccess { client_id: self.client_id?, owner: user(self.owner_id)? }
            }
            Kind::ManagedRefresh => {
                Grant::ManagedRefresh { client_id: self.client_id?, owner: user(self.owner_id)? }
            }
            Kind::ThirdPartyAccess => Grant::ThirdPartyAccess {
                client_id: self.client_id?,
                holder: match (self.user_id, self.team_id) {
                    (Some(_), None) => Holder::User(user(self.user_id)?),
                    (None, Some(_)) => Holder::Team(team(self.team_id)?),
                    _ => return None,
                },
                scopes: self.scope?,
            },
            Kind::EmailVerification => {
                Grant::EmailVerification { user: user(self.user_id)?, email: self.email? }
            }
        })
    }
}

/// The claim `type`, as clients know it.
const fn token_type(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::ManagedAccess => Some("access_token"),
        Kind::ManagedRefresh => Some("refresh_token"),
        Kind::ThirdPartyAccess | Kind::EmailVerification => None,
    }
}

fn seconds(instant: Instant) -> i64 {
    instant.millis().div_euclid(1_000)
}

/// `None` where the number of seconds is no time.
fn instant(seconds: i64) -> Option<Instant> {
    seconds.checked_mul(1_000).map(Instant::from_millis)
}

//! The guard itself: credentials in, principal out.
//!
//! What it finds is cached for at most a minute, and believed only while the
//! organisation's epoch stands where it stood before the database was asked
//! (see `meridian_edge::guard_epoch`). A cache that fails costs time, never safety.

mod cache;
mod client;
mod credential;
mod expiry;
mod managed;
mod memory;
mod session;
#[cfg(test)]
mod tests;
mod third_party;
#[cfg(test)]
mod token_tests;

use futures::future::{join, try_join};
use meridian_edge::{WitDatabase, guard_epoch};
use meridian_gateway::{
    Credentials, Guard, Method, OrganizationState, Principal, Refusal, RolePermissions, TeamRole,
};
use meridian_kernel::{ApiKey, Instant, OrganizationNumber, Rate, Secret, WireId};
use meridian_store::api_keys::{self, KeyHolder};
use meridian_store::holders::Holder;
use meridian_store::organizations::{self, State};
use meridian_store::{Database, DatabaseError, Platform, Scope, StoreError};
use meridian_token::{Expect, Grant, Kind, TokenError, Tokens};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::secrets;
use cache::{CREDENTIALS, Cache, SharedCache};
use credential::Credential;
use memory::Memory;

pub use session::csrf_token_of;

/// The plan of accounts without an organisation.
const FREE_PLAN: &str = "FREE";

/// The guard of this component: over its database import and the key-value store.
pub static GUARD: LocalGuard<WitDatabase, SharedCache> =
    LocalGuard::new(&meridian_edge::DATABASE, SharedCache);

/// Asks the database, and remembers.
pub struct LocalGuard<D: 'static, C> {
    database: &'static D,
    cache: C,
    principals: Memory<Principal>,
    admissions: Memory<Admission>,
}

/// What is remembered of an organisation.
#[derive(Clone, Serialize, Deserialize)]
struct Admission {
    organization: OrganizationState,
    suspended: bool,
    /// The rate limits of its credentials; empty: the default ones.
    rates: Vec<Rate>,
}

impl Admission {
    fn into_result(self) -> Result<OrganizationState, Refusal> {
        if self.suspended { Err(Refusal::Suspended) } else { Ok(self.organization) }
    }
}

impl<D: Database, C: Cache> Guard for LocalGuard<D, C> {
    async fn authenticate(&self, credentials: &Credentials) -> Result<Principal, Refusal> {
        self.authenticate_at(credentials, Instant::now()).await
    }

    async fn admit(&self, organization: OrganizationNumber) -> Result<OrganizationState, Refusal> {
        self.admit_at(organization, Instant::now()).await
    }
}

impl<D, C> LocalGuard<D, C> {
    /// A guard that remembers nothing yet.
    const fn new(database: &'static D, cache: C) -> Self {
        Self { database, cache, principals: Memory::new(), admissions: Memory::new() }
    }
}

impl<D: Database, C: Cache> LocalGuard<D, C> {
    /// Who is asking, at that time.
    async fn authenticate_at(
        &self,
        credentials: &Credentials,
        now: Instant,
    ) -> Result<Principal, Refusal> {
        match credential::read(credentials)? {
            Credential::ApiKey(key) => self.authenticate_key(&key, now).await,
            Credential::Client(id, secret) => self.authenticate_client(&id, &secret, now).await,
            Credential::Token(text) => {
                self.authenticate_token(&text, credentials.origin.as_deref(), now).await
            }
            Credential::Session(cookie) => self.authenticate_session(&cookie, now).await,
        }
    }

    async fn authenticate_key(&self, key: &ApiKey, now: Instant) -> Result<Principal, Refusal> {
        let (organization, hash) = (key.organization(), key.hash());
        let load = self.load_key(organization, hash.clone(), now);
        self.remembered(organization, &hash, now, load).await
    }

    async fn authenticate_client(
        &self,
        id: &str,
        secret: &Secret,
        now: Instant,
    ) -> Result<Principal, Refusal> {
        let id = client::open(id)?;
        let load = client::load(self, &id, secret, now);
        self.remembered(id.organization(), &client::cache_hash(&id, secret), now, load).await
    }

    async fn authenticate_token(
        &self,
        text: &Secret,
        origin: Option<&str>,
        now: Instant,
    ) -> Result<Principal, Refusal> {
        let tokens = secrets::tokens().await;
        let tokens = tokens.map_err(|error| Refusal::Unavailable(error.to_string()))?;
        self.authenticate_signed(&tokens, text, origin, now).await
    }

    async fn authenticate_signed(
        &self,
        tokens: &Tokens,
        text: &Secret,
        origin: Option<&str>,
        now: Instant,
    ) -> Result<Principal, Refusal> {
        let expect = Expect::any_of(&[Kind::ManagedAccess, Kind::ThirdPartyAccess]);
        let token = tokens.verify(text.reveal(), expect, now);
        let token = token.map_err(|error| match error {
            TokenError::Expired(Kind::ManagedAccess) => managed::expired(),
            TokenError::Expired(_) | TokenError::Invalid => managed::invalid(),
        })?;
        match &token.grant {
            Grant::ManagedAccess { client_id, owner } => {
                let shown = managed::open(&token, client_id, *owner)?;
                let hash = managed::cache_hash(text.reveal(), origin);
                let load = managed::load(self, &shown, origin);
                self.remembered(token.organization(), &hash, now, load).await
            }
            Grant::ThirdPartyAccess { client_id, holder, scopes } => {
                let shown = third_party::open(&token, client_id, *holder, scopes)?;
                let hash = third_party::cache_hash(text.reveal());
                let load = third_party::load(self, shown);
                self.remembered(token.organization(), &hash, now, load).await
            }
            _ => Err(managed::invalid()),
        }
    }

    async fn authenticate_session(
        &self,
        cookie: &Secret,
        now: Instant,
    ) -> Result<Principal, Refusal> {
        let session = session::open(cookie, now).await?;
        let hash = session::credential_of(&session, cookie);
        let load = session::load(self, &session, hash.clone(), now);
        self.remembered(session.user.organization(), &hash, now, load).await
    }

    /// What is remembered of a credential, by a hash of all that decides about it; else
    /// what is loaded, which is remembered then.
    async fn remembered(
        &self,
        organization: OrganizationNumber,
        hash: &str,
        now: Instant,
        load: impl Future<Output = Result<(Principal, Option<Instant>), Refusal>>,
    ) -> Result<Principal, Refusal> {
        let cache_key = format!("{CREDENTIALS}{hash}");
        let (epoch, cached) = self.look_up(&self.principals, organization, &cache_key, now).await;
        if let Some(principal) = cached {
            return Ok(principal);
        }
        let epoch = self.settle_epoch(organization, epoch, now).await;
        let (principal, valid_until) = load.await?;
        self.remember(&cache_key, epoch, &principal, now, valid_until).await;
        Ok(principal)
    }

    /// Whether an organisation may be served, at that time.
    async fn admit_at(
        &self,
        organization: OrganizationNumber,
        now: Instant,
    ) -> Result<OrganizationState, Refusal> {
        if organization == OrganizationNumber::NONE {
            return Ok(without_organization());
        }
        let cache_key = format!("org:{organization}");
        let (epoch, cached) = self.look_up(&self.admissions, organization, &cache_key, now).await;
        if let Some(admission) = cached {
            return admission.into_result();
        }
        let epoch = self.settle_epoch(organization, epoch, now).await;
        let admission = self.load_organization(organization).await.map_err(unavailable)?;
        let admission = admission.ok_or(Refusal::UnknownOrganization)?;
        self.remember(&cache_key, epoch, &admission, now, None).await;
        admission.into_result()
    }

    /// The current epoch, and what is cached where it may be believed.
    async fn look_up<T: Clone + DeserializeOwned>(
        &self,
        memory: &Memory<T>,
        organization: OrganizationNumber,
        cache_key: &str,
        now: Instant,
    ) -> (Option<Vec<u8>>, Option<T>) {
        let epoch_key = guard_epoch::key(organization);
        let (epoch, stored) = if memory.knows(cache_key) {
            let epoch = self.cache.get(&epoch_key).await;
            let recalled = epoch.as_deref().map(|epoch| memory.recall(cache_key, epoch, now));
            if let Some(Some(value)) = recalled {
                return (epoch, Some(value));
            }
            (epoch, self.cache.get(cache_key).await)
        } else {
            join(self.cache.get(&epoch_key), self.cache.get(cache_key)).await
        };
        let cached = epoch.as_deref().zip(stored.as_deref());
        let cached = cached.and_then(|(epoch, stored)| cache::believe::<T>(stored, epoch, now));
        let value = cached.map(|entry| {
            let value = entry.value.clone();
            memory.keep(cache_key, entry);
            value
        });
        (epoch, value)
    }

    /// The epoch to cache under, read before the database is. An organisation
    /// begins its life without one. It then begins at the clock and not at 1, so
    /// that an epoch the store lost and one made anew are never mistaken.
    async fn settle_epoch(
        &self,
        organization: OrganizationNumber,
        epoch: Option<Vec<u8>>,
        now: Instant,
    ) -> Option<Vec<u8>> {
        if epoch.is_some() {
            return epoch;
        }
        let key = guard_epoch::key(organization);
        self.cache.increment(&key, now.millis()).await?;
        self.cache.get(&key).await
    }

    async fn remember<T: Serialize>(
        &self,
        cache_key: &str,
        epoch: Option<Vec<u8>>,
        value: &T,
        now: Instant,
        valid_until: Option<Instant>,
    ) {
        let entry = epoch.and_then(|epoch| cache::entry(value, &epoch, now, valid_until));
        if let Some(entry) = entry {
            self.cache.set(cache_key, &entry).await;
        }
    }

    /// The holder of a key, and until when the key is valid.
    async fn load_key(
        &self,
        organization: OrganizationNumber,
        hash: String,
        now: Instant,
    ) -> Result<(Principal, Option<Instant>), Refusal> {
        let loaded =
            try_join(self.load_organization(organization), self.load_holder(organization, &hash));
        let (Some(admission), Some(key)) = loaded.await.map_err(unavailable)? else {
            return Err(credential::refused("api key - Your api key is not valid"));
        };
        let valid_until = key.expires_at.map(expiry::end_of_day);
        if valid_until.is_some_and(|end| now >= end) {
            return Err(credential::refused("api key - Your api key is expired"));
        }
        let rates = if key.rates.is_empty() { admission.rates.clone() } else { key.rates };
        let organization = admission.into_result()?;
        Ok((Principal { rates, ..principal(organization, key.holder, hash) }, valid_until))
    }

    async fn load_organization(
        &self,
        number: OrganizationNumber,
    ) -> Result<Option<Admission>, StoreError> {
        if number == OrganizationNumber::NONE {
            let organization = without_organization();
            return Ok(Some(Admission { organization, suspended: false, rates: Vec::new() }));
        }
        let platform = Platform::open(self.database).await?;
        let found = organizations::find_by_number(&platform, number).await?;
        Ok(found.map(|found| Admission {
            suspended: found.state == State::Suspended,
            rates: found.rates(),
            organization: OrganizationState {
                number: found.number,
                slug: found.slug,
                name: found.name,
                plan: found.plan,
                is_platform: found.is_platform,
            },
        }))
    }

    async fn load_holder(
        &self,
        organization: OrganizationNumber,
        hash: &str,
    ) -> Result<Option<KeyHolder>, StoreError> {
        match Scope::open(self.database, organization).await {
            Ok(scope) => absent_where_gone(api_keys::find_holder(&scope, hash).await),
            Err(error) => absent_where_gone(Err(error.into())),
        }
    }
}

/// A made-up key may name any organisation: one without a database has no keys.
fn absent_where_gone<T>(outcome: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match outcome {
        Err(StoreError::Database(DatabaseError::NotFound)) => Ok(None),
        other => other,
    }
}

fn principal(organization: OrganizationState, holder: Holder, hash: String) -> Principal {
    let is_member = organization.number != OrganizationNumber::NONE && holder.organization_accepted;
    let team_role = |(team_id, role)| TeamRole { team_id, role };
    let custom_role = |(team_id, permissions)| RolePermissions { team_id, permissions };
    Principal {
        organization,
        user_id: holder.user_id,
        username: holder.username,
        email: holder.email,
        name: holder.name,
        time_zone: holder.time_zone,
        is_system_admin: holder.system_role == "ADMIN",
        organization_role: is_member.then_some(holder.organization_role),
        teams: holder.teams.into_iter().map(team_role).collect(),
        permissions: holder.permissions.into_iter().map(custom_role).collect(),
        method: Method::ApiKey,
        client: None,
        scopes: Vec::new(),
        credential: hash,
        rates: Vec::new(),
    }
}

/// Accounts without an organisation are always served.
fn without_organization() -> OrganizationState {
    OrganizationState {
        number: OrganizationNumber::NONE,
        slug: String::new(),
        name: String::new(),
        plan: FREE_PLAN.to_owned(),
        is_platform: false,
    }
}

fn unavailable(error: StoreError) -> Refusal {
    Refusal::Unavailable(error.to_string())
}

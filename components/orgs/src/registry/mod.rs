//! The life of an organisation: made all or nothing, and deleted to the end.
//!
//! Two databases cannot share a transaction, so the platform's row says how far an
//! organisation is: `provisioning` before its database exists, `active` once its
//! owner has a key, `deleting` before its database goes. A process that dies in
//! between leaves a row that whoever comes next for the same slug or domain clears
//! away.

#[cfg(test)]
mod tests;

use meridian_kernel::{ApiKey, Instant, KeyMode, OrganizationNumber, WireId};
use meridian_store::api_keys::NewApiKey;
use meridian_store::organizations::{self, Claim, NewOrganization, Owner};
use meridian_store::users::{self, NewOwner, OwnerInserted};
use meridian_store::{Database, DatabaseError, Platform, Scope, StoreError};

/// Makes what the guard remembers of an organisation worthless.
#[allow(async_fn_in_trait, reason = "futures stay in the guest that made them")]
pub trait Epochs {
    /// Called after a commit that takes rights away.
    async fn advance(&self, organization: OrganizationNumber);
}

/// The epochs all components share.
pub struct SharedEpochs;

impl Epochs for SharedEpochs {
    async fn advance(&self, organization: OrganizationNumber) {
        meridian_edge::guard_epoch::advance(organization).await;
    }
}

/// Makes and deletes organisations.
pub struct Registry<'a, D, E> {
    platform: Platform<'a, D>,
    epochs: E,
}

/// A new organisation.
#[derive(Debug)]
pub struct Provisioned {
    /// Names its database.
    pub number: OrganizationNumber,
    /// Its first user.
    pub owner: Owner,
    /// The owner's key, to be shown once.
    pub key: ApiKey,
}

/// Why there is none.
#[derive(Debug, PartialEq)]
pub enum ProvisionError {
    /// Another organisation has the slug.
    SlugTaken,
    /// Another organisation has this domain.
    DomainTaken(String),
    /// It took so long that another provisioning of the same slug took over.
    TakenOver,
    /// A database failed; nothing is left of the attempt.
    Store(StoreError),
}

impl<T: Into<StoreError>> From<T> for ProvisionError {
    fn from(error: T) -> Self {
        Self::Store(error.into())
    }
}

impl<'a, D: Database, E: Epochs> Registry<'a, D, E> {
    /// A registry over a deployment.
    pub fn new(platform: Platform<'a, D>, epochs: E) -> Self {
        Self { platform, epochs }
    }

    /// Makes an organisation with its database, owner, default schedule and first
    /// key; whatever fails, nothing is left.
    pub async fn provision(
        &self,
        new: &NewOrganization,
        owner: &NewOwner,
        now: Instant,
    ) -> Result<Provisioned, ProvisionError> {
        let number = self.reserve(new, now).await?;
        let outcome = self.build(number, owner, now).await;
        if let Err(error) = &outcome {
            // A database that was there before is not ours to delete.
            let foreign = ProvisionError::from(DatabaseError::AlreadyExists);
            // Where even this fails, the row is taken over later.
            let _ = self.undo(number, *error != foreign, now).await;
        }
        outcome
    }

    /// Takes a number, the slug and the domains; clears away first what a dead
    /// process left in their place.
    async fn reserve(
        &self,
        new: &NewOrganization,
        now: Instant,
    ) -> Result<OrganizationNumber, ProvisionError> {
        let mut claim = organizations::reserve(&self.platform, new, now).await?;
        if !matches!(claim, Claim::Granted(_)) && self.clear_abandoned(new, now).await? {
            claim = organizations::reserve(&self.platform, new, now).await?;
        }
        match claim {
            Claim::Granted(number) => Ok(number),
            Claim::SlugTaken => Err(ProvisionError::SlugTaken),
            Claim::DomainTaken(domain) => Err(ProvisionError::DomainTaken(domain)),
            Claim::Gone => Err(ProvisionError::TakenOver),
        }
    }

    async fn clear_abandoned(
        &self,
        new: &NewOrganization,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let abandoned =
            organizations::take_over_abandoned(&self.platform, &new.slug, &new.domains, now);
        let abandoned = abandoned.await?;
        for number in &abandoned {
            self.finish_deletion(*number).await?;
        }
        Ok(!abandoned.is_empty())
    }

    /// From a reserved number to an active organisation.
    async fn build(
        &self,
        number: OrganizationNumber,
        owner: &NewOwner,
        now: Instant,
    ) -> Result<Provisioned, ProvisionError> {
        self.platform.provider().create(&number.database_name()).await?;
        let scope = Scope::open(self.platform.provider(), number).await?;
        let key = ApiKey::generate(number, KeyMode::Live);
        let stored_key = NewApiKey::new(&key, None, None);
        let owner_id = match users::insert_owner(&scope, owner, &stored_key, now).await? {
            OwnerInserted::Inserted(id) => id,
            // Only another attempt with the same number could have written it.
            OwnerInserted::Taken => return Err(ProvisionError::TakenOver),
        };
        let owner = Owner {
            id: owner_id.wire(),
            email: owner.email.clone(),
            username: owner.username.clone(),
        };
        if !organizations::activate(&self.platform, number, &owner, now).await? {
            return Err(ProvisionError::TakenOver);
        }
        Ok(Provisioned { number, owner, key })
    }

    async fn undo(
        &self,
        number: OrganizationNumber,
        created_database: bool,
        now: Instant,
    ) -> Result<(), StoreError> {
        organizations::abandon(&self.platform, number, now).await?;
        if created_database {
            return self.finish_deletion(number).await;
        }
        organizations::remove(&self.platform, number).await
    }

    /// Deletes an organisation, or ends a deletion that was not finished; `None`
    /// where there is none of that slug. Its slug is free when this returns.
    pub async fn delete(
        &self,
        slug: &str,
        now: Instant,
    ) -> Result<Option<OrganizationNumber>, StoreError> {
        let number = organizations::begin_deletion(&self.platform, slug, now).await?;
        if let Some(number) = number {
            self.finish_deletion(number).await?;
        }
        Ok(number)
    }

    /// What is marked `deleting` stops being served, then its database goes, then
    /// its row. Any step may run twice, also at the same time.
    async fn finish_deletion(&self, number: OrganizationNumber) -> Result<(), StoreError> {
        self.epochs.advance(number).await;
        match self.platform.provider().delete(&number.database_name()).await {
            Ok(()) | Err(DatabaseError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        organizations::remove(&self.platform, number).await
    }
}

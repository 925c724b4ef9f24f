//! Access tokens of third-party applications.

use futures::future::try_join;
use meridian_gateway::{Method, Principal, Refusal};
use meridian_kernel::{Instant, UserId, WireId, hash_hex};
use meridian_store::{Database, Scope, oauth2};
use meridian_token::{Holder, Token};

use super::cache::Cache;
use super::managed::invalid;
use super::{LocalGuard, absent_where_gone, principal, unavailable};
use crate::oauth2::grant_of;

/// What a token says, taken apart.
pub(super) struct Shown {
    /// The consent it came of.
    grant: String,
    client: String,
    user: UserId,
    scopes: Vec<String>,
    expires_at: Instant,
}

/// Takes a token apart whose signature was verified. Applications act for users only.
pub(super) fn open(
    token: &Token,
    client: &str,
    holder: Holder,
    scopes: &[String],
) -> Result<Shown, Refusal> {
    let Holder::User(user) = holder else { return Err(invalid()) };
    Ok(Shown {
        grant: grant_of(&token.id).to_owned(),
        client: client.to_owned(),
        user,
        scopes: scopes.to_vec(),
        expires_at: token.expires_at,
    })
}

/// What a token is cached under.
pub(super) fn cache_hash(text: &str) -> String {
    hash_hex(format!("third party {text}").as_bytes())
}

/// In whose name the application acts, and until when the token is valid; where the
/// consent stands and the application is approved.
pub(super) async fn load<D: Database, C: Cache>(
    guard: &LocalGuard<D, C>,
    shown: Shown,
) -> Result<(Principal, Option<Instant>), Refusal> {
    let number = shown.user.organization();
    let found = async {
        let scope = Scope::open(guard.database, number).await?;
        oauth2::find_holder(&scope, &shown.grant, &shown.client, shown.user).await
    };
    let found = async { absent_where_gone(found.await) };
    let loaded = try_join(guard.load_organization(number), found).await.map_err(unavailable)?;
    let (Some(admission), Some(holder)) = loaded else { return Err(invalid()) };
    let rates = admission.rates.clone();
    let organization = admission.into_result()?;
    let principal = Principal {
        method: Method::ThirdPartyToken,
        scopes: shown.scopes,
        rates,
        ..principal(organization, holder, credential_of(&shown.grant))
    };
    Ok((principal, Some(shown.expires_at)))
}

/// What an application is known by to limits: the same through all refreshes.
fn credential_of(grant: &str) -> String {
    hash_hex(format!("third party {grant}").as_bytes())
}

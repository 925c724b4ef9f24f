//! Access tokens of managed users.

use futures::future::try_join;
use meridian_domain::oauth_client::may_come_from;
use meridian_gateway::{ClientGrant, Method, Principal, Refusal};
use meridian_kernel::{ClientId, Instant, UserId, WireId, hash_hex};
use meridian_store::users::managed::{self, Generation, TokenHolder};
use meridian_store::{Database, Scope};
use meridian_token::Token;

use super::cache::Cache;
use super::{LocalGuard, absent_where_gone, credential, principal, unavailable};
use crate::managed_users::generation_of;

/// What a token says, taken apart.
pub(super) struct Shown {
    pub client: ClientId,
    pub owner: UserId,
    generation: Generation,
    expires_at: Instant,
}

/// 401 for whatever is no token, or none any more.
pub(super) fn invalid() -> Refusal {
    credential::refused("access token - Invalid Access Token.")
}

/// 498: the client gets a new one.
pub(super) fn expired() -> Refusal {
    Refusal::Expired("ACCESS_TOKEN_IS_EXPIRED".to_owned())
}

/// Takes a token apart whose signature was verified.
pub(super) fn open(token: &Token, client: &str, owner: UserId) -> Result<Shown, Refusal> {
    let client = ClientId::parse(client).ok_or_else(invalid)?;
    let generation = generation_of(&token.id).ok_or_else(invalid)?;
    Ok(Shown { client, owner, generation, expires_at: token.expires_at })
}

/// What a token is cached under, for the pages of one origin.
pub(super) fn cache_hash(text: &str, origin: Option<&str>) -> String {
    hash_hex(format!("managed {} {text}", origin.unwrap_or_default()).as_bytes())
}

/// Who the token is for, and until when it is valid; where it counts, and the request
/// comes from where the client's pages stand.
pub(super) async fn load<D: Database, C: Cache>(
    guard: &LocalGuard<D, C>,
    shown: &Shown,
    origin: Option<&str>,
) -> Result<(Principal, Option<Instant>), Refusal> {
    let number = shown.owner.organization();
    let found = async {
        let scope = Scope::open(guard.database, number).await?;
        managed::find_token_holder(&scope, &shown.client, shown.owner, &shown.generation).await
    };
    let found = async { absent_where_gone(found.await) };
    let loaded = try_join(guard.load_organization(number), found).await.map_err(unavailable)?;
    let (Some(admission), Some(found)) = loaded else { return Err(invalid()) };
    check_origin(&shown.client, &found, origin)?;
    let rates = admission.rates.clone();
    let organization = admission.into_result()?;
    let client = ClientGrant { id: shown.client.to_string(), permissions: found.permissions };
    let principal = Principal {
        method: Method::AccessToken,
        client: Some(client),
        rates,
        ..principal(organization, found.holder, credential_of(shown.owner))
    };
    Ok((principal, Some(shown.expires_at)))
}

/// What a managed user is known by to limits: the same through all refreshes.
fn credential_of(owner: UserId) -> String {
    hash_hex(format!("managed user {owner}").as_bytes())
}

/// Browsers say which page asks: it must be one of the client's.
fn check_origin(
    client: &ClientId,
    found: &TokenHolder,
    origin: Option<&str>,
) -> Result<(), Refusal> {
    let Some(origin) = origin.filter(|origin| !may_come_from(origin, &found.redirect_uris)) else {
        return Ok(());
    };
    Err(credential::refused(&format!(
        "access token - Invalid request origin - please open the settings of your platform and \
         add the origin '{origin}' to the 'Redirect uris' of your OAuth client with ID '{client}'"
    )))
}

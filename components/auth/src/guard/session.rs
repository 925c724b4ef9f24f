//! Session cookies.

use futures::future::try_join;
use meridian_gateway::session::csrf_token_for;
use meridian_gateway::{Method, Principal, Refusal};
use meridian_kernel::{Instant, Secret, WireId, hash_hex};
use meridian_store::sessions::{self, SessionProof};
use meridian_store::{Database, Scope};
use meridian_token::Session;

use crate::secrets;

use super::cache::Cache;
use super::{LocalGuard, absent_where_gone, credential, principal, unavailable};

/// What a cookie says. One of another secret, or of another time, is none.
pub(super) async fn open(cookie: &Secret, now: Instant) -> Result<Session, Refusal> {
    let keys = secrets::session_keys().await;
    let keys = keys.map_err(|error| Refusal::Unavailable(error.to_string()))?;
    keys.open(cookie.reveal(), now).ok_or_else(ended)
}

fn ended() -> Refusal {
    credential::refused("session - Your session has ended. Sign in again.")
}

/// What a session is known by to limits and caches: the same for as long as it lasts,
/// however often its cookie is written anew.
pub(super) fn credential_of(session: &Session, cookie: &Secret) -> String {
    credential_hash(session.id.as_deref().unwrap_or(cookie.reveal()))
}

/// It is not the hash by which the database knows the session.
fn credential_hash(id: &str) -> String {
    hash_hex(format!("session {id}").as_bytes())
}

/// The token for requests that change something, of the session with that id.
pub fn csrf_token_of(id: &str) -> String {
    csrf_token_for(&credential_hash(id))
}

/// Who has the session, and until when it lasts.
pub(super) async fn load<D: Database, C: Cache>(
    guard: &LocalGuard<D, C>,
    session: &Session,
    hash: String,
    now: Instant,
) -> Result<(Principal, Option<Instant>), Refusal> {
    let number = session.user.organization();
    let holder = async {
        let scope = Scope::open(guard.database, number).await?;
        let id_hash = session.id.as_deref().map(|id| hash_hex(id.as_bytes()));
        let proof = match &id_hash {
            Some(id_hash) => SessionProof::Begun(id_hash),
            None => SessionProof::Elsewhere { email: &session.email, issued_at: session.issued_at },
        };
        sessions::find_holder(&scope, session.user, proof, now).await
    };
    let holder = async { absent_where_gone(holder.await) };
    let loaded = try_join(guard.load_organization(number), holder).await.map_err(unavailable)?;
    let (Some(admission), Some(holder)) = loaded else { return Err(ended()) };
    let rates = admission.rates.clone();
    let organization = admission.into_result()?;
    let method = Method::Session;
    let principal = Principal { method, rates, ..principal(organization, holder, hash) };
    Ok((principal, Some(session.expires_at)))
}

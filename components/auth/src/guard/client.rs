//! Platform clients that prove themselves with their secret.

use futures::future::try_join;
use meridian_gateway::{ClientGrant, Method, Principal, Refusal};
use meridian_kernel::{ClientId, Instant, Secret, hash_hex, same_secret};
use meridian_store::oauth_clients::{self, ClientProof};
use meridian_store::{Database, Scope};

use super::cache::Cache;
use super::{LocalGuard, absent_where_gone, credential, principal, unavailable};

/// How much of an unknown id is shown back, in characters: more than any id has.
const MAX_SHOWN_ID: usize = 64;

/// The client of an id, where it can be one.
pub(super) fn open(id: &str) -> Result<ClientId, Refusal> {
    ClientId::parse(id).ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Refusal {
    let shown: String = id.chars().take(MAX_SHOWN_ID).collect();
    credential::refused(&format!("oauth client - Client with ID {shown} not found"))
}

/// What the pair is cached under: another secret is another entry.
pub(super) fn cache_hash(id: &ClientId, secret: &Secret) -> String {
    hash_hex(format!("client {id} {}", secret.reveal()).as_bytes())
}

/// In whose name the client acts: an owner of its organisation, else an administrator;
/// and until when its secret is valid.
pub(super) async fn load<D: Database, C: Cache>(
    guard: &LocalGuard<D, C>,
    id: &ClientId,
    secret: &Secret,
    now: Instant,
) -> Result<(Principal, Option<Instant>), Refusal> {
    let number = id.organization();
    let proof = async {
        let scope = Scope::open(guard.database, number).await?;
        oauth_clients::find_proof(&scope, id).await
    };
    let proof = async { absent_where_gone(proof.await) };
    let loaded = try_join(guard.load_organization(number), proof).await.map_err(unavailable)?;
    let (Some(admission), Some(proof)) = loaded else { return Err(unknown(id.as_str())) };
    let valid_until = check(&proof, secret, now)?;
    let holder = proof
        .holder
        .ok_or_else(|| credential::refused("oauth client - Its organization has no owner"))?;
    let rates = admission.rates.clone();
    let organization = admission.into_result()?;
    let principal = Principal {
        method: Method::OAuthClient,
        client: Some(ClientGrant { id: id.to_string(), permissions: proof.permissions }),
        rates,
        ..principal(organization, holder, credential_of(id))
    };
    Ok((principal, valid_until))
}

/// What a client is known by to limits: the same, whichever of its secrets it sends.
fn credential_of(id: &ClientId) -> String {
    hash_hex(format!("client {id}").as_bytes())
}

/// Until when the secret is valid (`None`: for ever), where it is. Both are compared,
/// so that the time taken does not tell which of them it was.
fn check(proof: &ClientProof, secret: &Secret, now: Instant) -> Result<Option<Instant>, Refusal> {
    let hash = hash_hex(secret.reveal().as_bytes());
    let is_current = same_secret(&hash, &proof.secret_hash);
    let previous = proof.previous.as_ref().filter(|(_, until)| *until > now);
    let is_previous = previous.is_some_and(|(previous, _)| same_secret(&hash, previous));
    match (is_current, is_previous) {
        (true, _) => Ok(None),
        (false, true) => Ok(previous.map(|(_, until)| *until)),
        (false, false) => Err(credential::refused("oauth client - Invalid client secret")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    fn checked(secret: &str, until: Instant) -> Result<Option<Instant>, Refusal> {
        let proof = ClientProof {
            secret_hash: hash_hex(b"new"),
            previous: Some((hash_hex(b"old"), until)),
            permissions: 0,
            holder: None,
        };
        check(&proof, &Secret::new(secret), NOW)
    }

    #[test]
    fn an_old_secret_counts_until_its_end_and_the_new_one_beyond() {
        let later = NOW.plus_minutes(1);
        assert_eq!(checked("new", later), Ok(None));
        assert_eq!(checked("old", later), Ok(Some(later)));
        assert_eq!(checked("new", NOW), Ok(None));
        let refused = credential::refused("oauth client - Invalid client secret");
        assert_eq!(checked("old", NOW), Err(refused.clone()));
        assert_eq!(checked("", later), Err(refused.clone()));
        assert_eq!(checked("newer", later), Err(refused));
    }

    #[test]
    fn an_unknown_id_is_shown_back_only_so_far() {
        let long = "c".repeat(500);
        let shown = "c".repeat(MAX_SHOWN_ID);
        let text = format!("oauth client - Client with ID {shown} not found");
        assert_eq!(open(&long), Err(credential::refused(&text)));
    }
}

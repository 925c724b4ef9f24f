//! The pairs of tokens of managed users.

use meridian_gateway::ApiError;
use meridian_kernel::{ClientId, Instant, OrganizationNumber, ShortUid, UserId};
use meridian_store::users::managed::Generation;
use meridian_token::{Grant, Token, Tokens};
use serde::Serialize;

use crate::secrets;

/// How long an access token works, in minutes.
const ACCESS_MINUTES: i64 = 60;

/// How long a refresh token works, in minutes: a year.
const REFRESH_MINUTES: i64 = 365 * 24 * 60;

/// The deployment's tokens.
pub async fn signer() -> Result<std::rc::Rc<Tokens>, ApiError> {
    secrets::tokens().await.map_err(ApiError::internal)
}

/// A family of tokens that was never there before.
pub fn new_family(organization: OrganizationNumber) -> Generation {
    Generation { family: ShortUid::generate(organization).to_string(), number: 1 }
}

/// What tokens of a generation are known by.
fn token_id(generation: &Generation) -> String {
    format!("{}.{}", generation.family, generation.number)
}

/// The generation a token's id names.
pub fn generation_of(token_id: &str) -> Option<Generation> {
    let (family, number) = token_id.split_once('.')?;
    Some(Generation { family: family.to_owned(), number: number.parse().ok()? })
}

/// A pair, as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pair {
    access_token: String,
    refresh_token: String,
    /// Milliseconds since 1970.
    access_token_expires_at: i64,
    /// Milliseconds since 1970.
    refresh_token_expires_at: i64,
}

impl Pair {
    /// The pair of a generation.
    pub fn of(
        generation: &Generation,
        client: &ClientId,
        owner: UserId,
        tokens: &Tokens,
        now: Instant,
    ) -> Self {
        let client_id = client.to_string();
        let access = Grant::ManagedAccess { client_id: client_id.clone(), owner };
        let refresh = Grant::ManagedRefresh { client_id, owner };
        let made = |grant, minutes| Token::new(token_id(generation), grant, now, minutes);
        let (access, refresh) = (made(access, ACCESS_MINUTES), made(refresh, REFRESH_MINUTES));
        Self {
            access_token: tokens.sign(&access),
            refresh_token: tokens.sign(&refresh),
            access_token_expires_at: access.expires_at.millis(),
            refresh_token_expires_at: refresh.expires_at.millis(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_is_read_off_the_id_of_its_tokens() {
        let generation = Generation { number: 7, ..new_family(OrganizationNumber::NONE) };
        assert_eq!(generation_of(&token_id(&generation)), Some(generation));
        for id in ["", "x", "x.", "x.y", "x.1.2"] {
            assert_eq!(generation_of(id), None, "{id}");
        }
    }
}

//! New tokens for a managed user:
//! `POST /v2/oauth-clients/:clientId/users/:userId/force-refresh` and
//! `POST /v2/oauth/:clientId/refresh`.

use meridian_edge::{WitDatabase, guard_epoch};
use meridian_gateway::validate::{Fields, json_body, text};
use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_kernel::{ClientId, Instant, UserId};
use meridian_store::Scope;
use meridian_store::users::managed::{self, Generation, Refreshed};
use meridian_token::{Expect, Grant, Kind, MAX_LENGTH, Tokens};

use super::tokens::{self, Pair, generation_of};
use super::{own_client_id, user_id};
use crate::errors;

/// Begins anew: no token of before works any more.
pub async fn force_refresh(request: Request) -> Result<Reply, ApiError> {
    let (client, id) = (own_client_id(&request)?, user_id(&request)?);
    let scope = meridian_edge::scope(&request).await?;
    let signer = tokens::signer().await?;
    let family = tokens::new_family(scope.organization());
    idempotency::subject(String::new);
    if !managed::begin_family(&scope, &client, id, &family.family).await? {
        return Err(errors::not_managed(id));
    }
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&Pair::of(&family, &client, id, &signer, request.now))
}

/// Puts a new pair in the place of the one the refresh token is of. A refresh token
/// that was used before ends all that followed from it: somebody has stolen it.
pub async fn refresh_tokens(request: Request) -> Result<Reply, ApiError> {
    let client = own_client_id(&request)?;
    let body = json_body(&request)?;
    let mut fields = Fields::of(&body);
    let token = fields.required("refreshToken", text(1, MAX_LENGTH));
    fields.finish()?;
    let signer = tokens::signer().await?;
    let (owner, shown) = read(&signer, &token, &client, request.now)?;
    let scope = meridian_edge::scope(&request).await?;
    idempotency::subject(String::new);
    let generation = count_on(&scope, &client, owner, shown).await?;
    Reply::ok(&Pair::of(&generation, &client, owner, &signer, request.now))
}

/// Whose refresh token it is, and of which generation.
fn read(
    signer: &Tokens,
    text: &str,
    client: &ClientId,
    now: Instant,
) -> Result<(UserId, Generation), ApiError> {
    let expect = Expect::any_of(&[Kind::ManagedRefresh]);
    let token = signer.verify(text, expect, now).map_err(|_| errors::invalid_refresh_token())?;
    match (&token.grant, generation_of(&token.id)) {
        (Grant::ManagedRefresh { client_id, owner }, Some(shown))
            if client_id == client.as_str() =>
        {
            Ok((*owner, shown))
        }
        _ => Err(errors::invalid_refresh_token()),
    }
}

async fn count_on(
    scope: &Scope<'static, WitDatabase>,
    client: &ClientId,
    owner: UserId,
    shown: Generation,
) -> Result<Generation, ApiError> {
    match managed::refresh(scope, client, owner, &shown).await? {
        Refreshed::Generation(number) => {
            guard_epoch::advance(scope.organization()).await;
            Ok(Generation { number, ..shown })
        }
        Refreshed::Reused => {
            guard_epoch::advance(scope.organization()).await;
            Err(errors::invalid_refresh_token())
        }
        Refreshed::Unknown => Err(errors::invalid_refresh_token()),
    }
}

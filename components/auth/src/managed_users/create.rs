//! `POST /v2/oauth-clients/:clientId/users`

use meridian_domain::oauth_client::default_event_types;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_store::users::NewMember;
use meridian_store::users::managed::{self, ManagedInserted, NewManagedUser};

use super::tokens::{self, Pair};
use super::view::CreatedView;
use super::{input, own_client_id};
use crate::errors;

/// Makes a user of the client and their first tokens.
pub async fn create_managed_user(request: Request) -> Result<Reply, ApiError> {
    let client = own_client_id(&request)?;
    let (member, has_schedule) = input::read_new(&json_body(&request)?, &client)?;
    let scope = meridian_edge::scope(&request).await?;
    let signer = tokens::signer().await?;
    let family = tokens::new_family(scope.organization());
    let new = new_user(member, has_schedule, family.family.clone())?;
    // Nothing shows tokens again.
    idempotency::subject(String::new);
    match managed::insert(&scope, &client, &new, request.now).await? {
        ManagedInserted::Inserted(user) => {
            let pair = Pair::of(&family, &client, user.id, &signer, request.now);
            Reply::created(&CreatedView::new(pair, &user))
        }
        ManagedInserted::EmailTaken(holder) => Err(errors::managed_email_taken(holder)),
        ManagedInserted::NoClient => Err(errors::no_client(client.as_str())),
    }
}

fn new_user(
    member: NewMember,
    has_schedule: bool,
    family: String,
) -> Result<NewManagedUser, ApiError> {
    let event_types = default_event_types().into_iter().map(|kind| {
        let settings = serde_json::to_string(&kind.settings).map_err(ApiError::internal)?;
        Ok((kind.slug, kind.title, kind.length_minutes, settings))
    });
    let event_types = event_types.collect::<Result<Vec<_>, ApiError>>()?;
    Ok(NewManagedUser { member, has_schedule, family, event_types })
}

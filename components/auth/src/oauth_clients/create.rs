//! `POST /v2/oauth-clients`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_kernel::ClientId;
use meridian_store::oauth_clients::{self, OAuthClient};

use super::input::{self, Wish};
use super::view::Credentials;
use super::{NewSecret, vault};
use crate::errors;

/// Makes a client and shows its secret.
pub async fn create_oauth_client(request: Request) -> Result<Reply, ApiError> {
    let wish = input::read_new(&json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let secret = NewSecret::make(&*vault().await?);
    let client = new_client(ClientId::generate(scope.organization()), wish, &secret, &request);
    idempotency::subject(|| format!("{}/{}", request.path(), client.id));
    if !oauth_clients::insert(&scope, &client, &secret.hash).await? {
        return Err(errors::too_many_clients());
    }
    Reply::created(&Credentials::new(&client, &secret.shown))
}

fn new_client(id: ClientId, wish: Wish, secret: &NewSecret, request: &Request) -> OAuthClient {
    OAuthClient {
        id,
        name: wish.name,
        sealed_secret: secret.sealed.clone(),
        previous_secret_until: None,
        permissions: wish.permissions,
        redirect_uris: wish.redirect_uris,
        logo: wish.logo,
        booking_redirect_uri: wish.booking_redirect_uri,
        booking_cancel_redirect_uri: wish.booking_cancel_redirect_uri,
        booking_reschedule_redirect_uri: wish.booking_reschedule_redirect_uri,
        are_emails_enabled: wish.are_emails_enabled,
        are_default_event_types_enabled: wish.are_default_event_types_enabled,
        are_calendar_events_enabled: wish.are_calendar_events_enabled,
        created_at: request.now,
        updated_at: request.now,
    }
}

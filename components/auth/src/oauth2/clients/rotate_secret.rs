//! `POST /v2/auth/oauth2/clients/:clientId/rotate-secret`

use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_kernel::{hash_hex, random_secret};
use meridian_store::oauth2::{self, ClientType};

use super::looked_after;
use super::view::ClientView;
use crate::errors;

/// Gives an application another secret and shows it, this once; the old one stops
/// working at once. Tokens stay.
pub async fn rotate_secret(request: Request) -> Result<Reply, ApiError> {
    let (scope, id, client) = looked_after(&request).await?;
    if client.client_type == ClientType::Public {
        return Err(errors::no_secret());
    }
    // Nothing shows a secret again.
    idempotency::subject(|| request.path().to_owned());
    let secret = random_secret();
    let hash = hash_hex(secret.reveal().as_bytes());
    let changed = oauth2::set_secret(&scope, &id, &hash, request.now).await?;
    let changed = changed.ok_or_else(|| errors::no_application(id.as_str()))?;
    Reply::ok(&ClientView::with_secret(&changed, Some(secret.reveal())))
}

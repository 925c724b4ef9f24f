//! `POST /v2/auth/oauth2/clients`

use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{ClientId, OrganizationNumber, hash_hex, random_secret};
use meridian_store::oauth2::{self, Approval, ClientType, NewClient};

use super::view::ClientView;
use super::{input, looks_after};
use crate::errors;

/// How many applications one user makes at most.
const MAX_CLIENTS: u32 = 100;

/// Registers an application and shows its secret, this once.
pub async fn create_client(request: Request) -> Result<Reply, ApiError> {
    let principal = request.principal()?;
    looks_after(principal)?;
    let wish = input::read_new(&json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let secret = (wish.client_type == ClientType::Confidential).then(random_secret);
    let hash = secret.as_ref().map(|secret| hash_hex(secret.reveal().as_bytes()));
    let new = NewClient {
        id: ClientId::generate(scope.organization()),
        name: wish.name,
        logo: wish.logo,
        redirect_uris: wish.redirect_uris,
        client_type: wish.client_type,
        secret_hash: hash,
        approval: approval_in(scope.organization()),
        scopes: wish.scopes,
    };
    let user = principal.user_id;
    let made = oauth2::insert_client(&scope, user, &new, MAX_CLIENTS, request.now).await?;
    let made = made.ok_or_else(|| errors::too_many_applications(MAX_CLIENTS))?;
    let secret = secret.as_ref().map(|secret| secret.reveal());
    Reply::created(&ClientView::with_secret(&made, secret))
}

/// Whoever registers for an organisation decides for it; for all others the operator
/// does.
fn approval_in(organization: OrganizationNumber) -> Approval {
    if organization == OrganizationNumber::NONE { Approval::Pending } else { Approval::Approved }
}

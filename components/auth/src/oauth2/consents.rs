//! `GET /v2/auth/oauth2/consents` and `DELETE /v2/auth/oauth2/consents/:clientId`

use meridian_edge::guard_epoch;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{ClientId, Instant};
use meridian_store::oauth2::{self, Consent};
use serde::Serialize;
use serde_json::json;

use crate::errors;

/// What a user allows one application, on however many devices.
#[derive(Serialize)]
struct ConsentView {
    client_id: String,
    name: String,
    logo: Option<String>,
    scopes: Vec<String>,
    created_at: Instant,
}

/// The applications the caller allows something, by their names.
pub async fn list_consents(request: Request) -> Result<Reply, ApiError> {
    let user = request.principal()?.user_id;
    let scope = meridian_edge::scope(&request).await?;
    Reply::ok(&together(oauth2::list_consents(&scope, user, request.now).await?))
}

/// One for each application: consents of the same one stand side by side.
fn together(consents: Vec<Consent>) -> Vec<ConsentView> {
    let mut views: Vec<ConsentView> = Vec::new();
    for consent in consents {
        let Consent { client_id, name, logo, scopes, created_at } = consent;
        match views.last_mut().filter(|view| view.client_id == client_id) {
            Some(view) => {
                for scope in scopes {
                    if !view.scopes.contains(&scope) {
                        view.scopes.push(scope);
                    }
                }
            }
            None => views.push(ConsentView { client_id, name, logo, scopes, created_at }),
        }
    }
    views
}

/// Takes back all the caller allowed an application: its tokens stop working at once.
pub async fn revoke_consent(request: Request) -> Result<Reply, ApiError> {
    let shown = request.parameter("clientId");
    let unknown = || errors::no_application(shown);
    let client = ClientId::parse(shown).ok_or_else(unknown)?;
    let user = request.principal()?.user_id;
    let scope = meridian_edge::scope(&request).await?;
    let is_ours = client.organization() == scope.organization();
    if !is_ours || !oauth2::revoke_consent(&scope, user, &client, request.now).await? {
        return Err(unknown());
    }
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&json!({ "client_id": client.as_str() }))
}

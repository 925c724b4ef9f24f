//! The OAuth2 provider: third-party applications, the consent of users, and tokens.

mod authorize;
mod client_auth;
mod clients;
mod consents;
mod flat;
mod introspect;
mod metadata;
mod parameters;
mod revoke;
mod token;

pub use authorize::{authorize_by_api, decide_by_form, show_consent};
pub use clients::{
    approve_client, create_client, delete_client, get_client, list_clients, reject_client,
    rotate_secret, update_client,
};
pub use consents::{list_consents, revoke_consent};
pub use introspect::introspect;
pub use metadata::get_metadata;
pub use revoke::{grant_of, revoke};
pub use token::token;

use meridian_domain::oauth2::Registered;
use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Guard};
use meridian_kernel::ClientId;
use meridian_store::Scope;
use meridian_store::oauth2::{self, Approval, Client, ClientType};

use crate::guard::GUARD;

/// An application, and the database it lives in: that of the only users it may ask.
struct Application {
    id: ClientId,
    client: Client,
    scope: Scope<'static, WitDatabase>,
}

impl Application {
    /// The application of an id; `None` where there is none, or its organisation is
    /// gone. 403 where that is suspended.
    async fn find(id: &str) -> Result<Option<Self>, ApiError> {
        let Some(id) = ClientId::parse(id) else { return Ok(None) };
        match GUARD.admit(id.organization()).await {
            Err(meridian_gateway::Refusal::UnknownOrganization) => return Ok(None),
            admitted => admitted?,
        };
        let scope = meridian_edge::scope_for_seam(id.organization()).await?;
        let found = oauth2::find_client(&scope, &id).await?;
        Ok(found.map(|client| Self { id, client, scope }))
    }

    fn registered(&self) -> Registered<'_> {
        Registered {
            is_approved: self.client.approval == Approval::Approved,
            is_public: self.client.client_type == ClientType::Public,
            redirect_uris: &self.client.redirect_uris,
            scopes: &self.client.scopes,
        }
    }
}

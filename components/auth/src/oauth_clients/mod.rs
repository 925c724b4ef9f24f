//! Platform clients of an organisation.

mod create;
mod delete;
mod get;
mod input;
mod list;
mod rotate_secret;
mod update;
mod view;

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::{ClientId, Secret, hash_hex, random_secret};
use meridian_store::Scope;
use meridian_store::oauth_clients::{self, OAuthClient};
use meridian_vault::Vault;

use crate::{errors, secrets};

pub use create::create_oauth_client;
pub use delete::delete_oauth_client;
pub use get::get_oauth_client;
pub use list::list_oauth_clients;
pub use rotate_secret::rotate_secret;
pub use update::update_oauth_client;

/// The client that the path names, whoever's it is; 404 where it can be nobody's.
pub fn client_id(request: &Request) -> Result<ClientId, ApiError> {
    let text = request.parameter("clientId");
    ClientId::parse(text).ok_or_else(|| errors::no_client(text))
}

/// The client that the path names, where it is one of the caller's organisation.
async fn own_client(
    request: &Request,
    scope: &Scope<'static, WitDatabase>,
) -> Result<OAuthClient, ApiError> {
    let id = client_id(request)?;
    let client = oauth_clients::find(scope, &id).await?;
    client.ok_or_else(|| errors::no_client(id.as_str()))
}

/// A new secret in the three forms there are of it.
struct NewSecret {
    shown: Secret,
    hash: String,
    sealed: String,
}

impl NewSecret {
    fn make(vault: &Vault) -> Self {
        let shown = random_secret();
        Self {
            hash: hash_hex(shown.reveal().as_bytes()),
            sealed: vault.seal(shown.reveal()),
            shown,
        }
    }
}

/// The vault of this deployment.
async fn vault() -> Result<std::rc::Rc<Vault>, ApiError> {
    secrets::vault().await.map_err(ApiError::internal)
}

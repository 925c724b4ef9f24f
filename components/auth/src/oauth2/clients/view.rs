//! An application on its way out, in the words of the API.

use meridian_kernel::Instant;
use meridian_store::oauth2::Client;
use serde::Serialize;

/// `data` of the answers about an application.
#[derive(Serialize)]
pub struct ClientView<'a> {
    client_id: &'a str,
    /// The first of `redirect_uris`.
    redirect_uri: &'a str,
    redirect_uris: &'a [String],
    name: &'a str,
    logo: Option<&'a str>,
    is_trusted: bool,
    client_type: &'static str,
    approval_status: &'static str,
    scopes: &'a [String],
    created_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
}

impl<'a> ClientView<'a> {
    /// Without the secret, which nobody has any more.
    pub fn new(client: &'a Client) -> Self {
        Self {
            client_id: &client.id,
            redirect_uri: client.redirect_uris.first().map_or("", String::as_str),
            redirect_uris: &client.redirect_uris,
            name: &client.name,
            logo: client.logo.as_deref(),
            is_trusted: client.is_trusted,
            client_type: client.client_type.as_str(),
            approval_status: client.approval.as_str(),
            scopes: &client.scopes,
            created_at: client.created_at,
            client_secret: None,
        }
    }

    /// With the secret, this once; public ones have none.
    pub fn with_secret(client: &'a Client, secret: Option<&'a str>) -> Self {
        Self { client_secret: secret, ..Self::new(client) }
    }
}

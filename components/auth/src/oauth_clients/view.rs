//! A client as its organisation sees it.

use meridian_domain::oauth_client::permission_names;
use meridian_gateway::ApiError;
use meridian_kernel::{Instant, OrganizationNumber, Secret};
use meridian_store::oauth_clients::OAuthClient;
use meridian_vault::Vault;
use serde::Serialize;

/// A client, with its secret.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientView<'a> {
    id: &'a str,
    name: &'a str,
    secret: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_secret_expires_at: Option<Instant>,
    permissions: Vec<&'static str>,
    logo: Option<&'a str>,
    redirect_uris: &'a [String],
    organization_id: i64,
    created_at: Instant,
    are_emails_enabled: bool,
    are_default_event_types_enabled: bool,
    are_calendar_events_enabled: bool,
    booking_redirect_uri: Option<&'a str>,
    booking_cancel_redirect_uri: Option<&'a str>,
    booking_reschedule_redirect_uri: Option<&'a str>,
}

impl<'a> ClientView<'a> {
    /// Fails where the secret does not open any more: the key it was sealed with is
    /// gone from `encryption_key`.
    pub fn new(client: &'a OAuthClient, vault: &Vault, now: Instant) -> Result<Self, ApiError> {
        let unreadable = || ApiError::internal("a client's secret does not open");
        let secret = vault.open(&client.sealed_secret).ok_or_else(unreadable)?;
        let organization: OrganizationNumber = client.id.organization();
        Ok(Self {
            id: client.id.as_str(),
            name: &client.name,
            secret: secret.reveal().to_owned(),
            previous_secret_expires_at: client.previous_secret_until.filter(|until| *until > now),
            permissions: permission_names(client.permissions),
            logo: client.logo.as_deref(),
            redirect_uris: &client.redirect_uris,
            organization_id: organization.wire_id(),
            created_at: client.created_at,
            are_emails_enabled: client.are_emails_enabled,
            are_default_event_types_enabled: client.are_default_event_types_enabled,
            are_calendar_events_enabled: client.are_calendar_events_enabled,
            booking_redirect_uri: client.booking_redirect_uri.as_deref(),
            booking_cancel_redirect_uri: client.booking_cancel_redirect_uri.as_deref(),
            booking_reschedule_redirect_uri: client.booking_reschedule_redirect_uri.as_deref(),
        })
    }
}

/// What a client proves itself with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_secret_expires_at: Option<Instant>,
}

impl<'a> Credentials<'a> {
    /// With a secret that was just made.
    pub fn new(client: &'a OAuthClient, secret: &'a Secret) -> Self {
        Self {
            client_id: client.id.as_str(),
            client_secret: secret.reveal(),
            previous_secret_expires_at: client.previous_secret_until,
        }
    }
}

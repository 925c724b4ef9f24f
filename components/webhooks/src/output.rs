//! A webhook as clients see it.

use meridian_gateway::ApiError;
use meridian_kernel::{EventTypeId, Instant, OrganizationNumber, UserId};
use meridian_store::webhooks::{Owner, Webhook};
use meridian_vault::Vault;
use serde::Serialize;

use crate::secrets;

/// A webhook as clients see it. The secret is shown, as upstream: clients compare it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookOutput {
    id: String,
    #[serde(flatten)]
    owner: OwnerOutput,
    subscriber_url: String,
    active: bool,
    triggers: Vec<String>,
    payload_template: Option<String>,
    secret: Option<String>,
    /// Until when the secret before this one signs as well; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_secret_expires_at: Option<Instant>,
    version: String,
    /// When it was switched off by itself; absent where it was not, and once it is switched
    /// on again.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<Instant>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_reason: Option<String>,
}

/// Whose it is, in the field that clients know for it.
#[derive(Clone, Debug, Serialize)]
enum OwnerOutput {
    #[serde(rename = "userId")]
    User(UserId),
    #[serde(rename = "eventTypeId")]
    EventType(EventTypeId),
    /// Organisations are teams here.
    #[serde(rename = "teamId")]
    Organization(i64),
    #[serde(rename = "oAuthClientId")]
    Client(String),
}

impl OwnerOutput {
    fn of(owner: Owner, organization: OrganizationNumber) -> Self {
        match owner {
            Owner::User(id) => Self::User(id),
            Owner::EventType(id) => Self::EventType(id),
            Owner::Organization => Self::Organization(organization.wire_id()),
            Owner::Client(id) => Self::Client(id.to_string()),
        }
    }
}

/// Presents a webhook.
pub(crate) fn present(
    webhook: Webhook,
    vault: &Vault,
    now: Instant,
) -> Result<WebhookOutput, ApiError> {
    let secret = secrets::open(vault, webhook.sealed_secret.as_deref())?;
    let disabled = webhook.disabled;
    Ok(WebhookOutput {
        owner: OwnerOutput::of(webhook.owner, webhook.id.organization()),
        id: webhook.id.to_string(),
        subscriber_url: webhook.subscriber_url,
        active: webhook.active,
        triggers: webhook.triggers,
        payload_template: webhook.payload_template,
        secret: secret.map(|secret| secret.reveal().to_owned()),
        previous_secret_expires_at: webhook.previous_secret_until.filter(|until| *until > now),
        version: webhook.version,
        disabled_at: disabled.as_ref().map(|disabled| disabled.at),
        disabled_reason: disabled.map(|disabled| disabled.reason),
    })
}

#[cfg(test)]
mod tests {
    use meridian_kernel::{ClientId, UuidUid, WireId};
    use serde_json::{Value, json};

    use super::*;

    fn shown(owner: Owner, previous_secret_until: Option<i64>) -> Value {
        let webhook = Webhook {
            id: UuidUid::generate(OrganizationNumber::new(2).unwrap()),
            owner,
            subscriber_url: "https://x.org".to_owned(),
            active: true,
            triggers: vec!["BOOKING_CREATED".to_owned()],
            payload_template: None,
            sealed_secret: None,
            previous_secret_until: previous_secret_until.map(Instant::from_millis),
            version: "2021-10-20".to_owned(),
            created_at: Instant::from_millis(0),
            updated_at: Instant::from_millis(0),
            disabled: None,
        };
        let vault = Vault::new("a key of some length").unwrap();
        serde_json::to_value(present(webhook, &vault, Instant::from_millis(10)).unwrap()).unwrap()
    }

    #[test]
    fn each_owner_has_a_field_of_its_own() {
        let organization = OrganizationNumber::new(2).unwrap();
        let base = 2_i64 << 32;
        for (owner, field, expected) in [
            (Owner::User(UserId::new(organization, 5)), "userId", base + 5),
            (Owner::EventType(EventTypeId::new(organization, 6)), "eventTypeId", base + 6),
            (Owner::Organization, "teamId", base),
        ] {
            let shown = shown(owner, None);
            assert_eq!(shown[field], expected);
            let owners = ["userId", "eventTypeId", "teamId", "oAuthClientId"];
            assert_eq!(owners.iter().filter(|name| shown.get(name).is_some()).count(), 1);
        }
        let client = ClientId::generate(organization);
        let shown = shown(Owner::Client(client.clone()), None);
        assert_eq!(shown["oAuthClientId"], client.as_str());
    }

    #[test]
    fn a_previous_secret_is_told_of_while_it_signs() {
        assert_eq!(
            shown(Owner::Organization, Some(11))["previousSecretExpiresAt"],
            json!("1970-01-01T00:00:00.011Z")
        );
        for over in [Some(10), None] {
            assert!(shown(Owner::Organization, over).get("previousSecretExpiresAt").is_none());
        }
    }
}

//! Credentials that stand for all users of an organisation, and fail.

use meridian_domain::webhook::DelegationCredentialError;
use meridian_kernel::WireId;
use meridian_store::deliveries::UserEvent;
use serde_json::json;

/// A credential of the organisation failed: only its own webhooks hear of that.
pub fn delegation_credential_error(event: &DelegationCredentialError) -> UserEvent {
    let payload = json!({
        "error": { "type": event.error_type, "message": event.message },
        "credential": {
            "id": event.credential_id,
            "type": event.credential_type,
            "appId": event.app_id,
            "delegationCredentialId": event.delegation_credential_id,
        },
        "user": {
            "id": event.user,
            "email": event.user_email,
            "organizationId": event.user.organization().wire_id(),
        },
    });
    UserEvent {
        trigger: DelegationCredentialError::TRIGGER,
        user: None,
        payload: payload.to_string(),
    }
}

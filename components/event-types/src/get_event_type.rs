//! GET /v2/event-types/:eventTypeId

use meridian_gateway::{ApiError, Principal, Reply, Request};
use meridian_kernel::{EventTypeId, UserId};
use meridian_store::event_types;

use crate::{errors, present};

/// One event type, for its owner and for administrators.
pub async fn get_event_type(request: Request) -> Result<Reply, ApiError> {
    let id: EventTypeId = request.id("eventTypeId")?;
    let scope = meridian_edge::scope(&request).await?;
    let found = event_types::find_owned(&scope, id).await?;
    let found = found.ok_or_else(|| errors::not_found(id))?;
    let principal = request.principal()?;
    if !may_read(principal, found.event_type.owner_id) {
        return Err(errors::not_allowed_to_read(principal.user_id, id));
    }
    Reply::ok(&present::for_owner(&found, &present::app_url().await)?)
}

/// Whoever belongs to no organisation administers nobody else's event types.
fn may_read(principal: &Principal, owner: UserId) -> bool {
    let in_organization =
        principal.organization.number != meridian_kernel::OrganizationNumber::NONE;
    let administers = matches!(principal.organization_role.as_str(), "OWNER" | "ADMIN");
    principal.user_id == owner || principal.is_system_admin || (in_organization && administers)
}

#[cfg(test)]
mod tests {
    use meridian_gateway::{Method, OrganizationState};
    use meridian_kernel::{OrganizationNumber, WireId};

    use super::*;

    fn caller(number: u32, role: &str) -> Principal {
        let number = OrganizationNumber::new(number).unwrap();
        Principal {
            organization: OrganizationState {
                number,
                slug: String::new(),
                name: String::new(),
                plan: String::new(),
                is_platform: false,
            },
            user_id: UserId::new(number, 1),
            username: "ada".to_owned(),
            email: "ada@example.org".to_owned(),
            name: "Ada".to_owned(),
            time_zone: "UTC".to_owned(),
            is_system_admin: false,
            organization_role: role.to_owned(),
            method: Method::ApiKey,
            scopes: Vec::new(),
            credential: String::new(),
        }
    }

    #[test]
    fn owners_and_administrators_of_the_organisation_may_read() {
        let number = OrganizationNumber::new(7).unwrap();
        let other = UserId::new(number, 2);
        assert!(may_read(&caller(7, "ADMIN"), other));
        assert!(may_read(&caller(7, "OWNER"), other));
        assert!(!may_read(&caller(7, "MEMBER"), other));
        assert!(may_read(&caller(7, "MEMBER"), UserId::new(number, 1)));
    }

    #[test]
    fn a_role_outside_an_organisation_opens_nothing() {
        let other = UserId::new(OrganizationNumber::NONE, 2);
        assert!(!may_read(&caller(0, "OWNER"), other));
        let admin = Principal { is_system_admin: true, ..caller(0, "") };
        assert!(may_read(&admin, other));
    }
}

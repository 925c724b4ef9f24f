//! Whose database a request may enter, and who the caller is there.

use http::StatusCode;
use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Principal, Request};
use meridian_kernel::{OrganizationNumber, ShortUid, UserId, WireId};
use meridian_store::Scope;

use crate::errors::booking_not_found;

/// A scope of the database behind the `database` import.
pub type OpenScope = Scope<'static, WitDatabase>;

/// The database of an organisation: the guard has admitted the caller's own with
/// the caller; another one is admitted first.
pub async fn scope_in(
    request: &Request,
    organization: OrganizationNumber,
) -> Result<OpenScope, ApiError> {
    let own = request.principal.as_ref().map(|caller| caller.organization.number);
    if own == Some(organization) {
        meridian_edge::scope(request).await
    } else {
        meridian_edge::scope_of(organization).await
    }
}

/// The database a booking's uid names. A uid that names none is a booking that
/// does not exist.
pub async fn scope_of_booking(request: &Request, uid: &str) -> Result<OpenScope, ApiError> {
    let parsed = ShortUid::parse(uid).ok_or_else(|| booking_not_found(uid))?;
    let scope = scope_in(request, parsed.organization()).await;
    scope.map_err(|error| instead_of_not_found(error, || booking_not_found(uid)))
}

/// Another organisation's thing is a thing that does not exist, in its own words.
pub fn instead_of_not_found(error: ApiError, replacement: impl FnOnce() -> ApiError) -> ApiError {
    if error.status == StatusCode::NOT_FOUND { replacement() } else { error }
}

/// Whether the caller is that user.
pub fn is_caller(caller: Option<&Principal>, user: UserId) -> bool {
    caller.is_some_and(|caller| caller.user_id == user)
}

/// Whether the caller owns what belongs to that user, or administers its
/// organisation. Organisation 0 is everybody's and has no administrators but those
/// of the system.
pub fn owns_or_administers(caller: &Principal, owner: UserId) -> bool {
    let organization = caller.organization.number;
    let administers = organization != OrganizationNumber::NONE
        && matches!(caller.organization_role.as_str(), "ADMIN" | "OWNER");
    caller.user_id == owner
        || (organization == owner.organization() && (administers || caller.is_system_admin))
}

#[cfg(test)]
mod tests {
    use meridian_gateway::{Method, OrganizationState};

    use super::*;

    fn caller(organization: u32, row: i64, role: &str) -> Principal {
        let number = OrganizationNumber::new(organization).unwrap();
        Principal {
            organization: OrganizationState {
                number,
                slug: String::new(),
                name: String::new(),
                plan: String::new(),
                is_platform: false,
            },
            user_id: UserId::new(number, row),
            username: String::new(),
            email: String::new(),
            name: String::new(),
            time_zone: "UTC".to_owned(),
            is_system_admin: false,
            organization_role: role.to_owned(),
            method: Method::ApiKey,
            scopes: Vec::new(),
            credential: String::new(),
        }
    }

    #[test]
    fn an_event_type_for_its_own_people_is_for_its_owner_and_their_administrators() {
        let owner = caller(7, 1, "MEMBER").user_id;
        assert!(owns_or_administers(&caller(7, 1, "MEMBER"), owner));
        assert!(owns_or_administers(&caller(7, 2, "ADMIN"), owner));
        assert!(!owns_or_administers(&caller(7, 2, "MEMBER"), owner));
        assert!(!owns_or_administers(&caller(8, 1, "OWNER"), owner));
        let alone = caller(0, 1, "MEMBER").user_id;
        assert!(!owns_or_administers(&caller(0, 2, "OWNER"), alone));
        let system = Principal { is_system_admin: true, ..caller(0, 2, "MEMBER") };
        assert!(owns_or_administers(&system, alone));
    }
}

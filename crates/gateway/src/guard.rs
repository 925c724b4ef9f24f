//! Who is asking. The `auth` component answers, by WIT from every other component
//! and directly in its own routes; the gateway sees one trait.

use meridian_kernel::{OrganizationNumber, UserId, WireId};
use serde::{Deserialize, Serialize};

/// The credential headers of a request, as they came.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// `Authorization`
    pub authorization: Option<String>,
    /// `x-cal-client-id`
    pub client_id: Option<String>,
    /// `x-cal-secret-key`
    pub client_secret: Option<String>,
    /// `Cookie`
    pub cookie: Option<String>,
    /// `Origin`
    pub origin: Option<String>,
}

impl Credentials {
    /// Whether any of the headers that prove something came. A cookie alone may
    /// be anything, so it does not count here.
    pub const fn is_empty(&self) -> bool {
        self.authorization.is_none() && self.client_id.is_none() && self.client_secret.is_none()
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// How the caller proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// `cal_…`
    ApiKey,
    /// A managed user's token.
    AccessToken,
    /// Client id and secret.
    OAuthClient,
    /// A token of the OAuth2 provider.
    ThirdPartyToken,
    /// A session cookie.
    Session,
}

/// What a component needs to know of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationState {
    /// Its number.
    pub number: OrganizationNumber,
    /// Its slug; empty for organisation 0.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its plan.
    pub plan: String,
    /// Whether it is a platform customer.
    pub is_platform: bool,
}

/// The caller, proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Where the caller belongs.
    pub organization: OrganizationState,
    /// The caller.
    pub user_id: UserId,
    /// Unique within the organisation.
    pub username: String,
    /// The primary address.
    pub email: String,
    /// Possibly empty.
    pub name: String,
    /// IANA.
    pub time_zone: String,
    /// A system administrator.
    pub is_system_admin: bool,
    /// `OWNER`, `ADMIN`, `MEMBER`, or empty.
    pub organization_role: String,
    /// How it was proven.
    pub method: Method,
    /// Of a third-party token; empty: unrestricted.
    pub scopes: Vec<String>,
    /// A stable hash of the credential.
    pub credential: String,
}

impl Principal {
    /// Whether what belongs to that user may be handled by the caller: its owner, an
    /// administrator of its organisation, or a system administrator of the same
    /// database. Organisation 0 is everybody's and has no administrators of its own.
    pub fn owns_or_administers(&self, owner: UserId) -> bool {
        let organization = self.organization.number;
        let administers = organization != OrganizationNumber::NONE
            && matches!(self.organization_role.as_str(), "ADMIN" | "OWNER");
        self.user_id == owner
            || (organization == owner.organization() && (administers || self.is_system_admin))
    }
}

/// Why the caller is not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 401, with the text clients know.
    Unauthorized(String),
    /// 498.
    Expired(String),
    /// 403.
    Forbidden(String),
    /// 404: the organisation is unknown or deleted.
    UnknownOrganization,
    /// 403 for every request.
    Suspended,
    /// 503.
    Unavailable(String),
}

/// The identity seam.
#[allow(async_fn_in_trait, reason = "futures stay in the guest that made them")]
pub trait Guard {
    /// Who is asking.
    async fn authenticate(&self, credentials: &Credentials) -> Result<Principal, Refusal>;

    /// Whether requests without credentials may be served for an organisation.
    async fn admit(&self, organization: OrganizationNumber) -> Result<OrganizationState, Refusal>;
}

#[cfg(test)]
mod tests {
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
    fn what_a_user_owns_is_theirs_and_their_administrators() {
        let owner = caller(7, 1, "MEMBER").user_id;
        assert!(caller(7, 1, "MEMBER").owns_or_administers(owner));
        assert!(caller(7, 2, "ADMIN").owns_or_administers(owner));
        assert!(!caller(7, 2, "MEMBER").owns_or_administers(owner));
        assert!(!caller(8, 1, "OWNER").owns_or_administers(owner));
        let alone = caller(0, 1, "MEMBER").user_id;
        assert!(!caller(0, 2, "OWNER").owns_or_administers(alone));
        let system = Principal { is_system_admin: true, ..caller(0, 2, "MEMBER") };
        assert!(system.owns_or_administers(alone));
    }
}

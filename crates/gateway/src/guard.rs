//! Who is asking. The `auth` component answers, by WIT from every other component
//! and directly in its own routes; the gateway sees one trait.

use meridian_kernel::{
    OrganizationNumber, Permission, PermissionSet, Rate, Role, TeamId, UserId, WireId,
};
use serde::{Deserialize, Serialize};

use crate::ApiError;

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

/// A place in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRole {
    /// The team.
    pub team_id: TeamId,
    /// What the caller is in it.
    pub role: Role,
}

/// The platform client a caller came through: with its secret, or as one of its
/// managed users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientGrant {
    /// The client's id.
    pub id: String,
    /// Its mask of [`meridian_kernel::ClientPermission`]s.
    pub permissions: u32,
}

/// What a custom role of the caller allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolePermissions {
    /// In this team; `None`: in the organisation, and so in all of its teams.
    pub team_id: Option<TeamId>,
    /// What.
    pub permissions: PermissionSet,
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
    /// What the caller is in its organisation. `None` in organisation 0, which has
    /// no members, and while an invitation is not accepted.
    pub organization_role: Option<Role>,
    /// The teams the caller is an accepted member of.
    pub teams: Vec<TeamRole>,
    /// What the caller's custom roles allow, beyond those roles.
    pub permissions: Vec<RolePermissions>,
    /// How it was proven.
    pub method: Method,
    /// The platform client the caller came through.
    pub client: Option<ClientGrant>,
    /// Of a third-party token; empty: unrestricted.
    pub scopes: Vec<String>,
    /// A stable hash of the credential.
    pub credential: String,
    /// Rate limits of its own; empty: the default ones.
    pub rates: Vec<Rate>,
}

impl Principal {
    /// Whether what belongs to that user may be handled by the caller: its owner, an
    /// administrator of its organisation, or a system administrator of the same
    /// database. Organisation 0 is everybody's and has no administrators of its own.
    pub fn owns_or_administers(&self, owner: UserId) -> bool {
        let is_ours = self.organization.number == owner.organization();
        self.user_id == owner || (is_ours && self.has_organization_role(Role::Admin))
    }

    /// As what the caller counts in its organisation. A system administrator is
    /// everything in the database it belongs to.
    pub fn organization_rank(&self) -> Option<Role> {
        if self.is_system_admin { Some(Role::Owner) } else { self.organization_role }
    }

    /// As what the caller counts in a team. Whoever administers the organisation is
    /// everything in all of its teams.
    pub fn team_rank(&self, team: TeamId) -> Option<Role> {
        if team.organization() != self.organization.number {
            return None;
        }
        let administers = self.organization_rank() >= Some(Role::Admin);
        if administers { Some(Role::Owner) } else { self.role_in(team) }
    }

    /// Whether the caller counts as at least this in its organisation.
    pub fn has_organization_role(&self, least: Role) -> bool {
        self.organization_rank() >= Some(least)
    }

    /// Whether the caller counts as at least this in a team.
    pub fn has_team_role(&self, team: TeamId, least: Role) -> bool {
        self.team_rank(team) >= Some(least)
    }

    /// 403 where the caller is less than this in its organisation.
    pub fn require_organization_role(&self, least: Role) -> Result<(), ApiError> {
        if self.has_organization_role(least) {
            return Ok(());
        }
        let organization = self.organization.number.wire_id();
        Err(ApiError::forbidden(match self.organization_role {
            None => format!(
                "RolesGuard - User is not a member of the organization with id={organization}."
            ),
            Some(_) => format!(
                "RolesGuard - user with id={} does not have the minimum required role=ORG_{} \
                 within organization with id={organization}.",
                self.user_id,
                least.as_str()
            ),
        }))
    }

    /// 403 where the caller is less than this in a team.
    pub fn require_team_role(&self, team: TeamId, least: Role) -> Result<(), ApiError> {
        if self.has_team_role(team, least) {
            return Ok(());
        }
        Err(ApiError::forbidden(match self.role_in(team) {
            None => format!("RolesGuard - User is not a member of the team with id={team}."),
            Some(_) => format!(
                "RolesGuard - user with id={} does not have the minimum required role=TEAM_{} \
                 within team with id={team}.",
                self.user_id,
                least.as_str()
            ),
        }))
    }

    /// Whether the caller's custom role in its organisation allows this.
    pub fn is_permitted(&self, permission: Permission) -> bool {
        self.organization_role.is_some()
            && self
                .permissions
                .iter()
                .any(|held| held.team_id.is_none() && held.permissions.allows(permission))
    }

    /// Whether the caller's custom role in a team allows this, or the one in the
    /// organisation, which counts in all of its teams.
    pub fn is_permitted_in(&self, team: TeamId, permission: Permission) -> bool {
        let in_team = |held: &RolePermissions| {
            held.team_id == Some(team) && held.permissions.allows(permission)
        };
        team.organization() == self.organization.number
            && (self.is_permitted(permission.in_organization())
                || (self.role_in(team).is_some() && self.permissions.iter().any(in_team)))
    }

    /// What the caller is in a team; `None` where it is no member.
    pub fn role_in(&self, team: TeamId) -> Option<Role> {
        self.teams.iter().find(|place| place.team_id == team).map(|place| place.role)
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

    fn caller(organization: u32, row: i64, role: Option<Role>) -> Principal {
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
            organization_role: role,
            teams: Vec::new(),
            permissions: Vec::new(),
            method: Method::ApiKey,
            client: None,
            scopes: Vec::new(),
            credential: String::new(),
            rates: Vec::new(),
        }
    }

    const MEMBER: Option<Role> = Some(Role::Member);
    const ADMIN: Option<Role> = Some(Role::Admin);

    #[test]
    fn what_a_user_owns_is_theirs_and_their_administrators() {
        let owner = caller(7, 1, MEMBER).user_id;
        assert!(caller(7, 1, MEMBER).owns_or_administers(owner));
        assert!(caller(7, 2, ADMIN).owns_or_administers(owner));
        assert!(!caller(7, 2, MEMBER).owns_or_administers(owner));
        assert!(!caller(8, 1, Some(Role::Owner)).owns_or_administers(owner));
        let alone = caller(0, 1, None).user_id;
        assert!(!caller(0, 2, None).owns_or_administers(alone));
        let system = Principal { is_system_admin: true, ..caller(0, 2, None) };
        assert!(system.owns_or_administers(alone));
        assert!(!system.owns_or_administers(owner));
    }

    #[test]
    fn a_role_in_one_team_is_none_in_another() {
        let team =
            |organization, row| TeamId::new(OrganizationNumber::new(organization).unwrap(), row);
        let place = TeamRole { team_id: team(7, 1), role: Role::Admin };
        let member = Principal { teams: vec![place], ..caller(7, 1, MEMBER) };
        assert!(member.has_team_role(team(7, 1), Role::Member));
        assert!(member.has_team_role(team(7, 1), Role::Admin));
        assert!(!member.has_team_role(team(7, 1), Role::Owner));
        assert!(!member.has_team_role(team(7, 2), Role::Member));
        assert!(caller(7, 2, ADMIN).has_team_role(team(7, 2), Role::Owner));
        assert!(!caller(8, 2, ADMIN).has_team_role(team(7, 2), Role::Member));
        // Organisation 0 has teams too, and nobody above them.
        assert!(!caller(0, 2, None).has_team_role(team(0, 1), Role::Member));
    }
}

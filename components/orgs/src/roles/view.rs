//! A role as the API shows it.

use meridian_kernel::{Instant, OrganizationNumber, PermissionSet, TeamId};
use meridian_store::roles::{CustomRole, Place};
use serde::Serialize;

use super::place::AnyRole;
use super::system::SystemRole;

/// `data` of roles.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleView<'a> {
    id: &'a str,
    name: &'a str,
    color: Option<&'a str>,
    description: Option<&'a str>,
    /// Of an organisation's role: whose, or null where it is everybody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<Option<i64>>,
    /// Of a team's role: whose, or null where it is everybody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    team_id: Option<Option<TeamId>>,
    r#type: &'static str,
    permissions: Vec<&'static str>,
    created_at: String,
    updated_at: String,
}

impl<'a> RoleView<'a> {
    /// One of the place's own.
    pub fn custom(role: &'a CustomRole, organization: OrganizationNumber) -> Self {
        let of_organization = role.team_id.is_none();
        Self {
            id: &role.id,
            name: &role.name,
            color: role.color.as_deref(),
            description: role.description.as_deref(),
            organization_id: of_organization.then(|| Some(organization.wire_id())),
            team_id: role.team_id.map(Some),
            r#type: "CUSTOM",
            permissions: texts(role.permissions),
            created_at: role.created_at.to_iso(),
            updated_at: role.updated_at.to_iso(),
        }
    }

    /// One that everybody has: since ever.
    pub fn system(role: SystemRole, place: Place) -> Self {
        let since_ever = Instant::from_millis(0).to_iso();
        Self {
            id: role.id(),
            name: role.name(),
            color: None,
            description: Some(role.description()),
            organization_id: place.is_none().then_some(None),
            team_id: place.is_some().then_some(None),
            r#type: "SYSTEM",
            permissions: texts(role.permissions(place)),
            created_at: since_ever.clone(),
            updated_at: since_ever,
        }
    }

    /// Either.
    pub fn of(role: &'a AnyRole, place: Place, organization: OrganizationNumber) -> Self {
        match role {
            AnyRole::System(role) => Self::system(*role, place),
            AnyRole::Custom(role) => Self::custom(role, organization),
        }
    }
}

/// Permissions as the API names them, in its order.
pub fn texts(permissions: PermissionSet) -> Vec<&'static str> {
    permissions.iter().map(|permission| permission.as_str()).collect()
}

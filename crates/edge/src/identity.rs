//! The identity seam, called.

use meridian_gateway::{
    ClientGrant, Credentials, Guard, Method, OrganizationState, Principal, Refusal,
    RolePermissions, TeamRole,
};
use meridian_kernel::{OrganizationNumber, PermissionSet, Rate, Role, TeamId, UserId, WireId};

use crate::bindings::identity as wit;

/// The guard behind the `identity` import: every component but `auth` asks it.
#[derive(Clone, Copy, Debug)]
pub struct WitGuard;

impl Guard for WitGuard {
    async fn authenticate(&self, credentials: &Credentials) -> Result<Principal, Refusal> {
        let credentials = wit::Credentials {
            authorization: credentials.authorization.clone(),
            client_id: credentials.client_id.clone(),
            client_secret: credentials.client_secret.clone(),
            cookie: credentials.cookie.clone(),
            origin: credentials.origin.clone(),
        };
        match wit::authenticate(credentials).await {
            Ok(principal) => principal_in(principal),
            Err(refusal) => Err(refusal_in(refusal)),
        }
    }

    async fn admit(&self, organization: OrganizationNumber) -> Result<OrganizationState, Refusal> {
        match wit::admit(organization.get()).await {
            Ok(organization) => organization_in(organization),
            Err(refusal) => Err(refusal_in(refusal)),
        }
    }
}

fn principal_in(principal: wit::Principal) -> Result<Principal, Refusal> {
    let foreign = |_| impossible("id");
    Ok(Principal {
        organization: organization_in(principal.organization)?,
        user_id: UserId::from_wire(principal.user_id).map_err(foreign)?,
        username: principal.username,
        email: principal.email,
        name: principal.name,
        time_zone: principal.time_zone,
        is_system_admin: principal.system_role == "ADMIN",
        organization_role: match principal.organization_role.as_str() {
            "" => None,
            role => Some(role_in(role)?),
        },
        teams: principal.teams.into_iter().map(team_role_in).collect::<Result<_, _>>()?,
        permissions: principal
            .permissions
            .into_iter()
            .map(role_permissions_in)
            .collect::<Result<_, _>>()?,
        method: match principal.method {
            wit::Method::ApiKey => Method::ApiKey,
            wit::Method::AccessToken => Method::AccessToken,
            wit::Method::OauthClient => Method::OAuthClient,
            wit::Method::ThirdPartyToken => Method::ThirdPartyToken,
            wit::Method::Session => Method::Session,
        },
        client: principal.client.map(client_in),
        scopes: principal.scopes,
        credential: principal.credential,
        rates: principal.rates.into_iter().map(rate_in).collect(),
    })
}

fn team_role_in(place: wit::TeamRole) -> Result<TeamRole, Refusal> {
    Ok(TeamRole {
        team_id: TeamId::from_wire(place.team_id).map_err(|_| impossible("id"))?,
        role: role_in(&place.role)?,
    })
}

fn role_permissions_in(granted: wit::RolePermissions) -> Result<RolePermissions, Refusal> {
    let team_id = granted.team_id.map(TeamId::from_wire).transpose();
    Ok(RolePermissions {
        team_id: team_id.map_err(|_| impossible("id"))?,
        permissions: PermissionSet::from_bits(granted.permissions),
    })
}

fn client_in(client: wit::ClientGrant) -> ClientGrant {
    ClientGrant { id: client.id, permissions: client.permissions }
}

fn rate_in(rate: wit::Rate) -> Rate {
    let wit::Rate { name, limit, period, block } = rate;
    Rate { name: name.into(), limit, period, block }
}

fn role_in(role: &str) -> Result<Role, Refusal> {
    Role::parse(role).ok_or_else(|| impossible("role"))
}

fn impossible(what: &str) -> Refusal {
    Refusal::Unavailable(format!("the guard answered with an impossible {what}"))
}

fn organization_in(organization: wit::Organization) -> Result<OrganizationState, Refusal> {
    Ok(OrganizationState {
        number: OrganizationNumber::new(organization.number).ok_or(Refusal::UnknownOrganization)?,
        slug: organization.slug,
        name: organization.name,
        plan: organization.plan,
        is_platform: organization.is_platform,
    })
}

fn refusal_in(refusal: wit::Refusal) -> Refusal {
    match refusal {
        wit::Refusal::Unauthorized(text) => Refusal::Unauthorized(text),
        wit::Refusal::Expired(text) => Refusal::Expired(text),
        wit::Refusal::Forbidden(text) => Refusal::Forbidden(text),
        wit::Refusal::UnknownOrganization => Refusal::UnknownOrganization,
        wit::Refusal::Suspended => Refusal::Suspended,
        wit::Refusal::Unavailable(text) => Refusal::Unavailable(text),
    }
}

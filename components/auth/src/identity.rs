//! The `identity` interface, provided to every other component.

use meridian_gateway::{
    ClientGrant, Guard, Method, OrganizationState, Principal, Refusal, RolePermissions, TeamRole,
};
use meridian_kernel::{OrganizationNumber, Rate, Role, WireId};

use crate::guard::GUARD;
use wit::exports::meridian::platform::identity as seam;

/// Generated from WIT.
#[allow(
    unsafe_code,
    missing_docs,
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "generated code"
)]
mod wit {
    spin_sdk::wit_bindgen::generate!({
        path: "../../wit",
        world: "identity-provider",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
    });
    export!(Provider);

    /// Who answers.
    pub(super) struct Provider;
}

impl seam::Guest for wit::Provider {
    async fn authenticate(
        credentials: seam::Credentials,
    ) -> Result<seam::Principal, seam::Refusal> {
        let credentials = meridian_gateway::Credentials {
            authorization: credentials.authorization,
            client_id: credentials.client_id,
            client_secret: credentials.client_secret,
            cookie: credentials.cookie,
            origin: credentials.origin,
        };
        GUARD.authenticate(&credentials).await.map(principal_out).map_err(refusal_out)
    }

    async fn admit(organization: u32) -> Result<seam::Organization, seam::Refusal> {
        let number =
            OrganizationNumber::new(organization).ok_or(seam::Refusal::UnknownOrganization)?;
        GUARD.admit(number).await.map(organization_out).map_err(refusal_out)
    }
}

fn principal_out(principal: Principal) -> seam::Principal {
    seam::Principal {
        organization: organization_out(principal.organization),
        user_id: principal.user_id.wire(),
        username: principal.username,
        email: principal.email,
        name: principal.name,
        time_zone: principal.time_zone,
        system_role: if principal.is_system_admin { "ADMIN" } else { "USER" }.to_owned(),
        organization_role: principal.organization_role.map_or("", Role::as_str).to_owned(),
        teams: principal.teams.into_iter().map(team_role_out).collect(),
        permissions: principal.permissions.into_iter().map(role_permissions_out).collect(),
        method: match principal.method {
            Method::ApiKey => seam::Method::ApiKey,
            Method::AccessToken => seam::Method::AccessToken,
            Method::OAuthClient => seam::Method::OauthClient,
            Method::ThirdPartyToken => seam::Method::ThirdPartyToken,
            Method::Session => seam::Method::Session,
        },
        client: principal.client.map(client_out),
        scopes: principal.scopes,
        credential: principal.credential,
        rates: principal.rates.into_iter().map(rate_out).collect(),
    }
}

fn team_role_out(place: TeamRole) -> seam::TeamRole {
    seam::TeamRole { team_id: place.team_id.wire(), role: place.role.as_str().to_owned() }
}

fn role_permissions_out(granted: RolePermissions) -> seam::RolePermissions {
    seam::RolePermissions {
        team_id: granted.team_id.map(WireId::wire),
        permissions: granted.permissions.bits(),
    }
}

fn client_out(client: ClientGrant) -> seam::ClientGrant {
    seam::ClientGrant { id: client.id, permissions: client.permissions }
}

fn rate_out(rate: Rate) -> seam::Rate {
    let Rate { name, limit, period, block } = rate;
    seam::Rate { name: name.into_owned(), limit, period, block }
}

fn organization_out(organization: OrganizationState) -> seam::Organization {
    seam::Organization {
        number: organization.number.get(),
        slug: organization.slug,
        name: organization.name,
        plan: organization.plan,
        is_platform: organization.is_platform,
    }
}

fn refusal_out(refusal: Refusal) -> seam::Refusal {
    match refusal {
        Refusal::Unauthorized(text) => seam::Refusal::Unauthorized(text),
        Refusal::Expired(text) => seam::Refusal::Expired(text),
        Refusal::Forbidden(text) => seam::Refusal::Forbidden(text),
        Refusal::UnknownOrganization => seam::Refusal::UnknownOrganization,
        Refusal::Suspended => seam::Refusal::Suspended,
        Refusal::Unavailable(text) => seam::Refusal::Unavailable(text),
    }
}

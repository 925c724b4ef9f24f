//! What a route asks of a proven caller (contract: 00-overview, "Authorization
//! layers"), in the order upstream asks it.

use meridian_kernel::{OAuthScope, OrganizationNumber, Permission, Plan, Role, TeamId, WireId};

use crate::access::{Caller, PlanRule};
use crate::request::parameter;
use crate::{Access, ApiError, Method, Principal};

/// The path parameters that name an organisation and a team.
pub(crate) const ORGANIZATION: &str = "orgId";
pub(crate) const TEAM: &str = "teamId";

/// Why the caller may not call the route, where it may not.
pub(crate) fn check(
    principal: &Principal,
    access: Access,
    parameters: &[(String, String)],
) -> Result<(), ApiError> {
    check_method(principal, access.methods)?;
    check_scope(principal, access.scope)?;
    check_client(principal, access.scope)?;
    match access.caller {
        Caller::Member(least) => {
            check_organization(principal, parameters)?;
            check_plan(principal, access.plan)?;
            check_role(principal, least, access.permission)
        }
        Caller::TeamMember(least) => {
            if parameters.iter().any(|(name, _)| name == ORGANIZATION) {
                check_organization(principal, parameters)?;
                check_plan(principal, access.plan)?;
                principal.require_organization_role(Role::Member)?;
            }
            let team = team_of(principal, parameters)?;
            check_team_role(principal, team, least, access.permission)
        }
        Caller::PlatformMember(least) => {
            check_is_platform(principal)?;
            principal.require_organization_role(least)
        }
        Caller::Anyone | Caller::AnyoneProven | Caller::User | Caller::Operator => Ok(()),
    }
}

/// As the API names the ways to prove who one is.
const fn name(method: Method) -> &'static str {
    match method {
        Method::ApiKey => "API_KEY",
        Method::AccessToken => "ACCESS_TOKEN",
        Method::OAuthClient => "OAUTH_CLIENT_CREDENTIALS",
        Method::ThirdPartyToken => "THIRD_PARTY_ACCESS_TOKEN",
        Method::Session => "NEXT_AUTH",
    }
}

/// 401 that names what is allowed, where the caller came another way.
fn check_method(principal: &Principal, allowed: Option<&[Method]>) -> Result<(), ApiError> {
    let Some(allowed) = allowed else { return Ok(()) };
    if allowed.contains(&principal.method) {
        return Ok(());
    }
    let names: Vec<&str> = allowed.iter().copied().map(name).collect();
    Err(ApiError::unauthorized(format!(
        "ApiAuthStrategy - Invalid authentication method. Please provide one of the allowed \
         methods: {}",
        names.join(", ")
    )))
}

/// A third-party token that names scopes reaches only what they cover.
fn check_scope(principal: &Principal, required: Option<OAuthScope>) -> Result<(), ApiError> {
    let scopes = &principal.scopes;
    let is_legacy = |scope: &String| OAuthScope::LEGACY.contains(&scope.as_str());
    if principal.method != Method::ThirdPartyToken || scopes.iter().all(is_legacy) {
        return Ok(());
    }
    let Some(required) = required else {
        return Err(ApiError::forbidden(
            "insufficient_scope: this endpoint is not available for third-party OAuth tokens",
        ));
    };
    let mut held = scopes.iter().filter_map(|scope| OAuthScope::parse(scope));
    if held.any(|scope| scope.covers(required)) {
        return Ok(());
    }
    Err(ApiError::forbidden(format!(
        "insufficient_scope: token does not have the required scopes. \
         Required: {required}. Token has: {}",
        scopes.join(", ")
    )))
}

/// A platform client, and whoever it manages, may do what its mask says.
fn check_client(principal: &Principal, scope: Option<OAuthScope>) -> Result<(), ApiError> {
    let required = scope.and_then(OAuthScope::client_permission);
    let (Some(required), Some(client)) = (required, &principal.client) else { return Ok(()) };
    let by_client = matches!(principal.method, Method::AccessToken | Method::OAuthClient);
    if !by_client || required.is_in(client.permissions) {
        return Ok(());
    }
    Err(ApiError::forbidden(format!(
        "PermissionsGuard - oAuth client with id={} does not have the required permissions={}. \
         Go to platform dashboard settings and add the required permissions to the oAuth client.",
        client.id,
        required.as_str()
    )))
}

/// 403 where the caller's organisation is no platform customer.
fn check_is_platform(principal: &Principal) -> Result<(), ApiError> {
    let own = &principal.organization;
    if own.is_platform {
        return Ok(());
    }
    Err(ApiError::forbidden(format!(
        "Organization with id={} is not a platform organization: only those have OAuth clients.",
        own.number.wire_id()
    )))
}

/// The organisation of the path is the caller's own. Organisation 0 is none: who
/// belongs to no organisation finds none either.
fn check_organization(
    principal: &Principal,
    parameters: &[(String, String)],
) -> Result<(), ApiError> {
    let text = parameter(parameters, ORGANIZATION);
    let id: i64 = text.parse().map_err(|_| {
        ApiError::invalid_field(ORGANIZATION, text, "must be the id of an organization")
    })?;
    let own = principal.organization.number;
    if own != OrganizationNumber::NONE && OrganizationNumber::from_wire_id(id) == Some(own) {
        return Ok(());
    }
    Err(ApiError::not_found(format!("Organization with id {id} not found")))
}

/// Platform customers get what they subscribed to; all others everything. A plan
/// that is not known is none.
fn check_plan(principal: &Principal, rule: PlanRule) -> Result<(), ApiError> {
    let organization = &principal.organization;
    let is_covered = match rule {
        PlanRule::AtLeast(least) => Plan::parse(&organization.plan) >= Some(least),
        PlanRule::NotForPlatforms => false,
    };
    if is_covered || !organization.is_platform {
        return Ok(());
    }
    Err(ApiError::forbidden("Forbidden resource"))
}

fn check_role(
    principal: &Principal,
    least: Role,
    permission: Option<Permission>,
) -> Result<(), ApiError> {
    if permission.is_some_and(|permission| principal.is_permitted(permission)) {
        return Ok(());
    }
    principal.require_organization_role(least)
}

fn check_team_role(
    principal: &Principal,
    team: TeamId,
    least: Role,
    permission: Option<Permission>,
) -> Result<(), ApiError> {
    if permission.is_some_and(|permission| principal.is_permitted_in(team, permission)) {
        return Ok(());
    }
    principal.require_team_role(team, least)
}

/// The team of the path, where it may be one of the caller's own database.
fn team_of(principal: &Principal, parameters: &[(String, String)]) -> Result<TeamId, ApiError> {
    let text = parameter(parameters, TEAM);
    let team = TeamId::parse(text).map_err(|error| ApiError::invalid_field(TEAM, text, error))?;
    if team.organization() == principal.organization.number {
        return Ok(team);
    }
    Err(ApiError::not_found(format!("Team with id {team} not found")))
}

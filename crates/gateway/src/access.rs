//! Who may call a route: enforced here, in one place, before its handler runs.
//!
//! A caller is counted under the credential it has proven, and under its address
//! where it has proven none: a stream of wrong keys meets the limit of addresses.

use http::{HeaderMap, header};

use crate::limit::{self, Standing, Tracker};
use crate::request::parameter;
use crate::{Access, ApiError, Credentials, Guard, Incoming, Method, Principal, Refusal, Services};
use meridian_kernel::{Instant, OrganizationNumber, Role, TeamId, WireId, same_secret};

/// Scopes of an older time, which restrict nothing.
const LEGACY_SCOPES: [&str; 2] = ["READ_BOOKING", "READ_PROFILE"];

/// Lets a request in or refuses it, and counts it where it is limited.
pub(crate) struct Door<'a, G, S> {
    pub guard: &'a G,
    pub services: &'a S,
    pub incoming: &'a Incoming,
    pub now: Instant,
    /// Whether requests for this route are counted.
    pub limited: bool,
    /// Where the caller's limit stands, once it was counted.
    pub standing: Option<Standing>,
}

impl<G: Guard, S: Services> Door<'_, G, S> {
    /// The caller, where there is one; or why it may not pass.
    pub(crate) async fn pass(
        &mut self,
        access: Access,
        parameters: &[(String, String)],
    ) -> Result<Option<Principal>, ApiError> {
        match access {
            Access::Public => self.pass_unknown().await,
            Access::Platform => self.pass_operator().await,
            Access::Optional => {
                let credentials = read_credentials(&self.incoming.headers)?;
                if credentials.is_empty() || names_a_client_only(&credentials) {
                    return self.pass_unknown().await;
                }
                self.authenticate(&credentials).await.map(Some)
            }
            Access::User { scope } => self.pass_user(scope).await.map(Some),
            Access::Organization { scope, role } => {
                let principal = self.pass_user(scope).await?;
                check_organization(&principal, parameters)?;
                principal.require_organization_role(role)?;
                Ok(Some(principal))
            }
            Access::Team { scope, role } => {
                let principal = self.pass_user(scope).await?;
                if parameters.iter().any(|(name, _)| name == ORGANIZATION) {
                    check_organization(&principal, parameters)?;
                    principal.require_organization_role(Role::Member)?;
                }
                principal.require_team_role(team_of(&principal, parameters)?, role)?;
                Ok(Some(principal))
            }
        }
    }

    async fn pass_user(&mut self, scope: &str) -> Result<Principal, ApiError> {
        let credentials = read_credentials(&self.incoming.headers)?;
        if credentials.is_empty() && credentials.cookie.is_none() {
            self.count_address().await?;
            return Err(ApiError::no_credentials());
        }
        let principal = self.authenticate(&credentials).await?;
        check_scope(&principal, scope)?;
        Ok(principal)
    }

    /// Counts the request under the client's address.
    pub(crate) async fn count_address(&mut self) -> Result<(), ApiError> {
        self.count(&Tracker::of_address(self.incoming.client_address())).await
    }

    async fn pass_unknown(&mut self) -> Result<Option<Principal>, ApiError> {
        self.count_address().await?;
        Ok(None)
    }

    /// The platform's operator is not limited; whoever guesses is.
    async fn pass_operator(&mut self) -> Result<Option<Principal>, ApiError> {
        let secret = self.services.variable("platform_secret").await;
        let given = read_credentials(&self.incoming.headers)?.authorization.unwrap_or_default();
        let given = given.strip_prefix("Bearer ").unwrap_or(&given);
        match secret {
            Some(secret) if !secret.is_empty() && same_secret(&secret, given) => Ok(None),
            _ => {
                self.limited = true;
                self.count_address().await?;
                Err(ApiError::unauthorized("The platform secret is missing or wrong."))
            }
        }
    }

    async fn authenticate(&mut self, credentials: &Credentials) -> Result<Principal, ApiError> {
        match self.guard.authenticate(credentials).await {
            Ok(principal) => {
                let tracker = Tracker::of_credential(&principal.credential, principal.method);
                self.count(&tracker).await?;
                Ok(principal)
            }
            Err(refusal) => {
                if !matches!(refusal, Refusal::Unavailable(_)) {
                    self.count_address().await?;
                }
                Err(refusal.into())
            }
        }
    }

    async fn count(&mut self, tracker: &Tracker) -> Result<(), ApiError> {
        if !self.limited {
            return Ok(());
        }
        self.standing = limit::count(self.services, tracker, self.now).await;
        self.standing.map_or(Ok(()), Standing::check)
    }
}

/// The headers that prove something. One that came twice could be read either
/// way, so neither is believed.
fn read_credentials(headers: &HeaderMap) -> Result<Credentials, ApiError> {
    Ok(Credentials {
        authorization: single(headers, header::AUTHORIZATION.as_str())?,
        client_id: single(headers, "x-cal-client-id")?,
        client_secret: single(headers, "x-cal-secret-key")?,
        cookie: headers.get(header::COOKIE).and_then(text),
        origin: headers.get(header::ORIGIN).and_then(text),
    })
}

fn single(headers: &HeaderMap, name: &str) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        let message = format!("The request has more than one '{name}' header. Send exactly one.");
        return Err(ApiError::bad_request(message));
    }
    let Some(value) = first else { return Ok(None) };
    let unreadable = || ApiError::bad_request(format!("The '{name}' header is not plain text."));
    text(value).map(Some).ok_or_else(unreadable)
}

fn text(value: &http::HeaderValue) -> Option<String> {
    value.to_str().ok().map(str::to_owned)
}

/// Booking pages in browsers send the id of their platform client, which is no
/// secret, and nothing that proves it.
const fn names_a_client_only(credentials: &Credentials) -> bool {
    credentials.client_id.is_some()
        && credentials.client_secret.is_none()
        && credentials.authorization.is_none()
}

/// A third-party token that names scopes reaches only what they cover.
fn check_scope(principal: &Principal, required: &str) -> Result<(), ApiError> {
    let scopes = &principal.scopes;
    let is_legacy = |scope: &String| LEGACY_SCOPES.contains(&scope.as_str());
    if principal.method != Method::ThirdPartyToken || scopes.iter().all(is_legacy) {
        return Ok(());
    }
    if required.is_empty() {
        return Err(ApiError::forbidden(
            "insufficient_scope: this endpoint is not available for third-party OAuth tokens",
        ));
    }
    if scopes.iter().any(|scope| covers(scope, required)) {
        return Ok(());
    }
    Err(ApiError::forbidden(format!(
        "insufficient_scope: token does not have the required scopes. \
         Required: {required}. Token has: {}",
        scopes.join(", ")
    )))
}

/// An organisation's scope covers the team's of the same name, not the reverse.
fn covers(scope: &str, required: &str) -> bool {
    let of_team = required.strip_prefix("TEAM_");
    scope == required || (of_team.is_some() && scope.strip_prefix("ORG_") == of_team)
}

/// The path parameters that name an organisation and a team.
pub(crate) const ORGANIZATION: &str = "orgId";
pub(crate) const TEAM: &str = "teamId";

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

/// The team of the path, where it may be one of the caller's own database.
fn team_of(principal: &Principal, parameters: &[(String, String)]) -> Result<TeamId, ApiError> {
    let text = parameter(parameters, TEAM);
    let team = TeamId::parse(text).map_err(|error| ApiError::invalid_field(TEAM, text, error))?;
    if team.organization() == principal.organization.number {
        return Ok(team);
    }
    Err(ApiError::not_found(format!("Team with id {team} not found")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_scope_covers_the_team_scope_and_not_the_reverse() {
        assert!(covers("ORG_BOOKING_READ", "TEAM_BOOKING_READ"));
        assert!(!covers("TEAM_BOOKING_READ", "ORG_BOOKING_READ"));
        assert!(!covers("ORG_BOOKING_READ", "BOOKING_READ"));
        assert!(!covers("ORG_BOOKING_WRITE", "TEAM_BOOKING_READ"));
    }
}

//! Who may call a route: enforced here, in one place, before its handler runs. What
//! is asked of a proven caller stands in `rules`.
//!
//! A caller is counted under the credential it has proven, and under its address
//! where it has proven none: a stream of wrong keys meets the limit of addresses.

use http::{HeaderMap, header};

use crate::access::Caller;
use crate::limit::{self, Standing, Tracker};
use crate::request::parameter;
use crate::rules;
use crate::{Access, ApiError, Credentials, Guard, Incoming, Principal, Refusal, Route, Services};
use meridian_kernel::{Instant, same_secret};

/// Lets a request in or refuses it, and counts it where it is limited.
pub(crate) struct Door<'a, G, S> {
    pub guard: &'a G,
    pub services: &'a S,
    pub incoming: &'a Incoming,
    pub now: Instant,
    /// Whether requests for this route are counted.
    pub limited: bool,
    /// Where the caller's limits stand, once they were counted.
    pub standings: Vec<Standing>,
}

impl<G: Guard, S: Services> Door<'_, G, S> {
    /// The caller, where there is one; or why it may not pass.
    pub(crate) async fn pass(
        &mut self,
        access: Access,
        parameters: &[(String, String)],
    ) -> Result<Option<Principal>, ApiError> {
        match access.caller {
            Caller::Anyone => self.pass_unknown().await,
            Caller::Operator => self.pass_operator().await,
            Caller::AnyoneProven => {
                let credentials = read_credentials(&self.incoming.headers)?;
                if credentials.is_empty() || names_a_client_only(&credentials) {
                    return self.pass_unknown().await;
                }
                self.authenticate(&credentials).await.map(Some)
            }
            Caller::User
            | Caller::Member(_)
            | Caller::TeamMember(_)
            | Caller::PlatformMember(_) => self.pass_user(access, parameters).await.map(Some),
        }
    }

    async fn pass_user(
        &mut self,
        access: Access,
        parameters: &[(String, String)],
    ) -> Result<Principal, ApiError> {
        let credentials = read_credentials(&self.incoming.headers)?;
        let credentials = with_client_of_path(credentials, parameters);
        if credentials.is_empty() && credentials.cookie.is_none() {
            self.count_address().await?;
            return Err(ApiError::no_credentials());
        }
        let principal = self.authenticate(&credentials).await?;
        rules::check(&principal, access, parameters)?;
        Ok(principal)
    }

    /// Counts the request under the client's address.
    pub(crate) async fn count_address(&mut self) -> Result<(), ApiError> {
        if !self.limited {
            return Ok(());
        }
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
                self.count(&Tracker::of_principal(&principal)).await?;
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

    /// Counts the request under the route's own limit, where it has one.
    pub(crate) async fn count_route(
        &mut self,
        route: &Route,
        principal: Option<&Principal>,
    ) -> Result<(), ApiError> {
        let Some(rate) = route.rate else { return Ok(()) };
        let tracker = match principal {
            Some(principal) => Tracker::of_principal(principal),
            None => Tracker::of_address(self.incoming.client_address()),
        };
        limit::count_route(self.services, rate, &tracker, self.now, &mut self.standings).await
    }

    async fn count(&mut self, tracker: &Tracker<'_>) -> Result<(), ApiError> {
        if !self.limited {
            return Ok(());
        }
        limit::count(self.services, tracker, self.now, &mut self.standings).await
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

/// The path parameter that names a platform client.
const CLIENT: &str = "clientId";

/// A secret without an id is that of the client in the path, where there is one.
fn with_client_of_path(credentials: Credentials, parameters: &[(String, String)]) -> Credentials {
    let named = Some(parameter(parameters, CLIENT)).filter(|id| !id.is_empty());
    match (&credentials.client_id, &credentials.client_secret, named) {
        (None, Some(_), Some(id)) => Credentials { client_id: Some(id.to_owned()), ..credentials },
        _ => credentials,
    }
}

/// Booking pages in browsers send the id of their platform client, which is no
/// secret, and nothing that proves it.
const fn names_a_client_only(credentials: &Credentials) -> bool {
    credentials.client_id.is_some()
        && credentials.client_secret.is_none()
        && credentials.authorization.is_none()
}

//! A request as handlers see it: parsed, limited, authenticated.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, Uri};
use meridian_kernel::{Instant, TeamId, WireId};

use crate::incoming;
use crate::rules::TEAM;
use crate::{ApiError, ApiVersion, Principal};

/// A request on its way to a handler.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: http::Method,
    /// What was asked for, as the client sent it.
    pub uri: Uri,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: Rc<HeaderMap>,
    /// The body, at most the body limit.
    pub body: Bytes,
    /// Returned as `X-Request-Id`.
    pub request_id: String,
    /// The version that serves.
    pub version: ApiVersion,
    /// The clock, read once per request.
    pub now: Instant,
    /// Path parameters by name.
    pub parameters: Vec<(String, String)>,
    /// The caller, where there is one.
    pub principal: Option<Principal>,
}

impl Request {
    /// The path after the `/api` rewrite, without the query.
    pub fn path(&self) -> &str {
        incoming::path(&self.uri)
    }

    /// Path and query as the client sent them: for error envelopes and logs.
    pub fn target(&self) -> &str {
        incoming::target(&self.uri)
    }

    /// The host the client addressed, lower case, without port.
    pub fn host(&self) -> String {
        incoming::host(&self.uri, &self.headers)
    }

    /// The same with its port, as a browser names it: `http://localhost:3000`.
    pub fn origin(&self) -> String {
        incoming::origin(&self.uri, &self.headers)
    }

    /// The caller. Routes that need one never run without; this is their proof.
    pub fn principal(&self) -> Result<&Principal, ApiError> {
        self.principal.as_ref().ok_or_else(ApiError::no_credentials)
    }

    /// A path parameter.
    pub fn parameter(&self, name: &str) -> &str {
        parameter(&self.parameters, name)
    }

    /// A path parameter that is an integer id; 400 names it otherwise.
    pub fn id<I: WireId>(&self, name: &str) -> Result<I, ApiError> {
        I::parse(self.parameter(name))
            .map_err(|error| ApiError::invalid_field(name, self.parameter(name), error))
    }

    /// An integer id of the path whose row can only be in the caller's own database:
    /// 400 where it is no id, and the error that says there is no such thing where it
    /// is another organisation's.
    pub fn own_id<I: WireId>(
        &self,
        name: &str,
        unknown: impl Fn(I) -> ApiError,
    ) -> Result<I, ApiError> {
        let id: I = self.id(name)?;
        let is_own = id.organization() == self.principal()?.organization.number;
        if is_own { Ok(id) } else { Err(unknown(id)) }
    }

    /// The team of the path (`:teamId`). 404 where it is another organisation's;
    /// one of the caller's own need not exist.
    pub fn team_id(&self) -> Result<TeamId, ApiError> {
        let unknown = |id| ApiError::not_found(format!("Team with id {id} not found"));
        self.own_id(TEAM, unknown)
    }

    /// The first value of a query parameter; `None` where absent or empty.
    pub fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A header as text; `None` where absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The client's address without its port; empty where the host does not say.
    pub fn client_address(&self) -> &str {
        incoming::client_address(&self.headers)
    }

    /// A cookie's value; `None` where the client sent none of that name.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let headers = self.headers.get_all(http::header::COOKIE).iter();
        let pairs = headers.filter_map(|value| value.to_str().ok()).flat_map(|all| all.split(';'));
        let mut values = pairs.filter_map(|pair| pair.trim().split_once('='));
        values.find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// A path parameter; empty where the path has none of that name.
pub(crate) fn parameter<'a>(parameters: &'a [(String, String)], name: &str) -> &'a str {
    parameters.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

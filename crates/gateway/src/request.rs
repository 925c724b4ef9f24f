//! A request as handlers see it: parsed, limited, authenticated.

use bytes::Bytes;
use http::HeaderMap;
use meridian_kernel::{Instant, WireId};

use crate::{ApiError, ApiVersion, Principal};

/// A request on its way to a handler.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: http::Method,
    /// The path after the `/api` rewrite, without the query.
    pub path: String,
    /// Path and query as the client sent them: for error envelopes and logs.
    pub target: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The `Host` (authority) the client addressed, lower case, without port.
    pub host: String,
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
    /// The caller. Routes that need one never run without; this is their proof.
    pub fn principal(&self) -> Result<&Principal, ApiError> {
        self.principal.as_ref().ok_or_else(ApiError::no_credentials)
    }

    /// A path parameter.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A path parameter that is an integer id; 400 names it otherwise.
    pub fn id<I: WireId>(&self, name: &str) -> Result<I, ApiError> {
        I::parse(self.parameter(name))
            .map_err(|error| ApiError::invalid_field(name, self.parameter(name), error))
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
}

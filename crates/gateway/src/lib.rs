//! What every request passes on its way in and out, as a library that every
//! component runs: request id, CORS, security headers, version, rate limit, body
//! limit, guard, validation, and the envelope of every answer.
//!
//! It knows HTTP and nothing of WASM: the edge crate feeds it requests, and tests
//! run it natively.

mod access;
mod envelope;
mod error;
mod guard;
mod headers;
pub mod idempotency;
mod incoming;
mod limit;
pub mod operations;
mod pagination;
mod pipeline;
mod reply;
mod request;
mod route;
mod services;
mod table;
pub mod validate;
mod version;

pub use error::ApiError;
pub use guard::{Credentials, Guard, Method, OrganizationState, Principal, Refusal, TeamRole};
pub use incoming::{BODY_LIMIT, Body, Incoming};
pub use limit::check_own_limit;
pub use pagination::Pagination;
pub use pipeline::{add_standard_headers, error_response, serve, serve_bare};
pub use reply::Reply;
pub use request::Request;
pub use route::{Access, Handler, HandlerFuture, Route};
pub use services::Services;
pub use table::RouteTable;
pub use version::{ApiVersion, Resource};

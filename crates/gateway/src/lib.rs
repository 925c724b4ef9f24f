//! What every request passes on its way in and out, as a library that every
//! component runs: request id, CORS, security headers, version, rate limit, body
//! limit, guard, validation, and the envelope of every answer.
//!
//! It knows HTTP and nothing of WASM: the edge crate feeds it requests, and tests
//! run it natively.

mod access;
mod door;
mod envelope;
mod error;
mod guard;
mod headers;
pub mod idempotency;
mod incoming;
mod json_text;
mod limit;
pub mod operations;
mod pagination;
mod pipeline;
mod reply;
mod request;
mod route;
mod rules;
mod services;
pub mod session;
mod table;
pub mod validate;
mod version;

pub use access::Access;
pub use error::ApiError;
pub use guard::{
    ClientGrant, Credentials, Guard, Method, OrganizationState, Principal, Refusal,
    RolePermissions, TeamRole,
};
pub use incoming::{BODY_LIMIT, Body, Incoming};
pub use json_text::{Fields, JsonText};
pub use limit::{keep_bounded, throttle};
pub use pagination::Pagination;
pub use pipeline::{add_standard_headers, error_response, serve, serve_bare};
pub use reply::Reply;
pub use request::Request;
pub use route::{Handler, HandlerFuture, Route};
pub use services::Services;
pub use table::RouteTable;
pub use version::{ApiVersion, Resource};

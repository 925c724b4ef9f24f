//! What every request passes on its way in and out, as a library that every
//! component runs: request id, CORS, security headers, version, rate limit, body
//! limit, guard, validation, and the envelope of every answer.
//!
//! It knows HTTP and nothing of WASM: the edge crate feeds it requests, and tests
//! run it natively.

mod error;
mod guard;
mod reply;
mod request;
mod route;
pub mod validate;
mod version;

pub use error::ApiError;
pub use guard::{Credentials, Guard, Method, OrganizationState, Principal, Refusal};
pub use reply::Reply;
pub use request::Request;
pub use route::{Access, Handler, HandlerFuture, Route};
pub use version::{ApiVersion, Resource};

/// The envelope of an error.
fn reply_to_error(_error: ApiError, _request: &Request) -> Reply {
    Reply::empty(http::StatusCode::INTERNAL_SERVER_ERROR)
}

//! The route table of a component: flat, declarative, readable at a glance.

use std::future::Future;
use std::pin::Pin;

use meridian_kernel::Rate;

use crate::{Access, ApiError, Reply, Request, Resource};

/// What a handler's call returns.
pub type HandlerFuture = Pin<Box<dyn Future<Output = Result<Reply, ApiError>>>>;

/// A handler as a plain function pointer.
pub type Handler = fn(Request) -> HandlerFuture;

/// One row of a route table.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub method: http::Method,
    /// The path, with `:name` for parameters.
    pub path: &'static str,
    /// The versions it answers to.
    pub resource: Resource,
    /// Who may call it.
    pub access: Access,
    /// How often one caller may call it, beside what they may do altogether.
    pub rate: Option<&'static Rate>,
    /// What runs.
    pub handler: Handler,
}

impl Route {
    /// The same route with a limit of its own.
    pub const fn limited(mut self, rate: &'static Rate) -> Self {
        self.rate = Some(rate);
        self
    }
}

/// One row of a route table: `route!(GET "/v2/me", Resource::Any, PROFILE_READ, get_me)`.
#[macro_export]
macro_rules! route {
    ($method:ident $path:literal, $resource:expr, $access:expr, $handler:path $(,)?) => {
        $crate::Route {
            method: http::Method::$method,
            path: $path,
            resource: $resource,
            access: $access,
            rate: None,
            handler: |request| Box::pin($handler(request)),
        }
    };
}

//! The route table of a component: flat, declarative, readable at a glance.

use std::future::Future;
use std::pin::Pin;

use meridian_kernel::Role;

use crate::{ApiError, Reply, Request, Resource};

/// What a handler's call returns.
pub type HandlerFuture = Pin<Box<dyn Future<Output = Result<Reply, ApiError>>>>;

/// A handler as a plain function pointer.
pub type Handler = fn(Request) -> HandlerFuture;

/// Who may call a route. Enforced in one place, before the handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone; credentials are not looked at.
    Public,
    /// Anyone; credentials are checked where they come, and wrong ones refused.
    Optional,
    /// A user, whose third-party token needs this scope (empty: none declared).
    User {
        /// Such as `BOOKING_READ`.
        scope: &'static str,
    },
    /// A member of the organisation that the path names as `:orgId`, with this role
    /// or a higher one. Another organisation than the caller's own is 404.
    Organization {
        /// Such as `ORG_MEMBERSHIP_READ`.
        scope: &'static str,
        /// The least that passes.
        role: Role,
    },
    /// A member of the team that the path names as `:teamId`, with this role or a
    /// higher one, or whoever administers its organisation. Where the path has
    /// `:orgId` too, that must be the caller's own. Another organisation's team is
    /// 404; whether one of the caller's own exists, its handler finds out.
    Team {
        /// Such as `TEAM_MEMBERSHIP_READ`.
        scope: &'static str,
        /// The least that passes.
        role: Role,
    },
    /// Whoever holds the platform secret: operators and the platform's own timers.
    Platform,
}

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
    /// What runs.
    pub handler: Handler,
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
            handler: |request| Box::pin($handler(request)),
        }
    };
}

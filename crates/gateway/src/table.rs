//! Finding the route of a request.

use std::sync::OnceLock;

use http::Method;
use percent_encoding::percent_decode_str;
use routefinder::{Capture, Router};

use crate::{ApiVersion, Route};

/// The routes of a component, and the matcher made of them on first use.
///
/// ```text
/// const ROUTES: &[Route] = &[route!(GET "/v2/me", Resource::Any, …)];
/// pub static TABLE: RouteTable = RouteTable::new(ROUTES);
/// ```
pub struct RouteTable {
    routes: &'static [Route],
    router: OnceLock<Router<Vec<&'static Route>>>,
}

/// What the table has for a request.
pub(crate) enum Found {
    /// A route, and its path parameters, decoded.
    Route(&'static Route, Vec<(String, String)>),
    /// The path and method are known, but not in this version.
    OtherVersions(&'static Route),
    /// The path is known, with these methods.
    OtherMethods(Vec<Method>),
    /// The path is not known.
    Nothing,
}

impl RouteTable {
    /// A table of those routes.
    pub const fn new(routes: &'static [Route]) -> Self {
        Self { routes, router: OnceLock::new() }
    }

    /// The routes, in order.
    pub const fn routes(&self) -> &'static [Route] {
        self.routes
    }

    /// One entry per path: several methods and versions share it.
    fn router(&self) -> &Router<Vec<&'static Route>> {
        self.router.get_or_init(|| {
            let mut paths: Vec<(&'static str, Vec<&'static Route>)> = Vec::new();
            for route in self.routes {
                match paths.iter_mut().find(|(path, _)| *path == route.path) {
                    Some((_, routes)) => routes.push(route),
                    None => paths.push((route.path, vec![route])),
                }
            }
            let mut router = Router::new();
            for (path, routes) in paths {
                // A path that cannot be read matches nothing; the table's own test
                // would show it.
                let _ = router.add(path, routes);
            }
            router
        })
    }

    /// The most exact path wins; less exact ones are tried where it has not the
    /// method.
    pub(crate) fn find(&self, method: &Method, path: &str, version: ApiVersion) -> Found {
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        let mut methods: Vec<Method> = Vec::new();
        for found in self.router().match_iter(path) {
            let with_method =
                || found.handler().iter().filter(|route| route.method == *wanted).copied();
            if let Some(route) = with_method().find(|route| route.resource.serves(version)) {
                let captures = found.captures();
                let pair = |capture: &Capture<'_, '_>| {
                    (capture.name().to_owned(), decode(capture.value()))
                };
                return Found::Route(route, captures.params().iter().map(pair).collect());
            }
            if let Some(route) = with_method().next() {
                return Found::OtherVersions(route);
            }
            methods.extend(found.handler().iter().map(|route| route.method.clone()));
        }
        if methods.is_empty() { Found::Nothing } else { Found::OtherMethods(methods) }
    }
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

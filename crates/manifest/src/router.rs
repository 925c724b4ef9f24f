/// Which component answers which path, by Spin's rules: an exact route beats a
/// wildcard, the longest prefix beats the shorter, `/...` catches what is left.
#[derive(Debug, Default)]
pub struct Router {
    routes: routefinder::Router<Handler>,
}

#[derive(Debug)]
struct Handler {
    component: String,
    route: String,
    matched: String,
}

/// The route that won, with what Spin tells the component about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteMatch<'router> {
    /// The component that answers.
    pub component: &'router str,
    /// The route as the manifest has it, such as `/v2/me/...`: header
    /// `spin-raw-component-route`.
    pub raw_route: &'router str,
    /// The route without a trailing `/...`: header `spin-component-route`.
    pub route_prefix: &'router str,
    /// The route with one leading and no trailing slash: header
    /// `spin-matched-route`.
    pub matched_route: &'router str,
    /// What the trailing wildcard took, with its leading slash, else empty:
    /// header `spin-path-info`.
    pub path_info: String,
    /// What each `:name` segment took: headers `spin-path-match-<name>`.
    pub wildcards: Vec<(String, String)>,
}

impl<'id> RouteMatch<'id> {
    /// Header `spin-base-path`: applications have no base of their own.
    pub const BASE_PATH: &'static str = "/";

    /// What Spin tells a component reached by `http://<id>.spin.internal`: as
    /// if its route were `/...`.
    pub fn internal(component: &'id str, path: &str) -> Self {
        Self {
            component,
            raw_route: "/...",
            route_prefix: "",
            matched_route: "/...",
            path_info: path.to_owned(),
            wildcards: Vec::new(),
        }
    }
}

impl Router {
    /// Adds a route.
    ///
    /// # Errors
    /// A text that says what is wrong with it.
    pub fn add(&mut self, route: &str, component: &str) -> Result<(), String> {
        if !route.starts_with('/') {
            return Err("must begin with a slash".to_owned());
        }
        let matched = route.strip_suffix('/').unwrap_or(route);
        let pattern = match matched.strip_suffix("/...") {
            Some(prefix) => format!("{prefix}/*"),
            None => matched.to_owned(),
        };
        if pattern.contains("...") {
            return Err("`...` stands only at the end, after a slash".to_owned());
        }
        let handler = Handler {
            component: component.to_owned(),
            route: route.to_owned(),
            matched: matched.to_owned(),
        };
        self.routes.add(pattern.as_str(), handler)
    }

    /// The route for a path (without its query), `None` when no route matches.
    pub fn find(&self, path: &str) -> Option<RouteMatch<'_>> {
        let best = self.routes.best_match(path)?;
        let captures = best.captures();
        let handler = best.handler();
        Some(RouteMatch {
            component: &handler.component,
            raw_route: &handler.route,
            route_prefix: handler.route.strip_suffix("/...").unwrap_or(&handler.route),
            matched_route: &handler.matched,
            path_info: captures.wildcard().map(|rest| path_info(rest, path)).unwrap_or_default(),
            wildcards: captures
                .params()
                .iter()
                .map(|capture| (capture.name().to_owned(), capture.value().to_owned()))
                .collect(),
        })
    }
}

/// Spin keeps a trailing slash that its route matcher drops.
fn path_info(rest: &str, path: &str) -> String {
    match (rest.is_empty(), path.ends_with('/')) {
        (true, false) => String::new(),
        (true, true) => "/".to_owned(),
        (false, false) => format!("/{rest}"),
        (false, true) => format!("/{rest}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(routes: &[&str]) -> Router {
        let mut router = Router::default();
        for route in routes {
            router.add(route, &format!("c:{route}")).unwrap();
        }
        router
    }

    fn found(routes: &[&str], path: &str) -> Option<String> {
        router(routes).find(path).map(|found| found.raw_route.to_owned())
    }

    #[test]
    fn an_exact_route_beats_a_wildcard() {
        let routes = ["/...", "/v2/me", "/v2/..."];
        assert_eq!(found(&routes, "/v2/me").as_deref(), Some("/v2/me"));
        assert_eq!(found(&routes, "/v2/you").as_deref(), Some("/v2/..."));
        assert_eq!(found(&routes, "/other").as_deref(), Some("/..."));
        assert_eq!(found(&routes, "/").as_deref(), Some("/..."));
    }

    #[test]
    fn the_longest_prefix_wins_in_any_order() {
        let mut routes = vec!["/a/...", "/a/b/...", "/a/b/c/..."];
        for _ in 0..2 {
            assert_eq!(found(&routes, "/a/b/c/d").as_deref(), Some("/a/b/c/..."));
            assert_eq!(found(&routes, "/a/b/d").as_deref(), Some("/a/b/..."));
            assert_eq!(found(&routes, "/a/b").as_deref(), Some("/a/b/..."));
            routes.reverse();
        }
    }

    #[test]
    fn a_wildcard_matches_its_prefix_alone_and_an_exact_route_nothing_below_it() {
        assert_eq!(found(&["/v2/me/..."], "/v2/me").as_deref(), Some("/v2/me/..."));
        assert_eq!(found(&["/v2/me"], "/v2/me/x"), None);
    }

    /// Spin's own matcher does: a component answers 404 for what it does not know.
    #[test]
    fn a_wildcard_also_takes_longer_words_that_begin_with_its_prefix() {
        assert_eq!(found(&["/...", "/v2/me/..."], "/v2/menu").as_deref(), Some("/v2/me/..."));
    }

    #[test]
    fn named_segments_are_handed_over() {
        let router = router(&["/users/:userid/cart/..."]);
        let found = router.find("/users/1/cart/items/3").unwrap();
        assert_eq!(found.component, "c:/users/:userid/cart/...");
        assert_eq!(found.wildcards, [("userid".to_owned(), "1".to_owned())]);
        assert_eq!(found.path_info, "/items/3");
        assert_eq!(found.route_prefix, "/users/:userid/cart");
        assert_eq!(found.matched_route, "/users/:userid/cart/...");
        assert_eq!(router.find("/users/1/2/cart/x"), None);
    }

    #[test]
    fn path_info_keeps_the_trailing_slash() {
        let router = router(&["/foo/...", "/bar"]);
        let info = |path| router.find(path).unwrap().path_info;
        assert_eq!(info("/foo"), "");
        assert_eq!(info("/foo/"), "/");
        assert_eq!(info("/foo/bar"), "/bar");
        assert_eq!(info("/foo/bar/"), "/bar/");
        assert_eq!(info("/bar"), "");
    }

    #[test]
    fn routes_that_cannot_match_are_refused() {
        for route in ["", "no-slash", "/a/.../b", "/a..."] {
            assert!(Router::default().add(route, "c").is_err(), "{route}");
        }
    }
}

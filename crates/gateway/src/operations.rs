//! The documented operations: a request for one that is not built yet is told so,
//! instead of being taken for a mistake.

use http::Method;

/// Method, path, operation id and tag of each, parted by tabs.
const LIST: &str = include_str!("operations.tsv");

/// One documented operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Such as `GET`.
    pub method: &'static str,
    /// The path, with `{name}` for parameters.
    pub path: &'static str,
    /// Its id in the API's description.
    pub id: &'static str,
    /// The chapter it is in.
    pub tag: &'static str,
}

/// All of them, in the order of the API's description.
pub fn all() -> impl Iterator<Item = Operation> {
    LIST.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        Some(Operation {
            method: cells.next()?,
            path: cells.next()?,
            id: cells.next()?,
            tag: cells.next().unwrap_or_default(),
        })
    })
}

impl Operation {
    /// Whether a path has this operation's shape: the same segments, with anything
    /// where a parameter is.
    fn fits(self, path: &str) -> bool {
        let mut expected = self.path.split('/');
        let mut given = path.trim_end_matches('/').split('/');
        loop {
            match (expected.next(), given.next()) {
                (None, None) => return true,
                (Some(name), Some(value)) if name.starts_with('{') && !value.is_empty() => {}
                (Some(name), Some(value)) if name == value => {}
                _ => return false,
            }
        }
    }

    fn parameters(self) -> usize {
        self.path.matches('{').count()
    }
}

/// The documented operation a request is for; the most exact path wins.
pub(crate) fn find(method: &Method, path: &str) -> Option<Operation> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    all()
        .filter(|operation| operation.method == method && operation.fits(path))
        .min_by_key(|operation| operation.parameters())
}

/// The documented methods of a path.
pub(crate) fn methods(path: &str) -> impl Iterator<Item = Method> {
    all()
        .filter(move |operation| operation.fits(path))
        .filter_map(|operation| operation.method.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        assert_eq!(all().count(), 272);
        assert!(all().all(|operation| operation.path.starts_with("/v2/")));
    }

    #[test]
    fn a_request_finds_its_operation_by_the_shape_of_the_path() {
        let found = find(&Method::GET, "/v2/organizations/7/attributes").unwrap();
        assert_eq!(found.path, "/v2/organizations/{orgId}/attributes");
        assert_eq!(find(&Method::GET, "/v2/organizations/7/attributes/"), Some(found));
        assert_eq!(find(&Method::GET, "/v2/organizations//attributes"), None);
        assert_eq!(find(&Method::GET, "/v2/nowhere"), None);
    }

    #[test]
    fn an_exact_path_wins_over_a_parameter() {
        let exact = find(&Method::GET, "/v2/schedules/default").unwrap();
        assert_eq!(exact.path, "/v2/schedules/default");
    }
}

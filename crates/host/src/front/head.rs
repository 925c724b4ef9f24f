//! The head of a request, made ready for a guest.

use std::net::SocketAddr;

use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Uri, Version, header};
use meridian_manifest::RouteMatch;

/// Headers of this prefix are the host's to set: a client's are dropped.
const SPIN_PREFIX: &str = "spin-";

/// Where Spin tells a component who asks: address and port.
pub const SPIN_CLIENT_ADDRESS: &str = "spin-client-addr";

/// Whether a header is the host's to set.
pub fn is_spin_header(name: &HeaderName) -> bool {
    name.as_str().starts_with(SPIN_PREFIX)
}

/// Why a head is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadHead {
    /// HTTP/1.1 without a `Host`, or with several.
    NoHost,
    /// The `Host` is not a host.
    BadHost,
}

impl BadHead {
    /// For the client.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NoHost => "The request must have one Host header.",
            Self::BadHost => "The Host header is not a host name with an optional port.",
        }
    }
}

/// Gives the request an absolute URI: guests read the host from it.
pub fn make_absolute(parts: &mut Parts, local: SocketAddr) -> Result<(), BadHead> {
    let authority = authority(parts, local)?;
    let mut uri = std::mem::take(&mut parts.uri).into_parts();
    uri.scheme = Some(Scheme::HTTP);
    uri.authority = Some(authority);
    parts.uri = Uri::from_parts(uri).map_err(|_| BadHead::BadHost)?;
    Ok(())
}

/// Of the target where it is absolute, else of the `Host` header (RFC 9112, 3.3).
fn authority(parts: &Parts, local: SocketAddr) -> Result<Authority, BadHead> {
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    let authority = match (parts.uri.authority(), first, second) {
        (_, Some(_), Some(_)) => return Err(BadHead::NoHost),
        (Some(authority), ..) => authority.clone(),
        (None, Some(host), None) => {
            Authority::try_from(host.as_bytes()).map_err(|_| BadHead::BadHost)?
        }
        (None, None, _) if parts.version < Version::HTTP_11 => {
            Authority::try_from(local.to_string()).map_err(|_| BadHead::BadHost)?
        }
        (None, None, _) => return Err(BadHead::NoHost),
    };
    let has_user = authority.as_str().contains('@');
    if has_user || authority.host().is_empty() { Err(BadHead::BadHost) } else { Ok(authority) }
}

/// Sets the headers by which Spin tells a component what was asked of it, in
/// place of whatever came under such names. The URI must be absolute.
pub fn add_spin_headers(parts: &mut Parts, route: &RouteMatch<'_>, client: &str) {
    drop_spin_headers(&mut parts.headers);
    let full_url = parts.uri.to_string();
    for (name, value) in [
        ("spin-path-info", route.path_info.as_str()),
        ("spin-full-url", full_url.as_str()),
        ("spin-matched-route", route.matched_route),
        ("spin-base-path", RouteMatch::BASE_PATH),
        ("spin-raw-component-route", route.raw_route),
        ("spin-component-route", route.route_prefix),
        (SPIN_CLIENT_ADDRESS, client),
    ] {
        set(&mut parts.headers, HeaderName::from_static(name), value);
    }
    for (name, value) in &route.wildcards {
        let name = format!("spin-path-match-{}", name.to_ascii_lowercase().replace('_', "-"));
        if let Ok(name) = HeaderName::try_from(name) {
            set(&mut parts.headers, name, value);
        }
    }
}

/// What cannot stand in a header is left out.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn drop_spin_headers(headers: &mut HeaderMap) {
    let forged: Vec<HeaderName> =
        headers.keys().filter(|name| is_spin_header(name)).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(uri: &str, headers: &[(&'static str, &'static str)]) -> Parts {
        let mut request = http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn local() -> SocketAddr {
        "127.0.0.1:3000".parse().unwrap()
    }

    #[test]
    fn guests_see_the_whole_address() {
        let mut parts = parts("/v2/me?x=1", &[("host", "cal.example.org:8080")]);
        make_absolute(&mut parts, local()).unwrap();
        assert_eq!(parts.uri, "http://cal.example.org:8080/v2/me?x=1");
    }

    #[test]
    fn a_request_has_one_host() {
        let outcome = |headers: &[(&'static str, &'static str)]| {
            make_absolute(&mut parts("/", headers), local())
        };
        assert_eq!(outcome(&[]), Err(BadHead::NoHost));
        assert_eq!(outcome(&[("host", "a"), ("host", "b")]), Err(BadHead::NoHost));
        assert_eq!(outcome(&[("host", "a b")]), Err(BadHead::BadHost));
        assert_eq!(outcome(&[("host", "user@a")]), Err(BadHead::BadHost));
        assert_eq!(outcome(&[("host", "")]), Err(BadHead::BadHost));
    }

    #[test]
    fn a_client_cannot_pose_as_the_host() {
        let forged = [("host", "a"), ("spin-client-addr", "6.6.6.6:1"), ("spin-anything", "x")];
        let mut parts = parts("/v2/me/x", &forged);
        make_absolute(&mut parts, local()).unwrap();
        let route = RouteMatch {
            component: "auth",
            raw_route: "/v2/:thing/...",
            route_prefix: "/v2/:thing",
            matched_route: "/v2/:thing/...",
            path_info: "/x".to_owned(),
            wildcards: vec![("thing".to_owned(), "me".to_owned())],
        };
        add_spin_headers(&mut parts, &route, "10.1.2.3:4567");
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("spin-anything"), None);
        for (name, value) in [
            ("spin-client-addr", "10.1.2.3:4567"),
            ("spin-full-url", "http://a/v2/me/x"),
            ("spin-path-info", "/x"),
            ("spin-matched-route", "/v2/:thing/..."),
            ("spin-raw-component-route", "/v2/:thing/..."),
            ("spin-component-route", "/v2/:thing"),
            ("spin-base-path", RouteMatch::BASE_PATH),
            ("spin-path-match-thing", "me"),
        ] {
            assert_eq!(header(name), Some(value), "{name}");
            assert_eq!(parts.headers.get_all(name).iter().count(), 1, "{name}");
        }
    }
}

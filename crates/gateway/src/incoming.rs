//! A request as it came in, before anything is known of it.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, header};

/// How long a request's body may be.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// Spin's header with the address and port of the client.
const CLIENT_ADDRESS: &str = "spin-client-addr";

/// A request's body as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// Longer than [`BODY_LIMIT`].
    TooLarge,
    /// The client broke off.
    Broken,
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The method.
    pub method: Method,
    /// At least path and query.
    pub uri: Uri,
    /// The headers, Spin's own among them.
    pub headers: Rc<HeaderMap>,
    /// The body.
    pub body: Body,
}

impl Incoming {
    /// Path and query as the client sent them.
    pub(crate) fn target(&self) -> &str {
        target(&self.uri)
    }

    /// The path, with `/api/v2` taken for `/v2`.
    pub(crate) fn path(&self) -> &str {
        path(&self.uri)
    }

    /// The host the client addressed, with its port where it named one.
    pub(crate) fn authority(&self) -> &str {
        authority(&self.uri, &self.headers)
    }

    /// The query, decoded, in order.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        let query = self.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The client's address without its port; empty where the host does not say.
    pub(crate) fn client_address(&self) -> &str {
        client_address(&self.headers)
    }
}

/// Path and query as the client sent them.
pub(crate) fn target(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |target| target.as_str())
}

/// The path, with `/api/v2` taken for `/v2`.
pub(crate) fn path(uri: &Uri) -> &str {
    let path = uri.path();
    let rewritten = path.strip_prefix("/api");
    rewritten.filter(|rest| *rest == "/v2" || rest.starts_with("/v2/")).unwrap_or(path)
}

/// The host the client addressed, with its port where it named one.
fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> &'a str {
    let header = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let authority = uri.authority().map(|authority| authority.as_str()).or(header);
    authority.unwrap_or_default()
}

/// The host name the client addressed, lower case, without port.
pub(crate) fn host(uri: &Uri, headers: &HeaderMap) -> String {
    let authority = authority(uri, headers);
    let has_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if has_port(port) => host,
        _ => authority,
    };
    host.to_ascii_lowercase()
}

/// What a browser calls the host: `http://localhost:3000`.
pub(crate) fn origin(uri: &Uri, headers: &HeaderMap) -> String {
    let scheme = if is_https(headers) { "https" } else { "http" };
    format!("{scheme}://{}", authority(uri, headers).to_ascii_lowercase())
}

/// Whether the client came by https, as the host says or the proxy before it.
fn is_https(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("x-forwarded-proto") {
        // Each proxy on the way adds its own: the first is what the client saw.
        Some(schemes) => {
            let first = schemes.split(',').next().unwrap_or_default();
            first.trim().eq_ignore_ascii_case("https")
        }
        None => text("spin-full-url").is_some_and(|url| url.starts_with("https://")),
    }
}

/// The client's address without its port; empty where the host does not say.
pub(crate) fn client_address(headers: &HeaderMap) -> &str {
    let address = headers.get(CLIENT_ADDRESS).and_then(|value| value.to_str().ok());
    let address = address.unwrap_or_default();
    match address.parse::<std::net::SocketAddr>() {
        Ok(_) => address.rsplit_once(':').map_or(address, |(host, _)| host),
        Err(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(uri: &str, headers: &[(&'static str, &str)]) -> Incoming {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Incoming {
            method: Method::GET,
            uri: uri.parse().unwrap(),
            headers: Rc::new(headers.collect()),
            body: Body::Whole(Bytes::new()),
        }
    }

    #[test]
    fn the_old_prefix_is_another_way_to_the_same_routes() {
        for (sent, served) in [
            ("/api/v2/me", "/v2/me"),
            ("/api/v2", "/v2"),
            ("/v2/me?x=1", "/v2/me"),
            ("/api/v1/me", "/api/v1/me"),
            ("/api/v22", "/api/v22"),
        ] {
            assert_eq!(incoming(sent, &[]).path(), served);
        }
    }

    #[test]
    fn the_host_name_is_told_from_the_port() {
        let of = |uri, headers| {
            let incoming = incoming(uri, headers);
            host(&incoming.uri, &incoming.headers)
        };
        assert_eq!(of("http://Cal.Example.org:3000/v2/me", &[]), "cal.example.org");
        assert_eq!(of("/v2/me", &[("host", "A.example.org")]), "a.example.org");
        assert_eq!(of("/v2/me", &[("host", "[::1]:3000")]), "[::1]");
        assert_eq!(of("/v2/me", &[]), "");
    }

    #[test]
    fn clients_are_told_by_address_without_port() {
        let of =
            |address| incoming("/", &[("spin-client-addr", address)]).client_address().to_owned();
        assert_eq!(of("127.0.0.1:4711"), "127.0.0.1");
        assert_eq!(of("[::1]:4711"), "[::1]");
        assert_eq!(of("10.0.0.1"), "10.0.0.1");
    }

    #[test]
    fn queries_are_decoded_in_order() {
        let query = incoming("/v2/x?a=1%202&b=x+y&a=%C3%A9", &[]).query();
        let expected = [("a", "1 2"), ("b", "x y"), ("a", "é")];
        assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}

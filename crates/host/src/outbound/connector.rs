//! Connections to addresses that may be connected to. The address is judged when
//! it is about to be used, not when a name was resolved earlier: a name can point
//! elsewhere a moment later.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::addresses::is_public;

/// How long a connection may take to be made, and how long a name to be resolved.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Who may be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everybody.
    Everywhere,
    /// Public addresses only.
    PublicOnly,
}

impl Reach {
    fn allows(self, address: IpAddr) -> bool {
        self == Self::Everywhere || is_public(address)
    }
}

/// The address is not public and had to be.
#[derive(Debug)]
pub struct PrivateAddress;

impl fmt::Display for PrivateAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the address is in a private range")
    }
}

impl std::error::Error for PrivateAddress {}

/// The name could not be resolved.
#[derive(Debug)]
pub struct Unresolved(io::Error);

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name cannot be resolved: {}", self.0)
    }
}

impl std::error::Error for Unresolved {}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Resolves names to the addresses in reach.
#[derive(Clone, Debug)]
pub struct Resolver(Reach);

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let reach = self.0;
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let look_up = tokio::task::spawn_blocking(move || (name.as_str(), 0).to_socket_addrs());
            let found = tokio::time::timeout(CONNECT_TIMEOUT, look_up).await;
            let found = found.map_err(|_| Unresolved(io::ErrorKind::TimedOut.into()))?;
            let found: Vec<SocketAddr> = found?.map_err(Unresolved)?.collect();
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() { Err(PrivateAddress.into()) } else { Ok(allowed.into_iter()) }
        })
    }
}

/// Makes TCP connections to what is in reach.
#[derive(Clone, Debug)]
pub struct Connector {
    reach: Reach,
    http: HttpConnector<Resolver>,
}

impl Connector {
    /// A connector that reaches so far.
    pub fn new(reach: Reach) -> Self {
        let mut http = HttpConnector::new_with_resolver(Resolver(reach));
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT_TIMEOUT));
        Self { reach, http }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.http.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // Addresses written out never come to the resolver.
        if literal(&uri).is_some_and(|address| !self.reach.allows(address)) {
            return Box::pin(std::future::ready(Err(PrivateAddress.into())));
        }
        let connecting = self.http.call(uri);
        Box::pin(async move { connecting.await.map_err(Into::into) })
    }
}

fn literal(uri: &Uri) -> Option<IpAddr> {
    let host = uri.host()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(url: &str) -> String {
        let mut connector = Connector::new(Reach::PublicOnly);
        let error = connector.call(url.parse().unwrap()).await.map(|_| ()).unwrap_err();
        let mut cause: &(dyn std::error::Error + 'static) = &*error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        cause.to_string()
    }

    #[tokio::test]
    async fn addresses_written_out_and_names_are_judged_alike() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1"] {
            let refusal = refusal(&format!("http://{host}:{port}/")).await;
            assert_eq!(refusal, PrivateAddress.to_string(), "{host}");
        }
    }

    #[tokio::test]
    async fn nothing_is_refused_where_everywhere_is_in_reach() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut connector = Connector::new(Reach::Everywhere);
        let url = format!("http://localhost:{port}/").parse().unwrap();
        assert!(connector.call(url).await.is_ok());
    }
}

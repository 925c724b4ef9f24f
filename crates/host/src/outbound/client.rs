//! Pooled connections to other servers. Redirects are not followed: where a
//! request goes was granted for the address that was asked for.

use std::error::Error as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::Sleep;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::connector::{Connector, PrivateAddress, Reach, Unresolved};

/// How long a server may take to begin its answer, and between two parts of it,
/// where the guest does not ask for less.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const IDLE_CONNECTIONS_PER_HOST: usize = 32;

type Pool = Client<HttpsConnector<Connector>, WasiBody>;

/// The clients of all components. Connections to private addresses are never in
/// the pool of those that may not use them.
pub struct Clients {
    everywhere: Pool,
    public_only: Pool,
}

impl Clients {
    /// Clients without connections yet.
    pub fn new() -> Self {
        Self { everywhere: pool(Reach::Everywhere), public_only: pool(Reach::PublicOnly) }
    }

    /// Sends a request and waits for the head of its answer.
    pub async fn send(
        &self,
        reach: Reach,
        request: http::Request<WasiBody>,
        options: RequestOptions,
    ) -> Result<http::Response<WasiBody>, Error> {
        let pool = match reach {
            Reach::Everywhere => &self.everywhere,
            Reach::PublicOnly => &self.public_only,
        };
        let first = at_most(options.first_byte_timeout);
        let answer = tokio::time::timeout(first, pool.request(request)).await;
        let answer = answer.map_err(|_| Error::HttpResponseTimeout)?.map_err(error)?;
        let between = at_most(options.between_bytes_timeout);
        Ok(answer.map(|body| Timed::new(body, between).boxed_unsync()))
    }
}

fn pool(reach: Reach) -> Pool {
    let connector = HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_http1()
        .wrap_connector(Connector::new(reach));
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
        .build(connector)
}

fn at_most(asked: Option<Duration>) -> Duration {
    asked.map_or(ANSWER_TIMEOUT, |asked| asked.min(ANSWER_TIMEOUT))
}

/// What went wrong, in the words of `wasi:http`.
fn error(error: ClientError) -> Error {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<PrivateAddress>() {
            return Error::DestinationIpProhibited;
        }
        if inner.is::<Unresolved>() {
            return Error::DnsError { rcode: None, info_code: None };
        }
        let known = inner.downcast_ref().and_then(io_error);
        if let Some(error) = known.or_else(|| inner.downcast_ref().and_then(hyper_error)) {
            return error;
        }
        cause = inner.source();
    }
    if error.is_connect() { Error::DestinationUnavailable } else { Error::HttpProtocolError }
}

fn hyper_error(error: &hyper::Error) -> Option<Error> {
    error.is_incomplete_message().then_some(Error::ConnectionTerminated)
}

fn io_error(error: &io::Error) -> Option<Error> {
    // What is wrong with TLS is inside, which is not the same as the source.
    let inside = error.get_ref().and_then(|inner| match inner.downcast_ref() {
        Some(rustls::Error::InvalidCertificate(_)) => Some(Error::TlsCertificateError),
        Some(_) => Some(Error::TlsProtocolError),
        None => inner.downcast_ref().and_then(io_error),
    });
    if inside.is_some() {
        return inside;
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(Error::ConnectionRefused),
        io::ErrorKind::TimedOut => Some(Error::ConnectionTimeout),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(Error::ConnectionTerminated),
        _ => None,
    }
}

/// A body whose parts must not be too far apart.
struct Timed {
    body: hyper::body::Incoming,
    between: Duration,
    timer: Pin<Box<Sleep>>,
}

impl Timed {
    fn new(body: hyper::body::Incoming, between: Duration) -> Self {
        Self { body, between, timer: Box::pin(tokio::time::sleep(between)) }
    }
}

impl Body for Timed {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(frame)) => {
                let next = tokio::time::Instant::now() + self.between;
                self.timer.as_mut().reset(next);
                Poll::Ready(Some(frame.map_err(Error::from)))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => match self.timer.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Some(Err(Error::ConnectionReadTimeout))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Empty;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// What comes of asking somebody who answers the first thing said to them with that
    /// and hangs up.
    async fn ask(scheme: &str, answer: &'static str) -> Error {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let _ = connection.read(&mut [0; 1024]).await;
                let _ = connection.write_all(answer.as_bytes()).await;
            }
        });
        let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
        let request = http::Request::get(url).body(body).unwrap();
        let clients = Clients::new();
        let answer = clients.send(Reach::Everywhere, request, RequestOptions::default()).await;
        answer.map(|answer| answer.status()).unwrap_err()
    }

    #[tokio::test]
    async fn what_goes_wrong_is_told_apart() {
        let hung_up = ask("http", "").await;
        assert!(matches!(hung_up, Error::ConnectionTerminated), "{hung_up:?}");
        let cut = ask("http", "HTTP/1.1 200 OK\r\ncontent-").await;
        assert!(matches!(cut, Error::ConnectionTerminated), "{cut:?}");
        let other = ask("http", "220 mail.example ESMTP\r\n").await;
        assert!(matches!(other, Error::HttpProtocolError), "{other:?}");
        let plain = ask("https", "HTTP/1.1 400 Bad Request\r\n\r\n").await;
        assert!(matches!(plain, Error::TlsProtocolError), "{plain:?}");
    }
}

//! Connections: accepted, served, drained.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::parse_errors::Enveloped;
use super::service::{Front, Peer};

/// How long the head of a request may be, with its first line.
const HEAD_LIMIT: usize = 32 << 10;

/// How long a head may take to arrive, and how long a connection may idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long requests in flight may take to end when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of a refused request is read, and for how long, so that its client
/// sees the answer: closing on unread data would take it back.
const LINGER_BYTES: u64 = 64 << 20;
const LINGER_TIMEOUT: Duration = Duration::from_secs(2);

/// Tells the server to stop.
#[derive(Clone, Debug)]
pub struct Drain(watch::Sender<bool>);

impl Drain {
    /// Not told yet.
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// No new connections from now on, and no new requests on old ones.
    pub fn start(&self) {
        self.0.send_replace(true);
    }

    /// Waits until it is told.
    pub async fn started(&self) {
        // The sender is ours: it cannot be gone.
        let _ = self.0.subscribe().wait_for(|drains| *drains).await;
    }
}

/// Serves until told to stop and every request in flight is answered, or the
/// drain timeout is over.
pub async fn serve(listener: TcpListener, front: Arc<Front>, drain: Drain) {
    let (open, mut all_closed) = mpsc::channel::<()>(1);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = drain.started() => break,
        };
        match accepted {
            Ok((stream, address)) => {
                let connection = serve_connection(stream, address, front.clone(), drain.clone());
                let open = open.clone();
                tokio::spawn(async move {
                    connection.await;
                    drop(open);
                });
            }
            Err(error) => {
                tracing::warn!("a connection cannot be accepted: {error}");
                // Out of descriptors: some must be given back first.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    drop(open);
    if tokio::time::timeout(DRAIN_TIMEOUT, all_closed.recv()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

async fn serve_connection(stream: TcpStream, address: SocketAddr, front: Arc<Front>, drain: Drain) {
    // Without it, an answer in two writes waits for the client's delayed ACK.
    let _ = stream.set_nodelay(true);
    let unread = Arc::new(AtomicBool::new(false));
    let peer = Peer { address: address.to_string().into(), unread: unread.clone() };
    let service = service_fn(move |request| {
        let (front, peer) = (front.clone(), peer.clone());
        Box::pin(
            async move { Ok::<_, std::convert::Infallible>(front.answer(request, &peer).await) },
        )
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(HEAD_LIMIT)
        .serve_connection(Enveloped::new(TokioIo::new(stream)), service);
    let end = tokio::select! {
        end = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)) => end,
        () = drain.started() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    let refused = end.is_err_and(|error| error.is_parse());
    let stream = connection.into_parts().io.into_inner().into_inner();
    if refused || unread.load(Ordering::Relaxed) {
        linger(stream).await;
    }
}

/// Says that no more will be sent, and reads on for a while.
async fn linger(mut stream: TcpStream) {
    let read_on = async {
        stream.shutdown().await?;
        let mut rest = (&mut stream).take(LINGER_BYTES);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
        io::Result::Ok(())
    };
    // The client has had its answer, or is gone.
    let _ = tokio::time::timeout(LINGER_TIMEOUT, read_on).await;
}

//! Somebody who listens for webhooks, on a thread of its own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// How often is looked whether all is there.
const LOOK: Duration = Duration::from_millis(5);

/// Answers 200 to everything, and counts. Ends with the process.
#[derive(Clone)]
pub struct Receiver {
    /// Where.
    pub address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    count: AtomicU64,
    /// When the first and the last came since the count began.
    span: Mutex<Option<(Instant, Instant)>>,
}

impl Receiver {
    /// Listens.
    pub fn start() -> anyhow::Result<Self> {
        let seen = Arc::<Seen>::default();
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let counted = Arc::clone(&seen);
        std::thread::Builder::new().name("receiver".to_owned()).spawn(move || {
            // Whoever waits for deliveries that do not come says so.
            let _ = runtime.block_on(listen(listener, counted));
        })?;
        Ok(Self { address, seen })
    }

    /// Where a webhook may point.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Forgets what came.
    pub fn reset(&self) {
        self.seen.count.store(0, Ordering::Relaxed);
        *self.seen.span.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Waits until so many came since the count began; how long it took from the first
    /// to the last of them.
    pub async fn wait_for(&self, count: u64, patience: Duration) -> anyhow::Result<Duration> {
        let deadline = Instant::now() + patience;
        loop {
            let came = self.seen.count.load(Ordering::Relaxed);
            if came >= count {
                break;
            }
            anyhow::ensure!(Instant::now() < deadline, "{came} of {count} deliveries came");
            tokio::time::sleep(LOOK).await;
        }
        let span = *self.seen.span.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, last) = span.context("nothing came")?;
        Ok(last - first)
    }
}

async fn listen(listener: std::net::TcpListener, seen: Arc<Seen>) -> anyhow::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let seen = Arc::clone(&seen);
        let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let seen = Arc::clone(&seen);
            async move {
                // Read to its end, so that the connection is kept.
                let _ = request.into_body().collect().await;
                seen.note();
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"{}"))))
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

impl Seen {
    fn note(&self) {
        let now = Instant::now();
        let mut span = self.span.lock().unwrap_or_else(PoisonError::into_inner);
        let first = span.map_or(now, |(first, _)| first);
        *span = Some((first, now));
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}

//! A receiver of webhooks that keeps what it is sent.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;

/// One request a receiver was sent.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The path.
    pub path: String,
    /// The query; empty where there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The raw body: what the signature covers.
    pub body: Bytes,
}

impl Delivery {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// A header as text; empty where absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What a receiver does with a delivery.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// The status of the answer.
    pub status: StatusCode,
    /// Headers of the answer.
    pub headers: Vec<(&'static str, String)>,
    /// The body of the answer.
    pub body: String,
    /// How long it takes.
    pub wait: Duration,
    /// Whether it hangs up instead of answering.
    pub hang_up: bool,
}

impl From<StatusCode> for Reaction {
    fn from(status: StatusCode) -> Self {
        let (headers, body) = (Vec::new(), "{}".to_owned());
        Self { status, headers, body, wait: Duration::ZERO, hang_up: false }
    }
}

/// Decides what to do with a delivery, given how many came before it.
type Behaviour = dyn Fn(usize, &Delivery) -> Reaction + Send + Sync;

/// A receiver on a loopback port, until it is dropped.
pub struct Receiver {
    address: SocketAddr,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
    /// Ends the server's thread when dropped.
    _runtime: tokio::runtime::Runtime,
}

impl Receiver {
    /// One that answers 200.
    pub fn start() -> Self {
        Self::behaving(|_, _| StatusCode::OK)
    }

    /// One that answers as told.
    pub fn behaving<R: Into<Reaction>>(
        behaviour: impl Fn(usize, &Delivery) -> R + Send + Sync + 'static,
    ) -> Self {
        let behaviour =
            move |before: usize, delivery: &Delivery| behaviour(before, delivery).into();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .expect("a free loopback port");
        let address = listener.local_addr().expect("the address of a bound port");
        let deliveries = Arc::new(Mutex::new(Vec::new()));
        runtime.spawn(accept(listener, deliveries.clone(), Arc::new(behaviour)));
        Self { address, deliveries, _runtime: runtime }
    }

    /// The URL of a path here.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What came so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.lock().expect("no panic while holding the list").clone()
    }

    /// Waits until so many came to a path, or panics.
    #[track_caller]
    pub fn wait_for(&self, path: &str, count: usize, patience: Duration) -> Vec<Delivery> {
        let deadline = Instant::now() + patience;
        loop {
            let mut found = self.deliveries();
            found.retain(|delivery| delivery.path == path);
            if found.len() >= count {
                return found;
            }
            assert!(
                Instant::now() < deadline,
                "{} of {count} deliveries to {path} after {patience:?}",
                found.len()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

async fn accept(
    listener: tokio::net::TcpListener,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
    behaviour: Arc<Behaviour>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (deliveries, behaviour) = (deliveries.clone(), behaviour.clone());
        let service =
            service_fn(move |request| receive(request, deliveries.clone(), behaviour.clone()));
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service),
        );
    }
}

async fn receive(
    request: Request<Incoming>,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
    behaviour: Arc<Behaviour>,
) -> Result<Response<Full<Bytes>>, io::Error> {
    let (head, body) = request.into_parts();
    // A sender that dies halfway has sent nothing.
    let Ok(body) = body.collect().await.map(|body| body.to_bytes()) else {
        return Ok(answer(StatusCode::BAD_REQUEST.into()));
    };
    let (path, query) = (head.uri.path().to_owned(), head.uri.query().unwrap_or("").to_owned());
    let delivery = Delivery { path, query, headers: head.headers, body };
    let reaction = {
        let mut known = deliveries.lock().expect("no panic while holding the list");
        let reaction = behaviour(known.len(), &delivery);
        known.push(delivery);
        reaction
    };
    tokio::time::sleep(reaction.wait).await;
    if reaction.hang_up {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    Ok(answer(reaction))
}

fn answer(reaction: Reaction) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(reaction.status);
    for (name, value) in reaction.headers {
        response = response.header(name, value);
    }
    response.body(Full::new(Bytes::from(reaction.body))).expect("headers that are headers")
}

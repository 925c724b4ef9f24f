//! A door between a server and its databases, which can be shut at a chosen statement:
//! so that a test can kill the server at exactly that step.

use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

/// Where a batch is held for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The database never sees it.
    Before,
    /// The database has done it; who asked never hears.
    After,
}

#[derive(Debug, Default)]
struct State {
    /// Which batches are held: those that contain this text.
    stop: Mutex<Option<(Stop, &'static str)>>,
    reached: AtomicBool,
    upstream: AtomicU16,
}

/// A proxy of `meridian db` on a loopback port, until it is dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<State>,
    /// Ends the proxy when dropped.
    _runtime: tokio::runtime::Runtime,
}

impl Proxy {
    /// One that lets everything pass.
    pub fn start() -> Arc<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .expect("a free loopback port");
        let port = listener.local_addr().expect("the address of a bound port").port();
        let state = Arc::new(State::default());
        runtime.spawn(accept(listener, state.clone()));
        Arc::new(Self { port, state, _runtime: runtime })
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where everything goes from now on.
    pub fn forward_to(&self, port: u16) {
        self.state.upstream.store(port, Ordering::SeqCst);
    }

    /// Holds every batch from now on that contains a text.
    pub fn stop_at(&self, stop: Stop, text: &'static str) {
        self.state.reached.store(false, Ordering::SeqCst);
        *self.state.stop.lock().expect("no panic while holding it") = Some((stop, text));
    }

    /// Waits until one is held, or panics.
    #[track_caller]
    pub fn wait_until_stopped(&self, patience: Duration) {
        let deadline = Instant::now() + patience;
        while !self.state.reached.load(Ordering::SeqCst) {
            assert!(Instant::now() < deadline, "nothing was held in {patience:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Holds nothing more.
    pub fn lift(&self) {
        *self.state.stop.lock().expect("no panic while holding it") = None;
    }
}

async fn accept(listener: tokio::net::TcpListener, state: Arc<State>) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    while let Ok((stream, _)) = listener.accept().await {
        let (state, agent) = (state.clone(), agent.clone());
        let service = service_fn(move |request| pass(request, state.clone(), agent.clone()));
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service),
        );
    }
}

async fn pass(
    request: Request<Incoming>,
    state: Arc<State>,
    agent: ureq::Agent,
) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await.map(|body| body.to_bytes()) else {
        return Ok(refusal());
    };
    let stop = *state.stop.lock().expect("no panic while holding it");
    let is_meant = |text: &str| String::from_utf8_lossy(&body).contains(text);
    let stop = stop.filter(|(_, text)| is_meant(text)).map(|(stop, _)| stop);
    if stop == Some(Stop::Before) {
        return hold(&state).await;
    }
    let url = format!("http://127.0.0.1:{}{}", state.upstream.load(Ordering::SeqCst), head.uri);
    let mut forwarded = Request::builder().method(head.method).uri(url);
    for name in ["x-namespace", "content-type", "authorization"] {
        if let Some(value) = head.headers.get(name) {
            forwarded = forwarded.header(name, value);
        }
    }
    let forwarded = forwarded.body(body.to_vec()).expect("headers that came");
    let answer = tokio::task::spawn_blocking(move || forward(&agent, forwarded)).await;
    if stop == Some(Stop::After) {
        return hold(&state).await;
    }
    Ok(answer.ok().flatten().unwrap_or_else(refusal))
}

fn forward(agent: &ureq::Agent, request: Request<Vec<u8>>) -> Option<Response<Full<Bytes>>> {
    let mut answer = agent.run(request).ok()?;
    let body = answer.body_mut().read_to_vec().ok()?;
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = answer.status();
    let kept = answer.headers().iter().filter(|(name, _)| *name == "content-type");
    *response.headers_mut() =
        kept.map(|(name, value)| (name.clone(), value.clone())).collect::<HeaderMap>();
    Some(response)
}

async fn hold<T>(state: &State) -> T {
    state.reached.store(true, Ordering::SeqCst);
    std::future::pending().await
}

fn refusal() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

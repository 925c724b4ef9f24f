//! One line per request. The path only: a query may hold what is nobody's
//! business.

use std::time::Instant;

use http::{HeaderMap, Method, Response};
use serde::Serialize;

use crate::logging;

/// The status logged where the client left before its answer: as proxies do.
const CLIENT_LEFT: u16 = 499;

/// A request that will be logged when it ends, however it ends.
pub struct RequestLog {
    method: Method,
    path: String,
    started: Instant,
    /// Which component answers, as soon as that is known.
    pub component: String,
    status: u16,
    request_id: String,
}

impl RequestLog {
    /// Begins now.
    pub fn start(method: &Method, path: &str) -> Self {
        Self {
            method: method.clone(),
            path: path.to_owned(),
            started: Instant::now(),
            component: String::new(),
            status: CLIENT_LEFT,
            request_id: String::new(),
        }
    }

    /// Ends with that answer.
    pub fn finish<B>(mut self, response: &Response<B>) {
        self.status = response.status().as_u16();
        self.request_id = request_id(response.headers());
    }
}

fn request_id(headers: &HeaderMap) -> String {
    let id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
    id.unwrap_or_default().to_owned()
}

/// As `tracing` would write it.
#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'static str,
    method: &'a str,
    path: &'a str,
    status: u16,
    ms: f64,
    request_id: &'a str,
    component: &'a str,
    target: &'static str,
}

impl Drop for RequestLog {
    fn drop(&mut self) {
        const TARGET: &str = "request";
        if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
            return;
        }
        let ms = (self.started.elapsed().as_micros() as f64) / 1000.0;
        let line = |timestamp| Line {
            timestamp,
            level: "INFO",
            method: self.method.as_str(),
            path: &self.path,
            status: self.status,
            ms,
            request_id: &self.request_id,
            component: &self.component,
            target: TARGET,
        };
        if logging::write_json(|| line(meridian_kernel::Instant::now().to_iso())) {
            return;
        }
        tracing::info!(
            target: TARGET,
            method = self.method.as_str(),
            path = self.path,
            status = self.status,
            ms,
            request_id = self.request_id,
            component = self.component,
        );
    }
}

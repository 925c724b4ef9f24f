//! A connection that asks one thing at a time.

use std::net::SocketAddr;

use anyhow::Context;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// A kept connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the sender; what goes wrong is told by the request.
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    /// Asks, and reads the answer to its end.
    pub async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }

    /// Asks, and answers `data` where it went well.
    pub async fn data(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<Value> {
        let what = format!("{} {}", request.method(), request.uri());
        let (status, body) = self.send(request).await.with_context(|| what.clone())?;
        if !status.is_success() {
            anyhow::bail!("{what}: {status} {}", String::from_utf8_lossy(&body));
        }
        let mut answer: Value = serde_json::from_slice(&body).with_context(|| what)?;
        Ok(answer.get_mut("data").map(Value::take).unwrap_or_default())
    }
}

/// A request to a server on this machine.
#[derive(Clone, Debug)]
pub struct Ask {
    method: Method,
    path: String,
    headers: Vec<(header::HeaderName, String)>,
    body: Bytes,
}

impl Ask {
    /// `GET`
    pub fn get(path: impl Into<String>) -> Self {
        let (method, path) = (Method::GET, path.into());
        Self { method, path, headers: Vec::new(), body: Bytes::new() }
    }

    /// `POST` of JSON.
    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        let body = Bytes::from(body.to_string());
        let ask = Self { method: Method::POST, body, ..Self::get(path) };
        ask.header(header::CONTENT_TYPE, "application/json")
    }

    /// With a bearer.
    pub fn bearer(self, key: &str) -> Self {
        self.header(header::AUTHORIZATION, &format!("Bearer {key}"))
    }

    /// With a version of the API.
    pub fn version(self, version: &str) -> Self {
        self.header(header::HeaderName::from_static("cal-api-version"), version)
    }

    fn header(mut self, name: header::HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// As hyper has it.
    pub fn request(self) -> anyhow::Result<Request<Full<Bytes>>> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        request = request.header(header::HOST, "localhost");
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        Ok(request.body(Full::new(self.body))?)
    }
}

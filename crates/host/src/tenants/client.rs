//! The platform API of a deployment, as a client.

use anyhow::{Context, bail};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Map, Value, json};

use super::file::Tenant;

/// The longest answer that is read.
const ANSWER_LIMIT: usize = 4 << 20;

/// How long a call may take.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

/// A deployment of Meridian, by its address and platform secret.
pub struct Deployment {
    url: String,
    secret: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// How making an organisation ended.
pub enum Created {
    /// It was made; this is its owner's first key.
    New {
        /// Shown once.
        api_key: Option<String>,
    },
    /// The slug or a domain is taken; the answer's words.
    Taken(String),
}

impl Deployment {
    /// A deployment that was not called yet.
    pub fn new(url: &str, secret: &str) -> anyhow::Result<Self> {
        let uri: http::Uri = url.parse().with_context(|| format!("{url} is not a URL"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            bail!("{url} does not begin with http:// or https://");
        }
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            secret: secret.to_owned(),
            client: Client::builder(TokioExecutor::new()).build(connector),
        })
    }

    /// Makes an organisation.
    pub async fn create(&self, tenant: &Tenant) -> anyhow::Result<Created> {
        let body = serde_json::to_value(tenant)?;
        let (status, answer) =
            self.call(Method::POST, "/platform/organizations", Some(&body)).await?;
        match status {
            StatusCode::CREATED => {
                let key = answer.pointer("/data/apiKey").and_then(Value::as_str);
                Ok(Created::New { api_key: key.map(str::to_owned) })
            }
            StatusCode::CONFLICT => Ok(Created::Taken(words(&answer))),
            _ => bail!("{status}: {}", words(&answer)),
        }
    }

    /// Reads an organisation; `None` where there is none.
    pub async fn read(&self, slug: &str) -> anyhow::Result<Option<Value>> {
        let path = format!("/platform/organizations/{slug}");
        let (status, answer) = self.call(Method::GET, &path, None).await?;
        match status {
            StatusCode::OK => Ok(answer.get("data").cloned()),
            StatusCode::NOT_FOUND => Ok(None),
            _ => bail!("{status}: {}", words(&answer)),
        }
    }

    /// Changes an organisation.
    pub async fn change(&self, slug: &str, patch: &Map<String, Value>) -> anyhow::Result<()> {
        let path = format!("/platform/organizations/{slug}");
        let body = Value::Object(patch.clone());
        let (status, answer) = self.call(Method::PATCH, &path, Some(&body)).await?;
        if status.is_success() { Ok(()) } else { bail!("{status}: {}", words(&answer)) }
    }

    /// A new API key for a user of an organisation.
    pub async fn new_api_key(&self, slug: &str, email: &str) -> anyhow::Result<String> {
        let path = format!("/platform/organizations/{slug}/api-keys");
        let body = json!({ "email": email });
        let (status, answer) = self.call(Method::POST, &path, Some(&body)).await?;
        match answer.pointer("/data/apiKey").and_then(Value::as_str) {
            Some(key) if status.is_success() => Ok(key.to_owned()),
            _ => bail!("{status}: {}", words(&answer)),
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.secret))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let answer = async {
            let answer = self.client.request(request).await?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_LIMIT).collect().await;
            let body = body.map_err(anyhow::Error::from_boxed)?.to_bytes();
            let value = serde_json::from_slice(&body)
                .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&body).into_owned()));
            anyhow::Ok((status, value))
        };
        let answer = tokio::time::timeout(TIMEOUT, answer).await;
        let answer = answer.map_err(|_| anyhow::anyhow!("no answer in time")).flatten();
        answer.with_context(|| format!("{} cannot be reached", self.url))
    }
}

/// What an error's answer says.
fn words(answer: &Value) -> String {
    let message = answer.pointer("/error/message").and_then(Value::as_str);
    message.map_or_else(|| answer.to_string(), str::to_owned)
}

//! A client that says what it sends and keeps what it is told.

use http::HeaderMap;
use serde_json::Value;

/// A client of one address, with headers it always sends.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    headers: Vec<(String, String)>,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Client {
    /// A client of an address such as `http://127.0.0.1:3000`.
    pub fn new(base: impl Into<String>) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(std::time::Duration::from_secs(60)))
            .build()
            .new_agent();
        Self { agent, base: base.into(), headers: Vec::new() }
    }

    /// The same client, always sending this header too.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client of another address: a server that was started again.
    pub fn at(&self, other: &Self) -> Self {
        Self { base: other.base.clone(), ..self.clone() }
    }

    /// The same client with a bearer credential.
    pub fn bearer(&self, credential: &str) -> Self {
        self.with("authorization", &format!("Bearer {credential}"))
    }

    /// The same client, asking for a dated version.
    pub fn version(&self, version: &str) -> Self {
        self.with("cal-api-version", version)
    }

    /// GET
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    /// DELETE
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    /// POST with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body.to_string()))
    }

    /// PATCH with a JSON body.
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, Some(body.to_string()))
    }

    /// POST with a form.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        self.with("content-type", kind).send("POST", path, Some(body))
    }

    /// The address, such as `http://127.0.0.1:3000`.
    pub fn base(&self) -> &str {
        &self.base
    }

    fn sends(&self, header: &str) -> bool {
        self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(header))
    }

    /// Any method, with a body as it is.
    pub fn send(&self, method: &str, path: &str, body: Option<String>) -> Answer {
        self.try_send(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// The same, where the server may be gone.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, ureq::Error> {
        let mut request =
            http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response = match body {
            Some(body) => {
                let is_typed = self.sends("content-type");
                let request = if is_typed {
                    request
                } else {
                    request.header("content-type", "application/json")
                };
                self.agent.run(request.body(body).expect("a well-formed request"))?
            }
            None => self.agent.run(request.body(()).expect("a well-formed request"))?,
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.body_mut().read_to_string()?;
        Ok(Answer { status, headers, text })
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text))
    }

    /// `data` of an answer with the expected status.
    #[track_caller]
    pub fn data(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        let body = self.json();
        assert_eq!(body["status"], "success", "{}", self.text);
        body["data"].clone()
    }

    /// `error.message` of an error in the envelope, with the expected status.
    #[track_caller]
    pub fn error(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        let body = self.json();
        assert_eq!(body["status"], "error", "{}", self.text);
        assert!(body["timestamp"].is_string() && body["path"].is_string(), "{}", self.text);
        assert!(body["error"]["code"].is_string(), "{}", self.text);
        assert!(!self.header("x-request-id").is_empty(), "no request id: {}", self.text);
        let message = body["error"]["message"].as_str().expect("error.message is a text");
        assert_eq!(body["message"], message, "{}", self.text);
        message.to_owned()
    }

    /// A header as text; empty where absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

//! A Hrana server of the test's own, and a client for it.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use meridian_database::Databases;
use meridian_database::hrana::{Server, ServerOptions};
use meridian_hrana_client::Encoded;
use meridian_store::packed::unpack_answer;
use meridian_store::{DatabaseError, Rows, Statement};
use serde_json::{Value as Json, json};

/// Serves until the test's runtime ends.
pub struct Served {
    pub data: String,
    pub admin: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Served {
    pub async fn new(databases: Databases, token: Option<&str>) -> Self {
        let anywhere = "127.0.0.1:0".parse().unwrap();
        let token = token.map(str::to_owned);
        let options = ServerOptions { listen: anywhere, admin_listen: Some(anywhere), token };
        let server = Server::bind(databases, options).await.unwrap();
        let data = format!("http://{}", server.address().unwrap());
        let admin = format!("http://{}", server.admin_address().unwrap().unwrap());
        tokio::spawn(server.run(std::future::pending()));
        Self { data, admin, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    pub async fn send(
        &self,
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> (StatusCode, Bytes) {
        let mut request = Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let response = self.client.request(request).await.unwrap();
        let status = response.status();
        (status, response.into_body().collect().await.unwrap().to_bytes())
    }

    /// Sends a pipeline and gives its results.
    pub async fn pipeline(&self, database: &str, requests: Json) -> Vec<Json> {
        let body = json!({ "requests": requests }).to_string().into_bytes();
        let address = format!("{}/v3/pipeline", self.data);
        let headers = [("x-namespace", database)];
        let (status, body) = self.send(Method::POST, &address, &headers, body).await;
        assert_eq!(status, 200, "{body:?}");
        let answer: Json = serde_json::from_slice(&body).unwrap();
        assert_eq!(answer["baton"], Json::Null);
        answer["results"].as_array().unwrap().clone()
    }

    /// Runs a batch as the component `libsql` does. `alone`: with something in the
    /// request that gives it the writer to itself.
    pub async fn execute(
        &self,
        database: &str,
        atomic: bool,
        statements: &[Statement],
        alone: bool,
    ) -> Result<Vec<Rows>, DatabaseError> {
        let encoded = Encoded::new(atomic, statements).unwrap();
        let mut body: Json = serde_json::from_slice(&encoded.body).unwrap();
        if alone {
            let last = json!({ "type": "sequence", "sql": "" });
            body["requests"].as_array_mut().unwrap().push(last);
        }
        let address = format!("{}/v3/pipeline", self.data);
        let headers = [("x-namespace", database)];
        let body = body.to_string().into_bytes();
        let (status, body) = self.send(Method::POST, &address, &headers, body).await;
        Ok(unpack_answer(encoded.decode(status.as_u16(), &body)?)?)
    }
}

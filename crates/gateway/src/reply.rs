//! A handler's answer.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{ApiError, JsonText};

/// An answer before the gateway puts its own headers on it.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// Headers of the handler's own.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

#[derive(Serialize)]
struct Success<'a, T> {
    status: &'static str,
    data: &'a T,
}

#[derive(Serialize)]
struct Page<'a, T, P> {
    status: &'static str,
    data: &'a T,
    pagination: &'a P,
}

impl Reply {
    /// `{"status":"success","data":…}` with 200.
    pub fn ok<T: Serialize>(data: &T) -> Result<Self, ApiError> {
        Self::json(StatusCode::OK, &Success { status: "success", data })
    }

    /// `{"status":"success","data":…}` with 201.
    pub fn created<T: Serialize>(data: &T) -> Result<Self, ApiError> {
        Self::json(StatusCode::CREATED, &Success { status: "success", data })
    }

    /// `{"status":"success","data":…,"pagination":…}` with 200.
    pub fn page<T: Serialize, P: Serialize>(data: &T, pagination: &P) -> Result<Self, ApiError> {
        Self::json(StatusCode::OK, &Page { status: "success", data, pagination })
    }

    /// The same page; `write` writes the data, about so many bytes.
    pub fn page_as_text<P: Serialize>(
        bytes: usize,
        write: impl FnOnce(&mut JsonText),
        pagination: &P,
    ) -> Self {
        let mut json = JsonText::with_capacity(bytes);
        json.object(|page| {
            page.text("status", "success");
            page.field("data", write);
            page.value("pagination", pagination);
        });
        Self::json_bytes(StatusCode::OK, json.into_bytes())
    }

    /// Any JSON.
    pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Self, ApiError> {
        let body = serde_json::to_vec(value).map_err(ApiError::internal)?;
        Ok(Self::json_bytes(status, body))
    }

    fn json_bytes(status: StatusCode, body: Vec<u8>) -> Self {
        let reply = Self { status, headers: HeaderMap::new(), body: body.into() };
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        reply.with_header(header::CONTENT_TYPE, json)
    }

    /// A page.
    pub fn html(status: StatusCode, page: String) -> Self {
        let reply = Self { status, headers: HeaderMap::new(), body: page.into() };
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        reply.with_header(header::CONTENT_TYPE, html)
    }

    /// 303: the browser asks there, with GET. A place that no header can name is 500.
    pub fn see_other(location: &str) -> Result<Self, ApiError> {
        let location = HeaderValue::try_from(location).map_err(ApiError::internal)?;
        Ok(Self::empty(StatusCode::SEE_OTHER).with_header(header::LOCATION, location))
    }

    /// The same answer with one more header of that name, such as a second cookie.
    pub fn and_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// No body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// The same answer with a header set.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

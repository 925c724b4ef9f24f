//! HTTP out.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Full, Limited};

/// How much of an answer is read.
const MAX_ANSWER: usize = 1024 * 1024;

/// Why a request had no usable answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// It could not be sent, or the connection broke. The text is for logs.
    Failed(String),
    /// The answer's body is longer than a megabyte, or broke off.
    Unreadable,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(text) => f.write_str(text),
            Self::Unreadable => f.write_str("the answer is too long or broke off"),
        }
    }
}

impl std::error::Error for SendError {}

/// Sends a request to a host the manifest allows. Redirects are not followed.
pub async fn send(request: http::Request<Bytes>) -> Result<http::Response<Bytes>, SendError> {
    let (parts, body) = open(request).await?.into_parts();
    let body = Limited::new(body, MAX_ANSWER).collect().await;
    let body = body.map_err(|_| SendError::Unreadable)?.to_bytes();
    Ok(http::Response::from_parts(parts, body))
}

/// The same where only the status matters: the answer's body is not read.
pub async fn send_for_status(request: http::Request<Bytes>) -> Result<StatusCode, SendError> {
    Ok(open(request).await?.status())
}

async fn open(request: http::Request<Bytes>) -> Result<spin_sdk::http::Response, SendError> {
    let sent = spin_sdk::http::send(request.map(Full::new)).await;
    sent.map_err(|error| SendError::Failed(format!("{error}")))
}

//! HTTP out.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
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
    /// It was not answered within that time.
    Late(Duration),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(text) => f.write_str(text),
            Self::Unreadable => f.write_str("the answer is too long or broke off"),
            Self::Late(patience) => write!(f, "no answer within {} s", patience.as_secs()),
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

/// The same, if the whole answer comes within that time.
pub async fn send_within(
    request: http::Request<Bytes>,
    patience: Duration,
) -> Result<http::Response<Bytes>, SendError> {
    match select(pin!(send(request)), pin!(spin_sdk::time::sleep(patience))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(SendError::Late(patience)),
    }
}

/// The body of an answer that is still to come.
pub struct Incoming(spin_sdk::http::Response);

/// The same, with the body still to be read: see [`Incoming::read`].
pub async fn send_for_head(
    request: http::Request<Bytes>,
) -> Result<(StatusCode, http::HeaderMap, Incoming), SendError> {
    let mut answer = open(request).await?;
    let headers = std::mem::take(answer.headers_mut());
    Ok((answer.status(), headers, Incoming(answer)))
}

impl Incoming {
    /// Reads the beginning of the body, at most so many bytes; what came stays in
    /// `read` where the rest does not, or where this is dropped before its end.
    pub async fn read(mut self, most: usize, read: &mut Vec<u8>) {
        while read.len() < most {
            let Some(Ok(frame)) = self.0.body_mut().frame().await else { return };
            let Some(data) = frame.data_ref() else { continue };
            read.extend(data.iter().take(most - read.len()));
        }
    }
}

async fn open(request: http::Request<Bytes>) -> Result<spin_sdk::http::Response, SendError> {
    let sent = spin_sdk::http::send(request.map(Full::new)).await;
    sent.map_err(|error| SendError::Failed(format!("{error}")))
}

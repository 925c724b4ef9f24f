//! HTTP out.

use std::borrow::Cow;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use http::StatusCode;
use http_body_util::{BodyExt, Full, Limited};
use spin_sdk::wasip3::http::types::ErrorCode;

/// How much of an answer is read.
const MAX_ANSWER: usize = 1024 * 1024;

/// Why a request had no usable answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// It could not be sent, or the connection broke. The text is for people.
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
    sent.map_err(|error| SendError::Failed(words(&error).into_owned()))
}

/// What a code of `wasi:http` means to whoever looks after the other side.
fn words(code: &ErrorCode) -> Cow<'static, str> {
    Cow::Borrowed(match code {
        ErrorCode::DnsTimeout => "the name of the host could not be looked up in time",
        ErrorCode::DnsError(_) => "the name of the host was not found",
        ErrorCode::DestinationNotFound => "the host was not found",
        ErrorCode::DestinationUnavailable => "the host could not be reached",
        ErrorCode::DestinationIpProhibited => {
            "the host has a private, loopback or link-local address"
        }
        ErrorCode::DestinationIpUnroutable => "there is no route to the host",
        ErrorCode::ConnectionRefused => "the host refused the connection",
        ErrorCode::ConnectionTerminated => "the host closed the connection before it answered",
        ErrorCode::ConnectionTimeout => "the connection could not be made in time",
        ErrorCode::ConnectionReadTimeout | ErrorCode::HttpResponseTimeout => {
            "the answer did not come in time"
        }
        ErrorCode::ConnectionWriteTimeout => "the host did not take the request in time",
        ErrorCode::ConnectionLimitReached => "too many connections are open",
        ErrorCode::TlsProtocolError => "no secure connection could be agreed on (TLS)",
        ErrorCode::TlsCertificateError => "the certificate of the host is not valid (TLS)",
        ErrorCode::HttpRequestDenied => "requests to the host are not allowed here",
        ErrorCode::HttpRequestUriInvalid | ErrorCode::HttpRequestUriTooLong => {
            "the URL cannot be asked for"
        }
        ErrorCode::HttpResponseIncomplete => "the answer broke off",
        ErrorCode::HttpResponseHeaderSectionSize(_) | ErrorCode::HttpResponseHeaderSize(_) => {
            "the headers of the answer are too long"
        }
        ErrorCode::HttpResponseBodySize(_) => "the answer is too long",
        ErrorCode::HttpProtocolError => "the answer is not HTTP",
        ErrorCode::LoopDetected => "the request came back to where it was sent from",
        ErrorCode::TlsAlertReceived(alert) => {
            let text = alert.alert_message.as_deref().unwrap_or("no reason");
            return format!("the host ended the secure connection (TLS): {text}").into();
        }
        ErrorCode::InternalError(Some(text)) => {
            return format!("the request could not be sent: {text}").into();
        }
        // What is left is wrong with the request, and ours to look into.
        other => return format!("the request could not be sent: {other:?}").into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_shown_to_people() {
        for (code, text) in [
            (ErrorCode::ConnectionRefused, "the host refused the connection"),
            (ErrorCode::TlsCertificateError, "the certificate of the host is not valid (TLS)"),
            (ErrorCode::InternalError(Some("why".into())), "the request could not be sent: why"),
        ] {
            assert_eq!(words(&code), text);
        }
    }
}

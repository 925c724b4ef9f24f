//! Requests that hyper cannot parse never reach a service: hyper answers them
//! itself, with a bare head. This puts the envelope into such answers.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{HeaderMap, Method, Response, StatusCode};
use hyper::rt::{Read, ReadBufCursor, Write};
use meridian_gateway::ApiError;
use meridian_kernel::Instant;

/// Every answer of a component or of the service has it; hyper's own have not.
const MARK: &[u8] = b"x-request-id";

/// A connection whose bare answers become envelopes.
pub struct Enveloped<I> {
    io: I,
    replacement: Option<Replacement>,
}

/// An answer that is being written in place of hyper's.
struct Replacement {
    bytes: Vec<u8>,
    written: usize,
}

impl<I> Enveloped<I> {
    /// Wraps a connection.
    pub const fn new(io: I) -> Self {
        Self { io, replacement: None }
    }

    /// The connection.
    pub fn into_inner(self) -> I {
        self.io
    }
}

impl<I: Read + Unpin> Read for Enveloped<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl<I: Write + Unpin> Enveloped<I> {
    /// Writes the replacement for `original`, and then says `original` was written.
    fn poll_replacement(
        &mut self,
        cx: &mut Context<'_>,
        original: usize,
    ) -> Poll<io::Result<usize>> {
        while let Some(replacement) = &mut self.replacement {
            let rest = replacement.bytes.get(replacement.written..).unwrap_or_default();
            if rest.is_empty() {
                self.replacement = None;
                break;
            }
            let written = ready!(Pin::new(&mut self.io).poll_write(cx, rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            replacement.written += written;
        }
        Poll::Ready(Ok(original))
    }

    fn replaces(&mut self, bytes: &[u8]) -> bool {
        if self.replacement.is_none()
            && let Some(status) = bare_error(bytes)
        {
            self.replacement = Some(Replacement { bytes: envelope(status), written: 0 });
        }
        self.replacement.is_some()
    }
}

impl<I: Write + Unpin> Write for Enveloped<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.replaces(bytes) {
            return self.poll_replacement(cx, bytes.len());
        }
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.replaces(slices.first().map_or(&[], |slice| slice)) {
            return self.poll_replacement(cx, slices.iter().map(|slice| slice.len()).sum());
        }
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// The status, where these bytes begin an answer of hyper's own making.
fn bare_error(bytes: &[u8]) -> Option<StatusCode> {
    let rest = bytes.strip_prefix(b"HTTP/1.1 4").or_else(|| bytes.strip_prefix(b"HTTP/1.0 4"))?;
    if bytes.windows(MARK.len()).any(|window| window == MARK) {
        return None;
    }
    let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
    StatusCode::from_u16(400 + digits.parse::<u16>().ok()?).ok()
}

fn envelope(status: StatusCode) -> Vec<u8> {
    let message = match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "The request's headers are too large.",
        StatusCode::URI_TOO_LONG => "The request's URL is too long.",
        _ => "The request is not valid HTTP.",
    };
    let error = ApiError::new(status, message);
    let response = meridian_gateway::error_response(
        &error,
        &Method::GET,
        "/",
        &HeaderMap::new(),
        Instant::now(),
    );
    tracing::info!(target: "request", status = status.as_u16(), "{message}");
    to_bytes(&response)
}

fn to_bytes(response: &Response<bytes::Bytes>) -> Vec<u8> {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    let length = response.body().len();
    bytes.extend_from_slice(
        format!("content-length: {length}\r\nconnection: close\r\n\r\n").as_bytes(),
    );
    bytes.extend_from_slice(response.body());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_errors_are_replaced() {
        let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n";
        assert_eq!(bare_error(bare), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        let ours = b"HTTP/1.1 404 Not Found\r\nx-request-id: 1\r\n\r\n";
        assert_eq!(bare_error(ours), None);
        for other in [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), b"40", b"HTTP/1.1 4", b""] {
            assert_eq!(bare_error(other), None);
        }
    }
}

//! Heads of requests and answers as bytes: what crosses between the host and a
//! component that it calls directly (`wit/direct`). No I/O.
//!
//! A head is a row of texts, each behind its length (four bytes, the lowest first):
//!
//! * of a request: method, URI, then name and value of each header;
//! * of an answer: the status in three digits, then the headers likewise.
//!
//! Both sides are built from this crate, and each believes nothing of the other:
//! what does not fit is [`Malformed`].

mod reader;

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};

use reader::Reader;

/// Room for the length of a text.
const LENGTH: usize = size_of::<u32>();

/// Bytes that are no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the head of a message is malformed")
    }
}

impl std::error::Error for Malformed {}

/// A head that is being written.
#[derive(Clone, Debug)]
pub struct Head(Vec<u8>);

impl Head {
    /// Of a request for a URI that is given in parts, which are joined.
    pub fn of_request(method: &Method, uri: &[&str]) -> Self {
        // Heads of requests are rarely longer.
        let mut head = Self(Vec::with_capacity(1 << 10));
        head.push(&[method.as_str()]);
        head.push(uri);
        head
    }

    /// Of an answer.
    pub fn of_answer(status: StatusCode, headers: &HeaderMap) -> Self {
        let lengths = headers.iter().map(|(name, value)| length_of(name, value));
        let mut head = Self(Vec::with_capacity(LENGTH + 3 + lengths.sum::<usize>()));
        head.push(&[status.as_str()]);
        for (name, value) in headers {
            head.header(name.as_str(), value.as_bytes());
        }
        head
    }

    /// Adds a header.
    pub fn header(&mut self, name: &str, value: &[u8]) {
        self.push(&[name]);
        self.push(&[value]);
    }

    /// The finished head.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Adds a text that is given in parts.
    fn push<P: AsRef<[u8]>>(&mut self, parts: &[P]) {
        let length: usize = parts.iter().map(|part| part.as_ref().len()).sum();
        // Heads are a few kilobytes long; one of four gigabytes would be malformed.
        self.0.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        for part in parts {
            self.0.extend_from_slice(part.as_ref());
        }
    }
}

fn length_of(name: &HeaderName, value: &HeaderValue) -> usize {
    2 * LENGTH + name.as_str().len() + value.len()
}

/// Method, URI and headers of a request.
///
/// # Errors
/// [`Malformed`].
pub fn read_request(head: Vec<u8>) -> Result<(Method, Uri, HeaderMap), Malformed> {
    let mut reader = Reader::new(head.into());
    let method = Method::from_bytes(&reader.text()?).map_err(|_| Malformed)?;
    let uri = Uri::from_maybe_shared(reader.text()?).map_err(|_| Malformed)?;
    Ok((method, uri, headers(reader)?))
}

/// Status and headers of an answer.
///
/// # Errors
/// [`Malformed`].
pub fn read_answer(head: Vec<u8>) -> Result<(StatusCode, HeaderMap), Malformed> {
    let mut reader = Reader::new(head.into());
    let status = StatusCode::from_bytes(&reader.text()?).map_err(|_| Malformed)?;
    Ok((status, headers(reader)?))
}

/// What is left, as headers. Their values share the memory of the head.
fn headers(mut reader: Reader) -> Result<HeaderMap, Malformed> {
    /// More than most heads have: growing the map would hash all of it again.
    const USUAL: usize = 32;
    let mut headers = HeaderMap::with_capacity(USUAL);
    while !reader.is_empty() {
        let name = HeaderName::from_bytes(&reader.text()?).map_err(|_| Malformed)?;
        let value: Bytes = reader.text()?;
        let value = HeaderValue::from_maybe_shared(value).map_err(|_| Malformed)?;
        headers.try_append(name, value).map_err(|_| Malformed)?;
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Head {
        let mut head = Head::of_request(&Method::PATCH, &["http://", "a.example", "/v2/me?x=%20"]);
        head.header("accept", b"application/json");
        head.header("x-twice", b"1");
        head.header("x-twice", b"");
        head.header("x-bytes", b"caf\xc3\xa9");
        head
    }

    #[test]
    fn a_request_arrives_as_it_was_sent() {
        let (method, uri, headers) = read_request(request().into_bytes()).unwrap();
        assert_eq!(method, Method::PATCH);
        assert_eq!(uri, "http://a.example/v2/me?x=%20");
        assert_eq!(headers.len(), 4);
        let twice: Vec<_> = headers.get_all("x-twice").iter().collect();
        assert_eq!(twice, ["1", ""]);
        assert_eq!(headers["x-bytes"].as_bytes(), b"caf\xc3\xa9");
    }

    #[test]
    fn an_answer_arrives_as_it_was_sent() {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("text/plain"));
        headers.append("vary", HeaderValue::from_static("a"));
        headers.append("vary", HeaderValue::from_static("b"));
        let head = Head::of_answer(StatusCode::IM_A_TEAPOT, &headers).into_bytes();
        assert_eq!(head.len(), head.capacity());
        assert_eq!(read_answer(head), Ok((StatusCode::IM_A_TEAPOT, headers)));
    }

    #[test]
    fn a_head_that_was_cut_or_bent_is_malformed_and_harms_nobody() {
        let whole = request().into_bytes();
        let mut read = 0;
        for length in 0..whole.len() {
            read += usize::from(read_request(whole[..length].to_vec()).is_ok());
        }
        assert_eq!(read, 4, "cut between two headers it is a shorter head");
        for index in 0..whole.len() {
            for flip in [1, 0x40, 0x80] {
                let mut bent = whole.clone();
                bent[index] ^= flip;
                // An answer or an error; no panic.
                let _ = read_request(bent.clone());
                let _ = read_answer(bent);
            }
        }
        let mut forged = Head::of_request(&Method::GET, &["/"]);
        forged.header("x", b"1\r\nset-cookie: a=b");
        assert_eq!(read_request(forged.into_bytes()), Err(Malformed));
    }
}

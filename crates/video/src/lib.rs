//! The API of whoever runs the rooms of built-in calls: requests out, answers in; no I/O.
//!
//! It is Daily's, as Cal Video is: the provider, or a service of one's own that answers
//! the same, is asked what it knows of a room. A booking's room has the booking's uid as
//! its name. Of a room that there is not, nothing is known.

mod recording;
mod room;
mod session;
mod transcript;

use std::fmt;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use meridian_kernel::Secret;
use serde::de::DeserializeOwned;

pub use recording::{Recording, read_link};
pub use room::Room;
pub use session::{Participant, Session};
pub use transcript::Transcript;

/// What every path of the API begins with.
const BASE: &str = "/v1";

/// Whoever runs the rooms.
#[derive(Clone, Debug)]
pub struct Provider {
    origin: String,
    key: Secret,
}

/// Why the provider told nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The address of the provider, or the key, is none that a request can have.
    Misconfigured,
    /// It answered with another status than it should.
    Answered(StatusCode),
    /// It answered with something else than it should.
    Unreadable,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misconfigured => f.write_str("video_host or video_key is not usable"),
            Self::Answered(status) => {
                write!(f, "the video provider answered {}", status.as_u16())
            }
            Self::Unreadable => f.write_str("the answer of the video provider is not understood"),
        }
    }
}

impl std::error::Error for Failure {}

impl Provider {
    /// The provider at `scheme://host:port`, which lets whoever has this key in; `None`
    /// where there is no key: nobody runs any rooms.
    pub fn new(origin: &str, key: &str) -> Option<Self> {
        let key = Some(key).filter(|key| !key.is_empty())?;
        Some(Self { origin: origin.trim_end_matches('/').to_owned(), key: Secret::new(key) })
    }

    /// A request for what stands at a path, with parameters.
    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Request<Bytes>, Failure> {
        let mut url = format!("{}{BASE}{path}", self.origin);
        if !query.is_empty() {
            let query =
                form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
            url.push('?');
            url.push_str(&query);
        }
        Request::builder()
            .method(Method::GET)
            .uri(url)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key.reveal()))
            .header(header::ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|_| Failure::Misconfigured)
    }
}

/// What an answer says; `None` where there is no such thing.
fn read<T: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<Option<T>, Failure> {
    match status {
        StatusCode::OK => serde_json::from_slice(body).map(Some).map_err(|_| Failure::Unreadable),
        StatusCode::NOT_FOUND => Ok(None),
        status => Err(Failure::Answered(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_carry_the_key_and_what_is_asked_for() {
        let provider = Provider::new("https://api.rooms.test/", "secret").unwrap();
        let request = provider.sessions("mg3 &").unwrap();
        assert_eq!(request.uri(), "https://api.rooms.test/v1/meetings?room=mg3+%26&limit=100");
        assert_eq!(request.headers()[header::AUTHORIZATION], "Bearer secret");
        assert!(!format!("{provider:?}").contains("secret"));
    }

    #[test]
    fn without_a_key_there_is_no_provider_and_a_bad_address_is_said() {
        assert!(Provider::new("https://api.rooms.test", "").is_none());
        let provider = Provider::new("no url", "secret").unwrap();
        assert_eq!(provider.room("x").unwrap_err(), Failure::Misconfigured);
        let provider = Provider::new("https://api.rooms.test", "two\nlines").unwrap();
        assert_eq!(provider.room("x").unwrap_err(), Failure::Misconfigured);
    }

    #[test]
    fn answers_that_are_none_are_told_apart() {
        let read = |status, body: &str| Room::read(status, body.as_bytes(), "mg3");
        let refused = read(StatusCode::UNAUTHORIZED, r#"{"error":"authentication-error"}"#);
        assert_eq!(refused.unwrap_err(), Failure::Answered(StatusCode::UNAUTHORIZED));
        assert_eq!(read(StatusCode::OK, "<html>").unwrap_err(), Failure::Unreadable);
        assert_eq!(read(StatusCode::NOT_FOUND, "").unwrap(), None);
        let text = Failure::Answered(StatusCode::BAD_GATEWAY).to_string();
        assert_eq!(text, "the video provider answered 502");
    }
}

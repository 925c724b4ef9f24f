//! What was recorded in a room, and where it can be downloaded.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;

use crate::{Failure, Provider, read};

/// How many recordings of one room are looked at: the most a provider gives at a time.
const MOST_RECORDINGS: &str = "100";

/// The status of a recording that can be downloaded.
const FINISHED: &str = "finished";

/// One recording.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Recording {
    /// What the provider calls it.
    pub id: String,
    /// The room's name.
    pub room_name: String,
    /// When it began, in seconds since 1970.
    pub start_ts: i64,
    /// How far it is: `finished`, `in-progress` or `canceled`.
    pub status: String,
    /// How many were in the room at a time, where that is known.
    pub max_participants: Option<u32>,
    /// How long it is, in seconds; not known before its end.
    pub duration: Option<u32>,
    /// What it was shared with once. Providers do not give it any more.
    pub share_token: Option<String>,
}

#[derive(Deserialize)]
struct Recordings {
    data: Vec<Recording>,
}

/// Where something can be downloaded for a while. Its name depends on what is downloaded
/// and on the provider's version.
#[derive(Deserialize)]
struct Access {
    download_link: Option<String>,
    link: Option<String>,
}

impl Provider {
    /// Asks for the recordings of a room.
    pub fn recordings(&self, room: &str) -> Result<Request<Bytes>, Failure> {
        self.get("/recordings", &[("room_name", room), ("limit", MOST_RECORDINGS)])
    }

    /// Asks where a recording can be downloaded. An id that is none fails.
    pub fn recording_link(&self, id: &str) -> Result<Request<Bytes>, Failure> {
        self.get(&format!("/recordings/{}/access-link", segment(id)?), &[])
    }
}

impl Recording {
    /// The answer about a room. Empty where nothing was recorded, and where there is no
    /// such room. What is said of another room is no answer: it may be somebody else's.
    pub fn read_all(status: StatusCode, body: &[u8], room: &str) -> Result<Vec<Self>, Failure> {
        let recordings: Option<Recordings> = read(status, body)?;
        let all = recordings.map(|recordings| recordings.data).unwrap_or_default();
        let are_of_room = all.iter().all(|recording| recording.room_name == room);
        if are_of_room { Ok(all) } else { Err(Failure::Unreadable) }
    }

    /// Whether it can be downloaded.
    pub fn is_finished(&self) -> bool {
        self.status == FINISHED
    }
}

/// The answer to where something can be downloaded; `None` where it is gone. Some
/// providers put a text there that says why it cannot: that is no link.
pub fn read_link(status: StatusCode, body: &[u8]) -> Result<Option<String>, Failure> {
    let Some(access) = read::<Access>(status, body)? else { return Ok(None) };
    let link = access.download_link.or(access.link).filter(|link| is_web_address(link));
    link.map(Some).ok_or(Failure::Unreadable)
}

fn is_web_address(link: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| link.starts_with(scheme))
}

/// An id as a part of a path. Ids are letters, digits, `-` and `_`; anything else could
/// lead to another path.
pub(crate) fn segment(id: &str) -> Result<&str, Failure> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_id = !id.is_empty() && id.bytes().all(is_plain);
    if is_id { Ok(id) } else { Err(Failure::Unreadable) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: StatusCode = StatusCode::OK;

    fn provider() -> Provider {
        Provider::new("https://api.rooms.test", "secret").unwrap()
    }

    #[test]
    fn recordings_are_asked_for_by_room_and_links_by_id() {
        let request = provider().recordings("mg3").unwrap();
        let expected = "https://api.rooms.test/v1/recordings?room_name=mg3&limit=100";
        assert_eq!(request.uri(), expected);
        let request = provider().recording_link("0cb313e1-211f_a").unwrap();
        let expected = "https://api.rooms.test/v1/recordings/0cb313e1-211f_a/access-link";
        assert_eq!(request.uri(), expected);
    }

    #[test]
    fn an_id_that_could_lead_elsewhere_is_refused() {
        for id in ["", ".", "..", "../rooms/x", "a/b", "a?b", "a#b", "a b", "a%2fb", "é"] {
            assert_eq!(provider().recording_link(id).unwrap_err(), Failure::Unreadable, "{id}");
        }
    }

    #[test]
    fn recordings_are_read_whether_they_are_finished_or_not() {
        let body = br#"{"total_count":2,"data":[
            {"id":"0cb3","room_name":"mg3","start_ts":1548789650,"status":"finished",
             "max_participants":2,"duration":277,"share_token":"Tiv","tracks":[],"s3key":"k"},
            {"id":"1cb3","room_name":"mg3","start_ts":1548789990,"status":"in-progress",
             "max_participants":1}]}"#;
        let [first, second] = Recording::read_all(FOUND, body, "mg3").unwrap().try_into().unwrap();
        assert_eq!((first.id.as_str(), first.start_ts), ("0cb3", 1_548_789_650));
        assert_eq!((first.max_participants, first.duration), (Some(2), Some(277)));
        assert_eq!(first.share_token.as_deref(), Some("Tiv"));
        assert!(first.is_finished() && !second.is_finished());
        assert_eq!((second.duration, second.share_token), (None, None));
    }

    #[test]
    fn a_room_without_recordings_and_no_room_have_none() {
        let empty = Recording::read_all(FOUND, br#"{"total_count":0,"data":[]}"#, "mg3");
        assert_eq!(empty.unwrap(), []);
        assert_eq!(Recording::read_all(StatusCode::NOT_FOUND, b"{}", "mg3").unwrap(), []);
    }

    #[test]
    fn recordings_of_another_room_and_nonsense_are_no_answer() {
        let other = br#"{"data":[{"id":"a","room_name":"x","start_ts":1,"status":"finished"}]}"#;
        for body in [&other[..], br#"{"data":[{"id":1}]}"#, b"{}", b"[]", b"<html>"] {
            let read = Recording::read_all(FOUND, body, "mg3");
            assert_eq!(read.unwrap_err(), Failure::Unreadable);
        }
        let down = Recording::read_all(StatusCode::BAD_GATEWAY, b"", "mg3");
        assert_eq!(down.unwrap_err(), Failure::Answered(StatusCode::BAD_GATEWAY));
    }

    #[test]
    fn a_link_has_either_name_and_is_a_web_address() {
        let link = |body: &str| read_link(FOUND, body.as_bytes());
        let expected = Some("https://files.test/a.mp4?Signature=x".to_owned());
        let recording = r#"{"download_link":"https://files.test/a.mp4?Signature=x","expires":9}"#;
        assert_eq!(link(recording).unwrap(), expected);
        let transcript = r#"{"transcriptId":"a","link":"https://files.test/a.mp4?Signature=x"}"#;
        assert_eq!(link(transcript).unwrap(), expected);
        for body in ["{}", r#"{"download_link":"not allowed"}"#, r#"{"link":""}"#, "<html>"] {
            assert_eq!(link(body).unwrap_err(), Failure::Unreadable, "{body}");
        }
        assert_eq!(read_link(StatusCode::NOT_FOUND, b"{}").unwrap(), None);
        assert!(read_link(StatusCode::BAD_REQUEST, b"{}").is_err());
    }
}

//! What was written down in a room, and where it can be downloaded.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;

use crate::recording::segment;
use crate::{Failure, Provider, Room, read};

/// How many transcripts of one room are looked at: the most a provider gives at a time.
const MOST_TRANSCRIPTS: &str = "100";

/// The status of a transcript that nothing is added to any more.
const FINISHED: &str = "t_finished";

/// One transcript.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// What the provider calls it.
    #[serde(rename = "transcriptId")]
    pub id: String,
    /// What the provider calls the room.
    pub room_id: String,
    /// How far it is: `t_finished`, `t_in_progress`, `t_error` or `t_deleted`.
    pub status: String,
    /// Whether it was kept as a file, where that is said.
    pub is_vtt_available: Option<bool>,
}

#[derive(Deserialize)]
struct Transcripts {
    data: Vec<Transcript>,
}

impl Provider {
    /// Asks for the transcripts of a room.
    pub fn transcripts(&self, room: &Room) -> Result<Request<Bytes>, Failure> {
        self.get("/transcript", &[("roomId", &room.id), ("limit", MOST_TRANSCRIPTS)])
    }

    /// Asks where a transcript can be downloaded. An id that is none fails. The answer is
    /// for [`read_link`](crate::read_link).
    pub fn transcript_link(&self, id: &str) -> Result<Request<Bytes>, Failure> {
        self.get(&format!("/transcript/{}/access-link", segment(id)?), &[])
    }
}

impl Transcript {
    /// The answer about a room. Empty where nothing was written down. What is said of
    /// another room is no answer: it may be somebody else's.
    pub fn read_all(status: StatusCode, body: &[u8], room: &Room) -> Result<Vec<Self>, Failure> {
        let transcripts: Option<Transcripts> = read(status, body)?;
        let all = transcripts.map(|transcripts| transcripts.data).unwrap_or_default();
        let are_of_room = all.iter().all(|transcript| transcript.room_id == room.id);
        if are_of_room { Ok(all) } else { Err(Failure::Unreadable) }
    }

    /// Whether it can be downloaded. One that was not kept cannot.
    pub fn is_finished(&self) -> bool {
        self.status == FINISHED && self.is_vtt_available != Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: StatusCode = StatusCode::OK;

    fn provider() -> Provider {
        Provider::new("https://api.rooms.test", "secret").unwrap()
    }

    fn room() -> Room {
        Room { id: "ad9e".to_owned(), name: "mg3".to_owned() }
    }

    #[test]
    fn transcripts_are_asked_for_by_the_rooms_id_and_links_by_their_own() {
        let request = provider().transcripts(&room()).unwrap();
        let expected = "https://api.rooms.test/v1/transcript?roomId=ad9e&limit=100";
        assert_eq!(request.uri(), expected);
        let request = provider().transcript_link("a759-1").unwrap();
        assert_eq!(request.uri(), "https://api.rooms.test/v1/transcript/a759-1/access-link");
        assert_eq!(provider().transcript_link("../x").unwrap_err(), Failure::Unreadable);
    }

    #[test]
    fn only_finished_transcripts_that_were_kept_can_be_downloaded() {
        let one = |status: &str, more: &str| {
            format!(r#"{{"transcriptId":"a","roomId":"ad9e","status":"{status}"{more}}}"#)
        };
        let body = format!(
            r#"{{"total_count":6,"data":[{},{},{},{},{},{}]}}"#,
            one("t_finished", r#","isVttAvailable":true,"duration":14,"outParams":{}"#),
            one("t_finished", ""),
            one("t_finished", r#","isVttAvailable":false"#),
            one("t_in_progress", ""),
            one("t_error", ""),
            one("t_deleted", r#","isVttAvailable":null"#),
        );
        let all = Transcript::read_all(FOUND, body.as_bytes(), &room()).unwrap();
        let finished: Vec<bool> = all.iter().map(Transcript::is_finished).collect();
        assert_eq!(finished, [true, true, false, false, false, false]);
    }

    #[test]
    fn a_room_without_transcripts_has_none_and_nonsense_is_no_answer() {
        let read = |body: &[u8]| Transcript::read_all(FOUND, body, &room());
        assert_eq!(read(br#"{"total_count":0,"data":[]}"#).unwrap(), []);
        assert_eq!(Transcript::read_all(StatusCode::NOT_FOUND, b"{}", &room()).unwrap(), []);
        let other = br#"{"data":[{"transcriptId":"a","roomId":"b","status":"t_finished"}]}"#;
        for body in [&other[..], b"{}", b"<html>"] {
            assert_eq!(read(body).unwrap_err(), Failure::Unreadable);
        }
    }
}

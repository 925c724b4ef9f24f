//! Who was in a room, when and for how long.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;

use crate::{Failure, Provider, read};

/// How many sessions of one room are looked at: the most a provider gives at a time.
const MOST_SESSIONS: &str = "100";

/// From when somebody enters an empty room until the last one leaves it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Session {
    /// What the provider calls it.
    pub id: String,
    /// The room's name.
    pub room: String,
    /// When it began, in seconds since 1970.
    pub start_time: i64,
    /// How long it lasted, or lasts already, in seconds.
    pub duration: u32,
    /// Whether somebody is there.
    pub ongoing: bool,
    /// How many were there at a time.
    #[serde(default)]
    pub max_participants: u32,
    /// Who was.
    #[serde(default)]
    pub participants: Vec<Participant>,
}

/// Somebody who was in a room.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Participant {
    /// As the token says that they came in with: of a user, their id.
    pub user_id: Option<String>,
    /// What they call themselves.
    pub user_name: Option<String>,
    /// When they came, in seconds since 1970.
    pub join_time: i64,
    /// How long they stayed, in seconds.
    pub duration: u32,
}

#[derive(Deserialize)]
struct Sessions {
    data: Vec<Session>,
}

impl Provider {
    /// Asks for the sessions of a room.
    pub fn sessions(&self, room: &str) -> Result<Request<Bytes>, Failure> {
        self.get("/meetings", &[("room", room), ("limit", MOST_SESSIONS)])
    }
}

impl Session {
    /// The answer about a room: the newest first. Empty where nobody was there, and where
    /// there is no such room. What is said of another room is no answer: it may be
    /// somebody else's.
    pub fn read_all(status: StatusCode, body: &[u8], room: &str) -> Result<Vec<Self>, Failure> {
        let sessions: Option<Sessions> = read(status, body)?;
        let all = sessions.map(|sessions| sessions.data).unwrap_or_default();
        let are_of_room = all.iter().all(|session| session.room == room);
        if are_of_room { Ok(all) } else { Err(Failure::Unreadable) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_read_with_everybody_who_came() {
        let body = br#"{"total_count":1,"data":[{"id":"82b9","room":"mg3","start_time":1549391714,
            "duration":1650,"ongoing":true,"max_participants":2,"participants":[
            {"user_id":null,"user_name":null,"participant_id":"1","join_time":1549391690,"duration":1626},
            {"user_id":"4294967297","user_name":"Ada","participant_id":"2","join_time":1549391714,"duration":9}]}]}"#;
        let sessions = Session::read_all(StatusCode::OK, body, "mg3").unwrap();
        assert_eq!((sessions.len(), sessions[0].max_participants), (1, 2));
        let ada = &sessions[0].participants[1];
        assert_eq!(ada.user_id.as_deref(), Some("4294967297"));
        assert_eq!((ada.join_time, ada.duration), (1_549_391_714, 9));
        assert_eq!(sessions[0].participants[0].user_id, None);
        assert_eq!(Session::read_all(StatusCode::OK, body, "x"), Err(Failure::Unreadable));
    }

    #[test]
    fn an_empty_room_and_no_room_have_no_sessions() {
        let empty = Session::read_all(StatusCode::OK, br#"{"total_count":0,"data":[]}"#, "mg3");
        assert_eq!(empty.unwrap(), []);
        assert_eq!(Session::read_all(StatusCode::NOT_FOUND, b"{}", "mg3").unwrap(), []);
        assert!(Session::read_all(StatusCode::OK, br#"{"data":[{"id":1}]}"#, "mg3").is_err());
    }
}

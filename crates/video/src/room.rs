//! Rooms.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;

use crate::{Failure, Provider, read};

/// A room.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Room {
    /// What the provider calls it.
    pub id: String,
    /// What we call it: a booking's uid.
    pub name: String,
}

impl Provider {
    /// Asks for the room of that name. Names are letters and digits.
    pub fn room(&self, name: &str) -> Result<Request<Bytes>, Failure> {
        self.get(&format!("/rooms/{name}"), &[])
    }
}

impl Room {
    /// The answer about the room of that name; `None` where there is no such room. What
    /// is said of another room is no answer.
    pub fn read(status: StatusCode, body: &[u8], name: &str) -> Result<Option<Self>, Failure> {
        let room: Option<Self> = read(status, body)?;
        if room.as_ref().is_some_and(|room| room.name != name) {
            return Err(Failure::Unreadable);
        }
        Ok(room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_read_whatever_else_is_said_of_it() {
        let body = br#"{"id":"987b5eb5-d116-4a4e-8e2c-14fcb5710966","name":"mg3","privacy":"private","config":{}}"#;
        let room = Room::read(StatusCode::OK, body, "mg3").unwrap().unwrap();
        assert_eq!((room.name.as_str(), room.id.len()), ("mg3", 36));
        assert_eq!(Room::read(StatusCode::OK, body, "mg4"), Err(Failure::Unreadable));
    }
}

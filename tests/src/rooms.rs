//! Whoever runs the rooms of built-in calls, in a test: answers as Daily's API does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use http::StatusCode;
use serde_json::{Value, json};

use crate::{Delivery, Options, Reaction, Receiver};

/// What lets one in.
pub const ROOMS_KEY: &str = "key-of-the-rooms";

/// By method-less path: what is answered with 200.
type Answers = HashMap<String, Value>;

/// The rooms there are, and what is known of them.
pub struct Rooms {
    receiver: Receiver,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    /// By name: who was there.
    rooms: HashMap<String, Vec<Value>>,
    /// What else is answered, by path and query.
    more: Answers,
    is_out_of_order: bool,
}

impl Default for Rooms {
    fn default() -> Self {
        Self::start()
    }
}

impl Rooms {
    /// A provider without rooms.
    pub fn start() -> Self {
        let known: Arc<Mutex<Known>> = Arc::default();
        let answering = known.clone();
        let receiver = Receiver::behaving(move |_, asked| {
            answer(&answering.lock().expect("no panic while holding the rooms"), asked)
        });
        Self { receiver, known }
    }

    /// The same options, with these rooms.
    pub fn options(&self, options: Options) -> Options {
        options.variable("video_host", &self.receiver.url("")).variable("video_key", ROOMS_KEY)
    }

    /// Makes a room where nobody is yet.
    pub fn open(&self, room: &str) {
        self.known().rooms.entry(room.to_owned()).or_default();
    }

    /// Has somebody enter a room, at a time in seconds since 1970: a user by their id, or
    /// somebody else by name.
    pub fn enter(&self, room: &str, user: Option<i64>, name: &str, at: i64) {
        let participant = json!({
            "user_id": user.map(|id| id.to_string()), "user_name": name,
            "participant_id": format!("participant-{name}"), "join_time": at, "duration": 90,
        });
        self.known().rooms.entry(room.to_owned()).or_default().push(participant);
    }

    /// Answers a path, with its query, like this.
    pub fn answer(&self, path_and_query: &str, answer: Value) {
        self.known().more.insert(path_and_query.to_owned(), answer);
    }

    /// Whether every answer is 500.
    pub fn set_out_of_order(&self, is_out_of_order: bool) {
        self.known().is_out_of_order = is_out_of_order;
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Delivery> {
        self.receiver.deliveries()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().expect("no panic while holding the rooms")
    }
}

fn answer(known: &Known, asked: &Delivery) -> Reaction {
    if asked.header("authorization") != format!("Bearer {ROOMS_KEY}") {
        return StatusCode::UNAUTHORIZED.into();
    }
    if known.is_out_of_order {
        return StatusCode::INTERNAL_SERVER_ERROR.into();
    }
    let found = |value: &Value| {
        let body = value.to_string();
        Reaction { body, ..StatusCode::OK.into() }
    };
    let whole = match asked.query.as_str() {
        "" => asked.path.clone(),
        query => format!("{}?{query}", asked.path),
    };
    if let Some(value) = known.more.get(&whole) {
        return found(value);
    }
    if let Some(room) = asked.path.strip_prefix("/v1/rooms/") {
        let is_known = known.rooms.contains_key(room);
        let there = json!({"id": format!("id-of-{room}"), "name": room, "privacy": "private"});
        return if is_known { found(&there) } else { StatusCode::NOT_FOUND.into() };
    }
    let room = asked.query.strip_prefix("room=").and_then(|rest| rest.split('&').next());
    match room.filter(|_| asked.path == "/v1/meetings") {
        Some(room) => found(&sessions(room, known.rooms.get(room))),
        None => StatusCode::NOT_FOUND.into(),
    }
}

/// All who ever came, as one session.
fn sessions(room: &str, participants: Option<&Vec<Value>>) -> Value {
    let participants = participants.cloned().unwrap_or_default();
    let Some(first) = participants.first() else { return json!({"total_count": 0, "data": []}) };
    let session = json!({
        "id": format!("session-of-{room}"), "room": room, "start_time": first["join_time"],
        "duration": 600, "ongoing": false, "max_participants": participants.len(),
        "participants": participants,
    });
    json!({"total_count": 1, "data": [session]})
}

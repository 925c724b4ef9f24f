//! What is left of built-in calls: whoever runs the rooms is asked for it.

use std::thread;
use std::time::{Duration, Instant};

use http::StatusCode;
use meridian_tests::{Answer, Client, Options, Organization, Reaction, Receiver, Rooms, Server};
use serde_json::{Value, json};

const SEVEN: &str = "2050-09-05T07:00:00.000Z";
const PARTS: [&str; 3] = ["/recordings", "/transcripts", "/conferencing-sessions"];

struct Stage {
    rooms: Rooms,
    server: Server,
    organization: Organization,
    /// A booking at the built-in call; so its room is called.
    uid: String,
}

impl Stage {
    fn new() -> Self {
        let rooms = Rooms::start();
        let server = Server::with(rooms.options(Options::default()));
        let organization = server.organization();
        let uid = book_call(&organization);
        Self { rooms, server, organization, uid }
    }

    fn path(&self, part: &str) -> String {
        format!("/v2/bookings/{}{part}", self.uid)
    }

    fn get(&self, part: &str) -> Answer {
        self.organization.own_bookings().get(&self.path(part))
    }

    /// Has the provider know these recordings of the room.
    fn recorded(&self, recordings: &[Value]) {
        let path = format!("/v1/recordings?room_name={}&limit=100", self.uid);
        self.rooms.answer(&path, list(recordings));
    }

    /// Has the provider know the room and these transcripts, by id and status.
    fn wrote_down(&self, transcripts: &[(&str, &str)]) {
        self.rooms.open(&self.uid);
        let room = format!("id-of-{}", self.uid);
        let path = format!("/v1/transcript?roomId={room}&limit=100");
        let one = |(id, status): &(&str, &str)| json!({"transcriptId": id, "roomId": room, "status": status});
        self.rooms.answer(&path, list(&transcripts.iter().map(one).collect::<Vec<_>>()));
    }

    fn recording(&self, id: &str, status: &str) -> Value {
        json!({"id": id, "room_name": self.uid, "start_ts": 2_546_000_000_i64, "status": status,
               "max_participants": 2, "tracks": []})
    }

    /// Which paths the provider was asked for.
    fn asked(&self) -> Vec<String> {
        self.rooms.asked().into_iter().map(|asked| asked.path).collect()
    }
}

/// Books a built-in call; its uid.
fn book_call(organization: &Organization) -> String {
    let call = json!({"locations": [{"type": "integration", "integration": "cal-video"}]});
    let booking = organization.book(organization.event_type_with("call", 30, &call), SEVEN);
    assert_eq!(booking["location"], "integrations:daily");
    booking["uid"].as_str().unwrap().to_owned()
}

fn list(data: &[Value]) -> Value {
    json!({"total_count": data.len(), "data": data})
}

#[test]
fn sessions_show_who_was_there() {
    let stage = Stage::new();
    assert_eq!(stage.get("/conferencing-sessions").data(200), json!([]));
    stage.rooms.enter(&stage.uid, Some(stage.organization.owner_id), "Olga", 2_546_000_000);
    stage.rooms.enter(&stage.uid, None, "Ada", 2_546_000_060);
    let sessions = stage.get("/conferencing-sessions").data(200);
    let expected = json!([{
        "id": format!("session-of-{}", stage.uid), "room": stage.uid,
        "startTime": 2_546_000_000_i64, "duration": 600, "ongoing": false, "maxParticipants": 2,
        "participants": [
            {"userId": stage.organization.owner_id.to_string(), "userName": "Olga",
             "joinTime": 2_546_000_000_i64, "duration": 90},
            {"userId": null, "userName": "Ada", "joinTime": 2_546_000_060_i64, "duration": 90},
        ],
    }]);
    assert_eq!(sessions, expected);
}

#[test]
fn recordings_keep_their_entry_where_their_link_fails() {
    let stage = Stage::new();
    assert_eq!(stage.get("/recordings").data(200), json!([]));
    let mut good = stage.recording("rec-1", "finished");
    good["duration"] = json!(277);
    good["share_token"] = json!("NcWg");
    let more = ["rec-2", "rec-3", "../rooms/x"].map(|id| stage.recording(id, "finished"));
    let [refused, gone, odd] = more;
    let running = stage.recording("rec-4", "in-progress");
    stage.recorded(&[running, good, refused, gone, odd]);
    let link = "https://files.test/a.mp4?Signature=x%2By&Expires=9";
    let access = json!({"download_link": link, "expires": 9});
    stage.rooms.answer("/v1/recordings/rec-1/access-link", access);
    stage.rooms.answer("/v1/recordings/rec-2/access-link", json!({"download_link": "forbidden"}));

    let data = stage.get("/recordings").data(200);
    let item = |id: &str| {
        json!({"id": id, "roomName": stage.uid, "startTs": 2_546_000_000_i64,
               "status": "finished", "maxParticipants": 2, "duration": 0, "shareToken": "",
               "downloadLink": null, "error": "The video provider gave no link to this recording."})
    };
    let mut running = item("rec-4");
    running["status"] = json!("in-progress");
    running.as_object_mut().unwrap().remove("error");
    let mut good = item("rec-1");
    good["duration"] = json!(277);
    good["shareToken"] = json!("NcWg");
    good["downloadLink"] = json!(link);
    good.as_object_mut().unwrap().remove("error");
    let expected = json!([running, good, item("rec-2"), item("rec-3"), item("../rooms/x")]);
    assert_eq!(data, expected);
    let asked = stage.asked();
    assert!(asked.iter().all(|path| path.starts_with("/v1/recordings")), "{asked:?}");
    assert!(!asked.iter().any(|path| path.contains("rec-4")), "{asked:?}");
}

#[test]
fn a_room_with_many_recordings_has_a_link_for_each() {
    let stage = Stage::new();
    let ids: Vec<String> = (0..25).map(|n| format!("rec-{n}")).collect();
    let all: Vec<Value> = ids.iter().map(|id| stage.recording(id, "finished")).collect();
    stage.recorded(&all);
    for id in &ids {
        let access = json!({"download_link": format!("https://files.test/{id}"), "expires": 9});
        stage.rooms.answer(&format!("/v1/recordings/{id}/access-link"), access);
    }
    let data = stage.get("/recordings").data(200);
    let data = data.as_array().unwrap();
    assert_eq!(data.len(), 25);
    for (item, id) in data.iter().zip(&ids) {
        assert_eq!(item["id"], **id);
        assert_eq!(item["downloadLink"], format!("https://files.test/{id}"));
    }
}

#[test]
fn transcripts_are_links_to_those_that_are_finished() {
    let stage = Stage::new();
    // No room: nobody is asked for its transcripts.
    assert_eq!(stage.get("/transcripts").data(200), json!([]));
    assert_eq!(stage.asked(), [format!("/v1/rooms/{}", stage.uid)]);
    stage.wrote_down(&[]);
    assert_eq!(stage.get("/transcripts").data(200), json!([]));

    stage.wrote_down(&[
        ("t-1", "t_in_progress"),
        ("t-2", "t_finished"),
        ("t-3", "t_finished"),
        ("t-4", "t_error"),
        // One that is gone by the time its link is asked for.
        ("t-5", "t_finished"),
    ]);
    let access = json!({"transcriptId": "t-2", "download_link": "https://files.test/2.vtt"});
    stage.rooms.answer("/v1/transcript/t-2/access-link", access);
    let access = json!({"transcriptId": "t-3", "link": "https://files.test/3.vtt"});
    stage.rooms.answer("/v1/transcript/t-3/access-link", access);
    let links = json!(["https://files.test/2.vtt", "https://files.test/3.vtt"]);
    assert_eq!(stage.get("/transcripts").data(200), links);
    let asked = stage.asked();
    for unfinished in ["t-1", "t-4"] {
        assert!(!asked.iter().any(|path| path.contains(unfinished)), "{asked:?}");
    }

    // A link that should be there and is not is no empty list.
    stage.rooms.answer("/v1/transcript/t-3/access-link", json!({"link": "access is off"}));
    assert!(stage.get("/transcripts").error(503).starts_with("The video provider"));
}

#[test]
fn a_provider_that_fails_is_said_and_is_no_empty_list() {
    let stage = Stage::new();
    let is_said = |part: &str| {
        let answer = stage.get(part);
        let message = answer.error(503);
        let expected = "The video provider gave no usable answer. Please try again later.";
        assert_eq!(message, expected, "{part}");
        assert_eq!(answer.json()["error"]["code"], "ServiceUnavailableException");
        assert_eq!(answer.header("retry-after"), "5");
    };
    stage.rooms.set_out_of_order(true);
    PARTS.iter().for_each(|part| is_said(part));
    stage.rooms.set_out_of_order(false);
    for part in PARTS {
        assert_eq!(stage.get(part).data(200), json!([]), "{part}");
    }

    // Nonsense, and what is said of another room.
    let uid = &stage.uid;
    let recordings = format!("/v1/recordings?room_name={uid}&limit=100");
    let sessions = format!("/v1/meetings?room={uid}&limit=100");
    let transcripts = format!("/v1/transcript?roomId=id-of-{uid}&limit=100");
    stage.rooms.open(uid);
    for path in [&recordings, &sessions, &transcripts] {
        stage.rooms.answer(path, json!({"info": "welcome"}));
    }
    PARTS.iter().for_each(|part| is_said(part));
    let mut other = stage.recording("rec-1", "finished");
    other["room_name"] = json!("another");
    stage.recorded(&[other]);
    let session = json!({"id": "s", "room": "another", "start_time": 1, "duration": 1,
                         "ongoing": false, "max_participants": 1, "participants": []});
    stage.rooms.answer(&sessions, list(&[session]));
    let transcript = json!({"transcriptId": "t", "roomId": "another", "status": "t_finished"});
    stage.rooms.answer(&transcripts, list(&[transcript]));
    PARTS.iter().for_each(|part| is_said(part));
    let room = json!({"id": "another-id", "name": "another"});
    stage.rooms.answer(&format!("/v1/rooms/{uid}"), room);
    is_said("/transcripts");
}

#[test]
fn a_provider_that_is_gone_is_said() {
    let Stage { rooms, server, organization, uid } = Stage::new();
    drop(rooms);
    for part in PARTS {
        let answer = organization.own_bookings().get(&format!("/v2/bookings/{uid}{part}"));
        assert!(answer.error(503).starts_with("The video provider"), "{part}");
    }
    drop(server);
}

#[test]
fn a_provider_that_is_late_is_said_before_the_request_is_over() {
    const LATE: Duration = Duration::from_secs(60);
    let provider = Receiver::behaving(|_, asked| {
        let room = asked.query.strip_prefix("room_name=").and_then(|rest| rest.split('&').next());
        let Some(room) = room else { return Reaction { wait: LATE, ..StatusCode::OK.into() } };
        let one = |n| {
            let id = format!("rec-{n}");
            json!({"id": id, "room_name": room, "start_ts": n, "status": "finished"})
        };
        let body = list(&(0..10).map(one).collect::<Vec<_>>()).to_string();
        Reaction { body, ..StatusCode::OK.into() }
    });
    let options = Options::default().variable("video_host", &provider.url(""));
    let server = Server::with(options.variable("video_key", "key"));
    let organization = server.organization();
    let uid = book_call(&organization);
    let get = |part: &str| organization.own_bookings().get(&format!("/v2/bookings/{uid}/{part}"));
    let asked_at = Instant::now();
    let (recordings, sessions) = thread::scope(|scope| {
        let sessions = scope.spawn(|| get("conferencing-sessions"));
        (get("recordings"), sessions.join().unwrap())
    });
    // Ten links at a time are as late as one.
    assert!(asked_at.elapsed() < Duration::from_secs(18), "{:?}", asked_at.elapsed());
    let recordings = recordings.data(200);
    let recordings = recordings.as_array().unwrap();
    assert_eq!(recordings.len(), 10);
    for item in recordings {
        assert!(item["downloadLink"].is_null() && item["error"].is_string(), "{item}");
    }
    assert!(sessions.error(503).starts_with("The video provider"));
}

#[test]
fn of_other_places_and_for_strangers_nobody_is_asked() {
    let stage = Stage::new();
    stage.rooms.enter(&stage.uid, None, "Ada", 2_546_000_060);
    let Stage { server, organization, .. } = &stage;
    let admin = organization.member(server, "admin", "ADMIN").client.version("2024-08-13");
    let bob = organization.member(server, "bob", "MEMBER").client.version("2024-08-13");
    let foreign = server.organization().own_bookings();
    let refused: [(&Client, u16); 3] =
        [(&bob, 403), (&foreign, 404), (&organization.bookings(), 401)];
    for part in PARTS {
        for (client, status) in refused {
            client.get(&stage.path(part)).error(status);
        }
    }

    let elsewhere = organization.event_type_with(
        "elsewhere",
        30,
        &json!({"locations": [{"type": "link", "link": "https://meet.test/x", "public": true}]}),
    );
    let booking = organization.book(elsewhere, "2050-09-05T09:00:00.000Z");
    let path = format!("/v2/bookings/{}", booking["uid"].as_str().unwrap());
    for part in PARTS {
        let answer = organization.own_bookings().get(&format!("{path}{part}"));
        assert_eq!(answer.data(200), json!([]), "{part}");
    }
    assert_eq!(stage.asked(), [""; 0]);

    let sessions = admin.get(&stage.path("/conferencing-sessions")).data(200);
    assert_eq!(sessions[0]["participants"][0]["userName"], "Ada");
}

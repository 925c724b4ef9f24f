//! Built-in calls that somebody did not come to: whoever runs the rooms is asked a while
//! after the start, and webhooks are told. Time goes by in the databases, past the
//! server, which so is in remote mode.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use meridian_tests::{Mode, Options, Organization, Receiver, Rooms, Server};
use serde_json::{Value, json};

use crate::jobs::database;

const PATIENCE: Duration = Duration::from_secs(40);
const BEFORE: &str = "2050-09-05T07:00:00.000Z";

struct Stage {
    server: Server,
    organization: Organization,
    event_type: i64,
    receiver: Receiver,
}

impl Stage {
    /// An organisation that asks for no-shows, with an event type at the built-in call.
    fn new(options: Options) -> Self {
        let server = Server::with(options.mode(Mode::Remote));
        let organization = server.organization();
        let call = json!({"locations": [{"type": "integration", "integration": "cal-video"}]});
        let event_type = organization.event_type_with("call", 30, &call);
        let receiver = Receiver::start();
        let body = json!({
            "subscriberUrl": receiver.url("/hook"), "active": true,
            "triggers": ["AFTER_HOSTS_CAL_VIDEO_NO_SHOW", "AFTER_GUESTS_CAL_VIDEO_NO_SHOW"],
        });
        organization.client.post("/v2/webhooks", &body).data(201);
        Self { server, organization, event_type, receiver }
    }

    /// Books a call; its uid.
    fn book(&self, start: &str) -> String {
        let booking = self.organization.book(self.event_type, start);
        assert_eq!(booking["location"], "integrations:daily");
        booking["uid"].as_str().unwrap().to_owned()
    }

    /// Has a booking begin so many minutes ago; when, in seconds since 1970.
    fn begin(&self, uid: &str, minutes: i64) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let start = i64::try_from(now).unwrap() - minutes * 60;
        let sql = "UPDATE booking SET start_at = ?2, end_at = ?2 + 1800000 WHERE uid = ?1";
        self.run(sql, &[json!(uid), json!(start * 1000)]);
        start
    }

    /// Has the sweep see that time went by since calls were last looked at, which was a
    /// few milliseconds after 1970 began.
    fn let_time_pass(&self, since: i64) {
        self.run("UPDATE call_clock SET checked_until = ?1", &[json!(since)]);
        let sql = "INSERT INTO due_work (organization, marked_at, next_due_at) VALUES (?1, 0, 0) \
                   ON CONFLICT DO UPDATE SET next_due_at = 0";
        self.server.database("platform").run(sql, &[json!(self.organization.id >> 32)]);
    }

    fn run(&self, sql: &str, arguments: &[Value]) -> Vec<Vec<Value>> {
        database(&self.server, &self.organization).run(sql, arguments)
    }

    fn jobs(&self) -> Value {
        let path = format!("/platform/organizations/{}/jobs", self.organization.slug);
        self.server.platform().get(&path).data(200)
    }

    /// Waits until all that began was looked at and nothing is left to do.
    fn settle(&self) {
        let deadline = Instant::now() + PATIENCE;
        let waiting = "SELECT (SELECT count(*) FROM webhook_delivery WHERE state = 'pending') + \
                       (SELECT checked_until < 10 FROM call_clock)";
        while self.run(waiting, &[])[0][0] != 0 || self.jobs() != json!([]) {
            assert!(Instant::now() < deadline, "{}", self.jobs());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Whom webhooks heard of so far: by booking, the triggers and messages in order.
    fn told(&self) -> BTreeMap<String, Vec<(String, Value)>> {
        let mut told: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
        for delivery in self.receiver.deliveries() {
            let body = delivery.json();
            let uid = body["payload"]["bookingUid"].as_str().unwrap().to_owned();
            let trigger = body["triggerEvent"].as_str().unwrap().to_owned();
            told.entry(uid).or_default().push((trigger, body["payload"].clone()));
        }
        told
    }
}

#[test]
fn webhooks_hear_of_those_who_do_not_come_and_of_nobody_else() {
    let rooms = Rooms::start();
    let stage = Stage::new(rooms.options(Options::default()));
    let host = stage.organization.owner_id;
    let book = |hour: i64| stage.book(&format!("2050-09-05T{hour:02}:00:00.000Z"));
    let [empty, late, all, unknown, cancelled, moved, soon] = [7, 8, 9, 10, 11, 12, 13].map(book);
    for room in [&empty, &cancelled, &moved, &soon] {
        rooms.open(room);
    }
    let bookings = stage.organization.own_bookings();
    let reason = json!({"cancellationReason": "rain"});
    bookings.post(&format!("/v2/bookings/{cancelled}/cancel"), &reason).data(200);
    let start = json!({"start": "2050-09-06T07:00:00.000Z"});
    let body = bookings.post(&format!("/v2/bookings/{moved}/reschedule"), &start).data(201);
    let later = body["uid"].as_str().unwrap().to_owned();

    stage.begin(&empty, 6);
    let began = stage.begin(&late, 6);
    rooms.enter(&late, Some(host), "Olivia", began - 30);
    rooms.enter(&late, None, "Ada", began + 301);
    let began = stage.begin(&all, 6);
    rooms.enter(&all, None, "Ada", began + 10);
    rooms.enter(&all, Some(host), "Olivia", began + 300);
    for uid in [&unknown, &cancelled, &moved] {
        stage.begin(uid, 6);
    }
    stage.begin(&soon, 4);
    stage.let_time_pass(0);
    stage.settle();

    let told = stage.told();
    assert_eq!(told.keys().collect::<Vec<_>>(), {
        let mut wanted = [&empty, &late];
        wanted.sort();
        wanted
    });
    let [(hosts, missing), (guests, _)] = told[&empty].as_slice() else { panic!("{told:?}") };
    assert_eq!(hosts, "AFTER_HOSTS_CAL_VIDEO_NO_SHOW");
    assert_eq!(guests, "AFTER_GUESTS_CAL_VIDEO_NO_SHOW");
    assert_eq!(missing["hostEmail"], stage.organization.email);
    assert_eq!(missing["participants"], json!([]));
    assert_eq!(missing["webhook"], json!({"time": 5, "timeUnit": "MINUTE"}));
    let [(guests, missing)] = told[&late].as_slice() else { panic!("{told:?}") };
    assert_eq!(guests, "AFTER_GUESTS_CAL_VIDEO_NO_SHOW");
    let names =
        [&missing["participants"][0]["user_name"], &missing["participants"][1]["user_name"]];
    assert_eq!(names, ["Olivia", "Ada"]);
    assert!(missing["message"].as_str().unwrap().starts_with("Guest didn't join the call"));
    for asked in rooms.asked() {
        let whole = format!("{}?{}", asked.path, asked.query);
        assert!(![&cancelled, &moved, &later, &soon].iter().any(|uid| whole.contains(*uid)));
    }

    // Time passes again: what was looked at is not looked at once more.
    let before = rooms.asked().len();
    let sql = "UPDATE booking SET start_at = 1, end_at = 2 WHERE uid IN (?1, ?2, ?3, ?4)";
    stage.run(sql, &[&empty, &late, &all, &unknown].map(|uid| json!(uid)));
    rooms.open(&later);
    stage.begin(&soon, 5);
    stage.begin(&later, 7);
    stage.let_time_pass(2);
    stage.settle();
    let told = stage.told();
    assert_eq!((told[&soon].len(), told[&later].len(), told.len()), (2, 2, 4));
    assert_eq!(rooms.asked().len(), before + 4, "for either: who came, and if there is a room");
}

#[test]
fn rooms_that_cannot_be_asked_are_asked_again_and_then_told_once() {
    let rooms = Rooms::start();
    let stage = Stage::new(rooms.options(Options::default()));
    let uid = stage.book(BEFORE);
    rooms.open(&uid);
    rooms.set_out_of_order(true);
    stage.begin(&uid, 6);
    stage.let_time_pass(0);
    let deadline = Instant::now() + PATIENCE;
    let failed = loop {
        let jobs = stage.jobs();
        if jobs[0]["error"].is_string() {
            break jobs[0].clone();
        }
        assert!(Instant::now() < deadline, "{jobs}");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(failed["error"], "the video provider answered 500");
    assert_eq!((&failed["kind"], &failed["state"]), (&json!("call_check"), &json!("waiting")));
    assert!(stage.receiver.deliveries().is_empty());
    rooms.set_out_of_order(false);
    stage.receiver.wait_for("/hook", 2, PATIENCE);
    stage.settle();
    assert_eq!(stage.told()[&uid].len(), 2);
    let log = stage.server.log();
    assert!(!log.contains(meridian_tests::ROOMS_KEY), "the key is in the log");
    let metrics = stage.server.platform().get("/platform/metrics").text;
    let done = "meridian_jobs_tries_total{kind=\"call_check\",outcome=\"done\"} 1";
    assert!(metrics.lines().any(|line| line == done), "{metrics}");
}

#[test]
fn where_nobody_runs_rooms_nobody_is_said_to_be_absent() {
    let rooms = Rooms::start();
    let stage = Stage::new(Options::default().variable("video_host", "http://127.0.0.1:9"));
    let uid = stage.book(BEFORE);
    rooms.open(&uid);
    stage.begin(&uid, 6);
    stage.let_time_pass(0);
    stage.settle();
    assert!(stage.receiver.deliveries().is_empty());
}

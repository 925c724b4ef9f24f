//! A random world, and what can be done in it.

use std::sync::atomic::{AtomicUsize, Ordering};

use meridian_kernel::Instant;
use meridian_tests::{Answer, Client, Organization, Random, Server};
use serde_json::{Value, json};

/// Zones with odd offsets or changes of an odd length, and days on which their clocks
/// change, or any day where they do not.
const PLACES: [(&str, &[&str]); 12] = [
    ("Asia/Kathmandu", &["2050-09-06"]),
    ("Australia/Lord_Howe", &["2050-04-03", "2050-10-02"]),
    ("Antarctica/Troll", &["2050-03-27", "2050-10-30"]),
    ("America/New_York", &["2050-03-13", "2050-11-06"]),
    ("Pacific/Chatham", &["2050-04-03", "2050-09-25"]),
    ("Pacific/Kiritimati", &["2050-01-01"]),
    ("America/St_Johns", &["2050-03-13", "2050-11-06"]),
    ("Europe/Rome", &["2050-03-27", "2050-10-30"]),
    ("Asia/Kolkata", &["2050-12-31"]),
    ("America/Santiago", &["2050-04-03", "2050-09-04"]),
    ("Pacific/Pago_Pago", &["2050-02-28"]),
    ("Africa/Casablanca", &["2050-09-06"]),
];

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What is said where one host is not free.
pub const TAKEN: (u16, &str) =
    (400, "User either already has booking at this time or is not available");

/// What is said where there are several.
const TEAM_TAKEN: (u16, &str) =
    (400, "One of the hosts either already has booking at this time or is not available");

/// Who hosts, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Personal,
    Collective,
    RoundRobin,
    /// Of one host, two seats.
    Shared,
}

/// An event type of random hosts.
pub struct Stage {
    pub random: Random,
    organization: Organization,
    shape: Shape,
    event_type: i64,
    /// Where it is changed, and what makes its grid.
    path: String,
    grid: Value,
    minutes: i64,
    buffers: (i64, i64),
    /// A day takes one booking.
    pub is_limited: bool,
    /// It is taken on some dates only.
    has_window: bool,
    range: (Instant, Instant),
    booker_zone: &'static str,
}

impl Stage {
    pub fn new(server: &Server, shape: Shape, seed: u64) -> Self {
        let mut random = Random::seeded(seed);
        let organization = server.organization();
        // The first worlds are in the oddest places.
        let (zone, days) = PLACES[usize::try_from(seed).unwrap() % PLACES.len()];
        let day = midnight(random.pick(days));
        let team = matches!(shape, Shape::Collective | Shape::RoundRobin);
        let mut hosts = vec![(organization.owner_id, organization.client.clone())];
        if team {
            for name in ["ada", "bob"] {
                let member = organization.member(server, name, "MEMBER");
                hosts.push((member.id, member.client));
            }
        }
        for (index, (_, client)) in hosts.iter().enumerate() {
            let zone = if index == 0 { zone } else { random.pick(&PLACES).0 };
            set_hours(&mut random, client, zone, day, team);
            if random.one_in(3) {
                set_aside(&mut random, client, day);
            }
        }
        let from = day.plus_minutes(random.within(-96..0) * 15);
        let minutes = random.pick(&[15, 20, 30, 45, 50, 60, 90]);
        let buffers = (random.pick(&[0, 0, 5, 30]), random.pick(&[0, 0, 10, 15]));
        let mut stage = Self {
            grid: grid(&mut random),
            is_limited: shape == Shape::Personal && random.one_in(2),
            has_window: random.one_in(3),
            range: (from, from.plus_minutes(36 * 60)),
            booker_zone: random.pick(&PLACES).0,
            event_type: 0,
            path: String::new(),
            random,
            organization,
            shape,
            minutes,
            buffers,
        };
        stage.make_event_type(&hosts);
        for (_, client) in &hosts {
            stage.keep_busy(client);
        }
        stage
    }

    fn make_event_type(&mut self, hosts: &[(i64, Client)]) {
        let mut body = self.grid.clone();
        body["lengthInMinutes"] = json!(self.minutes);
        body["beforeEventBuffer"] = json!(self.buffers.0);
        body["afterEventBuffer"] = json!(self.buffers.1);
        body["minimumBookingNotice"] = json!(self.random.pick(&[0, 120]));
        if self.has_window {
            let first = self.range.0.to_iso()[..10].to_owned();
            let last = self.range.0.plus_minutes(24 * 60).to_iso()[..10].to_owned();
            body["bookingWindow"] = json!({"type": "range", "value": [first, last]});
        }
        if self.is_limited {
            body["bookingLimitsCount"] = json!({"day": 1});
        }
        let hosting = |shape, random: &mut Random| {
            let host = |(id, _): &(i64, Client)| {
                let mandatory = shape == Shape::RoundRobin && random.one_in(4);
                json!({"userId": id, "mandatory": mandatory})
            };
            hosts.iter().map(host).collect::<Value>()
        };
        let team = |scheduling| {
            let roles: Vec<(i64, &str)> = hosts[1..].iter().map(|one| (one.0, "MEMBER")).collect();
            let team = self.organization.team("team", &roles);
            (scheduling, team)
        };
        let scheduling = match self.shape {
            Shape::Personal => None,
            Shape::Shared => {
                body["seats"] = json!({"seatsPerTimeSlot": 2, "showAttendeeInfo": true,
                                       "showAvailabilityCount": true});
                None
            }
            Shape::Collective => Some(team("collective")),
            Shape::RoundRobin => Some(team("roundRobin")),
        };
        self.event_type = match scheduling {
            None => self.organization.event_type_with("tried", 30, &body),
            Some((scheduling, team)) => {
                body["hosts"] = hosting(self.shape, &mut self.random);
                if self.random.one_in(3) {
                    body["restrictionScheduleId"] = self.restriction();
                    body["useBookerTimezone"] = json!(self.random.one_in(2));
                }
                self.organization.team_event_type(team, "tried", scheduling, &body)
            }
        };
        self.path = match scheduling {
            None => format!("/v2/event-types/{}", self.event_type),
            Some((_, team)) => format!("/v2/teams/{team}/event-types/{}", self.event_type),
        };
    }

    /// A schedule for the whole team, on whoever's wall.
    fn restriction(&mut self) -> Value {
        let zone = self.random.pick(&PLACES).0;
        let body = json!({"name": "Open", "timeZone": zone, "isDefault": false, "availability": [
            {"days": DAYS, "startTime": time(&mut self.random), "endTime": "23:59"}]});
        let made = self.organization.schedules().post("/v2/schedules", &body).data(201);
        made["id"].clone()
    }

    /// A host has other bookings too, and somebody is just making one more.
    fn keep_busy(&mut self, host: &Client) {
        let body = json!({
            "title": "other", "slug": "other", "slotInterval": 5,
            "lengthInMinutes": self.random.pick(&[15, 30, 75]),
            "beforeEventBuffer": self.random.pick(&[0, 10]),
            "afterEventBuffer": self.random.pick(&[0, 5]),
        });
        let other = host.version("2024-06-14").post("/v2/event-types", &body).data(201);
        let other = other["id"].as_i64().unwrap();
        for _ in 0..self.random.below(4) {
            let (free, _) = self.slots_of(other);
            if free.is_empty() {
                return;
            }
            let start = self.random.pick(&free).to_iso();
            self.organization.book(other, &start);
        }
        let (free, _) = self.slots_of(other);
        if !free.is_empty() && self.random.one_in(2) {
            let wish = json!({"eventTypeId": other, "slotStart": self.random.pick(&free).to_iso()});
            self.organization.slots().post("/v2/slots/reservations", &wish).data(201);
        }
    }

    /// The starts that are offered, and those without a seat left.
    fn slots_of(&self, event_type: i64) -> (Vec<Instant>, Vec<Instant>) {
        let (from, to) = self.range;
        let query = format!(
            "eventTypeId={event_type}&start={}&end={}&timeZone={}",
            from.to_iso(),
            to.to_iso(),
            self.booker_zone
        );
        let days = self.organization.slots().get(&format!("/v2/slots?{query}")).data(200);
        let slots = days.as_object().unwrap().values().flat_map(|day| day.as_array().unwrap());
        let (mut free, mut full) = (Vec::new(), Vec::new());
        for slot in slots {
            let list = if slot["seatsRemaining"] == 0 { &mut full } else { &mut free };
            list.push(meridian_tests::instant(slot, "start"));
        }
        (free, full)
    }

    /// What is offered.
    pub fn offered(&self) -> Vec<Instant> {
        self.slots_of(self.event_type).0
    }

    /// What would be offered if there was a slot at every minute.
    pub fn every_minute(&self) -> Vec<Instant> {
        self.change(&json!({"slotInterval": 1, "offsetStart": null}));
        let all = self.offered();
        self.change(&self.grid);
        all
    }

    fn change(&self, grid: &Value) {
        self.organization.event_types().patch(&self.path, grid).data(200);
    }

    pub fn book(&self, start: Instant) -> Answer {
        let mut body = self.organization.booking(self.event_type, &start.to_iso());
        body["attendee"]["timeZone"] = json!(self.booker_zone);
        body["attendee"]["email"] = json!(new_booker());
        self.organization.bookings().post("/v2/bookings", &body)
    }

    /// What is offered is had; afterwards all is as before.
    #[track_caller]
    pub fn book_and_cancel(&self, start: Instant) {
        let answer = self.book(start);
        assert_eq!(answer.status, 201, "{} is offered: {}", start.to_iso(), answer.text);
        let made = answer.data(201);
        let path = format!("/v2/bookings/{}/cancel", made["uid"].as_str().unwrap());
        let body = json!({"seatUid": made["seatUid"]});
        self.organization.bookings().post(&path, &body).data(200);
    }

    /// What is not offered is refused, in one of those ways.
    #[track_caller]
    pub fn refuses(&self, start: Instant, refusals: &[(u16, &str)]) {
        let answer = self.book(start);
        assert_ne!(answer.status, 201, "{} is not offered: {}", start.to_iso(), answer.text);
        let message = answer.error(answer.status);
        let is_one =
            |(status, text): &(u16, &str)| *status == answer.status && message.contains(text);
        let window = (400, "The event type can't be booked at the \"start\" time provided.");
        let known = refusals.iter().any(is_one) || self.has_window && is_one(&window);
        assert!(known, "{}: {}", start.to_iso(), answer.text);
    }

    /// What is said where hosts are not free.
    pub const fn taken(&self) -> (u16, &'static str) {
        match self.shape {
            Shape::Personal | Shape::Shared => TAKEN,
            Shape::Collective | Shape::RoundRobin => TEAM_TAKEN,
        }
    }

    /// Whether a start could be in a list of the range.
    pub fn is_asked_for(&self, start: Instant) -> bool {
        self.range.0 <= start && start.plus_minutes(self.minutes) <= self.range.1
    }

    /// Every quarter of an hour that could be in a list of the range.
    pub fn quarters(&self) -> Vec<Instant> {
        let all = (0..36 * 4).map(|quarter| self.range.0.plus_minutes(quarter * 15));
        all.filter(|start| self.is_asked_for(*start)).collect()
    }

    /// Whether a booking at one start is in the way of one at the other.
    pub fn would_overlap(&self, one: Instant, other: Instant) -> bool {
        let busy = |start: Instant| {
            let end = start.plus_minutes(self.minutes + self.buffers.1);
            (start.plus_minutes(-self.buffers.0), end)
        };
        let ((from, to), (start, end)) = (busy(one), busy(other));
        from < end && start < to
    }
}

/// Nobody sits twice at one table.
fn new_booker() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("booker{}@example.org", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn midnight(date: &str) -> Instant {
    Instant::parse(&format!("{date}T00:00:00Z")).unwrap()
}

fn grid(random: &mut Random) -> Value {
    let interval = random.pick(&[None, None, Some(5), Some(20), Some(45), Some(7)]);
    let offset = random.pick(&[None, None, Some(5), Some(10)]);
    json!({"slotInterval": interval, "offsetStart": offset})
}

fn time(random: &mut Random) -> String {
    let step = random.pick(&[1, 15, 15, 30]);
    let minute = random.below(24 * 60 / step) * step;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Hours of any kind, on any days, some over midnight; hosts of a team are there for
/// long, so that they meet. Some days have hours of their own, or none.
fn set_hours(random: &mut Random, client: &Client, zone: &str, day: Instant, long: bool) {
    let mut rules: Vec<Value> = (0..=random.below(3))
        .map(|_| {
            let days = random.some(5, &DAYS);
            json!({"days": days, "startTime": time(random), "endTime": time(random)})
        })
        .collect();
    if long {
        rules.push(json!({"days": DAYS, "startTime": "04:15", "endTime": "02:00"}));
    }
    let overrides: Vec<Value> = (0..random.below(if long { 2 } else { 3 }))
        .map(|days| {
            let date = day.plus_minutes(i64::try_from(days).unwrap() * 24 * 60);
            let (start, end) = match random.below(3) {
                0 => ("00:00".to_owned(), "00:00".to_owned()),
                1 => (time(random), "23:59".to_owned()),
                _ => (time(random), time(random)),
            };
            json!({"date": &date.to_iso()[..10], "startTime": start, "endTime": end})
        })
        .collect();
    let body = json!({"name": "Odd", "timeZone": zone, "isDefault": true,
                      "availability": rules, "overrides": overrides});
    client.version("2024-06-11").post("/v2/schedules", &body).data(201);
}

/// A day off, or a day elsewhere.
fn set_aside(random: &mut Random, client: &Client, day: Instant) {
    let date = day.plus_minutes(random.within(-1..2) * 24 * 60).to_iso()[..10].to_owned();
    if random.one_in(2) {
        client.post("/v2/me/ooo", &json!({"start": date, "end": date})).data(201);
    } else {
        let body = json!({"timeZone": random.pick(&PLACES).0, "startDate": date, "endDate": date});
        client.post("/v2/me/travel-schedules", &body).data(201);
    }
}

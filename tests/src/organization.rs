//! An organisation of a test: provisioned, with its owner's key.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::{Client, Server};

/// A provisioned organisation.
#[derive(Clone, Debug)]
pub struct Organization {
    /// Its slug.
    pub slug: String,
    /// Its id on the wire.
    pub id: i64,
    /// Its owner's id.
    pub owner_id: i64,
    /// Its owner's username.
    pub username: String,
    /// Its owner's address.
    pub email: String,
    /// Its owner's key.
    pub key: String,
    /// A client with that key.
    pub client: Client,
    /// A client without credentials.
    pub public: Client,
}

/// One more member of an organisation.
#[derive(Clone, Debug)]
pub struct Member {
    /// Their id.
    pub id: i64,
    /// Their address.
    pub email: String,
    /// A client with a key of theirs.
    pub client: Client,
}

impl Organization {
    /// Adds a member with that role (`MEMBER`, `ADMIN`, `OWNER`), and a key of theirs.
    #[track_caller]
    pub fn member(&self, server: &Server, username: &str, role: &str) -> Member {
        let email = format!("{username}@{}.test", self.slug);
        let body = json!({
            "email": email, "username": username, "organizationRole": role,
            "timeZone": "Europe/Rome",
        });
        let path = format!("/v2/organizations/{}/users", self.id);
        let id = self.client.post(&path, &body).data(201)["id"].as_i64().expect("id");
        let path = format!("/platform/organizations/{}/api-keys", self.slug);
        let key = server.platform().post(&path, &json!({"email": email})).data(201);
        let client = server.client().bearer(key["apiKey"].as_str().expect("apiKey"));
        Member { id, email, client }
    }

    /// Makes a team with those members and roles; its id.
    #[track_caller]
    pub fn team(&self, slug: &str, members: &[(i64, &str)]) -> i64 {
        let path = format!("/v2/organizations/{}/teams", self.id);
        let team = self.client.post(&path, &json!({"name": slug, "slug": slug})).data(201);
        let team = team["id"].as_i64().expect("id");
        for (user, role) in members {
            let path = format!("{path}/{team}/memberships");
            let body = json!({"userId": user, "role": role, "accepted": true});
            self.client.post(&path, &body).data(201);
        }
        team
    }

    #[track_caller]
    pub(crate) fn provision(server: &Server) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let slug = format!("test-{}-{number}", std::process::id());
        let (username, email) = (format!("owner-{number}"), format!("owner-{number}@example.com"));
        let body = json!({
            "slug": slug,
            "name": format!("Test {number}"),
            "owner": {"email": email, "name": "Olga Owner", "username": username, "timeZone": "Europe/Rome"},
        });
        let data = server.platform().post("/platform/organizations", &body).data(201);
        let key = data["apiKey"].as_str().expect("apiKey").to_owned();
        Self {
            slug,
            id: data["id"].as_i64().expect("id"),
            owner_id: data["owner"]["id"].as_i64().expect("owner.id"),
            username,
            email,
            client: server.client().bearer(&key),
            public: server.client(),
            key,
        }
    }

    /// The owner's event types.
    pub fn event_types(&self) -> Client {
        self.client.version("2024-06-14")
    }

    /// The owner's schedules.
    pub fn schedules(&self) -> Client {
        self.client.version("2024-06-11")
    }

    /// Bookings as anybody makes them.
    pub fn bookings(&self) -> Client {
        self.public.version("2024-08-13")
    }

    /// Bookings as the owner.
    pub fn own_bookings(&self) -> Client {
        self.client.version("2024-08-13")
    }

    /// Slots as anybody sees them.
    pub fn slots(&self) -> Client {
        self.public.version("2024-09-04")
    }

    /// Creates an event type of so many minutes; its id.
    #[track_caller]
    pub fn event_type(&self, slug: &str, minutes: u32) -> i64 {
        self.event_type_with(slug, minutes, &json!({}))
    }

    /// The same with more fields.
    #[track_caller]
    pub fn event_type_with(&self, slug: &str, minutes: u32, more: &Value) -> i64 {
        let mut body = json!({"title": slug, "slug": slug, "lengthInMinutes": minutes});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let data = self.event_types().post("/v2/event-types", &body).data(201);
        data["id"].as_i64().expect("id")
    }

    /// Sets the hours of the default schedule of whoever the client speaks for to all
    /// of the day, every day.
    #[track_caller]
    pub fn work_around_the_clock(client: &Client) {
        let client = client.version("2024-06-11");
        let schedule = client.get("/v2/schedules/default").data(200);
        let days =
            json!(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);
        let hours = json!({"availability": [
            {"days": days, "startTime": "00:00", "endTime": "23:59"}]});
        client.patch(&format!("/v2/schedules/{}", schedule["id"]), &hours).data(200);
    }

    /// Creates an event type of a team; its id.
    #[track_caller]
    pub fn team_event_type(&self, team: i64, slug: &str, scheduling: &str, more: &Value) -> i64 {
        let mut body = json!({"title": slug, "slug": slug, "lengthInMinutes": 60,
                              "schedulingType": scheduling});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let path = format!("/v2/teams/{team}/event-types");
        self.client.post(&path, &body).data(201)["id"].as_i64().expect("id")
    }

    /// A booking's body.
    pub fn booking(&self, event_type: i64, start: &str) -> Value {
        json!({
            "eventTypeId": event_type,
            "start": start,
            "attendee": {
                "name": "Ada Attendee",
                "email": "ada@example.org",
                "timeZone": "Europe/London",
                "language": "en",
            },
        })
    }

    /// Books; the booking.
    #[track_caller]
    pub fn book(&self, event_type: i64, start: &str) -> Value {
        self.bookings().post("/v2/bookings", &self.booking(event_type, start)).data(201)
    }

    /// The starts offered on a range, as texts.
    #[track_caller]
    pub fn starts(&self, event_type: i64, start: &str, end: &str) -> Vec<String> {
        let path = format!("/v2/slots?eventTypeId={event_type}&start={start}&end={end}");
        let data = self.slots().get(&path).data(200);
        let days = data.as_object().expect("days").values();
        let slots = days.flat_map(|day| day.as_array().expect("slots of a day").clone());
        slots.map(|slot| slot["start"].as_str().expect("start").to_owned()).collect()
    }
}

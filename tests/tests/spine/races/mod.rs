//! Races through the whole stack: requests that start at one moment and want what
//! only one of them, or only so many, can have. Each race is run many times, at a time
//! of its own, and afterwards all is read back.

mod capacity;
mod ends;
mod holds;
mod hosts;
mod times;

use meridian_kernel::Instant;
use meridian_tests::{Answer, Client, Organization, Server, all_bookings};
use serde_json::{Value, json};

/// How often each race is run.
const TRIES: usize = 200;

/// What the losers of a time are told.
const TAKEN: (u16, &str) =
    (400, "User either already has booking at this time or is not available");

/// The same, where there is a team.
const TEAM_TAKEN: (u16, &str) =
    (400, "One of the hosts either already has booking at this time or is not available");

/// What the losers are told who would have held the time.
const RESERVED: (u16, &str) = (422, "This time slot is already reserved by another user.");
const BOOKED: (u16, &str) = (422, "Can't reserve a slot if the event is already booked.");

/// An organisation whose owner works day and night.
struct World(Organization);

impl World {
    fn new(server: &Server) -> Self {
        let organization = server.organization();
        Organization::work_around_the_clock(&organization.client);
        Self(organization)
    }

    fn book(&self, event_type: i64, start: Instant) -> Answer {
        self.0.bookings().post("/v2/bookings", &self.0.booking(event_type, &start.to_iso()))
    }

    #[track_caller]
    fn booked(&self, event_type: i64, start: Instant) -> String {
        uid(&self.book(event_type, start).data(201))
    }

    /// Books by the holder of a reservation.
    fn book_held(&self, event_type: i64, start: Instant, reservation: &str) -> Answer {
        let mut body = self.0.booking(event_type, &start.to_iso());
        body["reservationUid"] = json!(reservation);
        self.0.bookings().post("/v2/bookings", &body)
    }

    fn reserve(&self, event_type: i64, start: Instant) -> Answer {
        let body = json!({"eventTypeId": event_type, "slotStart": start.to_iso()});
        self.0.slots().post("/v2/slots/reservations", &body)
    }

    /// Asks as the owner for something to be done to a booking.
    fn act(&self, uid: &str, action: &str, body: &Value) -> Answer {
        act(&self.0.client, uid, action, body)
    }

    fn reschedule(&self, uid: &str, start: Instant) -> Answer {
        act(&self.0.public, uid, "reschedule", &json!({"start": start.to_iso()}))
    }

    #[track_caller]
    fn read(&self, uid: &str) -> Value {
        self.0.bookings().get(&format!("/v2/bookings/{uid}")).data(200)
    }

    /// All bookings of the owner.
    #[track_caller]
    fn bookings(&self) -> Vec<Value> {
        all_bookings(&self.0.client, "/v2/bookings")
    }

    /// Those that are accepted.
    #[track_caller]
    fn accepted(&self) -> Vec<Value> {
        self.bookings().into_iter().filter(|booking| booking["status"] == "accepted").collect()
    }
}

fn act(client: &Client, uid: &str, action: &str, body: &Value) -> Answer {
    client.version("2024-08-13").post(&format!("/v2/bookings/{uid}/{action}"), body)
}

fn uid(of: &Value) -> String {
    let uid = of.get("uid").or(of.get("reservationUid")).and_then(Value::as_str);
    uid.unwrap_or_else(|| panic!("no uid: {of}")).to_owned()
}

/// Where a round takes place: three hours from the last and the next one.
fn place(round: usize) -> Instant {
    let first = Instant::parse("2050-01-02T00:00:00Z").unwrap();
    first.plus_minutes(i64::try_from(round).unwrap() * 180)
}

/// So many minutes later for each contender before this one.
fn apart(minutes: i64, contender: usize) -> i64 {
    minutes * i64::try_from(contender).unwrap()
}

/// Whether all contenders of a round want the very same; else what they want overlaps.
fn identical(round: usize) -> bool {
    round.is_multiple_of(2)
}

/// The contenders who won. All others must have been refused as it is said.
#[track_caller]
fn winners(answers: &[Answer], refusals: &[(u16, &str)]) -> Vec<usize> {
    let mut winners = Vec::new();
    for (contender, answer) in answers.iter().enumerate() {
        if matches!(answer.status, 200 | 201) {
            winners.push(contender);
            continue;
        }
        let message = answer.error(answer.status);
        let is_expected =
            |(status, text): &(u16, &str)| *status == answer.status && message.contains(text);
        assert!(refusals.iter().any(is_expected), "contender {contender}: {}", answer.text);
    }
    winners
}

/// The one contender who won.
#[track_caller]
fn winner(answers: &[Answer], refusals: &[(u16, &str)]) -> usize {
    let won = winners(answers, refusals);
    assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|one| &one.text).collect::<Vec<_>>());
    won[0]
}

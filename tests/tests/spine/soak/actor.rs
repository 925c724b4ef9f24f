//! One client: what it does, and what it knows of it.

use meridian_kernel::Instant;
use meridian_tests::{Answer, Client, Random, instant};
use serde_json::{Value, json};

use super::line::Line;
use super::{Kind, World, some_start};

/// What became of a booking, or of a seat of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Accepted,
    Pending,
    Rejected,
    Cancelled,
    /// It was moved: to the booking of that uid, where the answer arrived.
    Moved(Option<String>),
}

impl State {
    /// Whether whoever booked it still has a booking.
    pub const fn is_live(&self) -> bool {
        matches!(self, Self::Accepted | Self::Pending)
    }
}

/// A booking the client was told of, or a seat.
#[derive(Clone, Debug)]
pub struct Known {
    pub uid: String,
    pub seat_uid: Option<String>,
    /// Of nobody else.
    pub email: String,
    pub kind: Kind,
    pub start: Instant,
    /// One; or several, where a request about it was not answered: one of them.
    pub states: Vec<State>,
}

impl Known {
    fn is(&self, state: &State) -> bool {
        matches!(&self.states[..], [certain] if certain == state)
    }

    fn becomes(&mut self, state: State) {
        self.states = vec![state];
    }

    fn may_become(&mut self, state: State) {
        self.states.push(state);
    }
}

/// A client. Its bookings are its own; their time everybody wants.
pub struct Actor<'a> {
    number: u64,
    random: Random,
    world: &'a World,
    line: &'a Line,
    sent: usize,
    /// Every booking it was told of.
    pub known: Vec<Known>,
    /// Addresses of those whose booking was not answered.
    pub doubtful: Vec<String>,
}

impl<'a> Actor<'a> {
    pub fn new(number: u64, random: Random, world: &'a World, line: &'a Line) -> Self {
        let (known, doubtful) = (Vec::new(), Vec::new());
        Self { number, random, world, line, sent: 0, known, doubtful }
    }

    /// Does one thing after another until all is over.
    pub fn live(&mut self) {
        while !self.line.is_over() {
            self.act();
        }
    }

    fn act(&mut self) {
        match self.random.below(16) {
            0..7 => self.book(),
            7 | 8 => self.book_what_is_held(),
            9 => self.cancel(),
            10..13 => self.reschedule(),
            13 => self.answer(),
            _ => self.reassign(),
        }
    }

    fn post(&self, client: &Client, path: &str, body: &Value) -> Option<Answer> {
        self.line.send(client, "POST", path, body)
    }

    fn public(&self) -> &'a Client {
        &self.world.organization.public
    }

    fn owner(&self) -> &'a Client {
        &self.world.organization.client
    }

    /// One of its bookings of which it knows that they are so.
    fn one_of(&mut self, is_it: impl Fn(&Known) -> bool) -> Option<usize> {
        let fitting: Vec<usize> =
            (0..self.known.len()).filter(|index| is_it(&self.known[*index])).collect();
        (!fitting.is_empty()).then(|| self.random.pick(&fitting))
    }

    fn book(&mut self) {
        let (kind, start) = (self.random.pick(&self.world.kinds), some_start(&mut self.random));
        self.book_as(kind, start, None);
    }

    /// What is held is its holder's, whatever the others do.
    fn book_what_is_held(&mut self) {
        let (kind, start) = (self.random.pick(&self.world.kinds), some_start(&mut self.random));
        let wish = json!({"eventTypeId": kind.id, "slotStart": start.to_iso()});
        let Some(answer) = self.post(self.public(), "/v2/slots/reservations", &wish) else {
            return;
        };
        if answer.status != 201 {
            answer.error(422);
            return;
        }
        let held = answer.data(201)["reservationUid"].as_str().unwrap().to_owned();
        if self.random.one_in(4) {
            let path = format!("/v2/slots/reservations/{held}");
            let released = self.line.send(self.public(), "DELETE", &path, &Value::Null);
            assert!(released.is_none_or(|answer| answer.status == 200));
        } else {
            self.book_as(kind, start, Some(&held));
        }
    }

    fn book_as(&mut self, kind: Kind, start: Instant, reservation: Option<&str>) {
        self.sent += 1;
        let email = format!("client{}-{}@example.org", self.number, self.sent);
        let mut body = self.world.organization.booking(kind.id, &start.to_iso());
        body["attendee"]["email"] = json!(email);
        body["reservationUid"] = json!(reservation);
        let Some(answer) = self.post(self.public(), "/v2/bookings", &body) else {
            self.doubtful.push(email);
            return;
        };
        if answer.status != 201 && reservation.is_none() {
            assert!(matches!(answer.status, 400 | 409), "{}", answer.text);
            return;
        }
        let made = answer.data(201);
        self.learn(kind, email, start, &made);
    }

    fn learn(&mut self, kind: Kind, email: String, start: Instant, made: &Value) {
        assert_eq!(instant(made, "start"), start);
        let state = match made["status"].as_str() {
            Some("accepted") => State::Accepted,
            Some("pending") => State::Pending,
            other => panic!("{other:?}: {made}"),
        };
        assert_eq!(state == State::Pending, kind.waits, "{made}");
        let seat_uid = made["seatUid"].as_str().map(str::to_owned);
        assert_eq!(seat_uid.is_some(), kind.seats.is_some(), "{made}");
        let uid = made["uid"].as_str().unwrap().to_owned();
        self.known.push(Known { uid, seat_uid, email, kind, start, states: vec![state] });
    }

    fn cancel(&mut self) {
        let live = |one: &Known| one.is(&State::Accepted) || one.is(&State::Pending);
        let Some(index) = self.one_of(live) else { return };
        let one = &self.known[index];
        let body = json!({"cancellationReason": "ill", "seatUid": one.seat_uid});
        let path = format!("/v2/bookings/{}/cancel", one.uid);
        let answer = self.post(self.public(), &path, &body);
        let one = &mut self.known[index];
        match answer {
            None => one.may_become(State::Cancelled),
            // Others who share it are leaving or coming at that moment.
            Some(answer) if answer.status == 409 && one.seat_uid.is_some() => {}
            Some(answer) => {
                answer.data(200);
                one.becomes(State::Cancelled);
            }
        }
    }

    fn reschedule(&mut self) {
        let live = |one: &Known| one.is(&State::Accepted) || one.is(&State::Pending);
        let Some(index) = self.one_of(live) else { return };
        let start = some_start(&mut self.random);
        let one = &self.known[index];
        let body = json!({"start": start.to_iso(), "seatUid": one.seat_uid});
        let path = format!("/v2/bookings/{}/reschedule", one.uid);
        let answer = self.post(self.public(), &path, &body);
        let one = &mut self.known[index];
        let Some(answer) = answer else {
            one.may_become(State::Moved(None));
            return;
        };
        if answer.status != 201 {
            assert!(matches!(answer.status, 400 | 409), "{}", answer.text);
            return;
        }
        let moved = answer.data(201);
        one.becomes(State::Moved(Some(moved["uid"].as_str().unwrap().to_owned())));
        let (kind, email) = (one.kind, one.email.clone());
        self.learn(kind, email, start, &moved);
    }

    /// Confirms or declines as the host.
    fn answer(&mut self) {
        let Some(index) = self.one_of(|one| one.is(&State::Pending)) else { return };
        let (action, state) = if self.random.one_in(3) {
            ("decline", State::Rejected)
        } else {
            ("confirm", State::Accepted)
        };
        let path = format!("/v2/bookings/{}/{action}", self.known[index].uid);
        let answer = self.post(self.owner(), &path, &json!({"reason": "full"}));
        let one = &mut self.known[index];
        match answer {
            None => one.may_become(state),
            // Others have got that time.
            Some(answer) if answer.status == 400 && action == "confirm" => {}
            Some(answer) => {
                answer.data(200);
                one.becomes(state);
            }
        }
    }

    /// Hands a booking to another host: whose it is, shows only in who is busy.
    fn reassign(&mut self) {
        let turns = |one: &Known| one.kind.by_turns && one.is(&State::Accepted);
        let Some(index) = self.one_of(turns) else { return };
        let path = format!("/v2/bookings/{}/reassign", self.known[index].uid);
        if let Some(answer) = self.post(self.owner(), &path, &json!({})) {
            assert!(matches!(answer.status, 200 | 400 | 409), "{}", answer.text);
        }
    }
}

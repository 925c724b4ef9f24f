//! Bookings as they will be stored.

use meridian_domain::booking::{Decision, Span};
use meridian_kernel::{AttendeeId, BookingId, Instant, SchedulingType, ShortUid, UuidUid, WireId};
use meridian_store::JsonObject;
use meridian_store::bookings::{Attendee, Booking, Host, Joining, Opening};
use serde_json::{Map, Value, json};

use crate::booking_input::BookingInput;
use crate::event_type::Target;

/// The domain of calendar ids: they must be unique in the world, and resolve nowhere.
const ICAL_DOMAIN: &str = "meridian.invalid";

/// What calendars know a booking by.
pub fn ical_uid(uid: &str) -> String {
    format!("{uid}@{ICAL_DOMAIN}")
}

/// One time of what is booked.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The booking: a new one, or the shared one that is there.
    pub booking: Booking,
    /// Who sits down, where it is there.
    pub joining: Vec<Attendee>,
    /// What must be free of its hosts' time.
    pub needs: (Instant, Instant),
}

impl Draft {
    /// As the store makes it; `None`: it is there already.
    pub fn opening(&self) -> Option<Opening<'_>> {
        let opening = Opening { booking: &self.booking, needs: self.needs };
        self.joining.is_empty().then_some(opening)
    }

    /// As the store joins it; `None`: it is new.
    pub fn joining(&self) -> Option<Joining<'_>> {
        let Self { booking, joining: seats, needs } = self;
        (!seats.is_empty()).then_some(Joining { booking, seats, needs: *needs })
    }

    /// The seat of the booker.
    pub fn seat_uid(&self) -> Option<&str> {
        let people = if self.joining.is_empty() { &self.booking.attendees } else { &self.joining };
        people.first().and_then(|booker| booker.seat_uid.as_deref())
    }
}

/// What all times of a booking are made of.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// What was asked for.
    pub input: &'a BookingInput,
    /// Of what.
    pub target: &'a Target,
    /// What was decided.
    pub decision: &'a Decision,
    /// The clock of the request.
    pub now: Instant,
}

impl Parts<'_> {
    /// What is shared by a series; `None`: it is none.
    pub fn recurring_uid(&self) -> Option<String> {
        let organization = self.target.scope.organization();
        self.decision.in_series.then(|| UuidUid::generate(organization).to_string())
    }

    /// A time nobody has booked yet. The integer ids are only known to the database;
    /// row 0 stands for them until then.
    pub fn open(&self, time: Span, hosts: Vec<Host>, recurring_uid: Option<&str>) -> Option<Draft> {
        let Self { input, target, decision, now } = *self;
        let organization = target.scope.organization();
        let uid = ShortUid::generate(organization);
        let mut hosts = hosts.into_iter();
        let organizer = hosts.next()?.user;
        let is_shared = decision.seats.is_some();
        let own = |map: &Map<String, Value>| match is_shared {
            true => JsonObject::default(),
            false => map.clone().into(),
        };
        let booking = Booking {
            id: BookingId::new(organization, 0),
            uid: uid.to_string(),
            event_type_id: target.bookable.id,
            event_type_slug: Some(target.bookable.slug.clone()),
            team_id: target.bookable.team.as_ref().map(|team| team.id),
            title: self.title(&organizer.name),
            organizer,
            co_hosts: hosts.collect(),
            description: decision.notes.clone(),
            status: decision.change.status.as_str().to_owned(),
            start: time.start,
            end: time.end,
            location: Some(decision.place.text.clone()).filter(|place| !place.is_empty()),
            // Whoever shares a time has answers and texts of their own.
            metadata: own(&input.metadata),
            responses: own(&decision.responses),
            ical_uid: ical_uid(uid.as_str()),
            ical_sequence: 0,
            absent_host: false,
            rating: None,
            recurring_uid: recurring_uid.map(str::to_owned),
            seats_per_slot: decision.seats,
            cancellation_reason: None,
            cancelled_by_email: None,
            rescheduled_from_uid: None,
            rescheduled_to_uid: None,
            rescheduling_reason: None,
            rescheduled_by_email: None,
            rejection_reason: None,
            reassign_reason: None,
            extras: input.extras().into(),
            created_at: now,
            updated_at: now,
            attendees: self.attendees(),
        };
        Some(Draft { booking, joining: Vec::new(), needs: self.needs(time) })
    }

    /// A time that is shared with who booked it first.
    pub fn join(&self, time: Span, booking: Booking) -> Draft {
        Draft { booking, joining: self.attendees(), needs: self.needs(time) }
    }

    fn needs(&self, time: Span) -> (Instant, Instant) {
        let needs = self.decision.needs(time);
        (needs.start, needs.end)
    }

    /// Where all hosts meet the booker, the team does.
    fn title(&self, organizer: &str) -> String {
        let bookable = &self.target.bookable;
        let collective = bookable.scheduling == Some(SchedulingType::Collective);
        let team = bookable.team.as_ref().filter(|_| collective);
        let host = team.map_or(organizer, |team| team.name.as_str());
        let scheduler = &self.input.attendee.name;
        self.decision.title(&self.target.settings, &bookable.title, host, scheduler)
    }

    /// The booker, then the guests, who share the booker's clock and language until
    /// somebody says otherwise. At a shared time each has a seat.
    fn attendees(&self) -> Vec<Attendee> {
        let Self { input, target, decision, .. } = *self;
        let organization = target.scope.organization();
        let booker = &input.attendee;
        let is_shared = decision.seats.is_some();
        let somebody = |name: &str, email: &str, is_guest| Attendee {
            id: AttendeeId::new(organization, 0),
            name: name.to_owned(),
            email: email.to_owned(),
            time_zone: booker.time_zone.name().to_owned(),
            language: booker.language.clone(),
            phone_number: None,
            is_guest,
            absent: false,
            seat_uid: is_shared.then(|| UuidUid::generate(organization).to_string()),
            responses: None,
            metadata: None,
        };
        let first = Attendee {
            phone_number: booker.phone_number.clone(),
            responses: is_shared.then(|| decision.responses.clone()),
            metadata: is_shared.then(|| input.metadata.clone()),
            ..somebody(&booker.name, booker.email.as_deref().unwrap_or_default(), false)
        };
        let guests = decision.guests.iter().map(|guest| Attendee {
            responses: is_shared.then(|| answers_of_guest(guest)),
            ..somebody("", guest, true)
        });
        std::iter::once(first).chain(guests).collect()
    }
}

fn answers_of_guest(email: &str) -> Map<String, Value> {
    [("name".to_owned(), json!("")), ("email".to_owned(), json!(email))].into_iter().collect()
}

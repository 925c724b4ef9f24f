//! Whether a booking may be made, and what it will be.

use meridian_kernel::{Instant, Zone};
use serde_json::{Map, Value, json};

use super::answers::{self, Answers};
use super::location::{self, LocationChoice};
use super::{AnswerError, LocationError, Place, Status};
use crate::event_type::{ConfirmationPolicy, EventNameParts, EventTypeSettings, render};

/// The title where the event type has no template of its own.
const DEFAULT_TITLE: &str = "{Event type title} between {Organiser} and {Scheduler}";

/// The event type, as far as a booking needs it.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// The title of the event type.
    pub title: &'a str,
    /// Minutes, where the booker names none.
    pub length_minutes: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// Everything else.
    pub settings: &'a EventTypeSettings,
    /// The host's name.
    pub organizer_name: &'a str,
}

/// Who books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    /// The name.
    pub name: String,
    /// The address; `None` only where the event type asks for a phone instead.
    pub email: Option<String>,
    /// The booker's clock.
    pub time_zone: Zone,
    /// The language they are written to in.
    pub language: String,
    /// E.164.
    pub phone_number: Option<String>,
}

/// What a booker asks for.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    /// When it shall start.
    pub start: Instant,
    /// Minutes, where the event type lets bookers choose.
    pub length_minutes: Option<u32>,
    /// Who books.
    pub attendee: &'a Attendee,
    /// Addresses of those who come along.
    pub guests: &'a [String],
    /// The place, where one was named.
    pub location: Option<&'a LocationChoice>,
    /// The answers to the booking form.
    pub responses: &'a Map<String, Value>,
    /// The booker is the host, who need not confirm what they make themselves.
    pub by_host: bool,
}

/// A stretch of time: the start belongs to it, the end does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub start: Instant,
    /// The first instant after it.
    pub end: Instant,
}

/// What the booking will be if the host is free.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Accepted, or pending until the host confirms.
    pub status: Status,
    /// When it takes place.
    pub time: Span,
    /// What must be free: the time with both buffers.
    pub needs: Span,
    /// Whether it keeps others out of that.
    pub takes_slot: bool,
    /// The length in minutes.
    pub length_minutes: u32,
    /// The title.
    pub title: String,
    /// What the booker noted; empty: nothing.
    pub notes: String,
    /// The place.
    pub place: Place,
    /// Those who come along: each once, and none of them the booker.
    pub guests: Vec<String>,
    /// All answers, those given elsewhere in the request among them.
    pub responses: Map<String, Value>,
}

/// The rule that forbids a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// An answer is missing or wrong.
    Answer(AnswerError),
    /// A length was named where there is no choice.
    LengthNotChoosable,
    /// The length is not one of these.
    LengthNotOffered(Vec<u32>),
    /// The place is not offered.
    Location(LocationError),
}

/// Decides all of a booking but whether its host is free.
pub fn decide(offer: Offer<'_>, wish: &Wish<'_>, now: Instant) -> Result<Decision, Refusal> {
    let guests = own_guests(offer.settings, wish);
    let given = Answers {
        responses: wish.responses,
        has_email: wish.attendee.email.is_some(),
        has_phone: wish.attendee.phone_number.is_some(),
        has_guests: !guests.is_empty(),
    };
    answers::check(offer.settings, given).map_err(Refusal::Answer)?;
    let length = length(offer, wish.length_minutes)?;
    let phone = wish.attendee.phone_number.as_deref();
    let place = location::resolve(&offer.settings.locations, wish.location, phone)
        .map_err(Refusal::Location)?;
    let policy = offer.settings.confirmation_policy;
    let waits = !wish.by_host && policy.is_some_and(|policy| policy.must_confirm(wish.start, now));
    let end = wish.start.plus_minutes(i64::from(length));
    let responses = all_answers(wish, &place, &guests);
    Ok(Decision {
        status: if waits { Status::Pending } else { Status::Accepted },
        time: Span { start: wish.start, end },
        needs: Span {
            start: wish.start.plus_minutes(-i64::from(offer.before_event_buffer)),
            end: end.plus_minutes(i64::from(offer.after_event_buffer)),
        },
        takes_slot: !waits || policy.is_some_and(ConfirmationPolicy::blocks_unconfirmed),
        length_minutes: length,
        title: title(offer, wish, &place, length, &responses),
        notes: responses.get("notes").and_then(Value::as_str).unwrap_or_default().to_owned(),
        place,
        guests,
        responses,
    })
}

fn length(offer: Offer<'_>, asked: Option<u32>) -> Result<u32, Refusal> {
    let choices = &offer.settings.length_in_minutes_options;
    match asked {
        None => Ok(offer.length_minutes),
        Some(_) if choices.is_empty() => Err(Refusal::LengthNotChoosable),
        Some(asked) if choices.contains(&asked) => Ok(asked),
        Some(_) => Err(Refusal::LengthNotOffered(choices.clone())),
    }
}

/// Guests who are the booker, or come twice, count once; where the event type has
/// no guests, none are taken along.
fn own_guests(settings: &EventTypeSettings, wish: &Wish<'_>) -> Vec<String> {
    if settings.disable_guests {
        return Vec::new();
    }
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let booker = wish.attendee.email.as_deref().unwrap_or_default();
    let mut guests: Vec<String> = Vec::with_capacity(wish.guests.len());
    for guest in wish.guests {
        let known = same(guest, booker) || guests.iter().any(|other| same(other, guest));
        if !known {
            guests.push(guest.clone());
        }
    }
    guests
}

fn all_answers(wish: &Wish<'_>, place: &Place, guests: &[String]) -> Map<String, Value> {
    let mut answers = wish.responses.clone();
    let mut set = |slug: &str, value: Value| {
        answers.insert(slug.to_owned(), value);
    };
    set("name", wish.attendee.name.as_str().into());
    if let Some(email) = &wish.attendee.email {
        set("email", email.as_str().into());
    }
    if let Some(phone) = &wish.attendee.phone_number {
        set("attendeePhoneNumber", phone.as_str().into());
    }
    if !guests.is_empty() {
        set("guests", json!(guests));
    }
    set("location", place.as_answer());
    answers
}

fn title(
    offer: Offer<'_>,
    wish: &Wish<'_>,
    place: &Place,
    minutes: u32,
    responses: &Map<String, Value>,
) -> String {
    let own = offer.settings.custom_name.as_deref().filter(|name| !name.trim().is_empty());
    let parts = EventNameParts {
        event_type_title: offer.title,
        organizer: offer.organizer_name,
        scheduler: &wish.attendee.name,
        location: &place.text,
        minutes,
        responses,
    };
    render(own.unwrap_or(DEFAULT_TITLE), &parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_type::{NoticeThreshold, NoticeUnit};

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn booker() -> Attendee {
        Attendee {
            name: "Grace Hopper".to_owned(),
            email: Some("grace@example.com".to_owned()),
            time_zone: Zone::UTC,
            language: "en".to_owned(),
            phone_number: None,
        }
    }

    struct Case {
        settings: EventTypeSettings,
        attendee: Attendee,
        guests: Vec<String>,
        length: Option<u32>,
        by_host: bool,
    }

    impl Default for Case {
        fn default() -> Self {
            Self {
                settings: EventTypeSettings::default(),
                attendee: booker(),
                guests: Vec::new(),
                length: None,
                by_host: false,
            }
        }
    }

    impl Case {
        fn decide(&self) -> Result<Decision, Refusal> {
            let offer = Offer {
                title: "Intro",
                length_minutes: 30,
                before_event_buffer: 10,
                after_event_buffer: 5,
                settings: &self.settings,
                organizer_name: "Ada Lovelace",
            };
            let wish = Wish {
                start: at("2050-09-05T09:00:00Z"),
                length_minutes: self.length,
                attendee: &self.attendee,
                guests: &self.guests,
                location: None,
                responses: &Map::new(),
                by_host: self.by_host,
            };
            decide(offer, &wish, at("2050-09-05T07:00:00Z"))
        }
    }

    fn confirming(policy: ConfirmationPolicy) -> Case {
        let settings =
            EventTypeSettings { confirmation_policy: Some(policy), ..EventTypeSettings::default() };
        Case { settings, ..Case::default() }
    }

    #[test]
    fn a_booking_needs_its_buffers_free() {
        let decision = Case::default().decide().unwrap();
        assert_eq!(decision.status, Status::Accepted);
        assert!(decision.takes_slot);
        assert_eq!(decision.time.end, at("2050-09-05T09:30:00Z"));
        assert_eq!(decision.needs.start, at("2050-09-05T08:50:00Z"));
        assert_eq!(decision.needs.end, at("2050-09-05T09:35:00Z"));
        assert_eq!(decision.title, "Intro between Ada Lovelace and Grace Hopper");
    }

    #[test]
    fn what_must_be_confirmed_is_pending_and_takes_the_slot_only_if_told_to() {
        for blocks in [false, true] {
            let always =
                ConfirmationPolicy::Always { block_unconfirmed_bookings_in_booker: blocks };
            let decision = confirming(always).decide().unwrap();
            assert_eq!((decision.status, decision.takes_slot), (Status::Pending, blocks));
        }
    }

    #[test]
    fn a_host_need_not_confirm_an_own_booking() {
        let always = ConfirmationPolicy::Always { block_unconfirmed_bookings_in_booker: false };
        let own = Case { by_host: true, ..confirming(always) };
        let decision = own.decide().unwrap();
        assert_eq!((decision.status, decision.takes_slot), (Status::Accepted, true));
    }

    #[test]
    fn a_booking_further_away_than_the_threshold_is_accepted_at_once() {
        for (hours, status) in [(2, Status::Accepted), (3, Status::Pending)] {
            let policy = ConfirmationPolicy::Time {
                notice_threshold: NoticeThreshold { unit: NoticeUnit::Hours, count: hours },
                block_unconfirmed_bookings_in_booker: false,
            };
            assert_eq!(confirming(policy).decide().unwrap().status, status, "{hours} hours");
        }
    }

    #[test]
    fn a_length_is_chosen_only_where_there_is_a_choice() {
        let asking = Case { length: Some(30), ..Case::default() };
        assert_eq!(asking.decide(), Err(Refusal::LengthNotChoosable));
        let settings = EventTypeSettings {
            length_in_minutes_options: vec![30, 60],
            ..EventTypeSettings::default()
        };
        let longer = Case { settings: settings.clone(), length: Some(60), ..Case::default() };
        assert_eq!(longer.decide().unwrap().time.end, at("2050-09-05T10:00:00Z"));
        let wrong = Case { settings, length: Some(45), ..Case::default() };
        assert_eq!(wrong.decide(), Err(Refusal::LengthNotOffered(vec![30, 60])));
    }

    #[test]
    fn guests_come_once_and_are_not_the_booker() {
        let guests = ["bob@x.org", "BOB@x.org", "Grace@Example.com", "eve@x.org"];
        let guests: Vec<String> = guests.map(str::to_owned).to_vec();
        let case = Case { guests: guests.clone(), ..Case::default() };
        let decision = case.decide().unwrap();
        assert_eq!(decision.guests, ["bob@x.org", "eve@x.org"]);
        assert_eq!(decision.responses["guests"], json!(["bob@x.org", "eve@x.org"]));
        let settings = EventTypeSettings { disable_guests: true, ..EventTypeSettings::default() };
        let without = Case { settings, guests, ..Case::default() };
        assert!(without.decide().unwrap().guests.is_empty());
    }

    #[test]
    fn an_address_is_asked_for() {
        let attendee = Attendee { email: None, ..booker() };
        let case = Case { attendee, ..Case::default() };
        let missing = AnswerError::Missing { slug: "email".to_owned() };
        assert_eq!(case.decide(), Err(Refusal::Answer(missing)));
    }

    #[test]
    fn a_template_makes_the_title() {
        let settings = EventTypeSettings {
            custom_name: Some("{Scheduler first name} meets {HOST} at {Location}".to_owned()),
            ..EventTypeSettings::default()
        };
        let case = Case { settings, ..Case::default() };
        assert_eq!(case.decide().unwrap().title, "Grace meets Ada Lovelace at integrations:daily");
    }
}

//! Whether a booking may be made, and what it will be.

use meridian_kernel::{Instant, Zone};
use serde_json::{Map, Value, json};

use super::answers::{self, Answers};
use super::location::{self, LocationChoice};
use super::{AnswerError, Change, LocationError, Place, create, series};
use crate::event_type::{ConfirmationPolicy, EventNameParts, EventTypeSettings, render};

/// The title where the event type has no template of its own.
const DEFAULT_TITLE: &str = "{Event type title} between {Organiser} and {Scheduler}";

/// The event type, as far as a booking needs it.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// Minutes, where the booker names none.
    pub length_minutes: u32,
    /// Minutes.
    pub before_event_buffer: u32,
    /// Minutes.
    pub after_event_buffer: u32,
    /// Everything else.
    pub settings: &'a EventTypeSettings,
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
    /// How many bookings of a series, where it is one; `None`: as many as it has.
    pub occurrences: Option<u32>,
    /// The starts of its other bookings, where the booker names them; empty: they
    /// follow from the first.
    pub later_starts: &'a [Instant],
    /// Who books.
    pub attendee: &'a Attendee,
    /// Addresses of those who come along.
    pub guests: &'a [String],
    /// The place, where one was named.
    pub location: Option<&'a LocationChoice>,
    /// The answers to the booking form.
    pub responses: &'a Map<String, Value>,
    /// The booker is a host, who need not confirm what they make themselves, nor
    /// prove an address.
    pub by_host: bool,
    /// Whether a code proves the booker's address.
    pub code: CodeProof,
}

/// What a code that was mailed to the booker proves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeProof {
    /// There is none.
    #[default]
    None,
    /// It is wrong, or too old.
    Wrong,
    /// The address is theirs.
    Right,
}

/// A stretch of time: the start belongs to it, the end does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub start: Instant,
    /// The first instant after it.
    pub end: Instant,
}

/// What the booking will be if its hosts are free.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Accepted, or pending until a host confirms; and whether it takes its time.
    pub change: Change,
    /// When it takes place: once, or at all times of a series, in order.
    pub times: Vec<Span>,
    /// It is one of a series, be there one time or more.
    pub in_series: bool,
    /// How many may share it; `None`: it has no seats.
    pub seats: Option<u32>,
    /// Minutes kept free before and after each time.
    pub buffers: (u32, u32),
    /// The length in minutes.
    pub length_minutes: u32,
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
    /// A number of bookings was named where there is no series.
    NotRecurring,
    /// The series has at most so many bookings.
    TooManyOccurrences(u32),
    /// The series would go on beyond the calendar.
    BeyondCalendar,
    /// There are fewer seats than people.
    TooManyForSeats(u32),
    /// The booker's address must be proven by a code.
    CodeMissing,
    /// The code proves nothing.
    CodeWrong,
}

/// Decides all of a booking but who hosts it and whether they are free.
pub fn decide(offer: Offer<'_>, wish: &Wish<'_>, now: Instant) -> Result<Decision, Refusal> {
    let settings = offer.settings;
    let guests = own_guests(settings, wish);
    let given = Answers {
        responses: wish.responses,
        has_email: wish.attendee.email.is_some(),
        has_phone: wish.attendee.phone_number.is_some(),
        has_guests: !guests.is_empty(),
    };
    answers::check(settings, given).map_err(Refusal::Answer)?;
    let length = length(offer, wish.length_minutes)?;
    let phone = wish.attendee.phone_number.as_deref();
    let place =
        location::resolve(&settings.locations, wish.location, phone).map_err(Refusal::Location)?;
    let starts = starts(settings, wish)?;
    let seats = seats(settings, guests.len())?;
    check_code(settings, wish)?;
    let policy = settings.confirmation_policy;
    let waits = !wish.by_host && policy.is_some_and(|policy| policy.must_confirm(wish.start, now));
    let responses = all_answers(wish, &place, &guests);
    let end = |start: Instant| start.plus_minutes(i64::from(length));
    Ok(Decision {
        change: create(waits, policy.is_some_and(ConfirmationPolicy::blocks_unconfirmed)),
        times: starts.into_iter().map(|start| Span { start, end: end(start) }).collect(),
        in_series: settings.recurrence.is_some(),
        seats,
        buffers: (offer.before_event_buffer, offer.after_event_buffer),
        length_minutes: length,
        notes: responses.get("notes").and_then(Value::as_str).unwrap_or_default().to_owned(),
        place,
        guests,
        responses,
    })
}

impl Decision {
    /// What must be free for a time: the time with both buffers.
    pub fn needs(&self, time: Span) -> Span {
        let (before, after) = self.buffers;
        Span {
            start: time.start.plus_minutes(-i64::from(before)),
            end: time.end.plus_minutes(i64::from(after)),
        }
    }

    /// The title, once it is known who hosts it.
    pub fn title(
        &self,
        settings: &EventTypeSettings,
        event_type_title: &str,
        organizer: &str,
        scheduler: &str,
    ) -> String {
        let own = settings.custom_name.as_deref().filter(|name| !name.trim().is_empty());
        let parts = EventNameParts {
            event_type_title,
            organizer,
            scheduler,
            location: &self.place.text,
            minutes: self.length_minutes,
            responses: &self.responses,
        };
        render(own.unwrap_or(DEFAULT_TITLE), &parts)
    }
}

fn starts(settings: &EventTypeSettings, wish: &Wish<'_>) -> Result<Vec<Instant>, Refusal> {
    let Some(recurrence) = settings.recurrence else {
        let is_single = wish.occurrences.is_none() && wish.later_starts.is_empty();
        return if is_single { Ok(vec![wish.start]) } else { Err(Refusal::NotRecurring) };
    };
    let named = u32::try_from(wish.later_starts.len()).unwrap_or(u32::MAX).saturating_add(1);
    let count = wish.occurrences.unwrap_or(recurrence.occurrences);
    let count = if wish.later_starts.is_empty() { count } else { named };
    if count > recurrence.occurrences {
        return Err(Refusal::TooManyOccurrences(recurrence.occurrences));
    }
    if !wish.later_starts.is_empty() {
        let mut starts = vec![wish.start];
        starts.extend(wish.later_starts);
        starts.sort_unstable();
        starts.dedup();
        return Ok(starts);
    }
    series::starts(wish.start, recurrence, count, wish.attendee.time_zone)
        .ok_or(Refusal::BeyondCalendar)
}

/// Everybody who comes along to a shared time has a seat of their own.
fn seats(settings: &EventTypeSettings, guests: usize) -> Result<Option<u32>, Refusal> {
    let Some(seats) = settings.seats.map(|seats| seats.seats_per_time_slot) else {
        return Ok(None);
    };
    let fits = u32::try_from(guests).is_ok_and(|guests| guests < seats);
    if fits { Ok(Some(seats)) } else { Err(Refusal::TooManyForSeats(seats)) }
}

fn check_code(settings: &EventTypeSettings, wish: &Wish<'_>) -> Result<(), Refusal> {
    if !settings.requires_booker_email_verification || wish.by_host {
        return Ok(());
    }
    match wish.code {
        CodeProof::None => Err(Refusal::CodeMissing),
        CodeProof::Wrong => Err(Refusal::CodeWrong),
        CodeProof::Right => Ok(()),
    }
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

#[cfg(test)]
mod tests;

//! What every event of a booking says of it. This is written while whoever booked waits,
//! so it becomes text at once: a tree of values in between costs several times as much.

use std::borrow::Cow;

use meridian_domain::event_type::{BookingField, EventTypeSettings};
use meridian_kernel::{Instant, TeamId};
use meridian_store::JsonObject;
use meridian_store::bookings::{Attendee, Bookable, Booking};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::people::{Language, Person, organizer, utc_offset};

const SMS_REMINDER: &str = "smsReminderNumber";

/// The fields of an event of a booking.
pub(crate) struct Fields<'a> {
    booking: &'a Booking,
    bookable: Option<&'a Bookable>,
    settings: &'a EventTypeSettings,
    form: Vec<BookingField>,
    responses: Vec<(Cow<'a, str>, &'a RawValue)>,
    more: Vec<(&'static str, Value)>,
}

impl<'a> Fields<'a> {
    /// What all events have, but for what the outbox puts in.
    pub(crate) fn of(
        booking: &'a Booking,
        bookable: Option<&'a Bookable>,
        settings: &'a EventTypeSettings,
    ) -> Self {
        let (form, responses) = (settings.form(), booking.responses.entries());
        Self { booking, bookable, settings, form, responses, more: Vec::new() }
    }

    /// The same with a field that others have not.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    /// The same, to be changed.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    }

    fn answers(&self, only_customs: bool) -> Answers<'_> {
        Answers { responses: &self.responses, form: &self.form, only_customs }
    }
}

/// Writes entries into a map, in the look of JSON.
macro_rules! write_entries {
    ($map:ident, { $($name:tt: $value:expr,)* }) => {
        $($map.serialize_entry($name, &$value)?;)*
    };
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { booking, bookable, settings, .. } = self;
        let attendees = booking.attendees.iter().map(|one| Guest::of(one, booking.start));
        let reminder = self.responses.iter().find(|(slug, _)| slug == SMS_REMINDER);
        let mut map = serializer.serialize_map(None)?;
        write_entries!(map, {
            "type": booking.event_type_slug.as_deref().unwrap_or_default(),
            "title": booking.title,
            "description": settings.description,
            "additionalNotes": booking.description,
            "customInputs": Map::new(),
            "startTime": booking.start,
            "endTime": booking.end,
            "organizer": organizer(&booking.organizer, booking.start),
            "responses": self.answers(false),
            "userFieldsResponses": self.answers(true),
            "attendees": attendees.collect::<Vec<_>>(),
            "location": booking.location.as_deref().unwrap_or_default(),
            "destinationCalendar": settings.destination_calendar.as_ref().map(|one| [one]),
            "hideCalendarNotes": settings.hide_calendar_notes,
            "hideCalendarEventDetails": settings.hide_calendar_event_details,
            "requiresConfirmation": settings.confirmation_policy.is_some(),
            "eventTypeId": booking.event_type_id,
            "seatsShowAttendees": settings.seats.map(|seats| seats.show_attendee_info),
            "seatsPerTimeSlot": settings.seats.map(|seats| seats.seats_per_time_slot),
            "uid": booking.uid,
            "iCalUID": booking.ical_uid,
            "iCalSequence": booking.ical_sequence,
            "appsStatus": [(); 0],
            "eventTitle": bookable.map(|bookable| bookable.title.as_str()),
            "eventDescription": settings.description,
            "price": 0,
            "currency": "usd",
            "length": booking.end.minutes_since(booking.start),
            "metadata": metadata(booking),
            "status": booking.status.to_ascii_uppercase(),
            SMS_REMINDER: reminder.map(|(_, number)| number),
            "oneTimePassword": (),
            "team": bookable.and_then(|bookable| Team::of(booking, bookable)),
        });
        for (name, value) in &self.more {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The team, with the hosts beside the organiser.
#[derive(Serialize)]
struct Team<'a> {
    id: TeamId,
    name: &'a str,
    members: Vec<Person<'a>>,
}

impl<'a> Team<'a> {
    fn of(booking: &'a Booking, bookable: &'a Bookable) -> Option<Self> {
        let team = bookable.team.as_ref()?;
        let members = booking.co_hosts.iter().map(|host| organizer(&host.user, booking.start));
        Some(Self { id: team.id, name: &team.name, members: members.collect() })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Guest<'a> {
    email: &'a str,
    name: &'a str,
    time_zone: &'a str,
    language: Language<'a>,
    utc_offset: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
}

impl<'a> Guest<'a> {
    fn of(attendee: &'a Attendee, at: Instant) -> Self {
        Self {
            email: &attendee.email,
            name: &attendee.name,
            time_zone: &attendee.time_zone,
            language: Language { locale: &attendee.language },
            utc_offset: utc_offset(&attendee.time_zone, at),
            phone_number: attendee.phone_number.as_deref(),
        }
    }
}

/// Each answer with the label of its field.
struct Answers<'a> {
    responses: &'a [(Cow<'a, str>, &'a RawValue)],
    form: &'a [BookingField],
    /// Only those of fields that the event type's owner added.
    only_customs: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    label: &'a str,
    value: &'a RawValue,
    is_hidden: bool,
}

impl Serialize for Answers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (slug, value) in self.responses {
            let field = self.form.iter().find(|field| field.slug == *slug);
            if self.only_customs && field.is_none_or(|field| field.is_default) {
                continue;
            }
            let label = field.and_then(|field| field.label.as_deref()).unwrap_or(slug);
            let is_hidden = field.is_some_and(|field| field.hidden);
            map.serialize_entry(slug, &Answer { label, value, is_hidden })?;
        }
        map.end()
    }
}

/// The booker's own, with the link of the call where there is one.
fn metadata(booking: &Booking) -> Cow<'_, JsonObject> {
    const LINK: &str = "videoCallUrl";
    let is_link = |place: &&str| place.starts_with("https://") || place.starts_with("http://");
    match booking.location.as_deref().filter(is_link) {
        Some(link) if !booking.metadata.contains_key(LINK) => {
            let mut metadata = Map::clone(&booking.metadata);
            metadata.insert(LINK.to_owned(), link.into());
            Cow::Owned(metadata.into())
        }
        _ => Cow::Borrowed(&booking.metadata),
    }
}

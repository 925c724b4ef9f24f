//! A booking as the API shows it.

use std::borrow::Cow;

use meridian_domain::oauth_client::display_email;
use meridian_kernel::{AttendeeId, BookingId, EventTypeId, Instant, UserId};
use meridian_store::bookings::{Attendee, Booking, Organizer};
use meridian_store::{JsonObject, raw_text};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A booking: of one booker, of a series, or of everybody who has a seat.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookingOutput<'a> {
    id: BookingId,
    uid: &'a str,
    title: &'a str,
    description: &'a str,
    hosts: Vec<HostOutput<'a>>,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_by_email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rescheduling_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rescheduled_by_email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rescheduled_from_uid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rescheduled_to_uid: Option<&'a str>,
    start: Instant,
    end: Instant,
    duration: i64,
    event_type_id: EventTypeId,
    event_type: EventTypeOutput<'a>,
    meeting_url: &'a str,
    location: &'a str,
    absent_host: bool,
    created_at: Instant,
    updated_at: Instant,
    metadata: &'a JsonObject,
    rating: Option<i64>,
    ics_uid: &'a str,
    attendees: Vec<AttendeeOutput<'a>>,
    // Seats have their own answers and bring nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    guests: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_fields_responses: Option<StoredAnswers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recurring_booking_uid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_uid: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HostOutput<'a> {
    id: UserId,
    name: &'a str,
    email: &'a str,
    display_email: Cow<'a, str>,
    username: &'a str,
    time_zone: &'a str,
}

#[derive(Debug, Serialize)]
struct EventTypeOutput<'a> {
    id: EventTypeId,
    slug: &'a str,
}

/// Somebody who attends.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttendeeOutput<'a> {
    /// Only where attendees are asked for one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<AttendeeId>,
    /// Only where nothing else tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_id: Option<BookingId>,
    name: &'a str,
    email: &'a str,
    display_email: Cow<'a, str>,
    time_zone: &'a str,
    language: &'a str,
    absent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_uid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_fields_responses: Option<Answers<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Map<String, Value>>,
}

impl<'a> BookingOutput<'a> {
    /// With everybody who attends.
    pub fn of(booking: &'a Booking) -> Self {
        let location = booking.location.as_deref().unwrap_or_default();
        let is_seated = booking.seats_per_slot.is_some();
        let guests = || booking.attendees.iter().filter(|attendee| attendee.is_guest);
        Self {
            id: booking.id,
            uid: &booking.uid,
            title: &booking.title,
            description: &booking.description,
            hosts: booking.hosts().map(HostOutput::of).collect(),
            status: &booking.status,
            cancellation_reason: booking.cancellation_reason.as_deref(),
            cancelled_by_email: booking.cancelled_by_email.as_deref(),
            rescheduling_reason: booking.rescheduling_reason.as_deref(),
            rescheduled_by_email: booking.rescheduled_by_email.as_deref(),
            rescheduled_from_uid: booking.rescheduled_from_uid.as_deref(),
            rescheduled_to_uid: booking.rescheduled_to_uid.as_deref(),
            start: booking.start,
            end: booking.end,
            duration: booking.end.minutes_since(booking.start),
            event_type_id: booking.event_type_id,
            event_type: EventTypeOutput {
                id: booking.event_type_id,
                slug: booking.event_type_slug.as_deref().unwrap_or_default(),
            },
            meeting_url: location,
            location,
            absent_host: booking.absent_host,
            created_at: booking.created_at,
            updated_at: booking.updated_at,
            metadata: &booking.metadata,
            rating: booking.rating,
            ics_uid: &booking.ical_uid,
            attendees: booking.attendees.iter().map(AttendeeOutput::of).collect(),
            guests: (!is_seated).then(|| guests().map(|guest| guest.email.as_str()).collect()),
            booking_fields_responses: (!is_seated).then_some(StoredAnswers(&booking.responses)),
            recurring_booking_uid: booking.recurring_uid.as_deref(),
            seat_uid: None,
        }
    }

    /// The same, naming a seat: what whoever just took it is told.
    pub fn with_seat(self, seat_uid: &'a str) -> Self {
        Self { seat_uid: Some(seat_uid), ..self }
    }

    /// The same without those who attend.
    pub fn without_attendees(self) -> Self {
        Self { attendees: Vec::new(), ..self }
    }
}

impl<'a> HostOutput<'a> {
    fn of(host: &'a Organizer) -> Self {
        Self {
            id: host.id,
            name: &host.name,
            email: &host.email,
            display_email: display_email(&host.email),
            username: &host.username,
            time_zone: &host.time_zone,
        }
    }
}

impl<'a> AttendeeOutput<'a> {
    /// As part of a booking.
    pub fn of(attendee: &'a Attendee) -> Self {
        Self {
            id: None,
            booking_id: None,
            name: &attendee.name,
            email: &attendee.email,
            display_email: display_email(&attendee.email),
            time_zone: &attendee.time_zone,
            language: &attendee.language,
            absent: attendee.absent,
            phone_number: attendee.phone_number.as_deref(),
            seat_uid: attendee.seat_uid.as_deref(),
            booking_fields_responses: attendee.responses.as_ref().map(Answers),
            metadata: attendee.metadata.as_ref(),
        }
    }

    /// By itself.
    pub fn alone(attendee: &'a Attendee) -> Self {
        Self { id: Some(attendee.id), ..Self::of(attendee) }
    }

    /// By itself, with the booking it belongs to.
    pub fn of_booking(attendee: &'a Attendee, booking: BookingId) -> Self {
        Self { booking_id: Some(booking), ..Self::alone(attendee) }
    }
}

/// Answers as they are stored, with the same beside them as beside [`Answers`]; nobody
/// had to look into them so far.
#[derive(Debug)]
struct StoredAnswers<'a>(&'a JsonObject);

impl Serialize for StoredAnswers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.entries();
        let find = |wanted| entries.iter().find(|(slug, _)| slug == wanted).map(|(_, it)| *it);
        let mut map = serializer.serialize_map(None)?;
        let ours = [DISPLAY_EMAIL, DISPLAY_GUESTS];
        for (slug, answer) in entries.iter().filter(|(slug, _)| !ours.contains(&slug.as_ref())) {
            map.serialize_entry(slug, answer)?;
        }
        if let Some(email) = find("email").and_then(raw_text) {
            map.serialize_entry(DISPLAY_EMAIL, &display_email(&email))?;
        }
        let guests = find("guests").and_then(|guests| serde_json::from_str(guests.get()).ok());
        if let Some(Value::Array(guests)) = guests {
            let shown: Vec<_> =
                guests.iter().filter_map(Value::as_str).map(display_email).collect();
            map.serialize_entry(DISPLAY_GUESTS, &shown)?;
        }
        map.end()
    }
}

/// The answers, with the addresses in the form people read beside them.
#[derive(Debug)]
struct Answers<'a>(&'a Map<String, Value>);

/// What stands beside the answers to the form.
const DISPLAY_EMAIL: &str = "displayEmail";
const DISPLAY_GUESTS: &str = "displayGuests";

impl Serialize for Answers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let ours = [DISPLAY_EMAIL, DISPLAY_GUESTS];
        for (slug, answer) in self.0.iter().filter(|(slug, _)| !ours.contains(&slug.as_str())) {
            map.serialize_entry(slug, answer)?;
        }
        if let Some(email) = self.0.get("email").and_then(Value::as_str) {
            map.serialize_entry(DISPLAY_EMAIL, &display_email(email))?;
        }
        if let Some(guests) = self.0.get("guests").and_then(Value::as_array) {
            let shown: Vec<_> =
                guests.iter().filter_map(Value::as_str).map(display_email).collect();
            map.serialize_entry(DISPLAY_GUESTS, &shown)?;
        }
        map.end()
    }
}

#[cfg(test)]
pub mod tests {
    use meridian_kernel::{AttendeeId, OrganizationNumber, WireId};
    use meridian_store::bookings::{Host, Organizer};
    use serde_json::json;

    use super::*;

    /// A booking of organisation 7.
    pub fn sample() -> Booking {
        let organization = OrganizationNumber::new(7).unwrap();
        let start = Instant::parse("2050-09-05T09:00:00Z").unwrap();
        let somebody = |name: &str, email: &str, is_guest| Attendee {
            id: AttendeeId::new(organization, 4),
            name: name.to_owned(),
            email: email.to_owned(),
            time_zone: "Europe/Rome".to_owned(),
            language: "it".to_owned(),
            phone_number: None,
            is_guest,
            absent: false,
            seat_uid: None,
            responses: None,
            metadata: None,
        };
        let responses = json!({
            "name": "Grace", "email": "grace@x.org", "guests": ["bob@x.org"], "topic": "bees",
            "location": {"value": "link", "optionValue": "https://meet.x.org"},
        });
        Booking {
            id: BookingId::new(organization, 3),
            uid: "uid".to_owned(),
            event_type_id: EventTypeId::new(organization, 5),
            event_type_slug: Some("intro".to_owned()),
            organizer: Organizer {
                id: UserId::new(organization, 1),
                name: "Ada".to_owned(),
                email: "ada@x.org".to_owned(),
                username: "ada".to_owned(),
                time_zone: "Europe/London".to_owned(),
                locale: "en".to_owned(),
                time_format: 24,
            },
            co_hosts: Vec::new(),
            team_id: None,
            title: "Intro between Ada and Grace".to_owned(),
            description: "notes".to_owned(),
            status: "accepted".to_owned(),
            start,
            end: start.plus_minutes(60),
            location: Some("https://meet.x.org".to_owned()),
            metadata: json!({"userId": "100"}).as_object().unwrap().clone().into(),
            responses: responses.as_object().unwrap().clone().into(),
            ical_uid: "uid@meridian.invalid".to_owned(),
            ical_sequence: 0,
            absent_host: false,
            rating: None,
            recurring_uid: None,
            seats_per_slot: None,
            cancellation_reason: None,
            cancelled_by_email: None,
            rescheduled_from_uid: None,
            rescheduled_to_uid: None,
            rescheduling_reason: None,
            rescheduled_by_email: None,
            rejection_reason: None,
            reassign_reason: None,
            extras: JsonObject::default(),
            created_at: start,
            updated_at: start,
            attendees: vec![
                somebody("Grace", "grace@x.org", false),
                somebody("", "bob@x.org", true),
            ],
        }
    }

    #[test]
    fn a_booking_has_every_field_clients_read() {
        let booking = sample();
        let shown = serde_json::to_value(BookingOutput::of(&booking)).unwrap();
        let base = 7_i64 << 32;
        assert_eq!(
            shown,
            json!({
                "id": base + 3,
                "uid": "uid",
                "title": "Intro between Ada and Grace",
                "description": "notes",
                "hosts": [{
                    "id": base + 1, "name": "Ada", "email": "ada@x.org",
                    "displayEmail": "ada@x.org", "username": "ada", "timeZone": "Europe/London",
                }],
                "status": "accepted",
                "start": "2050-09-05T09:00:00.000Z",
                "end": "2050-09-05T10:00:00.000Z",
                "duration": 60,
                "eventTypeId": base + 5,
                "eventType": {"id": base + 5, "slug": "intro"},
                "meetingUrl": "https://meet.x.org",
                "location": "https://meet.x.org",
                "absentHost": false,
                "createdAt": "2050-09-05T09:00:00.000Z",
                "updatedAt": "2050-09-05T09:00:00.000Z",
                "metadata": {"userId": "100"},
                "rating": null,
                "icsUid": "uid@meridian.invalid",
                "attendees": [
                    {"name": "Grace", "email": "grace@x.org", "displayEmail": "grace@x.org",
                     "timeZone": "Europe/Rome", "language": "it", "absent": false},
                    {"name": "", "email": "bob@x.org", "displayEmail": "bob@x.org",
                     "timeZone": "Europe/Rome", "language": "it", "absent": false},
                ],
                "guests": ["bob@x.org"],
                "bookingFieldsResponses": {
                    "name": "Grace", "email": "grace@x.org", "displayEmail": "grace@x.org",
                    "guests": ["bob@x.org"], "displayGuests": ["bob@x.org"], "topic": "bees",
                    "location": {"value": "link", "optionValue": "https://meet.x.org"},
                },
            })
        );
    }

    #[test]
    fn a_series_and_a_move_name_their_relatives() {
        let booking = Booking {
            recurring_uid: Some("series".to_owned()),
            rescheduled_from_uid: Some("before".to_owned()),
            rescheduled_to_uid: Some("after".to_owned()),
            rescheduling_reason: Some("rain".to_owned()),
            rescheduled_by_email: Some("ada@x.org".to_owned()),
            ..sample()
        };
        let shown = serde_json::to_value(BookingOutput::of(&booking)).unwrap();
        for (field, value) in [
            ("recurringBookingUid", "series"),
            ("rescheduledFromUid", "before"),
            ("rescheduledToUid", "after"),
            ("reschedulingReason", "rain"),
            ("rescheduledByEmail", "ada@x.org"),
        ] {
            assert_eq!(shown[field], value, "{field}");
        }
    }

    #[test]
    fn seats_have_their_own_answers_and_may_be_hidden() {
        let mut booking = sample();
        booking.seats_per_slot = Some(2);
        booking.attendees.truncate(1);
        booking.attendees[0].seat_uid = Some("seat".to_owned());
        booking.attendees[0].responses = json!({"email": "grace@x.org"}).as_object().cloned();
        booking.attendees[0].metadata = json!({"a": "b"}).as_object().cloned();
        let shown = serde_json::to_value(BookingOutput::of(&booking).with_seat("seat")).unwrap();
        assert!(shown.get("guests").is_none() && shown.get("bookingFieldsResponses").is_none());
        assert_eq!(
            (&shown["seatUid"], &shown["attendees"][0]["seatUid"]),
            (&json!("seat"), &json!("seat"))
        );
        let answers = json!({"email": "grace@x.org", "displayEmail": "grace@x.org"});
        assert_eq!(shown["attendees"][0]["bookingFieldsResponses"], answers);
        assert_eq!(shown["attendees"][0]["metadata"], json!({"a": "b"}));
        let hidden = BookingOutput::of(&booking).without_attendees();
        assert_eq!(serde_json::to_value(hidden).unwrap()["attendees"], json!([]));
    }

    #[test]
    fn every_host_is_named_the_organiser_first() {
        let mut booking = sample();
        let user = Organizer { username: "bob".to_owned(), ..booking.organizer.clone() };
        booking.co_hosts = vec![Host { user, is_fixed: true }];
        let shown = serde_json::to_value(BookingOutput::of(&booking)).unwrap();
        assert_eq!(shown["hosts"][0]["username"], "ada");
        assert_eq!(shown["hosts"][1]["username"], "bob");
    }
}

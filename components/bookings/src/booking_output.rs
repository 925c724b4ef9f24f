//! A booking as the API shows it.

use meridian_kernel::{BookingId, EventTypeId, Instant, UserId};
use meridian_store::bookings::{Attendee, Booking};
use serde::Serialize;
use serde_json::{Map, Value};

/// A booking of one booker.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookingOutput<'a> {
    id: BookingId,
    uid: &'a str,
    title: &'a str,
    description: &'a str,
    hosts: [HostOutput<'a>; 1],
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_by_email: Option<&'a str>,
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
    metadata: &'a Map<String, Value>,
    rating: Option<i64>,
    ics_uid: &'a str,
    attendees: Vec<AttendeeOutput<'a>>,
    guests: Vec<&'a str>,
    booking_fields_responses: Map<String, Value>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct HostOutput<'a> {
    id: UserId,
    name: &'a str,
    email: &'a str,
    display_email: &'a str,
    username: &'a str,
    time_zone: &'a str,
}

#[derive(Debug, Serialize)]
struct EventTypeOutput<'a> {
    id: EventTypeId,
    slug: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttendeeOutput<'a> {
    name: &'a str,
    email: &'a str,
    display_email: &'a str,
    time_zone: &'a str,
    language: &'a str,
    absent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
}

impl<'a> BookingOutput<'a> {
    /// As every reader sees it.
    pub fn of(booking: &'a Booking) -> Self {
        let location = booking.location.as_deref().unwrap_or_default();
        let guests = booking.attendees.iter().filter(|attendee| attendee.is_guest);
        Self {
            id: booking.id,
            uid: &booking.uid,
            title: &booking.title,
            description: &booking.description,
            hosts: [host(booking)],
            status: &booking.status,
            cancellation_reason: booking.cancellation_reason.as_deref(),
            cancelled_by_email: booking.cancelled_by_email.as_deref(),
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
            attendees: booking.attendees.iter().map(attendee).collect(),
            guests: guests.map(|guest| guest.email.as_str()).collect(),
            booking_fields_responses: responses(booking),
        }
    }
}

fn host(booking: &Booking) -> HostOutput<'_> {
    let organizer = &booking.organizer;
    HostOutput {
        id: organizer.id,
        name: &organizer.name,
        email: &organizer.email,
        display_email: &organizer.email,
        username: &organizer.username,
        time_zone: &organizer.time_zone,
    }
}

fn attendee(attendee: &Attendee) -> AttendeeOutput<'_> {
    AttendeeOutput {
        name: &attendee.name,
        email: &attendee.email,
        display_email: &attendee.email,
        time_zone: &attendee.time_zone,
        language: &attendee.language,
        absent: attendee.absent,
        phone_number: attendee.phone_number.as_deref(),
    }
}

/// The answers, with the addresses in the form people read beside them.
fn responses(booking: &Booking) -> Map<String, Value> {
    let mut responses = booking.responses.clone();
    for (stored, shown) in [("email", "displayEmail"), ("guests", "displayGuests")] {
        if let Some(value) = responses.get(stored).cloned() {
            responses.insert(shown.to_owned(), value);
        }
    }
    responses
}

#[cfg(test)]
pub mod tests {
    use meridian_kernel::{OrganizationNumber, WireId};
    use meridian_store::bookings::Organizer;
    use serde_json::json;

    use super::*;

    /// A booking of organisation 7.
    pub fn sample() -> Booking {
        let organization = OrganizationNumber::new(7).unwrap();
        let start = Instant::parse("2050-09-05T09:00:00Z").unwrap();
        let somebody = |name: &str, email: &str, is_guest| Attendee {
            name: name.to_owned(),
            email: email.to_owned(),
            time_zone: "Europe/Rome".to_owned(),
            language: "it".to_owned(),
            phone_number: None,
            is_guest,
            absent: false,
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
            title: "Intro between Ada and Grace".to_owned(),
            description: "notes".to_owned(),
            status: "accepted".to_owned(),
            start,
            end: start.plus_minutes(60),
            location: Some("https://meet.x.org".to_owned()),
            metadata: json!({"userId": "100"}).as_object().unwrap().clone(),
            responses: responses.as_object().unwrap().clone(),
            ical_uid: "uid@meridian.invalid".to_owned(),
            ical_sequence: 0,
            absent_host: false,
            rating: None,
            cancellation_reason: None,
            cancelled_by_email: None,
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
}

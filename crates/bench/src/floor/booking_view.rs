//! Bookings in the form of the API.

use meridian_kernel::{BookingId, EventTypeId, Instant, UserId};
use meridian_store::bookings::{Attendee, Booking};
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookingView<'a> {
    id: BookingId,
    uid: &'a str,
    title: &'a str,
    description: &'a str,
    hosts: [Host<'a>; 1],
    status: &'a str,
    start: Instant,
    end: Instant,
    duration: i64,
    event_type_id: EventTypeId,
    event_type: EventType<'a>,
    meeting_url: &'a str,
    location: &'a str,
    absent_host: bool,
    created_at: Instant,
    updated_at: Instant,
    metadata: &'a Map<String, Value>,
    rating: Option<i64>,
    ics_uid: &'a str,
    attendees: Vec<Person<'a>>,
    guests: Vec<&'a str>,
    booking_fields_responses: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Host<'a> {
    id: UserId,
    name: &'a str,
    email: &'a str,
    display_email: &'a str,
    username: &'a str,
    time_zone: &'a str,
}

#[derive(Serialize)]
struct EventType<'a> {
    id: EventTypeId,
    slug: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Person<'a> {
    name: &'a str,
    email: &'a str,
    display_email: &'a str,
    time_zone: &'a str,
    language: &'a str,
    absent: bool,
}

impl<'a> BookingView<'a> {
    /// Of a booking.
    pub fn of(booking: &'a Booking) -> Self {
        let location = booking.location.as_deref().unwrap_or_default();
        let organizer = &booking.organizer;
        let mut responses = Map::clone(&booking.responses);
        if let Some(email) = responses.get("email").cloned() {
            responses.insert("displayEmail".to_owned(), email);
        }
        Self {
            id: booking.id,
            uid: &booking.uid,
            title: &booking.title,
            description: &booking.description,
            hosts: [Host {
                id: organizer.id,
                name: &organizer.name,
                email: &organizer.email,
                display_email: &organizer.email,
                username: &organizer.username,
                time_zone: &organizer.time_zone,
            }],
            status: &booking.status,
            start: booking.start,
            end: booking.end,
            duration: booking.end.minutes_since(booking.start),
            event_type_id: booking.event_type_id,
            event_type: EventType {
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
            attendees: booking.attendees.iter().map(person).collect(),
            guests: Vec::new(),
            booking_fields_responses: responses,
        }
    }
}

fn person(attendee: &Attendee) -> Person<'_> {
    Person {
        name: &attendee.name,
        email: &attendee.email,
        display_email: &attendee.email,
        time_zone: &attendee.time_zone,
        language: &attendee.language,
        absent: attendee.absent,
    }
}

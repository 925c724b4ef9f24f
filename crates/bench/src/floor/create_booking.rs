//! `POST /v2/bookings`: look up, decide, check, and the conditional batch.

use anyhow::Context;
use http::StatusCode;
use meridian_database::Databases;
use meridian_kernel::{AttendeeId, BookingId, EventTypeId, Instant, ShortUid, WireId};
use meridian_scheduling::{Interval, check};
use meridian_store::Scope;
use meridian_store::bookings::{
    self, Attendee, Bookable, Booking, CreateOutcome, NewBookings, Opening, Selector, find_bookable,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Answer;
use super::booking_view::BookingView;
use super::handlers::{Success, load, reply};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    event_type_id: i64,
    start: Instant,
    attendee: AttendeeInput,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttendeeInput {
    name: String,
    email: String,
    time_zone: String,
    language: String,
}

/// Books.
pub async fn create_booking(databases: &'static Databases, body: &[u8]) -> Answer {
    let input: Input = serde_json::from_slice(body)?;
    let id = EventTypeId::from_wire(input.event_type_id)?;
    let scope = Scope::open(databases, id.organization()).await?;
    let bookable = find_bookable(&scope, Selector::Id(id)).await?.context("no event type")?;
    let now = Instant::now();
    let (start, length) = (input.start, bookable.length_minutes);
    let end = start.plus_minutes(i64::from(length));
    let host = load(&scope, id, Interval::new(start, end)).await?;
    let reasons = check(&host.question(length, now), &[start], None);
    if reasons.iter().flatten().any(|reasons| !reasons.is_empty()) {
        return Ok((StatusCode::CONFLICT, Vec::new()));
    }
    let (before, after) = (bookable.before_event_buffer, bookable.after_event_buffer);
    let needs = Interval::new(start, end).widened(before, after);
    let mut booking = compose(input, bookable, end, now)?;
    let opening = Opening { booking: &booking, needs: (needs.start, needs.end) };
    let new = NewBookings { openings: vec![opening], ..NewBookings::none(id, now) };
    match bookings::create(&scope, &new).await? {
        CreateOutcome::Made(made) => {
            booking.id = made.bookings.first().copied().context("no id")?;
            reply(StatusCode::CREATED, &Success::of(BookingView::of(&booking)))
        }
        _ => Ok((StatusCode::CONFLICT, Vec::new())),
    }
}

/// Of the settings only the first place matters: it is where a booking is.
#[derive(Deserialize)]
struct Settings {
    locations: Vec<Location>,
}

#[derive(Deserialize)]
struct Location {
    integration: String,
}

fn compose(
    input: Input,
    bookable: Bookable,
    end: Instant,
    now: Instant,
) -> anyhow::Result<Booking> {
    let Input { start, attendee, .. } = input;
    let settings: Settings = serde_json::from_str(&bookable.settings)?;
    let location = settings.locations.into_iter().next().context("no place")?.integration;
    let organization = bookable.id.organization();
    let organizer = bookable.hosts.into_iter().next().context("no host")?.user;
    let uid = ShortUid::generate(organization);
    Ok(Booking {
        id: BookingId::new(organization, 0),
        ical_uid: format!("{uid}@meridian.invalid"),
        uid: uid.to_string(),
        event_type_id: bookable.id,
        event_type_slug: Some(bookable.slug),
        title: format!("{} between {} and {}", bookable.title, organizer.name, attendee.name),
        organizer,
        co_hosts: Vec::new(),
        team_id: None,
        description: String::new(),
        status: "accepted".to_owned(),
        start,
        end,
        responses: responses(&attendee, &location).into(),
        location: Some(location),
        metadata: Map::new().into(),
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
        extras: Map::new().into(),
        created_at: now,
        updated_at: now,
        attendees: vec![Attendee {
            id: AttendeeId::new(organization, 0),
            name: attendee.name,
            email: attendee.email,
            time_zone: attendee.time_zone,
            language: attendee.language,
            phone_number: None,
            is_guest: false,
            absent: false,
            seat_uid: None,
            responses: None,
            metadata: None,
        }],
    })
}

fn responses(attendee: &AttendeeInput, location: &str) -> Map<String, Value> {
    let place = json!({"value": location, "optionValue": ""});
    let answers = [
        ("email", Value::from(attendee.email.as_str())),
        ("name", Value::from(attendee.name.as_str())),
        ("guests", json!([])),
        ("location", place),
    ];
    answers.into_iter().map(|(name, answer)| (name.to_owned(), answer)).collect()
}

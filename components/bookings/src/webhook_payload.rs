//! What webhooks are told of a booking (contract: webhooks, "Payload core fields").

use meridian_domain::booking::Status;
use meridian_domain::event_type::{BookingField, EventTypeSettings};
use meridian_kernel::{Instant, Zone};
use meridian_store::bookings::{Attendee, Bookable, Booking, Organizer};
use serde_json::{Map, Value, json};

/// A trigger and its payload.
pub type Event = (&'static str, String);

/// A booking was made: accepted, or asked for.
pub fn created(booking: &Booking, bookable: &Bookable, settings: &EventTypeSettings) -> Event {
    let pending = booking.status == Status::Pending.as_str();
    let trigger = if pending { "BOOKING_REQUESTED" } else { "BOOKING_CREATED" };
    (trigger, payload(booking, Some(bookable), settings).to_string())
}

/// A booking was called off.
pub fn cancelled(
    booking: &Booking,
    bookable: Option<&Bookable>,
    settings: &EventTypeSettings,
) -> Event {
    let mut payload = payload(booking, bookable, settings);
    if let Some(object) = payload.as_object_mut() {
        object.insert("cancellationReason".to_owned(), json!(booking.cancellation_reason));
        object.insert("cancelledBy".to_owned(), json!(booking.cancelled_by_email));
    }
    ("BOOKING_CANCELLED", payload.to_string())
}

/// `bookingId` is set by the database where the booking is new.
fn payload(booking: &Booking, bookable: Option<&Bookable>, settings: &EventTypeSettings) -> Value {
    let form = settings.form();
    let attendees = booking.attendees.iter().map(|one| attendee(one, booking.start));
    json!({
        "type": booking.event_type_slug.as_deref().unwrap_or_default(),
        "title": booking.title,
        "description": settings.description,
        "additionalNotes": booking.description,
        "customInputs": {},
        "startTime": booking.start,
        "endTime": booking.end,
        "organizer": organizer(&booking.organizer, booking.start),
        "responses": answers(booking, &form, |_| true),
        "userFieldsResponses": answers(booking, &form, |field| {
            field.is_some_and(|field| !field.is_default)
        }),
        "attendees": attendees.collect::<Vec<_>>(),
        "location": booking.location.as_deref().unwrap_or_default(),
        "destinationCalendar": settings.destination_calendar.as_ref().map(|calendar| [calendar]),
        "hideCalendarNotes": settings.hide_calendar_notes,
        "hideCalendarEventDetails": settings.hide_calendar_event_details,
        "requiresConfirmation": settings.confirmation_policy.is_some(),
        "eventTypeId": booking.event_type_id,
        "seatsShowAttendees": settings.seats.map(|seats| seats.show_attendee_info),
        "seatsPerTimeSlot": settings.seats.map(|seats| seats.seats_per_time_slot),
        "uid": booking.uid,
        "bookingId": booking.id,
        "iCalUID": booking.ical_uid,
        "iCalSequence": booking.ical_sequence,
        "appsStatus": [],
        "eventTitle": bookable.map(|bookable| bookable.title.as_str()),
        "eventDescription": settings.description,
        "price": 0,
        "currency": "usd",
        "length": booking.end.minutes_since(booking.start),
        "metadata": metadata(booking),
        "status": booking.status.to_ascii_uppercase(),
        "smsReminderNumber": booking.responses.get("smsReminderNumber"),
        "oneTimePassword": null,
    })
}

fn organizer(organizer: &Organizer, at: Instant) -> Value {
    json!({
        "id": organizer.id,
        "name": organizer.name,
        "email": organizer.email,
        "username": organizer.username,
        "timeZone": organizer.time_zone,
        "language": { "locale": organizer.locale },
        "timeFormat": if organizer.time_format == 24 { "HH:mm" } else { "h:mma" },
        "utcOffset": utc_offset(&organizer.time_zone, at),
    })
}

fn attendee(attendee: &Attendee, at: Instant) -> Value {
    let mut shown = json!({
        "email": attendee.email,
        "name": attendee.name,
        "timeZone": attendee.time_zone,
        "language": { "locale": attendee.language },
        "utcOffset": utc_offset(&attendee.time_zone, at),
    });
    if let Some((object, phone)) = shown.as_object_mut().zip(attendee.phone_number.as_deref()) {
        object.insert("phoneNumber".to_owned(), phone.into());
    }
    shown
}

/// In minutes, at the start of the booking; `null` where the zone is unknown.
fn utc_offset(zone: &str, at: Instant) -> Option<i64> {
    Zone::parse(zone).ok().map(|zone| zone.offset_minutes(at))
}

/// Each answer with the label of its field, of the fields that are wanted.
fn answers(
    booking: &Booking,
    form: &[BookingField],
    wanted: impl Fn(Option<&BookingField>) -> bool,
) -> Map<String, Value> {
    let mut answers = Map::new();
    for (slug, value) in &booking.responses {
        let field = form.iter().find(|field| field.slug == *slug);
        if wanted(field) {
            let label = field.and_then(|field| field.label.as_deref()).unwrap_or(slug);
            let hidden = field.is_some_and(|field| field.hidden);
            let answer = json!({ "label": label, "value": value, "isHidden": hidden });
            answers.insert(slug.clone(), answer);
        }
    }
    answers
}

/// The booker's own, with the link of the call where there is one.
fn metadata(booking: &Booking) -> Map<String, Value> {
    let mut metadata = booking.metadata.clone();
    let is_link = |place: &&str| place.starts_with("https://") || place.starts_with("http://");
    if let Some(link) = booking.location.as_deref().filter(is_link) {
        metadata.entry("videoCallUrl").or_insert_with(|| link.into());
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking_output::tests::sample;

    fn bookable(booking: &Booking) -> Bookable {
        Bookable {
            id: booking.event_type_id,
            slug: "intro".to_owned(),
            title: "Intro".to_owned(),
            length_minutes: 60,
            before_event_buffer: 0,
            after_event_buffer: 0,
            settings: "{}".to_owned(),
            organizer: booking.organizer.clone(),
            has_webhooks: true,
        }
    }

    fn read((trigger, payload): Event) -> (&'static str, Value) {
        (trigger, serde_json::from_str(&payload).unwrap())
    }

    #[test]
    fn subscribers_hear_who_meets_when_and_where() {
        let booking = sample();
        let settings = EventTypeSettings::default();
        let (trigger, payload) = read(created(&booking, &bookable(&booking), &settings));
        assert_eq!(trigger, "BOOKING_CREATED");
        for (path, expected) in [
            ("/type", json!("intro")),
            ("/title", json!("Intro between Ada and Grace")),
            ("/startTime", json!("2050-09-05T09:00:00.000Z")),
            ("/endTime", json!("2050-09-05T10:00:00.000Z")),
            ("/organizer/username", json!("ada")),
            ("/organizer/timeFormat", json!("HH:mm")),
            ("/organizer/utcOffset", json!(60)),
            ("/attendees/0/email", json!("grace@x.org")),
            ("/attendees/0/utcOffset", json!(120)),
            ("/attendees/1/email", json!("bob@x.org")),
            (
                "/responses/email",
                json!({"label": "Email address", "value": "grace@x.org", "isHidden": false}),
            ),
            ("/responses/topic/value", json!("bees")),
            ("/status", json!("ACCEPTED")),
            ("/length", json!(60)),
            ("/metadata/videoCallUrl", json!("https://meet.x.org")),
            ("/metadata/userId", json!("100")),
            ("/eventTitle", json!("Intro")),
        ] {
            assert_eq!(payload.pointer(path), Some(&expected), "{path}");
        }
    }

    #[test]
    fn a_pending_booking_is_a_request() {
        let booking = Booking { status: "pending".to_owned(), ..sample() };
        let settings = EventTypeSettings::default();
        let (trigger, payload) = read(created(&booking, &bookable(&booking), &settings));
        assert_eq!((trigger, &payload["status"]), ("BOOKING_REQUESTED", &json!("PENDING")));
    }

    #[test]
    fn a_cancellation_says_why_and_by_whom_even_where_the_event_type_is_gone() {
        let booking = Booking {
            status: "cancelled".to_owned(),
            cancellation_reason: Some("ill".to_owned()),
            cancelled_by_email: Some("ada@x.org".to_owned()),
            ..sample()
        };
        let (trigger, payload) = read(cancelled(&booking, None, &EventTypeSettings::default()));
        assert_eq!(trigger, "BOOKING_CANCELLED");
        assert_eq!(payload["cancellationReason"], "ill");
        assert_eq!(payload["cancelledBy"], "ada@x.org");
        assert_eq!(payload["status"], "CANCELLED");
    }
}

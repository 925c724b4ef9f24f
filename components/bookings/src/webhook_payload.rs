//! What webhooks are told of a booking (contract: webhooks, "Payload core fields").

use meridian_domain::booking::Event;
use meridian_domain::event_type::{BookingField, EventTypeSettings};
use meridian_kernel::{Instant, Zone};
use meridian_store::bookings::{Attendee, Bookable, Booking, Organizer};
use meridian_store::deliveries::BookingEvent;
use serde_json::{Map, Value, json};

/// A booking was made, or a seat of it taken: the seat is the booker's.
pub fn made(
    event: Event,
    booking: &Booking,
    seat_uid: Option<&str>,
    bookable: &Bookable,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let mut payload = payload(booking, Some(bookable), settings);
    if let Some((object, seat)) = payload.as_object_mut().zip(seat_uid) {
        object.insert("attendeeSeatId".to_owned(), json!(seat));
    }
    told(event, booking, &payload)
}

fn told(event: Event, booking: &Booking, payload: &Value) -> BookingEvent {
    BookingEvent {
        trigger: event.trigger(),
        booking_uid: booking.uid.clone(),
        payload: payload.to_string(),
    }
}

/// A booking, or a seat of it, was moved from where `old` is.
pub fn moved(
    event: Event,
    booking: &Booking,
    old: &Booking,
    seat_uid: Option<&str>,
    bookable: &Bookable,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let mut payload = payload(booking, Some(bookable), settings);
    if let Some(object) = payload.as_object_mut() {
        for (name, value) in [
            ("rescheduleId", json!(old.id)),
            ("rescheduleUid", json!(old.uid)),
            ("rescheduleStartTime", json!(old.start)),
            ("rescheduleEndTime", json!(old.end)),
            ("rescheduledBy", json!(booking.rescheduled_by_email)),
            ("rescheduleReason", json!(booking.rescheduling_reason)),
        ] {
            object.insert(name.to_owned(), value);
        }
        if let Some(seat) = seat_uid {
            object.insert("attendeeSeatId".to_owned(), json!(seat));
        }
    }
    told(event, booking, &payload)
}

/// A booking was confirmed or refused by its host.
pub fn changed(
    event: Event,
    booking: &Booking,
    bookable: Option<&Bookable>,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let mut payload = payload(booking, bookable, settings);
    if let Some((object, reason)) = payload.as_object_mut().zip(booking.rejection_reason.as_deref())
    {
        object.insert("rejectionReason".to_owned(), json!(reason));
    }
    told(event, booking, &payload)
}

/// A booking was called off, or one seat of it.
pub fn cancelled(
    booking: &Booking,
    seat_uid: Option<&str>,
    bookable: Option<&Bookable>,
    settings: &EventTypeSettings,
) -> BookingEvent {
    let mut payload = payload(booking, bookable, settings);
    if let Some(object) = payload.as_object_mut() {
        object.insert("cancellationReason".to_owned(), json!(booking.cancellation_reason));
        object.insert("cancelledBy".to_owned(), json!(booking.cancelled_by_email));
        if let Some(seat) = seat_uid {
            object.insert("attendeeSeatId".to_owned(), json!(seat));
        }
    }
    told(Event::Cancelled, booking, &payload)
}

/// Somebody did not come, or did after all. Its payload has a form of its own.
pub fn absent(booking: &Booking, attendees: &[(String, bool)]) -> BookingEvent {
    let said = attendees.iter().map(|(email, absent)| json!({ "email": email, "noShow": absent }));
    let payload = json!({
        "message": "No-show was updated",
        "bookingUid": booking.uid,
        "bookingId": booking.id,
        "hostNoShow": booking.absent_host,
        "attendees": said.collect::<Vec<_>>(),
    });
    told(Event::NoShowUpdated, booking, &payload)
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
        "team": bookable.and_then(|bookable| team(booking, bookable)),
    })
}

/// The team, with the hosts beside the organiser.
fn team(booking: &Booking, bookable: &Bookable) -> Option<Value> {
    let team = bookable.team.as_ref()?;
    let members = booking.co_hosts.iter().map(|host| organizer(&host.user, booking.start));
    Some(json!({
        "id": team.id,
        "name": team.name,
        "members": members.collect::<Vec<_>>(),
    }))
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
    for (slug, value) in booking.responses.iter() {
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
    let mut metadata = Map::clone(&booking.metadata);
    let is_link = |place: &&str| place.starts_with("https://") || place.starts_with("http://");
    if let Some(link) = booking.location.as_deref().filter(is_link) {
        metadata.entry("videoCallUrl").or_insert_with(|| link.into());
    }
    metadata
}

#[cfg(test)]
#[path = "webhook_payload_fixtures.rs"]
mod fixtures;

#[cfg(test)]
mod tests {
    use meridian_domain::booking::Event;
    use meridian_kernel::{OrganizationNumber, TeamId, WireId};
    use meridian_store::bookings::{BookableTeam, Host};

    use super::*;
    use crate::booking_output::tests::sample;

    pub fn bookable(booking: &Booking) -> Bookable {
        Bookable {
            id: booking.event_type_id,
            slug: "intro".to_owned(),
            title: "Intro".to_owned(),
            length_minutes: 60,
            before_event_buffer: 0,
            after_event_buffer: 0,
            settings: "{}".to_owned(),
            owner: Some(booking.organizer.id),
            scheduling: None,
            team: None,
            hosts: vec![Host { user: booking.organizer.clone(), is_fixed: true }],
            has_webhooks: true,
            client: None,
        }
    }

    fn read(event: BookingEvent) -> (&'static str, Value) {
        assert_eq!(event.booking_uid, "uid");
        (event.trigger, serde_json::from_str(&event.payload).unwrap())
    }

    #[test]
    fn subscribers_hear_who_meets_when_and_where() {
        let booking = sample();
        let settings = EventTypeSettings::default();
        let made = made(Event::Created, &booking, None, &bookable(&booking), &settings);
        let (trigger, payload) = read(made);
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
        let made = made(Event::Requested, &booking, None, &bookable(&booking), &settings);
        let (trigger, payload) = read(made);
        assert_eq!((trigger, &payload["status"]), ("BOOKING_REQUESTED", &json!("PENDING")));
    }

    #[test]
    fn a_teams_booking_names_its_other_hosts_and_a_seat_its_uid() {
        let mut booking = sample();
        let bob = Organizer { name: "Bob".to_owned(), ..booking.organizer.clone() };
        booking.co_hosts = vec![Host { user: bob, is_fixed: false }];
        let team = BookableTeam {
            id: TeamId::new(OrganizationNumber::NONE, 4),
            name: "Sales".to_owned(),
            booking_limits: None,
        };
        let bookable = Bookable { team: Some(team), ..bookable(&booking) };
        let settings = EventTypeSettings::default();
        let (_, payload) = read(made(Event::Created, &booking, Some("seat"), &bookable, &settings));
        assert_eq!(payload["team"]["id"], 4);
        assert_eq!(payload["team"]["members"][0]["name"], "Bob");
        assert_eq!(payload["attendeeSeatId"], "seat");
    }

    #[test]
    fn a_cancellation_says_why_and_by_whom_even_where_the_event_type_is_gone() {
        let booking = Booking {
            status: "cancelled".to_owned(),
            cancellation_reason: Some("ill".to_owned()),
            cancelled_by_email: Some("ada@x.org".to_owned()),
            ..sample()
        };
        let (trigger, payload) =
            read(cancelled(&booking, None, None, &EventTypeSettings::default()));
        assert_eq!(trigger, "BOOKING_CANCELLED");
        assert_eq!(payload["cancellationReason"], "ill");
        assert_eq!(payload["cancelledBy"], "ada@x.org");
        assert_eq!(payload["status"], "CANCELLED");
    }
}

//! An example of each payload, for trying a webhook out: of things that never happened,
//! with every field that the real one has.

use meridian_domain::booking::{CAL_VIDEO_LOCATION, Event};
use meridian_domain::event_type::EventTypeSettings;
use meridian_domain::webhook::{
    Absentee, CallMissed, DelegationCredentialError, FormAction, FormActionKind, FormAnswer,
    FormEvent, FormOutcome, OutOfOfficeCreated, Participant, Payment, PaymentEvent, RecordingEvent,
    ReportedBy, TranscriptFile, WrongAssignmentReport,
};
use meridian_kernel::limits::NO_SHOW_WAIT;
use meridian_kernel::{
    AttendeeId, BookingId, EventTypeId, Instant, OrganizationNumber, UserId, WireId,
};
use meridian_store::JsonObject;
use meridian_store::bookings::{Attendee, Bookable, Booking, Host, Organizer};
use meridian_store::deliveries::{DISABLED, disabled_payload};
use serde_json::{Map, Value, json};

use crate::booking;

/// In how many minutes the example's meeting begins, and how long it takes.
const STARTS_IN: i64 = 24 * 60;
const LENGTH: i64 = 30;

/// The row of everything in it: nothing that is stored has it.
const NO_ROW: i64 = 0;

/// Nobody's name for anything.
const TEST: &str = "test";

/// The payload of an event of this trigger that did not happen, marked as `test`. What is
/// told of an unknown trigger is that of a booking.
pub fn example(trigger: &str, organization: OrganizationNumber, now: Instant) -> Value {
    let mut fields = of_no_booking(trigger, organization, now)
        .unwrap_or_else(|| of_booking(trigger, &booking_of(organization, now)));
    fields.insert(TEST.to_owned(), json!(true));
    Value::Object(fields)
}

/// The payload of an event of a booking as subscribers get it: with what the outbox puts in.
pub(crate) fn sent(payload: &str, booking: BookingId) -> Map<String, Value> {
    let mut fields = read(payload);
    fields.insert("bookingId".to_owned(), json!(booking));
    fields
}

fn of_booking(trigger: &str, booking: &Booking) -> Map<String, Value> {
    let bookable = bookable(booking);
    let settings = EventTypeSettings {
        description: "Nothing was booked.".to_owned(),
        ..EventTypeSettings::default()
    };
    let with = |status: &str| Booking { status: status.to_owned(), ..booking.clone() };
    let some = |text: &str| Some(text.to_owned());
    let event = match trigger {
        "BOOKING_REQUESTED" => {
            booking::made(Event::Requested, &with("pending"), None, &bookable, &settings)
        }
        "BOOKING_RESCHEDULED" => {
            let by = some("attendee@example.com");
            let moved = Booking {
                rescheduled_by_email: by,
                rescheduling_reason: some("A test"),
                ..with("accepted")
            };
            let old = Booking {
                start: booking.start.plus_minutes(-LENGTH),
                end: booking.start,
                ..with("cancelled")
            };
            booking::moved(Event::Rescheduled, &moved, &old, None, &bookable, &settings)
        }
        "BOOKING_CANCELLED" => {
            let gone = Booking {
                cancellation_reason: some("A test"),
                cancelled_by_email: some("organizer@example.com"),
                ..with("cancelled")
            };
            booking::cancelled(&gone, None, Some(&bookable), &settings)
        }
        "BOOKING_REJECTED" => {
            let refused = Booking { rejection_reason: some("A test"), ..with("rejected") };
            booking::changed(Event::Rejected, &refused, Some(&bookable), &settings)
        }
        "BOOKING_NO_SHOW_UPDATED" => {
            booking::absent(booking, &[("attendee@example.com".to_owned(), true)])
        }
        "BOOKING_PAYMENT_INITIATED" => {
            let event = PaymentEvent::Initiated(a_payment());
            crate::payment(&event, booking, Some(&bookable), &settings)
        }
        "BOOKING_PAID" => {
            let event = PaymentEvent::Paid(a_payment());
            crate::payment(&event, booking, Some(&bookable), &settings)
        }
        "RECORDING_READY" => {
            crate::recording(&ready_recording(), booking, Some(&bookable), &settings)
        }
        "RECORDING_TRANSCRIPTION_GENERATED" => {
            crate::recording(&transcript(), booking, Some(&bookable), &settings)
        }
        "AFTER_HOSTS_CAL_VIDEO_NO_SHOW" => {
            let event = missed(booking, Absentee::Host(booking.organizer.id));
            crate::call_missed(&event, booking, &[a_participant(booking, None)], None)
        }
        "AFTER_GUESTS_CAL_VIDEO_NO_SHOW" => {
            let host = Some(&booking.organizer);
            let event = missed(booking, Absentee::Guests);
            crate::call_missed(&event, booking, &[a_participant(booking, host)], None)
        }
        "WRONG_ASSIGNMENT_REPORT" => {
            crate::wrong_assignment(&a_report(&booking.organizer), booking, Some(&bookable))
        }
        "MEETING_STARTED" | "MEETING_ENDED" => {
            return sent(&crate::meeting(booking).to_string(), booking.id);
        }
        "INSTANT_MEETING" => {
            booking::made(Event::InstantMeeting, booking, None, &bookable, &settings)
        }
        _ => booking::made(Event::Created, booking, None, &bookable, &settings),
    };
    sent(&event.payload, booking.id)
}

fn of_no_booking(
    trigger: &str,
    organization: OrganizationNumber,
    now: Instant,
) -> Option<Map<String, Value>> {
    let user = UserId::new(organization, NO_ROW);
    let outcome = match trigger {
        "FORM_SUBMITTED" => FormOutcome::Submitted,
        "FORM_SUBMITTED_NO_EVENT" => FormOutcome::NoEvent(Some(an_action(None))),
        "ROUTING_FORM_FALLBACK_HIT" => {
            let event_type = EventTypeId::new(organization, NO_ROW);
            FormOutcome::FallbackHit(an_action(Some(event_type)))
        }
        DelegationCredentialError::TRIGGER => {
            return Some(read(&crate::delegation_credential_error(&an_error(user)).payload));
        }
        DISABLED => {
            let payload = disabled_payload("00000000-0000-0000-0000-000000000000", "A test", now);
            return payload.as_object().cloned();
        }
        OutOfOfficeCreated::TRIGGER => return Some(an_absence(organization, now)),
        _ => return None,
    };
    Some(read(&crate::form(&a_form(outcome, Some(user))).payload))
}

fn read(payload: &str) -> Map<String, Value> {
    // What was just written reads as an object.
    serde_json::from_str(payload).unwrap_or_default()
}

fn organizer(organization: OrganizationNumber) -> Organizer {
    Organizer {
        id: UserId::new(organization, NO_ROW),
        name: "Organizer".to_owned(),
        email: "organizer@example.com".to_owned(),
        username: "organizer".to_owned(),
        time_zone: "UTC".to_owned(),
        locale: "en".to_owned(),
        time_format: 24,
    }
}

/// A booking that nobody made. Its uid is no booking's.
pub(crate) fn booking_of(organization: OrganizationNumber, now: Instant) -> Booking {
    let start = now.plus_minutes(STARTS_IN);
    let attendee = Attendee {
        id: AttendeeId::new(organization, NO_ROW),
        name: "Attendee".to_owned(),
        email: "attendee@example.com".to_owned(),
        time_zone: "UTC".to_owned(),
        language: "en".to_owned(),
        phone_number: None,
        is_guest: false,
        absent: false,
        seat_uid: None,
        responses: None,
        metadata: None,
    };
    let responses = [("name", json!(attendee.name)), ("email", json!(attendee.email))];
    let responses: Map<_, _> =
        responses.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Booking {
        id: BookingId::new(organization, NO_ROW),
        uid: TEST.to_owned(),
        event_type_id: EventTypeId::new(organization, NO_ROW),
        event_type_slug: Some(TEST.to_owned()),
        team_id: None,
        organizer: organizer(organization),
        co_hosts: Vec::new(),
        title: "Test of a webhook".to_owned(),
        description: "Nothing was booked.".to_owned(),
        status: "accepted".to_owned(),
        start,
        end: start.plus_minutes(LENGTH),
        location: Some(CAL_VIDEO_LOCATION.to_owned()),
        metadata: JsonObject::default(),
        responses: responses.into(),
        ical_uid: TEST.to_owned(),
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
        created_at: now,
        updated_at: now,
        attendees: vec![attendee],
    }
}

/// The event type of such a booking.
pub(crate) fn bookable(booking: &Booking) -> Bookable {
    Bookable {
        id: booking.event_type_id,
        slug: booking.event_type_slug.clone().unwrap_or_default(),
        title: "Test".to_owned(),
        length_minutes: LENGTH.unsigned_abs().try_into().unwrap_or_default(),
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

pub(crate) fn a_payment() -> Payment {
    Payment {
        id: NO_ROW,
        amount: 2_500,
        currency: "usd".to_owned(),
        external_id: Some("pi_test".to_owned()),
    }
}

pub(crate) fn ready_recording() -> RecordingEvent {
    RecordingEvent::Ready { download_link: "https://example.com/recording.mp4".to_owned() }
}

pub(crate) fn transcript() -> RecordingEvent {
    let file = |format: &str| TranscriptFile {
        format: format.to_owned(),
        link: format!("https://example.com/transcript.{format}"),
    };
    RecordingEvent::Transcribed {
        transcription: ["json", "srt", "txt", "vtt"].map(file).into(),
        recording: "https://example.com/recording.mp4".to_owned(),
    }
}

pub(crate) fn missed(booking: &Booking, by: Absentee) -> CallMissed {
    CallMissed { booking: booking.id, by, deadline: booking.start.plus_minutes(NO_SHOW_WAIT) }
}

/// A host, else a guest.
pub(crate) fn a_participant(booking: &Booking, host: Option<&Organizer>) -> Participant {
    let guest = booking.attendees.first().map(|booker| booker.name.clone());
    Participant {
        user: host.map(|host| host.id),
        email: host.map(|host| host.email.clone()),
        name: host.map(|host| host.name.clone()).or(guest),
        joined_at: booking.start.plus_minutes(1),
        stayed: 600,
    }
}

pub(crate) fn a_report(by: &Organizer) -> WrongAssignmentReport {
    WrongAssignmentReport {
        reported_by: ReportedBy { id: by.id, email: by.email.clone(), name: by.name.clone() },
        routing_reason: Some("Region: Europe".to_owned()),
        correct_assignee: Some("colleague@example.com".to_owned()),
        additional_notes: Some("A test".to_owned()),
    }
}

pub(crate) fn an_action(event_type: Option<EventTypeId>) -> FormAction {
    let (kind, value) = match event_type {
        Some(_) => (FormActionKind::EventType, "organizer/test"),
        None => (FormActionKind::ExternalUrl, "https://example.com/thanks"),
    };
    FormAction { kind, value: value.to_owned(), event_type }
}

pub(crate) fn a_form(outcome: FormOutcome, owner: Option<UserId>) -> FormEvent {
    let answer = |name: &str, label: &str, value: Value, response: Value| FormAnswer {
        name: name.to_owned(),
        label: label.to_owned(),
        value,
        response,
    };
    FormEvent {
        outcome,
        form_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        form_name: "Test of a webhook".to_owned(),
        owner,
        team: None,
        response_id: NO_ROW,
        answers: vec![
            answer("name", "Name", json!("Attendee"), json!("Attendee")),
            answer("email", "E-mail", json!("attendee@example.com"), json!("attendee@example.com")),
            answer(
                "regions",
                "Regions",
                json!(["Europe"]),
                json!([{ "id": "europe", "label": "Europe" }]),
            ),
        ],
    }
}

pub(crate) fn an_error(user: UserId) -> DelegationCredentialError {
    DelegationCredentialError {
        error_type: "CalendarAppDelegationCredentialInvalidGrantError".to_owned(),
        message: "A test: the credential was not used.".to_owned(),
        credential_id: -1,
        credential_type: "google_calendar".to_owned(),
        app_id: "google-calendar".to_owned(),
        delegation_credential_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        user,
        user_email: "organizer@example.com".to_owned(),
    }
}

/// With what the database sets.
pub(crate) fn an_absence(organization: OrganizationNumber, now: Instant) -> Map<String, Value> {
    let start = now.plus_minutes(STARTS_IN);
    let mut payload = crate::out_of_office(&OutOfOfficeCreated {
        uuid: "00000000-0000-4000-8000-000000000000",
        start,
        end: start.plus_minutes(STARTS_IN),
        notes: Some("A test"),
        reason: "vacation",
        created_at: now,
    });
    let who = organizer(organization);
    let person = json!({
        "id": who.id, "name": who.name, "username": who.username, "email": who.email,
        "timeZone": who.time_zone,
    });
    if let Some(entry) = payload.get_mut("oooEntry").and_then(Value::as_object_mut) {
        entry.insert("id".to_owned(), json!(organization.wire_id()));
        entry.insert("user".to_owned(), person.clone());
        entry.insert("toUser".to_owned(), person);
    }
    read(&payload.to_string())
}

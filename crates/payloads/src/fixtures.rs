//! What subscribers get, frozen: one file per trigger in `fixtures`. Who changes a
//! payload on purpose writes them anew with `MERIDIAN_WRITE_FIXTURES=1` and reads the
//! difference: fields may come, none may change or go.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use meridian_domain::booking::Event;
use meridian_domain::webhook::{Absentee, FormOutcome, PaymentEvent, TRIGGERS};
use meridian_kernel::{EventTypeId, Instant, TeamId, UserId, WireId};
use meridian_store::bookings::Booking;
use meridian_store::deliveries::{self, BookingEvent, UserEvent};
use serde_json::Value;

use crate::sample::{met_booking, organization, settings, team_bookable, team_booking};
use crate::{booking, example};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Of each trigger that a booking's own steps have, the fullest payload.
fn of_bookings() -> Vec<BookingEvent> {
    let settings = settings();
    let made = |event, status, seat| {
        let booking = team_booking(status);
        booking::made(event, &booking, seat, &team_bookable(&booking), &settings)
    };
    let mut old = team_booking("cancelled");
    old.uid = "old".to_owned();
    old.start = old.start.plus_minutes(-24 * 60);
    old.end = old.end.plus_minutes(-24 * 60);
    let moved = Booking {
        rescheduled_by_email: Some("grace@x.org".to_owned()),
        rescheduling_reason: Some("late".to_owned()),
        ..team_booking("accepted")
    };
    let no_time = Some("no time".to_owned());
    let refused = Booking { rejection_reason: no_time, ..team_booking("rejected") };
    let gone = Booking {
        cancellation_reason: Some("ill".to_owned()),
        cancelled_by_email: Some("ada@x.org".to_owned()),
        ..team_booking("cancelled")
    };
    let missed = Booking { absent_host: true, ..team_booking("accepted") };
    let absentees = [("grace@x.org".to_owned(), true), ("bob@x.org".to_owned(), false)];
    let of = team_bookable;
    vec![
        made(Event::Created, "accepted", Some("seat")),
        made(Event::Requested, "pending", None),
        made(Event::InstantMeeting, "accepted", None),
        booking::moved(Event::Rescheduled, &moved, &old, Some("seat"), &of(&moved), &settings),
        booking::changed(Event::Rejected, &refused, Some(&of(&refused)), &settings),
        booking::cancelled(&gone, Some("seat"), Some(&of(&gone)), &settings),
        booking::absent(&missed, &absentees),
    ]
}

/// The same of what else happens to bookings.
fn of_calls_and_payments() -> Vec<BookingEvent> {
    let settings = settings();
    let booking = team_booking("accepted");
    let bookable = team_bookable(&booking);
    let payment = |event: PaymentEvent, status| {
        let booking = team_booking(status);
        crate::payment(&event, &booking, Some(&bookable), &settings)
    };
    let recording = |event| crate::recording(&event, &booking, Some(&bookable), &settings);
    let host = Some(&booking.organizer);
    let joined = [example::a_participant(&booking, host), example::a_participant(&booking, None)];
    let missed = |by, joined| {
        let event = example::missed(&booking, by);
        crate::call_missed(&event, &booking, joined, Some("grace@x.org"))
    };
    let bob = UserId::new(organization(), 2);
    vec![
        payment(PaymentEvent::Initiated(example::a_payment()), "pending"),
        payment(PaymentEvent::Paid(example::a_payment()), "accepted"),
        recording(example::ready_recording()),
        recording(example::transcript()),
        missed(Absentee::Host(bob), &joined),
        missed(Absentee::Guests, &joined[..1]),
        crate::wrong_assignment(&example::a_report(&booking.organizer), &booking, Some(&bookable)),
    ]
}

/// The same of what happens to no booking.
fn of_users() -> Vec<UserEvent> {
    let user = UserId::new(organization(), 1);
    let event_type = EventTypeId::new(organization(), 5);
    let mut team_form = example::a_form(FormOutcome::Submitted, None);
    team_form.team = Some(TeamId::new(organization(), 4));
    let no_event = FormOutcome::NoEvent(Some(example::an_action(None)));
    let fallback = FormOutcome::FallbackHit(example::an_action(Some(event_type)));
    vec![
        crate::form(&team_form),
        crate::form(&example::a_form(no_event, Some(user))),
        crate::form(&example::a_form(fallback, Some(user))),
        crate::delegation_credential_error(&example::an_error(user)),
    ]
}

/// The fullest payload of every trigger.
fn all() -> BTreeMap<&'static str, Value> {
    let read = |payload: &str| serde_json::from_str::<Value>(payload).unwrap();
    let id = team_booking("accepted").id;
    let sent = |payload: &str| Value::Object(example::sent(payload, id));
    let mut all = BTreeMap::new();
    for event in of_bookings().into_iter().chain(of_calls_and_payments()) {
        assert_eq!(event.booking_uid, "uid");
        all.insert(event.trigger, sent(&event.payload));
    }
    for event in of_users() {
        all.insert(event.trigger, read(&event.payload));
    }
    for trigger in ["MEETING_STARTED", "MEETING_ENDED"] {
        all.insert(trigger, sent(&crate::meeting(&met_booking()).to_string()));
    }
    let made_at = Instant::parse("2050-09-01T09:00:00Z").unwrap();
    all.insert("OOO_CREATED", Value::Object(example::an_absence(organization(), made_at)));
    all
}

#[test]
fn every_trigger_has_the_payload_subscribers_know() {
    let payloads = all();
    assert_eq!(TRIGGERS.len(), 21);
    for trigger in TRIGGERS {
        let payload = payloads.get(trigger).unwrap_or_else(|| panic!("{trigger} has no payload"));
        let file = folder().join(format!("{trigger}.json"));
        if std::env::var_os("MERIDIAN_WRITE_FIXTURES").is_some() {
            let text = serde_json::to_string_pretty(payload).unwrap() + "\n";
            std::fs::write(&file, text).unwrap();
        }
        let frozen = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{trigger} has no fixture: {error}"));
        let frozen: Value = serde_json::from_str(&frozen).unwrap();
        assert_eq!(*payload, frozen, "{trigger}");
    }
    let files = std::fs::read_dir(folder()).unwrap().count();
    assert_eq!(files, TRIGGERS.len(), "one fixture per trigger");
}

#[test]
fn an_example_of_a_notice_has_its_fields() {
    let now = Instant::parse("2050-09-01T09:00:00Z").unwrap();
    let example = crate::example(deliveries::DISABLED, organization(), now);
    let real = deliveries::disabled_payload("w", "gone", now);
    for field in real.as_object().unwrap().keys() {
        assert_eq!(example[field].is_string(), real[field].is_string(), "{field}");
    }
    assert_eq!(example["disabledAt"], "2050-09-01T09:00:00.000Z");
}

/// What only some bookings have.
const OF_SOME: [&str; 1] = ["attendeeSeatId"];

#[test]
fn the_example_of_every_trigger_has_the_fields_of_the_real_one() {
    let now = Instant::parse("2050-09-01T09:00:00Z").unwrap();
    for (trigger, mut real) in all() {
        let mut example = example(trigger, organization(), now);
        let example = example.as_object_mut().unwrap();
        assert_eq!(example.remove("test"), Some(true.into()), "{trigger}");
        let real = real.as_object_mut().unwrap();
        real.retain(|name, _| !OF_SOME.contains(&name.as_str()));
        let names =
            |object: &serde_json::Map<_, _>| object.keys().cloned().collect::<Vec<String>>();
        assert_eq!(names(example), names(real), "{trigger}");
    }
}

#[test]
fn webhooks_of_a_user_hear_of_their_own_forms_and_of_no_teams() {
    let users: Vec<_> = of_users().into_iter().map(|event| (event.trigger, event.user)).collect();
    let user = Some(UserId::new(organization(), 1));
    assert_eq!(
        users,
        [
            ("FORM_SUBMITTED", None),
            ("FORM_SUBMITTED_NO_EVENT", user),
            ("ROUTING_FORM_FALLBACK_HIT", user),
            ("DELEGATION_CREDENTIAL_ERROR", None),
        ]
    );
}

#[test]
fn an_answer_takes_no_other_fields_place() {
    let mut form = example::a_form(FormOutcome::Submitted, None);
    form.answers[0].name = "formName".to_owned();
    let payload: Value = serde_json::from_str(&crate::form(&form).payload).unwrap();
    assert_eq!(payload["formName"], "Test of a webhook");
    assert_eq!(payload["responses"]["formName"]["value"], "Attendee");
    assert_eq!(payload["email"], "attendee@example.com");
}

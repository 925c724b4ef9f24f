//! A booking as the API shows it.

use meridian_domain::oauth_client::display_email;
use meridian_gateway::{Fields, JsonText};
use meridian_kernel::BookingId;
use meridian_store::bookings::{Attendee, Booking, Organizer};
use meridian_store::{JsonObject, raw_text};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// About how many bytes a booking is, in a list of them.
pub const USUAL_BYTES: usize = 1_100;

/// A booking: of one booker, of a series, or of everybody who has a seat. Written as
/// text: lists are full of them.
#[derive(Clone, Copy, Debug)]
pub struct BookingOutput<'a> {
    booking: &'a Booking,
    /// The seat whoever just took it is told.
    seat_uid: Option<&'a str>,
    hides_attendees: bool,
}

/// Somebody who attends.
#[derive(Clone, Copy, Debug)]
pub struct AttendeeOutput<'a> {
    attendee: &'a Attendee,
    /// Only where attendees are asked for one by one.
    has_id: bool,
    /// Only where nothing else tells it.
    booking_id: Option<BookingId>,
}

impl<'a> BookingOutput<'a> {
    /// With everybody who attends.
    pub fn of(booking: &'a Booking) -> Self {
        Self { booking, seat_uid: None, hides_attendees: false }
    }

    /// The same, naming a seat: what whoever just took it is told.
    pub fn with_seat(self, seat_uid: &'a str) -> Self {
        Self { seat_uid: Some(seat_uid), ..self }
    }

    /// The same without those who attend.
    pub fn without_attendees(self) -> Self {
        Self { hides_attendees: true, ..self }
    }

    /// As JSON.
    pub fn write(self, json: &mut JsonText) {
        let Self { booking, seat_uid, .. } = self;
        let location = booking.location.as_deref().unwrap_or_default();
        json.object(|it| {
            it.value("id", &booking.id);
            it.text("uid", &booking.uid);
            it.text("title", &booking.title);
            it.text("description", &booking.description);
            it.field("hosts", |json| json.list(booking.hosts(), write_host));
            it.text("status", &booking.status);
            write_what_became_of_it(booking, it);
            it.instant("start", booking.start);
            it.instant("end", booking.end);
            it.value("duration", &booking.end.minutes_since(booking.start));
            it.value("eventTypeId", &booking.event_type_id);
            it.field("eventType", |json| {
                json.object(|of| {
                    of.value("id", &booking.event_type_id);
                    of.text("slug", booking.event_type_slug.as_deref().unwrap_or_default());
                });
            });
            it.text("meetingUrl", location);
            it.text("location", location);
            it.value("absentHost", &booking.absent_host);
            it.instant("createdAt", booking.created_at);
            it.instant("updatedAt", booking.updated_at);
            it.field("metadata", |json| json.raw(booking.metadata.text()));
            it.value("rating", &booking.rating);
            it.text("icsUid", &booking.ical_uid);
            self.write_people(it);
            it.optional_text("recurringBookingUid", booking.recurring_uid.as_deref());
            it.optional_text("seatUid", seat_uid);
        });
    }

    fn write_people(self, it: &mut Fields<'_>) {
        let attendees = &self.booking.attendees;
        let shown = if self.hides_attendees { &[] } else { attendees.as_slice() };
        it.field("attendees", |json| {
            json.list(shown, |json, one| AttendeeOutput::of(one).write(json));
        });
        // Seats have their own answers and bring nobody.
        if self.booking.seats_per_slot.is_none() {
            let guests = attendees.iter().filter(|attendee| attendee.is_guest);
            it.field("guests", |json| json.list(guests, |json, guest| json.text(&guest.email)));
            it.field("bookingFieldsResponses", |json| {
                write_stored_answers(&self.booking.responses, json);
            });
        }
    }
}

impl Serialize for BookingOutput<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = JsonText::with_capacity(USUAL_BYTES);
        self.write(&mut json);
        json.serialize(serializer)
    }
}

fn write_what_became_of_it(booking: &Booking, it: &mut Fields<'_>) {
    it.optional_text("cancellationReason", booking.cancellation_reason.as_deref());
    it.optional_text("cancelledByEmail", booking.cancelled_by_email.as_deref());
    it.optional_text("reschedulingReason", booking.rescheduling_reason.as_deref());
    it.optional_text("rescheduledByEmail", booking.rescheduled_by_email.as_deref());
    it.optional_text("rescheduledFromUid", booking.rescheduled_from_uid.as_deref());
    it.optional_text("rescheduledToUid", booking.rescheduled_to_uid.as_deref());
}

fn write_host(json: &mut JsonText, host: &Organizer) {
    json.object(|it| {
        it.value("id", &host.id);
        it.text("name", &host.name);
        it.text("email", &host.email);
        it.text("displayEmail", &display_email(&host.email));
        it.text("username", &host.username);
        it.text("timeZone", &host.time_zone);
    });
}

impl<'a> AttendeeOutput<'a> {
    /// As part of a booking.
    fn of(attendee: &'a Attendee) -> Self {
        Self { attendee, has_id: false, booking_id: None }
    }

    /// By itself.
    pub fn alone(attendee: &'a Attendee) -> Self {
        Self { has_id: true, ..Self::of(attendee) }
    }

    /// By itself, with the booking it belongs to.
    pub fn of_booking(attendee: &'a Attendee, booking: BookingId) -> Self {
        Self { booking_id: Some(booking), ..Self::alone(attendee) }
    }

    fn write(self, json: &mut JsonText) {
        let Self { attendee, has_id, booking_id } = self;
        json.object(|it| {
            if has_id {
                it.value("id", &attendee.id);
            }
            if let Some(booking_id) = booking_id {
                it.value("bookingId", &booking_id);
            }
            it.text("name", &attendee.name);
            it.text("email", &attendee.email);
            it.text("displayEmail", &display_email(&attendee.email));
            it.text("timeZone", &attendee.time_zone);
            it.text("language", &attendee.language);
            it.value("absent", &attendee.absent);
            it.optional_text("phoneNumber", attendee.phone_number.as_deref());
            it.optional_text("seatUid", attendee.seat_uid.as_deref());
            if let Some(answers) = &attendee.responses {
                it.field("bookingFieldsResponses", |json| write_answers(answers, json));
            }
            if let Some(metadata) = &attendee.metadata {
                it.value("metadata", metadata);
            }
        });
    }
}

impl Serialize for AttendeeOutput<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = JsonText::default();
        self.write(&mut json);
        json.serialize(serializer)
    }
}

/// What stands beside the answers to the form.
const DISPLAY_EMAIL: &str = "displayEmail";
const DISPLAY_GUESTS: &str = "displayGuests";

fn is_ours(slug: &str) -> bool {
    [DISPLAY_EMAIL, DISPLAY_GUESTS].contains(&slug)
}

/// Answers as they are stored, with the same beside them as [`write_answers`] puts
/// there; nobody had to look into them so far.
fn write_stored_answers(answers: &JsonObject, json: &mut JsonText) {
    let entries = answers.entries();
    let find = |wanted| entries.iter().find(|(slug, _)| slug == wanted).map(|(_, it)| *it);
    json.object(|it| {
        for (slug, answer) in entries.iter().filter(|(slug, _)| !is_ours(slug)) {
            it.entry(slug, |json| json.raw(answer.get()));
        }
        if let Some(email) = find("email").and_then(raw_text) {
            it.text(DISPLAY_EMAIL, &display_email(&email));
        }
        match find("guests").map(|guests| guests.get()) {
            Some("[]") => it.field(DISPLAY_GUESTS, |json| json.raw("[]")),
            Some(guests) => {
                if let Ok(Value::Array(guests)) = serde_json::from_str(guests) {
                    write_guests(&guests, it);
                }
            }
            None => {}
        }
    });
}

/// The answers, with the addresses in the form people read beside them.
fn write_answers(answers: &Map<String, Value>, json: &mut JsonText) {
    json.object(|it| {
        for (slug, answer) in answers.iter().filter(|(slug, _)| !is_ours(slug)) {
            it.entry(slug, |json| json.value(answer));
        }
        if let Some(email) = answers.get("email").and_then(Value::as_str) {
            it.text(DISPLAY_EMAIL, &display_email(email));
        }
        if let Some(guests) = answers.get("guests").and_then(Value::as_array) {
            write_guests(guests, it);
        }
    });
}

fn write_guests(guests: &[Value], it: &mut Fields<'_>) {
    let shown = guests.iter().filter_map(Value::as_str).map(display_email);
    it.field(DISPLAY_GUESTS, |json| json.list(shown, |json, email| json.text(&email)));
}

#[cfg(test)]
pub mod tests {
    use meridian_kernel::{AttendeeId, EventTypeId, Instant, OrganizationNumber, UserId, WireId};
    use meridian_store::bookings::Host;
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
    fn the_fields_stand_in_the_order_they_always_had() {
        let mut booking = sample();
        let base = 7_i64 << 32;
        let text = |output: BookingOutput<'_>| serde_json::to_string(&output).unwrap();
        let at = "2050-09-05T09:00:00.000Z";
        let host = format!(
            r#"{{"id":{},"name":"Ada","email":"ada@x.org","displayEmail":"ada@x.org","username":"ada","timeZone":"Europe/London"}}"#,
            base + 1
        );
        let event_type = format!(
            r#""eventTypeId":{0},"eventType":{{"id":{0},"slug":"intro"}},"meetingUrl":"https://meet.x.org","location":"https://meet.x.org","absentHost":false,"createdAt":"{at}","updatedAt":"{at}","metadata":{{"userId":"100"}}"#,
            base + 5
        );
        let person = r#""timeZone":"Europe/Rome","language":"it","absent":false"#;
        let grace = r#"{"name":"Grace","email":"grace@x.org","displayEmail":"grace@x.org""#;
        let head = format!(
            r#"{{"id":{},"uid":"uid","title":"Intro between Ada and Grace","description":"notes","hosts":[{host}]"#,
            base + 3
        );
        let place = r#""location":{"optionValue":"https://meet.x.org","value":"link"}"#;
        assert_eq!(
            text(BookingOutput::of(&booking)),
            format!(
                r#"{head},"status":"accepted","start":"{at}","end":"2050-09-05T10:00:00.000Z","duration":60,{event_type},"rating":null,"icsUid":"uid@meridian.invalid","attendees":[{grace},{person}}},{{"name":"","email":"bob@x.org","displayEmail":"bob@x.org",{person}}}],"guests":["bob@x.org"],"bookingFieldsResponses":{{"email":"grace@x.org","guests":["bob@x.org"],{place},"name":"Grace","topic":"bees","displayEmail":"grace@x.org","displayGuests":["bob@x.org"]}}}}"#
            )
        );
        let some = |text: &str| Some(text.to_owned());
        booking.status = "cancelled".to_owned();
        booking.rating = Some(4);
        booking.cancellation_reason = some("1");
        booking.cancelled_by_email = some("2");
        booking.rescheduling_reason = some("3");
        booking.rescheduled_by_email = some("4");
        booking.rescheduled_from_uid = some("5");
        booking.rescheduled_to_uid = some("6");
        booking.recurring_uid = some("7");
        booking.seats_per_slot = Some(2);
        booking.attendees.truncate(1);
        booking.attendees[0].phone_number = some("8");
        booking.attendees[0].seat_uid = some("9");
        booking.attendees[0].responses = json!({"email": "g@x.org"}).as_object().cloned();
        booking.attendees[0].metadata = json!({"a": "b"}).as_object().cloned();
        assert_eq!(
            text(BookingOutput::of(&booking).with_seat("10")),
            format!(
                r#"{head},"status":"cancelled","cancellationReason":"1","cancelledByEmail":"2","reschedulingReason":"3","rescheduledByEmail":"4","rescheduledFromUid":"5","rescheduledToUid":"6","start":"{at}","end":"2050-09-05T10:00:00.000Z","duration":60,{event_type},"rating":4,"icsUid":"uid@meridian.invalid","attendees":[{grace},{person},"phoneNumber":"8","seatUid":"9","bookingFieldsResponses":{{"email":"g@x.org","displayEmail":"g@x.org"}},"metadata":{{"a":"b"}}}}],"recurringBookingUid":"7","seatUid":"10"}}"#
            )
        );
        let alone = AttendeeOutput::of_booking(&booking.attendees[0], booking.id);
        let ids = format!(r#"{{"id":{},"bookingId":{},"name":"Grace","#, base + 4, base + 3);
        assert!(serde_json::to_string(&alone).unwrap().starts_with(&ids));
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

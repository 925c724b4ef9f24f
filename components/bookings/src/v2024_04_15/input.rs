//! Bodies of 2024-04-15, read into those of the newest version.

use meridian_domain::booking::{Attendee, LocationChoice};
use meridian_gateway::ApiError;
use meridian_gateway::validate::{Fields, Violation, array, email, metadata, one_of, text, zone};
use meridian_kernel::{Instant, Zone};
use serde_json::{Map, Value};

use crate::booking_input::{
    BookingInput, EventTypeSelector, LANGUAGES, LONGEST_NAME, MOST_GUESTS, Overrides, answers,
    bookable_instant, event_type_id, phone_number,
};

/// How long the words of a place may be.
const LONGEST_PLACE: usize = 1_000;

/// Answers that are no answers to the form, but who comes and where.
const NO_ANSWERS: [&str; 5] = ["name", "email", "guests", "location", "attendeePhoneNumber"];

/// A body, as far as the newest version has words for it.
#[derive(Clone, Debug)]
pub struct LegacyInput {
    /// In the words of the newest version, without a length.
    pub booking: BookingInput,
    /// When it shall end.
    pub end: Option<Instant>,
    /// The booking, or the seat, that it takes the place of.
    pub moves: Option<String>,
    /// Who moves it.
    pub moved_by: Option<String>,
}

impl LegacyInput {
    /// Reads a body; 400 lists everything that is wrong with it.
    pub fn read(body: &Value) -> Result<Self, ApiError> {
        let mut fields = Fields::of(body);
        let start = fields.required_some("start", bookable_instant);
        let end = fields.optional("end", bookable_instant);
        let selector = read_selector(&mut fields);
        let time_zone = fields.required_some("timeZone", zone()).unwrap_or(Zone::UTC);
        let language = fields.optional("language", one_of(LANGUAGES)).unwrap_or("en").to_owned();
        let metadata = fields.optional("metadata", metadata()).unwrap_or_default();
        let private_link = fields.optional("hashedLink", text(1, LONGEST_NAME));
        let moves = fields.optional("rescheduleUid", text(1, LONGEST_NAME));
        let moved_by = fields.optional("rescheduledBy", email());
        let place = fields.optional("locationUrl", text(1, LONGEST_PLACE));
        if !fields.has("responses") {
            fields.refuse("responses", &Violation::new("isDefined", "must be an object"));
        }
        let responses = fields.optional("responses", answers).unwrap_or_default();
        let people = fields.object("responses", |fields| read_people(fields, time_zone, language));
        fields.finish()?;
        let (Some(start), Some(selector), Some(people)) = (start, selector, people) else {
            return Err(ApiError::bad_request("The request lacks start, event type or responses."));
        };
        let People { attendee, guests, location } = people;
        let booking = BookingInput {
            selector,
            start,
            length_minutes: None,
            attendee,
            guests,
            location: location.or(place.map(LocationChoice::Text)),
            responses: without_people(responses),
            metadata,
            instant: false,
            occurrences: None,
            later_starts: Vec::new(),
            routing: None,
            verification_code: None,
            private_link,
            reservation: None,
            overrides: Overrides::default(),
        };
        Ok(Self { booking, end, moves, moved_by })
    }

    /// Reads the bodies of a series: the first says everything, the others when.
    pub fn read_series(bodies: &[Value]) -> Result<Self, ApiError> {
        let mut all = bodies.iter().map(Self::read);
        let mut first = all.next().unwrap_or_else(|| Self::read(&Value::Null))?;
        for other in all {
            first.booking.later_starts.push(other?.booking.start);
        }
        if first.booking.later_starts.is_empty() {
            first.booking.occurrences = Some(1);
        }
        Ok(first)
    }
}

struct People {
    attendee: Attendee,
    guests: Vec<String>,
    location: Option<LocationChoice>,
}

fn read_people(fields: &mut Fields<'_>, time_zone: Zone, language: String) -> People {
    let phone = fields.optional("attendeePhoneNumber", phone_number());
    let address = fields.raw("email").filter(|value| value.as_str() != Some(""));
    let email_address = match (address, &phone) {
        (None | Some(Value::Null), Some(_)) => None,
        _ => Some(fields.required("email", email())),
    };
    let attendee = Attendee {
        name: fields.required("name", name),
        email: email_address,
        time_zone,
        language,
        phone_number: phone,
    };
    let guests = fields.optional("guests", array(MOST_GUESTS, email())).unwrap_or_default();
    People { attendee, guests, location: read_place(fields) }
}

/// A text, or its parts.
fn name(value: &Value) -> Result<String, Violation> {
    let Some(parts) = value.as_object() else { return text(1, LONGEST_NAME)(value) };
    let part = |name: &str| parts.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let whole = format!("{} {}", part("firstName"), part("lastName"));
    text(1, LONGEST_NAME)(&Value::from(whole.trim()))
}

fn read_place(fields: &mut Fields<'_>) -> Option<LocationChoice> {
    if fields.raw("location").is_some_and(Value::is_string) {
        let place = fields.optional("location", text(1, LONGEST_PLACE));
        return place.map(LocationChoice::Text);
    }
    let read = |fields: &mut Fields<'_>| {
        let value = fields.optional("value", text(0, LONGEST_PLACE)).unwrap_or_default();
        let option = fields.optional("optionValue", text(0, LONGEST_PLACE)).unwrap_or_default();
        (!value.is_empty()).then(|| LocationChoice::from_answer(&value, &option))
    };
    fields.object("location", read).flatten()
}

fn read_selector(fields: &mut Fields<'_>) -> Option<EventTypeSelector> {
    let id = fields.optional("eventTypeId", event_type_id);
    let slug = fields.optional("eventTypeSlug", text(1, LONGEST_NAME));
    let username = fields.optional("user", text(1, LONGEST_NAME));
    let organization = fields.optional("orgSlug", text(1, LONGEST_NAME));
    match (id, slug, username) {
        (Some(id), _, _) => Some(EventTypeSelector::Id(id)),
        (None, Some(slug), Some(username)) => {
            Some(EventTypeSelector::OfUser { username, slug, organization })
        }
        _ => {
            let rule = "must name the event type, or eventTypeSlug and user must";
            fields.refuse("eventTypeId", &Violation::new("isDefined", rule));
            None
        }
    }
}

fn without_people(mut responses: Map<String, Value>) -> Map<String, Value> {
    responses.retain(|slug, _| !NO_ANSWERS.contains(&slug.as_str()));
    responses
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({
            "start": "2050-09-05T09:00:00Z", "end": "2050-09-05T09:30:00Z", "eventTypeId": 5,
            "timeZone": "Europe/Rome", "language": "it", "metadata": {"a": "b"},
            "hashedLink": "link",
            "responses": {
                "name": {"firstName": "Grace", "lastName": "Hopper"}, "email": "grace@x.org",
                "guests": ["bob@x.org"], "topic": "bees",
                "location": {"value": "phone", "optionValue": "+390612345678"},
            },
        })
    }

    #[test]
    fn an_old_body_says_what_a_new_one_says() {
        let LegacyInput { booking, end, moves, .. } = LegacyInput::read(&body()).unwrap();
        assert_eq!(moves, None);
        assert_eq!(booking.attendee.name, "Grace Hopper");
        assert_eq!(booking.attendee.email.as_deref(), Some("grace@x.org"));
        assert_eq!(booking.attendee.time_zone.name(), "Europe/Rome");
        assert_eq!(booking.guests, ["bob@x.org"]);
        let phone = LocationChoice::AttendeePhone("+390612345678".to_owned());
        assert_eq!(booking.location, Some(phone));
        assert_eq!(Value::Object(booking.responses), json!({"topic": "bees"}));
        assert_eq!(booking.private_link.as_deref(), Some("link"));
        assert_eq!(end.unwrap().minutes_since(booking.start), 30);
    }

    #[test]
    fn an_old_series_names_all_its_times() {
        let mut later = body();
        later["start"] = json!("2050-09-12T09:00:00Z");
        let series = LegacyInput::read_series(&[body(), later]).unwrap();
        assert_eq!(series.booking.later_starts.len(), 1);
        let one = LegacyInput::read_series(&[body()]).unwrap();
        assert_eq!(one.booking.occurrences, Some(1));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (field, value, path) in [
            ("responses", json!({}), "responses.email"),
            ("responses", json!({"name": "", "email": "g@x.org"}), "responses.name"),
            (
                "responses",
                json!({"name": "G", "email": "g@x.org", "guests": 5}),
                "responses.guests",
            ),
            ("timeZone", json!("Mars"), "timeZone"),
            ("eventTypeId", Value::Null, "eventTypeId"),
            ("end", json!("soon"), "end"),
        ] {
            let mut body = body();
            body[field] = value;
            let message = LegacyInput::read(&body).unwrap_err().message;
            assert!(message.starts_with(path), "{message}");
        }
    }
}

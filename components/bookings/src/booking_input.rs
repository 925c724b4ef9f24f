//! The body of `POST /v2/bookings`.

use meridian_domain::booking::{Attendee, LocationChoice};
use meridian_gateway::ApiError;
use meridian_gateway::validate::{
    Fields, Violation, array, boolean, count, email, instant, integer, metadata, one_of, text, zone,
};
use meridian_kernel::limits::{MAX_BUSY_SPAN_MINUTES, MAX_EVENT_LENGTH_MINUTES};
use meridian_kernel::{EventTypeId, Instant, UserId, WireId, Zone};
use serde_json::{Map, Value, json};

use crate::location_input;

/// How many guests a booking may have.
pub const MOST_GUESTS: usize = 30;

/// How many members a routing form may lead to.
const MOST_ROUTED: usize = 1_000;

/// How long all answers to a booking form may be together, in bytes of JSON.
const LONGEST_ANSWERS: usize = 64 * 1024;

/// How long names and slugs may be, in characters.
pub const LONGEST_NAME: usize = 255;

/// The languages attendees may be written to in.
pub const LANGUAGES: &[&str] = &[
    "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "es-419", "et", "eu", "fi",
    "fr", "he", "hr", "hu", "id", "it", "iw", "ja", "km", "ko", "lv", "nl", "no", "pl", "pt",
    "pt-BR", "ro", "ru", "sk", "sr", "sv", "ta", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
];

/// What shall be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventTypeSelector {
    /// By id.
    Id(EventTypeId),
    /// By its owner and its slug.
    OfUser {
        /// The owner.
        username: String,
        /// The slug.
        slug: String,
        /// Where the owner is, if not where the request went.
        organization: Option<String>,
    },
    /// By its team and its slug.
    OfTeam {
        /// The team.
        team: String,
        /// The slug.
        slug: String,
        /// Where the team is, if not where the request went.
        organization: Option<String>,
    },
}

/// The hosts a routing form has led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// Those of the others than the fixed hosts who may be chosen.
    pub members: Vec<UserId>,
    /// Who looks after the booker already.
    pub member_email: Option<String>,
    /// That one does not go first.
    pub skip_contact_owner: bool,
    /// All of it, as it is kept with the booking.
    pub given: Value,
}

/// What only a host may ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// It does not matter who is taken.
    pub conflicts: bool,
    /// Nor how soon or how far ahead it is.
    pub bounds: bool,
}

/// A request for a booking.
#[derive(Clone, Debug)]
pub struct BookingInput {
    /// What.
    pub selector: EventTypeSelector,
    /// When.
    pub start: Instant,
    /// How long, in minutes.
    pub length_minutes: Option<u32>,
    /// Who.
    pub attendee: Attendee,
    /// Who comes along.
    pub guests: Vec<String>,
    /// Where.
    pub location: Option<LocationChoice>,
    /// The answers to the booking form.
    pub responses: Map<String, Value>,
    /// The booker's own.
    pub metadata: Map<String, Value>,
    /// At once, with whoever of a team is there.
    pub instant: bool,
    /// How many bookings of a series.
    pub occurrences: Option<u32>,
    /// The starts of its other bookings; empty: they follow from the first.
    pub later_starts: Vec<Instant>,
    /// The hosts a form has led to.
    pub routing: Option<Routing>,
    /// The code that proves the booker's address.
    pub verification_code: Option<String>,
    /// The private link it is booked by.
    pub private_link: Option<String>,
    /// The booker's reservation of the time.
    pub reservation: Option<String>,
    /// What only a host may ask for.
    pub overrides: Overrides,
}

impl BookingInput {
    /// Reads a body; 400 lists everything that is wrong with it.
    pub fn read(body: &Value) -> Result<Self, ApiError> {
        let mut fields = Fields::of(body);
        let start = fields.required_some("start", bookable_instant);
        let attendee = read_attendee(&mut fields);
        let selector = read_selector(&mut fields);
        let length_minutes = fields.optional("lengthInMinutes", count(1, MAX_EVENT_LENGTH_MINUTES));
        let guests = fields.optional("guests", array(MOST_GUESTS, email())).unwrap_or_default();
        let location = location_input::read(&mut fields);
        let responses = fields.optional("bookingFieldsResponses", answers).unwrap_or_default();
        let metadata = fields.optional("metadata", metadata()).unwrap_or_default();
        let instant = fields.optional("instant", boolean()).unwrap_or_default();
        let occurrences = fields.optional("recurrenceCount", count(1, u32::MAX));
        let routing = read_routing(&mut fields);
        let mut code = |field: &str| fields.optional(field, text(1, LONGEST_NAME));
        let verification_code = code("emailVerificationCode");
        let private_link = code("privateLink").or_else(|| code("hashedLink"));
        let reservation = code("reservationUid");
        let mut flag = |field: &str| fields.optional(field, boolean()).unwrap_or_default();
        let overrides = Overrides {
            conflicts: flag("allowConflicts"),
            bounds: flag("allowBookingOutOfBounds"),
        };
        fields.finish()?;
        let (Some(start), Some(attendee), Some(selector)) = (start, attendee, selector) else {
            return Err(ApiError::bad_request("The request lacks start, attendee or event type."));
        };
        Ok(Self {
            selector,
            start,
            length_minutes,
            attendee,
            guests,
            location,
            responses,
            metadata,
            instant,
            occurrences,
            later_starts: Vec::new(),
            routing,
            verification_code,
            private_link,
            reservation,
            overrides,
        })
    }

    /// What a booking carries beside what was decided.
    pub fn extras(&self) -> Map<String, Value> {
        let mut extras = Map::new();
        if let Some(routing) = &self.routing {
            extras.insert("routing".to_owned(), routing.given.clone());
        }
        if self.instant {
            extras.insert("instant".to_owned(), true.into());
        }
        extras
    }
}

fn read_routing(fields: &mut Fields<'_>) -> Option<Routing> {
    fields.object("routing", |fields| {
        let response_id = fields.optional("responseId", integer(0, i64::MAX));
        let mut name = |field: &str| fields.optional(field, text(0, LONGEST_NAME));
        let queued_response_id = name("queuedResponseId");
        let crm_app_slug = name("crmAppSlug");
        let crm_owner_record_type = name("crmOwnerRecordType");
        let members = fields.required("teamMemberIds", array(MOST_ROUTED, user_id));
        let member_email = fields.optional("teamMemberEmail", email());
        let skip_contact_owner = fields.optional("skipContactOwner", boolean()).unwrap_or_default();
        let given = json!({
            "responseId": response_id,
            "queuedResponseId": queued_response_id,
            "teamMemberIds": members,
            "teamMemberEmail": member_email,
            "skipContactOwner": skip_contact_owner,
            "crmAppSlug": crm_app_slug,
            "crmOwnerRecordType": crm_owner_record_type,
        });
        Routing { members, member_email, skip_contact_owner, given }
    })
}

fn user_id(value: &Value) -> Result<UserId, Violation> {
    let number = integer(1, i64::MAX)(value)?;
    UserId::from_wire(number).map_err(|error| Violation::new("isInt", error.to_string()))
}

fn read_attendee(fields: &mut Fields<'_>) -> Option<Attendee> {
    if !fields.has("attendee") {
        fields.refuse("attendee", &Violation::new("isDefined", "must be an object"));
    }
    fields.object("attendee", |fields| Attendee {
        name: fields.required("name", text(1, LONGEST_NAME)),
        email: read_email(fields),
        time_zone: fields.required_some("timeZone", zone()).unwrap_or(Zone::UTC),
        language: fields.optional("language", one_of(LANGUAGES)).unwrap_or("en").to_owned(),
        phone_number: fields.optional("phoneNumber", phone_number()),
    })
}

/// Only who leaves a phone number may leave out the address.
fn read_email(fields: &mut Fields<'_>) -> Option<String> {
    if fields.has("phoneNumber") {
        fields.optional("email", email())
    } else {
        Some(fields.required("email", email()))
    }
}

fn read_selector(fields: &mut Fields<'_>) -> Option<EventTypeSelector> {
    let id = fields.optional("eventTypeId", event_type_id);
    let mut name = |field: &str| fields.optional(field, text(1, LONGEST_NAME));
    let slug = name("eventTypeSlug");
    let username = name("username");
    let team = name("teamSlug");
    let organization = name("organizationSlug");
    match (id, slug, username, team) {
        (Some(id), None, None, None) => Some(EventTypeSelector::Id(id)),
        (None, Some(slug), Some(username), None) => {
            Some(EventTypeSelector::OfUser { username, slug, organization })
        }
        (None, Some(slug), None, Some(team)) => {
            Some(EventTypeSelector::OfTeam { team, slug, organization })
        }
        _ => {
            let rule = "must be the only selector of the event type: pass either eventTypeId, or \
                        eventTypeSlug and username, or eventTypeSlug and teamSlug";
            fields.refuse("eventTypeId", &Violation::new("isOneSelector", rule));
            None
        }
    }
}

/// The id of an event type.
pub fn event_type_id(value: &Value) -> Result<EventTypeId, Violation> {
    let number = integer(1, i64::MAX)(value)?;
    EventTypeId::from_wire(number).map_err(|error| Violation::new("isInt", error.to_string()))
}

/// A point in time with room behind it for the longest booking.
/// An instant at which a booking may start: its end must be one as well.
pub fn bookable_instant(value: &Value) -> Result<Instant, Violation> {
    let start = instant()(value)?;
    let last = Instant::LATEST.plus_minutes(-i64::from(MAX_BUSY_SPAN_MINUTES));
    if start > last {
        return Err(Violation::new("maxDate", format!("must not be after {last}")));
    }
    Ok(start)
}

/// Answers to a booking form, not too long.
pub fn answers(value: &Value) -> Result<Map<String, Value>, Violation> {
    let object =
        value.as_object().ok_or_else(|| Violation::new("isObject", "must be an object"))?;
    if value.to_string().len() > LONGEST_ANSWERS {
        let rule = format!("must not be longer than {LONGEST_ANSWERS} bytes of JSON");
        return Err(Violation::new("maxLength", rule));
    }
    Ok(object.clone())
}

/// A phone number with its country: `+`, 7 to 15 digits. Spaces, dashes, dots and
/// brackets people write between them are dropped.
pub fn phone_number() -> impl Fn(&Value) -> Result<String, Violation> {
    |value| {
        let wrong = || {
            let rule = "must be a valid phone number in international format, such as +19876543210";
            Violation::new("isPhoneNumber", rule)
        };
        let text = value.as_str().ok_or_else(wrong)?.trim();
        let kept: String = text.chars().filter(|c| !" -.()".contains(*c)).collect();
        let digits = kept.strip_prefix('+').ok_or_else(wrong)?;
        let fits = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if fits { Ok(kept) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> Value {
        json!({
            "start": "2050-09-05T09:00:00Z",
            "eventTypeId": 5,
            "attendee": {"name": "Grace", "email": "grace@example.com", "timeZone": "europe/rome"},
        })
    }

    fn with(changes: Value) -> Value {
        let mut body = body();
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    fn refusal(changes: Value) -> String {
        BookingInput::read(&with(changes)).unwrap_err().message
    }

    #[test]
    fn the_least_a_booking_needs_is_enough() {
        let input = BookingInput::read(&body()).unwrap();
        assert_eq!(input.selector, EventTypeSelector::Id(EventTypeId::from_wire(5).unwrap()));
        assert_eq!(input.attendee.time_zone.name(), "Europe/Rome");
        assert_eq!(input.attendee.language, "en");
        assert!(!input.instant && input.occurrences.is_none());
        assert_eq!(input.overrides, Overrides::default());
    }

    #[test]
    fn an_empty_body_names_all_it_lacks() {
        let message = BookingInput::read(&json!({})).unwrap_err().message;
        for field in ["start must be", "attendee must be", "eventTypeId must be the only"] {
            assert!(message.contains(field), "{message}");
        }
    }

    #[test]
    fn an_event_type_is_named_in_exactly_one_way() {
        let slug = json!({"eventTypeId": null, "eventTypeSlug": "intro", "username": "ada"});
        let input = BookingInput::read(&with(slug)).unwrap();
        let (username, slug) = ("ada".to_owned(), "intro".to_owned());
        let organization = None;
        assert_eq!(input.selector, EventTypeSelector::OfUser { username, slug, organization });
        for changes in [
            json!({"eventTypeId": null}),
            json!({"eventTypeSlug": "intro", "username": "ada"}),
            json!({"eventTypeId": null, "eventTypeSlug": "intro"}),
            json!({"eventTypeId": null, "eventTypeSlug": "a", "username": "b", "teamSlug": "c"}),
        ] {
            assert!(refusal(changes.clone()).contains("the only selector"), "{changes}");
        }
    }

    #[test]
    fn only_who_leaves_a_phone_number_may_leave_out_the_address() {
        let without = json!({"name": "G", "timeZone": "UTC"});
        assert_eq!(refusal(json!({"attendee": without})), "attendee.email must be an email");
        let phone = json!({"name": "G", "timeZone": "UTC", "phoneNumber": "+1 (987) 654-3210"});
        let input = BookingInput::read(&with(json!({"attendee": phone}))).unwrap();
        assert_eq!(input.attendee.email, None);
        assert_eq!(input.attendee.phone_number.as_deref(), Some("+19876543210"));
    }

    #[test]
    fn wrong_values_are_refused_with_their_path() {
        for (changes, path) in [
            (json!({"start": "soon"}), "start"),
            (json!({"start": "9999-12-31T23:00:00Z"}), "start"),
            (json!({"eventTypeId": 1.5}), "eventTypeId"),
            (json!({"lengthInMinutes": 0}), "lengthInMinutes"),
            (json!({"guests": ["x"]}), "guests"),
            (json!({"metadata": {"a": 1}}), "metadata"),
            (json!({"bookingFieldsResponses": []}), "bookingFieldsResponses"),
            (json!({"recurrenceCount": 0}), "recurrenceCount"),
            (json!({"routing": {}}), "routing.teamMemberIds"),
            (json!({"routing": {"teamMemberIds": ["x"]}}), "routing.teamMemberIds"),
            (json!({"allowConflicts": "maybe"}), "allowConflicts"),
            (json!({"bookingFieldsResponses": {"a": "x".repeat(70_000)}}), "bookingFieldsRes"),
            (
                json!({"attendee": {"name": "", "email": "a@b.c", "timeZone": "UTC"}}),
                "attendee.name",
            ),
        ] {
            let message = refusal(changes);
            assert!(message.starts_with(path), "{message}");
        }
    }
}

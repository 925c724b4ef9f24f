//! The query of `GET /v2/slots`.

use meridian_gateway::validate::{Fields, Violation, count, one_of, query_object, text, zone};
use meridian_gateway::{ApiError, Request};
use meridian_kernel::limits::MAX_EVENT_LENGTH_MINUTES;
use meridian_kernel::{EventTypeId, Instant, WireId, Zone};
use meridian_scheduling::{Interval, MAX_RANGE_DAYS};
use serde_json::Value;

/// What is asked for.
pub struct SlotsQuery {
    pub wanted: Wanted,
    /// Slots lie inside.
    pub window: Interval,
    /// Whose dates the answer is grouped by.
    pub zone: Zone,
    /// Minutes; `None`: the event type's own length.
    pub duration: Option<u32>,
    pub format: Format,
    pub rescheduled_uid: Option<String>,
}

/// The event type meant.
#[derive(Debug, PartialEq, Eq)]
pub enum Wanted {
    Id(EventTypeId),
    OfUser {
        username: String,
        slug: String,
        organization: Option<String>,
    },
    OfTeam {
        team: String,
        organization: Option<String>,
    },
    /// No event type: two or more people.
    Dynamic {
        organization: Option<String>,
    },
}

/// Whether slots show their ends too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Time,
    Range,
}

const FORMATS: &[&str] = &["time", "range"];

/// How long a slug, username or uid may be.
const MAX_TEXT: usize = 255;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;
const MINUTE_MILLIS: i64 = 60 * 1_000;

pub fn parse(request: &Request) -> Result<SlotsQuery, ApiError> {
    parse_object(&query_object(request))
}

fn parse_object(object: &Value) -> Result<SlotsQuery, ApiError> {
    let mut fields = Fields::of(object);
    let start = fields.required("start", text(1, MAX_TEXT));
    let end = fields.required("end", text(1, MAX_TEXT));
    let zone = fields.optional("timeZone", zone());
    let duration = fields.optional("duration", count(1, MAX_EVENT_LENGTH_MINUTES));
    let format = fields.optional("format", one_of(FORMATS));
    let rescheduled_uid = fields.optional("bookingUidToReschedule", text(1, MAX_TEXT));
    let wanted = wanted(&mut fields);
    fields.finish()?;
    Ok(SlotsQuery {
        wanted: wanted.ok_or_else(no_selector)?,
        window: window(&start, &end)?,
        zone: zone.unwrap_or(Zone::UTC),
        duration,
        format: if format == Some("range") { Format::Range } else { Format::Time },
        rescheduled_uid,
    })
}

/// The first selector that is complete: clients send fields of others along.
fn wanted(fields: &mut Fields<'_>) -> Option<Wanted> {
    if let Some(id) = fields.optional("eventTypeId", event_type_id()) {
        return Some(Wanted::Id(id));
    }
    let mut name = |field| fields.optional(field, text(1, MAX_TEXT));
    let organization = name("organizationSlug");
    let slug = name("eventTypeSlug");
    let (username, team, usernames) = (name("username"), name("teamSlug"), name("usernames"));
    match (slug, username, team, usernames) {
        (Some(slug), Some(username), ..) => Some(Wanted::OfUser { username, slug, organization }),
        (Some(_), None, Some(team), _) => Some(Wanted::OfTeam { team, organization }),
        (.., Some(usernames))
            if usernames.split(',').filter(|name| !name.is_empty()).count() > 1 =>
        {
            Some(Wanted::Dynamic { organization })
        }
        _ => None,
    }
}

fn event_type_id() -> impl Fn(&Value) -> Result<EventTypeId, Violation> {
    |value| {
        let text = value.as_str().unwrap_or_default();
        EventTypeId::parse(text).map_err(|error| Violation::new("isInt", error.to_string()))
    }
}

fn no_selector() -> ApiError {
    ApiError::bad_request(
        "Pass one of: eventTypeId; eventTypeSlug and username; eventTypeSlug and teamSlug; \
         usernames with at least two names separated by commas.",
    )
}

/// From the texts of `start` and `end`. An end at midnight stands for its whole
/// day, and one in the last second of a minute for the whole minute, so that the
/// slot that ends at midnight is offered.
fn window(start: &str, end: &str) -> Result<Interval, ApiError> {
    let invalid = |name| move |_| ApiError::bad_request(format!("Invalid {name} date"));
    let start = Instant::parse(start).map_err(invalid("start"))?;
    let asked_end = Instant::parse(end).map_err(invalid("end"))?;
    let end = asked_end;
    let into_minute = end.millis().rem_euclid(MINUTE_MILLIS);
    let end = match end.millis().rem_euclid(DAY_MILLIS) {
        0 => end.plus_millis(DAY_MILLIS),
        _ if into_minute >= 59_000 => end.plus_millis(MINUTE_MILLIS - into_minute),
        _ => end,
    };
    // An end that stands for its day ends a second before the next one begins.
    let pushed = end != asked_end;
    if end < start || (pushed && end == start) {
        return Err(ApiError::bad_request(
            "Invalid time range given - check the 'start' and 'end' query parameters.",
        ));
    }
    if end.millis() - start.millis() > MAX_RANGE_DAYS * DAY_MILLIS {
        return Err(ApiError::bad_request(format!(
            "The time between 'start' and 'end' must not be longer than {MAX_RANGE_DAYS} days."
        )));
    }
    Ok(Interval::new(start, end))
}

/// The length of the slots: the one asked for where the event type has it.
pub fn length(asked: Option<u32>, own: u32, options: &[u32]) -> Result<u32, ApiError> {
    match asked {
        None => Ok(own),
        Some(asked) if asked == own || options.contains(&asked) => Ok(asked),
        Some(_) if options.is_empty() => Err(ApiError::bad_request(
            "You passed 'duration' but this event type is not a variable length event type.",
        )),
        Some(_) => {
            let options: Vec<String> = options.iter().map(u32::to_string).collect();
            Err(ApiError::bad_request(format!(
                "Provided 'duration' is not one of the possible lengths for the event type. The \
                 possible lengths are: {}",
                options.join(", ")
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(object: &Value) -> String {
        parse_object(object).err().unwrap().message
    }

    fn hours(start: &str, end: &str) -> String {
        let window = window(start, end).unwrap();
        format!("{} {}", window.start, window.end)
    }

    #[test]
    fn an_end_at_midnight_is_the_end_of_its_day() {
        let whole = "2050-09-05T00:00:00.000Z 2050-09-10T00:00:00.000Z";
        for end in ["2050-09-09", "2050-09-09T00:00:00Z", "2050-09-09T23:59:59.000Z"] {
            assert_eq!(hours("2050-09-05", end), whole, "{end}");
        }
        assert_eq!(
            hours("2050-09-05T09:00:00Z", "2050-09-05T12:00:00+02:00"),
            "2050-09-05T09:00:00.000Z 2050-09-05T10:00:00.000Z"
        );
    }

    #[test]
    fn wrong_dates_have_the_texts_clients_know() {
        let error = |start, end| window(start, end).err().unwrap().message;
        assert_eq!(error("soon", "2050-09-05"), "Invalid start date");
        assert_eq!(error("2050-09-05", "2050-13-05"), "Invalid end date");
        assert_eq!(
            error("2050-09-05", "2050-09-04"),
            "Invalid time range given - check the 'start' and 'end' query parameters."
        );
        assert!(error("2050-01-01", "2051-01-02").contains("366 days"));
        assert!(window("2050-01-01", "2051-01-01").is_ok());
    }

    #[test]
    fn the_first_complete_selector_counts() {
        let selector = |more: Value| {
            let mut object = json!({"start": "2050-09-05", "end": "2050-09-06"});
            let more = more.as_object().unwrap().clone();
            object.as_object_mut().unwrap().extend(more);
            parse_object(&object).map(|query| query.wanted)
        };
        let id = EventTypeId::from_wire(7).unwrap();
        assert_eq!(
            selector(json!({"eventTypeId": "7", "username": "bob"})).unwrap(),
            Wanted::Id(id)
        );
        assert_eq!(
            selector(json!({"eventTypeSlug": "intro", "username": "bob"})).unwrap(),
            Wanted::OfUser { username: "bob".into(), slug: "intro".into(), organization: None }
        );
        assert_eq!(
            selector(json!({"eventTypeSlug": "intro", "teamSlug": "t", "organizationSlug": "o"}))
                .unwrap(),
            Wanted::OfTeam { team: "t".into(), organization: Some("o".into()) }
        );
        assert_eq!(
            selector(json!({"usernames": "alice,bob", "username": "bob"})).unwrap(),
            Wanted::Dynamic { organization: None }
        );
        for incomplete in [json!({}), json!({"eventTypeSlug": "x"}), json!({"usernames": "alice,"})]
        {
            assert_eq!(selector(incomplete).err().unwrap().status, 400);
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        assert_eq!(
            refusal(&json!({"eventTypeId": "x", "format": "list"})),
            "start must be a string, end must be a string, \
             format must be one of the following values: time, range, \
             eventTypeId must be a positive integer below 2^53"
        );
    }

    #[test]
    fn a_duration_must_be_one_of_the_event_types() {
        assert_eq!(length(None, 30, &[]).unwrap(), 30);
        assert_eq!(length(Some(60), 30, &[15, 30, 60]).unwrap(), 60);
        assert_eq!(length(Some(30), 30, &[]).unwrap(), 30);
        assert!(length(Some(45), 30, &[]).err().unwrap().message.contains("not a variable length"));
        let error = length(Some(45), 30, &[15, 30]).err().unwrap();
        assert!(error.message.ends_with(": 15, 30"), "{error}");
    }
}

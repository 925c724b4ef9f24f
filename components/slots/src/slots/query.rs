//! The query of `GET /v2/slots`.

use meridian_gateway::validate::{Fields, Violation, count, one_of, query_object, text, zone};
use meridian_gateway::{ApiError, Request};
use meridian_kernel::limits::MAX_EVENT_LENGTH_MINUTES;
use meridian_kernel::{EventTypeId, IdError, Instant, UserId, WireId, Zone};
use meridian_scheduling::{Interval, MAX_RANGE_DAYS};
use serde_json::Value;

use crate::bookable::LengthError;

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
    /// Of hosts that take turns, only these; `None`: all.
    pub subset: Option<Vec<UserId>>,
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
        slug: String,
        organization: Option<String>,
    },
    /// No event type: two or more people, each once.
    Dynamic {
        usernames: Vec<String>,
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
pub const MAX_TEXT: usize = 255;

/// How many people may be asked for together.
pub const MAX_USERNAMES: usize = 30;

/// How many hosts may be picked out.
const MAX_SUBSET: usize = 250;

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
    let subset = fields.optional("rrHostSubsetIds", user_ids());
    let wanted = wanted(&mut fields);
    fields.finish()?;
    Ok(SlotsQuery {
        wanted: wanted.ok_or_else(no_selector)?,
        window: window(("start", &start), ("end", &end))?,
        zone: zone.unwrap_or(Zone::UTC),
        duration,
        format: if format == Some("range") { Format::Range } else { Format::Time },
        rescheduled_uid,
        subset,
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
    let (username, team) = (name("username"), name("teamSlug"));
    let usernames = fields.optional("usernames", usernames());
    match (slug, username, team, usernames) {
        (Some(slug), Some(username), ..) => Some(Wanted::OfUser { username, slug, organization }),
        (Some(slug), None, Some(team), _) => Some(Wanted::OfTeam { team, slug, organization }),
        (.., Some(usernames)) => Some(Wanted::Dynamic { usernames, organization }),
        _ => None,
    }
}

/// At least two different names, separated by commas.
fn usernames() -> impl Fn(&Value) -> Result<Vec<String>, Violation> {
    |value| {
        let text = value.as_str().unwrap_or_default();
        people(text.split(',').map(str::to_owned))
    }
}

/// Names without those that come again. The first too many ends the reading.
pub fn people(names: impl Iterator<Item = String>) -> Result<Vec<String>, Violation> {
    let mut people: Vec<String> = Vec::new();
    for name in names {
        let known = people.iter().any(|other| other.eq_ignore_ascii_case(&name));
        if name.is_empty() || known {
            continue;
        }
        if people.len() == MAX_USERNAMES || name.chars().count() > MAX_TEXT {
            let text = format!(
                "must name no more than {MAX_USERNAMES} users, each in at most {MAX_TEXT} characters"
            );
            return Err(Violation::new("arrayMaxSize", text));
        }
        people.push(name);
    }
    if people.len() < 2 {
        let text = "must contain at least 2 usernames separated by commas";
        return Err(Violation::new("arrayMinSize", text));
    }
    Ok(people)
}

/// Ids separated by commas, in one parameter or several.
/// Ids of users, in one parameter or several.
pub fn user_ids() -> impl Fn(&Value) -> Result<Vec<UserId>, Violation> {
    |value| {
        let one = std::slice::from_ref(value);
        let values = value.as_array().map_or(one, Vec::as_slice);
        let texts = values.iter().flat_map(|value| value.as_str().unwrap_or_default().split(','));
        let wrong = |error: IdError| Violation::new("isInt", format!("each value {error}"));
        let ids: Vec<UserId> = texts
            .take(MAX_SUBSET + 1)
            .map(|text| UserId::parse(text.trim()).map_err(wrong))
            .collect::<Result<_, _>>()?;
        if ids.len() > MAX_SUBSET {
            let text = format!("must contain no more than {MAX_SUBSET} elements");
            return Err(Violation::new("arrayMaxSize", text));
        }
        Ok(ids)
    }
}

pub fn event_type_id() -> impl Fn(&Value) -> Result<EventTypeId, Violation> {
    |value| {
        let text = value.as_str().unwrap_or_default();
        EventTypeId::parse(text).map_err(|error| Violation::new("isInt", error.to_string()))
    }
}

/// 400: no selector is complete.
pub fn no_selector() -> ApiError {
    ApiError::bad_request(
        "Pass one of: eventTypeId; eventTypeSlug and username; eventTypeSlug and teamSlug; \
         usernames with at least two names separated by commas.",
    )
}

/// From the names and texts of two parameters. An end at midnight stands for its
/// whole day, and one in the last second of a minute for the whole minute, so that
/// the slot that ends at midnight is offered.
pub fn window(start: (&str, &str), end: (&str, &str)) -> Result<Interval, ApiError> {
    let (start_name, end_name) = (start.0, end.0);
    let invalid = |what| move |_| ApiError::bad_request(format!("Invalid {what} date"));
    let start = Instant::parse(start.1).map_err(invalid("start"))?;
    let asked_end = Instant::parse(end.1).map_err(invalid("end"))?;
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
        return Err(ApiError::bad_request(format!(
            "Invalid time range given - check the '{start_name}' and '{end_name}' query parameters."
        )));
    }
    if end.millis() - start.millis() > MAX_RANGE_DAYS * DAY_MILLIS {
        return Err(ApiError::bad_request(format!(
            "The time between '{start_name}' and '{end_name}' must not be longer than \
             {MAX_RANGE_DAYS} days."
        )));
    }
    Ok(Interval::new(start, end))
}

/// 400: the event type is not that long.
pub fn wrong_length(error: LengthError) -> ApiError {
    ApiError::bad_request(match error {
        LengthError::NotChoosable => {
            "You passed 'duration' but this event type is not a variable length event type."
                .to_owned()
        }
        LengthError::NotOffered(options) => {
            let options: Vec<String> = options.iter().map(u32::to_string).collect();
            format!(
                "Provided 'duration' is not one of the possible lengths for the event type. The \
                 possible lengths are: {}",
                options.join(", ")
            )
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(object: &Value) -> String {
        parse_object(object).err().unwrap().message
    }

    fn hours(start: &str, end: &str) -> String {
        let window = window(("start", start), ("end", end)).unwrap();
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
        let range = |start, end| window(("start", start), ("end", end));
        let error = |start, end| range(start, end).err().unwrap().message;
        assert_eq!(error("soon", "2050-09-05"), "Invalid start date");
        assert_eq!(error("2050-09-05", "2050-13-05"), "Invalid end date");
        assert_eq!(
            error("2050-09-05", "2050-09-04"),
            "Invalid time range given - check the 'start' and 'end' query parameters."
        );
        assert!(error("2050-01-01", "2051-01-02").contains("366 days"));
        assert!(range("2050-01-01", "2051-01-01").is_ok());
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
            Wanted::OfTeam {
                team: "t".into(),
                slug: "intro".into(),
                organization: Some("o".into())
            }
        );
        assert_eq!(
            selector(json!({"usernames": "alice,,bob,ALICE", "username": "bob"})).unwrap(),
            Wanted::Dynamic { usernames: vec!["alice".into(), "bob".into()], organization: None }
        );
        for incomplete in [json!({}), json!({"eventTypeSlug": "x"}), json!({"usernames": "alice,"})]
        {
            assert_eq!(selector(incomplete).err().unwrap().status, 400);
        }
    }

    #[test]
    fn lists_are_bounded() {
        let ask = |name: &str, value: Value| {
            refusal(&json!({"start": "2050-09-05", "end": "2050-09-06", name: value}))
        };
        let many: Vec<String> = (1..=5_000).map(|index| format!("u{index}")).collect();
        assert!(ask("usernames", many.join(",").into()).starts_with("usernames must name no more"));
        assert!(ask("usernames", "alice,Alice".into()).contains("at least 2 usernames"));
        let ids: Vec<String> = (1..=5_000).map(|index| index.to_string()).collect();
        assert!(ask("rrHostSubsetIds", ids.join(",").into()).contains("no more than 250"));
        assert!(ask("rrHostSubsetIds", json!(["1", "x"])).contains("positive integer"));
        let query = json!({"start": "2050-09-05", "end": "2050-09-06", "eventTypeId": "7",
            "rrHostSubsetIds": ["1,2", "3"]});
        let subset = parse_object(&query).unwrap().subset.unwrap();
        assert_eq!(subset, [1, 2, 3].map(|id| UserId::from_wire(id).unwrap()));
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
}

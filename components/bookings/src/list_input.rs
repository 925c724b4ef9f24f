//! The query of every list of bookings.

use meridian_gateway::ApiError;
use meridian_gateway::validate::{Fields, Violation, instant, integer, one_of, text};
use meridian_kernel::{EventTypeId, Instant, TeamId, UserId, WireId};
use meridian_store::bookings::{Filter, Order, Span, StatusFilter, Viewer};
use serde_json::Value;

/// How many bookings a page has where nobody says otherwise, and at most.
const DEFAULT_TAKE: u32 = 100;
const MAX_TAKE: i64 = 250;

/// How many ids a list may name.
const MOST_IDS: usize = 500;

/// How long a text to look for may be.
const LONGEST: usize = 255;

const STATUSES: &[&str] = &["upcoming", "recurring", "past", "cancelled", "unconfirmed"];

/// What a caller wants to see.
#[derive(Debug)]
pub struct ListInput {
    statuses: Vec<StatusFilter>,
    attendee_email: Option<String>,
    attendee_name: Option<String>,
    uid: Option<String>,
    event_types: Option<Vec<EventTypeId>>,
    teams: Option<Vec<TeamId>>,
    users: Option<Vec<UserId>>,
    after_start: Option<Instant>,
    before_end: Option<Instant>,
    created: Span,
    updated: Span,
    order: Vec<Order>,
    take: u32,
    skip: u32,
}

impl ListInput {
    /// Reads a query; 400 lists everything that is wrong with it.
    pub fn read(query: &Value) -> Result<Self, ApiError> {
        let mut fields = Fields::of(query);
        let input = Self {
            statuses: given(&mut fields, "status", list(status)).unwrap_or_default(),
            attendee_email: given(&mut fields, "attendeeEmail", text(0, LONGEST)),
            attendee_name: given(&mut fields, "attendeeName", text(0, LONGEST)),
            uid: given(&mut fields, "bookingUid", text(0, LONGEST)),
            event_types: ids(&mut fields, "eventTypeIds", "eventTypeId"),
            teams: ids(&mut fields, "teamsIds", "teamId"),
            users: given(&mut fields, "userIds", list(id)),
            after_start: given(&mut fields, "afterStart", instant()),
            before_end: given(&mut fields, "beforeEnd", instant()),
            created: Span {
                from: given(&mut fields, "afterCreatedAt", instant()),
                to: given(&mut fields, "beforeCreatedAt", instant()),
            },
            updated: Span {
                from: given(&mut fields, "afterUpdatedAt", instant()),
                to: given(&mut fields, "beforeUpdatedAt", instant()),
            },
            order: order(&mut fields),
            take: given(&mut fields, "take", take).unwrap_or(DEFAULT_TAKE),
            skip: given(&mut fields, "skip", skip).unwrap_or_default(),
        };
        fields.finish().map(|()| input)
    }

    /// The users whose bookings are wanted; `None`: everybody's.
    pub fn users(&self) -> Option<Vec<UserId>> {
        self.users.clone()
    }

    /// Of what a viewer sees, what the query wants.
    pub fn filter(&self, viewer: Viewer, now: Instant) -> Filter<'_> {
        Filter {
            viewer,
            statuses: self.statuses.clone(),
            attendee_email: self.attendee_email.as_deref(),
            attendee_name: self.attendee_name.as_deref(),
            uid: self.uid.as_deref(),
            event_types: self.event_types.clone(),
            teams: self.teams.clone(),
            after_start: self.after_start,
            before_end: self.before_end,
            created: self.created,
            updated: self.updated,
            order: self.order.clone(),
            take: self.take,
            skip: self.skip,
            now,
        }
    }
}

/// A parameter that counts as absent where it is empty.
fn given<T>(
    fields: &mut Fields<'_>,
    name: &str,
    rule: impl Fn(&Value) -> Result<T, Violation>,
) -> Option<T> {
    let empty = fields.raw(name).and_then(Value::as_str).is_some_and(str::is_empty);
    if empty { None } else { fields.optional(name, rule) }
}

/// `a,b`, or the parameter given several times.
fn list<T>(
    rule: impl Fn(&Value) -> Result<T, Violation>,
) -> impl Fn(&Value) -> Result<Vec<T>, Violation> {
    move |value| {
        let texts: Vec<&str> = match value {
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().into_iter().collect(),
        };
        let items = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
        let items: Vec<Value> = items.filter(|item| !item.is_empty()).map(Value::from).collect();
        if items.len() > MOST_IDS {
            let text = format!("must contain no more than {MOST_IDS} elements");
            return Err(Violation::new("arrayMaxSize", text));
        }
        items.iter().map(&rule).collect()
    }
}

/// One of the statuses lists are asked for.
pub fn status(value: &Value) -> Result<StatusFilter, Violation> {
    Ok(match one_of(STATUSES)(value)? {
        "recurring" => StatusFilter::Recurring,
        "past" => StatusFilter::Past,
        "cancelled" => StatusFilter::Cancelled,
        "unconfirmed" => StatusFilter::Unconfirmed,
        _ => StatusFilter::Upcoming,
    })
}

fn id<I: WireId>(value: &Value) -> Result<I, Violation> {
    let number = integer(1, i64::MAX)(value)?;
    I::from_wire(number).map_err(|error| Violation::new("isInt", error.to_string()))
}

/// Ids in a list, or one alone.
fn ids<I: WireId + PartialEq>(fields: &mut Fields<'_>, several: &str, one: &str) -> Option<Vec<I>> {
    let several: Option<Vec<I>> = given(fields, several, list(id));
    let one: Option<I> = given(fields, one, id);
    match (several, one) {
        (None, one) => one.map(|id| vec![id]),
        (several, None) => several,
        // Both: what is in both.
        (Some(several), Some(one)) => Some(several.into_iter().filter(|id| *id == one).collect()),
    }
}

fn order(fields: &mut Fields<'_>) -> Vec<Order> {
    let mut descending =
        |name| given(fields, name, one_of(&["asc", "desc"])).map(|direction| direction == "desc");
    let orders = [
        descending("sortStart").map(|descending| Order::Start { descending }),
        descending("sortEnd").map(|descending| Order::End { descending }),
        descending("sortCreated").map(|descending| Order::Created { descending }),
        descending("sortUpdatedAt").map(|descending| Order::Updated { descending }),
    ];
    orders.into_iter().flatten().collect()
}

/// Signs are ignored, as clients of the API know it.
fn take(value: &Value) -> Result<u32, Violation> {
    match integer(-MAX_TAKE, MAX_TAKE)(value)?.unsigned_abs() {
        0 => Err(Violation::new("min", "must not be less than 1")),
        take => Ok(u32::try_from(take).unwrap_or(DEFAULT_TAKE)),
    }
}

fn skip(value: &Value) -> Result<u32, Violation> {
    let most = i64::from(u32::MAX);
    let skip = integer(-most, most)(value)?.unsigned_abs();
    Ok(u32::try_from(skip).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn without_parameters_it_is_the_first_hundred() {
        let input = ListInput::read(&json!({"status": "", "eventTypeIds": ""})).unwrap();
        assert_eq!((input.take, input.skip), (100, 0));
        assert!(input.statuses.is_empty() && input.order.is_empty());
        assert_eq!((input.teams, input.users), (None, None));
        assert_eq!(input.event_types, None);
    }

    #[test]
    fn lists_are_commas_or_repetitions() {
        let expected = [StatusFilter::Past, StatusFilter::Cancelled];
        for status in [json!("past,cancelled"), json!(["past", "cancelled"])] {
            assert_eq!(ListInput::read(&json!({ "status": status })).unwrap().statuses, expected);
        }
        let ids = ListInput::read(&json!({"eventTypeIds": "4, 5"})).unwrap().event_types;
        let id = |number| EventTypeId::from_wire(number).unwrap();
        assert_eq!(ids, Some(vec![id(4), id(5)]));
        let both = json!({"eventTypeIds": "4,5", "eventTypeId": "5"});
        assert_eq!(ListInput::read(&both).unwrap().event_types, Some(vec![id(5)]));
    }

    #[test]
    fn signs_of_pages_are_ignored_and_their_size_is_bounded() {
        let input = ListInput::read(&json!({"take": "-5", "skip": "-10"})).unwrap();
        assert_eq!((input.take, input.skip), (5, 10));
        for (name, value) in [("take", "0"), ("take", "251"), ("take", "x"), ("skip", "1.5")] {
            assert!(ListInput::read(&json!({ name: value })).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn unknown_values_are_named() {
        for (name, value) in [
            ("status", "upcoming,soon"),
            ("sortStart", "up"),
            ("afterStart", "yesterday"),
            ("eventTypeIds", "1,x"),
            ("teamId", "x"),
            ("userIds", "1,,y"),
        ] {
            let message = ListInput::read(&json!({ name: value })).unwrap_err().message;
            assert!(message.starts_with(name), "{message}");
        }
    }

    #[test]
    fn orders_keep_their_rank() {
        let query = json!({"sortCreated": "desc", "sortStart": "asc"});
        assert_eq!(
            ListInput::read(&query).unwrap().order,
            [Order::Start { descending: false }, Order::Created { descending: true }]
        );
    }
}

//! The body of `POST` and `PATCH /v2/slots/reservations`.

use meridian_gateway::validate::{Fields, Violation, count, text};
use meridian_gateway::{ApiError, Request, validate};
use meridian_kernel::limits::MAX_EVENT_LENGTH_MINUTES;
use meridian_kernel::{EventTypeId, IdError, Instant, WireId};
use serde_json::Value;

/// The longest a slot is held, in minutes: a week.
pub const MAX_RESERVATION_MINUTES: u32 = 10_080;

/// How long a slot is held where nothing else is asked for, in minutes.
pub const DEFAULT_RESERVATION_MINUTES: u32 = 5;

/// How long the text of a date may be.
const MAX_DATE: usize = 64;

/// What shall be held, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveInput {
    pub event_type_id: EventTypeId,
    pub start: Instant,
    /// Minutes; `None`: the event type's own length.
    pub length: Option<SlotLength>,
    /// Minutes; `None`: not asked for.
    pub duration: Option<u32>,
}

/// A length that is asked for, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotLength {
    /// One of several to choose from: refused where there is no choice.
    Chosen(u32),
    /// From the start to an end that was given: may be the only one.
    Given(u32),
}

impl ReserveInput {
    pub fn read(request: &Request) -> Result<Self, ApiError> {
        Self::of(&validate::json_body(request)?)
    }

    fn of(body: &Value) -> Result<Self, ApiError> {
        let mut fields = Fields::of(body);
        let event_type_id = fields.required_some("eventTypeId", event_type_id());
        let start = fields.required("slotStart", text(1, MAX_DATE));
        let length = fields.optional("slotDuration", count(1, MAX_EVENT_LENGTH_MINUTES));
        let duration = fields.optional("reservationDuration", count(1, MAX_RESERVATION_MINUTES));
        fields.finish()?;
        Ok(Self {
            event_type_id: event_type_id.ok_or_else(|| ApiError::bad_request("eventTypeId"))?,
            start: date(&start, "start")?,
            length: length.map(SlotLength::Chosen),
            duration,
        })
    }

    /// How long the slot is held, in minutes.
    pub fn minutes(&self) -> u32 {
        self.duration.unwrap_or(DEFAULT_RESERVATION_MINUTES)
    }
}

/// The id of an event type, as a number or in decimal text.
pub fn event_type_id() -> impl Fn(&Value) -> Result<EventTypeId, Violation> {
    |value| {
        let id = match value {
            Value::String(text) => EventTypeId::parse(text),
            other => other.as_i64().ok_or(IdError).and_then(EventTypeId::from_wire),
        };
        id.map_err(|error| Violation::new("isInt", error.to_string()))
    }
}

/// The instant of a text; 400 says which date is wrong.
pub fn date(text: &str, which: &str) -> Result<Instant, ApiError> {
    Instant::parse(text).map_err(|_| ApiError::bad_request(format!("Invalid {which} date")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(body: Value) -> String {
        ReserveInput::of(&body).unwrap_err().message
    }

    #[test]
    fn a_body_is_read() {
        let body = json!({"eventTypeId": 7, "slotStart": "2050-09-05T09:00:00+02:00",
            "slotDuration": 45, "reservationDuration": 10, "other": 1});
        let input = ReserveInput::of(&body).unwrap();
        assert_eq!(input.event_type_id.wire(), 7);
        assert_eq!(input.start.to_iso(), "2050-09-05T07:00:00.000Z");
        assert_eq!(input.length, Some(SlotLength::Chosen(45)));
        assert_eq!((input.duration, input.minutes()), (Some(10), 10));
        let body = json!({"eventTypeId": "7", "slotStart": "2050-09-05T09:00Z"});
        let input = ReserveInput::of(&body).unwrap();
        assert_eq!((input.length, input.duration, input.minutes()), (None, None, 5));
    }

    #[test]
    fn every_mistake_is_named() {
        assert_eq!(
            refusal(json!({"slotDuration": -5, "reservationDuration": 99_999})),
            "eventTypeId must be a positive integer below 2^53, slotStart must be a string, \
             slotDuration must not be less than 1, \
             reservationDuration must not be greater than 10080"
        );
        assert_eq!(refusal(json!({"eventTypeId": 7, "slotStart": "soon"})), "Invalid start date");
        let far = json!({"eventTypeId": 7, "slotStart": "275760-09-13T00:00:00Z"});
        assert_eq!(refusal(far), "Invalid start date");
    }
}

//! `PATCH /v2/bookings/:bookingUid/location`

use meridian_domain::booking::Place;
use meridian_gateway::validate::{self, Fields, one_of, text, url};
use meridian_gateway::{ApiError, Reply, Request, idempotency};
use meridian_store::bookings::{self, Booking};
use serde_json::Value;

use crate::booking_input::phone_number;
use crate::managed::{Managed, shown};

/// How long the name of a place may be.
const LONGEST: usize = 1_000;

const TYPES: &[&str] =
    &["address", "attendeeAddress", "attendeeDefined", "attendeePhone", "link", "phone"];

/// Moves a booking to another place; its calendar entry changes with it.
pub async fn change_location(request: Request) -> Result<Reply, ApiError> {
    let place = read_place(&validate::json_body(&request)?)?;
    let uid = request.parameter("bookingUid");
    let refusal = || {
        ApiError::forbidden(
            "Only the organizer and the hosts of a booking, and admins of its team or \
             organization, may change its location.",
        )
    };
    let managed = Managed::load_own(&request, uid, refusal).await?;
    idempotency::subject(|| format!("/v2/bookings/{uid}"));
    let answer = place.as_answer();
    let (scope, now) = (&managed.scope, request.now);
    if !bookings::change_location(scope, uid, &place.text, &answer, now).await? {
        return Err(ApiError::bad_request(format!(
            "The location of booking with uid={uid} can't be changed because it has been \
             cancelled or rejected."
        )));
    }
    let booking = moved(managed.booking, place, &request);
    Reply::ok(&shown(&booking, &managed.settings, request.principal.as_ref()))
}

fn read_place(body: &Value) -> Result<Place, ApiError> {
    let mut fields = Fields::of(body);
    let place = fields.object("location", |fields| {
        let place = || text(1, LONGEST);
        let (value, text, by_booker) = match fields.required("type", one_of(TYPES)) {
            "address" => ("inPerson", fields.required("address", place()), false),
            "link" => ("link", fields.required("link", url()), false),
            "phone" => ("userPhone", fields.required("phone", phone_number()), false),
            "attendeeAddress" => ("attendeeInPerson", fields.required("address", place()), true),
            "attendeePhone" => ("phone", fields.required("phone", phone_number()), true),
            _ => ("somewhereElse", fields.required("location", place()), true),
        };
        let option_value = if by_booker { text.clone() } else { String::new() };
        Place { text, value: value.to_owned(), option_value }
    });
    if !fields.has("location") {
        let rule = "must be an object with a type, such as {\"type\": \"link\", \"link\": \"…\"}";
        fields.refuse("location", &validate::Violation::new("isObject", rule));
    }
    fields.finish()?;
    Ok(place.unwrap_or_default())
}

/// The booking as it is now.
fn moved(booking: Booking, place: Place, request: &Request) -> Booking {
    let mut responses = booking.responses.into_map();
    responses.insert("location".to_owned(), place.as_answer());
    Booking {
        responses: responses.into(),
        location: Some(place.text),
        updated_at: request.now,
        ical_sequence: booking.ical_sequence.saturating_add(1),
        ..booking
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_type_of_place_has_its_text() {
        for (location, text, value, option) in [
            (json!({"type": "address", "address": "Via Roma 1"}), "Via Roma 1", "inPerson", ""),
            (json!({"type": "link", "link": "https://a.b/c"}), "https://a.b/c", "link", ""),
            (json!({"type": "phone", "phone": "+37120993151"}), "+37120993151", "userPhone", ""),
            (
                json!({"type": "attendeeAddress", "address": "Here 5"}),
                "Here 5",
                "attendeeInPerson",
                "Here 5",
            ),
            (
                json!({"type": "attendeePhone", "phone": "+37120993151"}),
                "+37120993151",
                "phone",
                "+37120993151",
            ),
            (
                json!({"type": "attendeeDefined", "location": "The bar"}),
                "The bar",
                "somewhereElse",
                "The bar",
            ),
        ] {
            let place = read_place(&json!({ "location": location })).unwrap();
            let found = (place.text.as_str(), place.value.as_str(), place.option_value.as_str());
            assert_eq!(found, (text, value, option));
        }
    }

    #[test]
    fn what_is_no_place_is_named() {
        for (body, start) in [
            (json!({}), "location must be an object"),
            (json!({"location": "Via Roma 1"}), "location must be an object"),
            (json!({"location": {"type": "moon"}}), "location.type must be one of"),
            (json!({"location": {"type": "link", "link": "x"}}), "location.link must be"),
            (json!({"location": {"type": "address"}}), "location.address must be a string"),
        ] {
            let message = read_place(&body).unwrap_err().message;
            assert!(message.starts_with(start), "{message}");
        }
    }
}
